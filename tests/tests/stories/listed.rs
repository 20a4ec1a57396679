//! Listed rooms: found by name, entered by anybody, left by the last.

use lacre::{Client, ErrorKind, JoinRule, Role, RoomId};
use lacre_tests::device::Device;
use lacre_tests::world::World;

async fn creates(owner: &Device, name: &str) -> RoomId {
    let creating = owner.client().create_listed(name);
    let room = owner.within("a listed room", creating).await.unwrap();
    room.id()
}

/// Finds a room by name and enters it.
async fn enters(device: &Device, name: &str) -> RoomId {
    let finding = device.client().find_listed(name);
    let room = device.within("finding a room", finding).await.unwrap();
    let joining = device.client().join(room);
    device.within("entering a room", joining).await.unwrap();
    room
}

async fn leaves(device: &Device, room: RoomId) {
    let rooms = device.room(room);
    device.within("leaving", rooms.leave()).await.unwrap();
    device
        .until("having left", |told| told.removed.get(&room) == Some(&true))
        .await;
}

/// The list as names with numbers of people.
async fn list(client: &Client) -> Vec<(String, u32)> {
    let rooms = client.listed().await.unwrap();
    rooms.into_iter().map(|r| (r.name, r.members)).collect()
}

async fn not_found(device: &Device, name: &str) {
    let finding = device.client().find_listed(name);
    let error = device.within("finding", finding).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::NotFound, "NoSuchRoom"),
        "{error}"
    );
}

fn owners(device: &Device, room: RoomId) -> Vec<String> {
    let members = device.room(room).members();
    let owners = members.into_iter().filter(|m| m.role == Role::Owner);
    owners.map(|member| member.handle).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listed_room_is_found_entered_renamed_and_taken_off() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = creates(&ana, "Álgebra  3").await;
    assert_eq!(ana.room(room).name(), "Álgebra  3");
    assert_eq!(ana.room(room).listed_name().as_deref(), Some("álgebra 3"));
    // The same name in another spelling is taken, and nothing is left of the attempt.
    let taken = bruno.client().create_listed("ÁLGEBRA 3").await.unwrap_err();
    assert_eq!(
        (taken.kind(), taken.code()),
        (ErrorKind::Exists, "NameTaken"),
        "{taken}"
    );
    assert!(bruno.client().rooms().unwrap().is_empty());
    let bad = bruno
        .client()
        .create_listed("a\u{202e}b")
        .await
        .unwrap_err();
    assert_eq!(bad.code(), "BadName", "{bad}");
    assert_eq!(enters(&bruno, "álgebra 3").await, room);
    let said = bruno.says(room, "found it").await;
    ana.sees(room, &[said]).await;
    assert_eq!(list(bruno.client()).await, [("álgebra 3".to_owned(), 2)]);
    // Only an owner renames it, and only to a name that is free.
    creates(&bruno, "Biologia").await;
    let rules = bruno.room(room);
    let refused = rules.set_listed(Some("química")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotAllowed, "{refused}");
    let rules = ana.room(room);
    let taken = rules.set_listed(Some("Biologia")).await.unwrap_err();
    assert_eq!(taken.code(), "NameTaken", "{taken}");
    rules.set_listed(Some("Química")).await.unwrap();
    not_found(&bruno, "Álgebra 3").await;
    bruno
        .until("the new name", |_| {
            bruno.room(room).listed_name().as_deref() == Some("química")
        })
        .await;
    let both = [("biologia".to_owned(), 1), ("química".to_owned(), 2)];
    assert_eq!(list(ana.client()).await, both);
    // Closed, it is on the list and says so; taken off, it is not.
    rules.set_join_rule(JoinRule::Closed).await.unwrap();
    let listed = ana.client().listed().await.unwrap();
    let open = |name: &str| listed.iter().find(|room| room.name == name).unwrap().open;
    assert!(open("biologia") && !open("química"));
    rules.set_listed(None).await.unwrap();
    not_found(&bruno, "química").await;
    assert_eq!(ana.room(room).listed_name(), None);
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// Two want the same name at the same moment: one gets it, the other is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_want_a_name_one_gets_it() {
    let world = World::start().await;
    let [ana, bruno] = world.people(["ana", "bruno"]).await;
    for round in 0..5 {
        let name = format!("sala {round}");
        let both = async {
            tokio::join!(
                ana.client().create_listed(&name),
                bruno.client().create_listed(&name)
            )
        };
        let (one, other) = ana.within("both rooms", both).await;
        let (won, lost) = match (one, other) {
            (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
            other => panic!("{other:?}"),
        };
        assert_eq!(lost.code(), "NameTaken", "{lost}");
        let found = ana.client().find_listed(&name).await.unwrap();
        assert_eq!(found, won.id());
    }
    let rooms = |device: &Device| device.client().rooms().unwrap().len();
    assert_eq!(rooms(&ana) + rooms(&bruno), 5);
}

/// With nobody online the way in is an external commit; the room's name comes when somebody who has
/// its key is there again, over restarts too. Who is banned does not come in by this way either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_is_entered_when_nobody_is_there() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = creates(&ana, "Plaza").await;
    let bans = ana.room(room);
    ana.within("a ban", bans.ban(carla.account()))
        .await
        .unwrap();
    ana.close().await;
    assert_eq!(enters(&bruno, "plaza").await, room);
    // Until a key comes, the name is the one it is listed under.
    assert_eq!(bruno.room(room).name(), "plaza");
    let alone = bruno.says(room, "anybody here?").await;
    let refused = carla.client().join(room).await.unwrap_err();
    assert_eq!(refused.code(), "Banned", "{refused}");
    // Ana reads that he came, and is gone again before she can send him the key.
    ana.open().await;
    ana.sees(room, &[alone]).await;
    ana.restart().await;
    bruno
        .until("the room's name", |_| bruno.room(room).name() == "Plaza")
        .await;
    let welcome = ana.says(room, "welcome").await;
    bruno.sees(room, &[alone, welcome]).await;
    assert_eq!(ana.room(room).members().len(), 2);
    world.check(&mut [&mut ana, &mut bruno]).await;
    carla.close().await;
}

/// Both devices of an account enter at the same moment; each is in once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_devices_of_one_account_enter_at_once() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let mut second = bruno.second("bruno's laptop").await;
    for (name, somebody_is_there) in [("Plaza", true), ("Praça", false)] {
        let room = creates(&ana, name).await;
        if !somebody_is_there {
            ana.close().await;
        }
        let both = async { tokio::join!(bruno.client().join(room), second.client().join(room)) };
        let (one, other) = bruno.within("both devices", both).await;
        one.unwrap();
        other.unwrap();
        let said = [
            bruno.says(room, "from the phone").await,
            second.says(room, "from the laptop").await,
        ];
        bruno.sees(room, &said).await;
        second.sees(room, &said).await;
        if !ana.is_open() {
            ana.open().await;
        }
        ana.sees(room, &said).await;
        assert_eq!(ana.room(room).members().len(), 2);
    }
    world.check(&mut [&mut ana, &mut bruno, &mut second]).await;
}

/// The last owner's departure passes the room on; the last person's ends it, and frees its name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_is_passed_on_and_ends_with_the_last() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = creates(&ana, "Plaza").await;
    enters(&bruno, "plaza").await;
    enters(&carla, "plaza").await;
    leaves(&ana, room).await;
    // Bruno may read later than Ana that she is gone.
    bruno
        .until(
            "an heir",
            |_| matches!(&owners(&bruno, room)[..], [owner] if *owner != "ana"),
        )
        .await;
    let heir = if owners(&bruno, room) == ["bruno"] {
        (&bruno, &carla)
    } else {
        (&carla, &bruno)
    };
    let (heir, other) = heir;
    let name = heir.handle().to_owned();
    for person in [heir, other] {
        person
            .until("the new owner", |_| owners(person, room) == [name.clone()])
            .await;
    }
    let renaming = heir.room(room);
    heir.within("what owners may", renaming.set_name("Praça"))
        .await
        .unwrap();
    // Who left comes in again, as a member: let in by somebody, and when nobody is there.
    assert_eq!(enters(&ana, "plaza").await, room);
    let back = ana.says(room, "back").await;
    other.sees(room, &[back]).await;
    assert_eq!(owners(&ana, room), [name.as_str()]);
    leaves(&ana, room).await;
    leaves(other, room).await;
    leaves(heir, room).await;
    not_found(&ana, "plaza").await;
    assert_eq!(list(ana.client()).await, []);
    let over = ana.client().join(room).await.unwrap_err();
    assert_eq!(over.code(), "NoSuchRoom", "{over}");
    let again = creates(&ana, "plaza").await;
    assert_ne!(again, room);
    ana.close().await;
    bruno.close().await;
    carla.close().await;
}

/// Who left an open room comes back when nobody is online.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_left_comes_back_by_oneself() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = creates(&ana, "Plaza").await;
    enters(&bruno, "plaza").await;
    let first = bruno.says(room, "the first time").await;
    ana.sees(room, &[first]).await;
    leaves(&bruno, room).await;
    ana.close().await;
    enters(&bruno, "plaza").await;
    assert_eq!(bruno.room(room).name(), "Plaza");
    let second = bruno.says(room, "the second time").await;
    ana.open().await;
    ana.sees(room, &[first, second]).await;
    assert_eq!(
        bruno.texts(room).await,
        ["the first time", "the second time"]
    );
    world.check(&mut [&mut ana]).await;
    bruno.close().await;
}
