//! Order in rooms: bans, departures, ownership, and how long messages stay.

use lacre::{ErrorKind, JoinRule, Role, RoomId};
use lacre_tests::device::Device;
use lacre_tests::world::World;
use std::time::Duration;

/// What joining a room answers.
async fn refused(device: &Device, room: RoomId) -> lacre::Error {
    let joining = device.client().join(room);
    device.within("a join", joining).await.unwrap_err()
}

async fn joins(device: &Device, room: RoomId) {
    let joining = device.client().join(room);
    device.within("a join", joining).await.unwrap();
}

async fn open_room(owner: &Device, name: &str, members: &[&Device]) -> RoomId {
    let room = owner.group(name, members).await;
    let rules = owner.room(room);
    owner
        .within("opening the room", rules.set_join_rule(JoinRule::Open))
        .await
        .unwrap();
    room
}

/// A ban puts all devices of a person out, says so, and holds against every way in until it is
/// lifted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_banned_is_out_and_stays_out() {
    let world = World::start().await;
    let [mut ana, bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let mut second = bruno.second("bruno's laptop").await;
    let room = open_room(&ana, "Algebra", &[&bruno, &carla]).await;
    second.enters(room).await;
    let may_not = carla.room(room).ban(bruno.account()).await.unwrap_err();
    assert_eq!(
        (may_not.kind(), may_not.code()),
        (ErrorKind::NotAllowed, "NotAllowed"),
        "{may_not}"
    );
    let oneself = ana.room(room).ban(ana.account()).await.unwrap_err();
    assert_eq!(oneself.code(), "NotOneself", "{oneself}");
    // One device is away: it learns of the ban when it comes back, and what was said before.
    second.close().await;
    let before = carla.says(room, "before the ban").await;
    bruno.sees(room, &[before]).await;
    let ban = ana.room(room);
    ana.within("a ban", ban.ban(bruno.account())).await.unwrap();
    bruno
        .until("being banned", |told| told.banned.contains(&room))
        .await;
    second.open().await;
    second
        .until("being banned", |told| told.banned.contains(&room))
        .await;
    second.sees(room, &[before]).await;
    let after = carla.says(room, "after the ban").await;
    ana.sees(room, &[before, after]).await;
    let bans = |device: &Device| -> Vec<_> {
        let bans = device.room(room).bans().unwrap();
        bans.iter().map(|person| person.account()).collect()
    };
    for person in [&ana, &carla] {
        assert_eq!(bans(person), [bruno.account()], "{}", person.name());
        assert_eq!(person.room(room).members().len(), 2, "{}", person.name());
    }
    for device in [&bruno, &second] {
        assert!(!device.room(room).is_joined() && device.room(room).is_banned());
        let error = refused(device, room).await;
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::NotAllowed, "Banned"),
            "{error}"
        );
        let error = device.room(room).send("still here?").await.unwrap_err();
        assert_eq!(error.code(), "Banned", "{error}");
    }
    let inviting = ana.room(room);
    let error = ana
        .within("an invitation", inviting.invite(&["bruno"]))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "Banned", "{error}");
    // Nor when nobody is there who could keep him out.
    ana.close().await;
    carla.close().await;
    assert_eq!(refused(&bruno, room).await.code(), "Banned");
    ana.open().await;
    carla.open().await;
    ana.comes_online().await;
    let lifting = ana.room(room);
    ana.within("lifting the ban", lifting.unban(bruno.account()))
        .await
        .unwrap();
    joins(&bruno, room).await;
    let back = bruno.says(room, "here again").await;
    ana.sees(room, &[back]).await;
    assert!(bans(&ana).is_empty());
    assert_eq!(bruno.texts(room).await, ["before the ban", "here again"]);
    // The relay remembers one membership of a device, so who came back is not judged.
    world.check(&mut [&mut ana, &mut carla]).await;
}

/// Who was away when they were removed still reads what was said before that, and nothing after.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_before_the_end_is_read() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    carla.close().await;
    for number in 0..20 {
        ana.says(room, &format!("before {number}")).await;
    }
    let removal = ana.room(room);
    ana.within("removing carla", removal.remove(carla.account()))
        .await
        .unwrap();
    let after = ana.says(room, "after").await;
    bruno.sees(room, &[after]).await;
    carla.open().await;
    carla
        .until("being removed", |told| {
            told.removed.get(&room) == Some(&false)
        })
        .await;
    assert_eq!(carla.texts(room).await.len(), 20);
    assert!(!carla.room(room).is_banned());
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
    // She is added again, and starts from there.
    let adding = ana.room(room);
    ana.within("adding carla again", adding.invite(&["carla"]))
        .await
        .unwrap();
    carla
        .until("being in again", |_| carla.room(room).is_joined())
        .await;
    let back = carla.says(room, "again").await;
    ana.sees(room, &[back]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_long_messages_stay_is_a_rule_of_the_room() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let group = ana.group("Algebra", &[&bruno]).await;
    let week = Some(Duration::from_secs(7 * 24 * 60 * 60));
    let may_not = bruno.room(group).set_disappearing(week).await.unwrap_err();
    assert_eq!(may_not.kind(), ErrorKind::NotAllowed, "{may_not}");
    for bad in [
        Duration::from_millis(999),
        Duration::from_secs(367 * 86_400),
    ] {
        let bad = ana.room(group).set_disappearing(Some(bad)).await;
        assert_eq!(bad.unwrap_err().code(), "BadDuration");
    }
    let direct = ana.direct(&bruno).await;
    bruno.enters(direct).await;
    for (room, by, other) in [(group, &ana, &bruno), (direct, &bruno, &ana)] {
        assert_eq!(other.room(room).disappearing(), None);
        for after in [week, None, week] {
            let rule = by.room(room);
            by.within("the rule", rule.set_disappearing(after))
                .await
                .unwrap();
            other
                .until("the rule", |_| other.room(room).disappearing() == after)
                .await;
        }
    }
    bruno.restart().await;
    assert_eq!(bruno.room(group).disappearing(), week);
    assert_eq!(bruno.room(group).info().unwrap().disappearing, week);
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// Who may put whom out, as the rules say and every client and the relay keep them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn owners_put_out_and_members_do_not() {
    let world = World::start().await;
    let [ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    for whom in [ana.account(), carla.account()] {
        let error = bruno.room(room).remove(whom).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotAllowed, "{error}");
    }
    let stepping = ana.room(room);
    let error = ana
        .within(
            "stepping down",
            stepping.set_role(ana.account(), Role::Member),
        )
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed, "{error}");
    let role = ana.room(room);
    ana.within(
        "a second owner",
        role.set_role(bruno.account(), Role::Owner),
    )
    .await
    .unwrap();
    // An owner may put out an owner: the role goes with the person.
    bruno
        .until("the role", |_| {
            let members = bruno.room(room).members();
            let owners = members.iter().filter(|m| m.role == Role::Owner);
            owners.count() == 2
        })
        .await;
    let removal = bruno.room(room);
    bruno
        .within("removing ana", removal.remove(ana.account()))
        .await
        .unwrap();
    ana.until("being removed", |told| {
        told.removed.get(&room) == Some(&false)
    })
    .await;
    let adding = bruno.room(room);
    bruno
        .within("adding ana", adding.invite(&["ana"]))
        .await
        .unwrap();
    let said = bruno.says(room, "no longer an owner").await;
    carla.sees(room, &[said]).await;
    let members = carla.room(room).members();
    let ana_is = members.iter().find(|m| m.account == ana.account());
    assert_eq!(ana_is.unwrap().role, Role::Member);
    world.check(&mut [&mut bruno, &mut carla]).await;
}

/// Two owners who go at the same moment each count on the other: the room passes to who stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_whose_owners_all_go_is_passed_on() {
    let world = World::start().await;
    let [ana, bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let role = ana.room(room);
    ana.within(
        "a second owner",
        role.set_role(bruno.account(), Role::Owner),
    )
    .await
    .unwrap();
    let leaving = (ana.room(room), bruno.room(room));
    let both = async { tokio::join!(leaving.0.leave(), leaving.1.leave()) };
    let (one, other) = carla.within("both departures", both).await;
    one.unwrap();
    other.unwrap();
    carla
        .until("being the owner", |_| {
            let members = carla.room(room).members();
            members.len() == 1 && members.iter().all(|m| m.role == Role::Owner)
        })
        .await;
    let rules = carla.room(room);
    carla
        .within("what owners may", rules.set_name("Algebra 2"))
        .await
        .unwrap();
    let notes = carla.direct(&carla).await;
    let stays = carla.room(notes).leave().await.unwrap_err();
    assert_eq!(stays.code(), "DirectRoom", "{stays}");
    world.check(&mut [&mut carla]).await;
}
