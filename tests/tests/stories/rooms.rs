//! Rooms that change: people come, leave, are removed; messages change.

use lacre::{ItemBody, JoinRule, Notice};
use lacre_tests::world::World;
use lacre_wire::log::EntryKind;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_invited_reads_from_then_on() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno]).await;
    let early = ana.says(room, "before carla").await;
    ana.within("inviting carla", ana.room(room).invite(&["carla"]))
        .await
        .unwrap();
    carla.enters(room).await;
    let late = bruno.says(room, "welcome carla").await;
    carla.sees(room, &[late]).await;
    bruno.sees(room, &[early, late]).await;
    assert_eq!(carla.texts(room).await, ["welcome carla"]);
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_removed_reads_nothing_new() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let before = carla.says(room, "I was here").await;
    ana.sees(room, &[before]).await;
    ana.within("removing carla", ana.room(room).remove(carla.account()))
        .await
        .unwrap();
    carla
        .until("being removed", |told| {
            told.removed.get(&room) == Some(&false)
        })
        .await;
    let after = ana.says(room, "carla must not read this").await;
    bruno.sees(room, &[before, after]).await;
    // Nor after a restart, when everything is asked for anew.
    carla.restart().await;
    carla.comes_online().await;
    assert!(!carla.room(room).is_joined());
    assert_eq!(carla.texts(room).await, ["I was here"]);
    let refused = carla.room(room).send("may I?").await.unwrap_err();
    assert_eq!(refused.kind(), lacre::ErrorKind::NotAllowed, "{refused}");
    for person in [&ana, &bruno] {
        assert_eq!(person.room(room).members().len(), 2, "{}", person.name());
    }
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_is_gone() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let before = carla.says(room, "goodbye").await;
    bruno.sees(room, &[before]).await;
    carla
        .within("leaving", carla.room(room).leave())
        .await
        .unwrap();
    carla
        .until("having left", |told| told.removed.get(&room) == Some(&true))
        .await;
    let gone = carla.account();
    for person in [&ana, &bruno] {
        person
            .until("carla's departure", |_| {
                person
                    .room(room)
                    .members()
                    .iter()
                    .all(|m| m.account != gone)
            })
            .await;
    }
    let after = ana.says(room, "we are two now").await;
    bruno.sees(room, &[after]).await;
    assert_eq!(carla.texts(room).await, ["goodbye"]);
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

/// Edits, replies, reactions and deletions end up the same on every device, whoever was away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_messages_are_the_same_everywhere() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let kept = ana.says(room, "to be edited").await;
    let dropped = ana.says(room, "to be deleted").await;
    bruno.sees(room, &[kept, dropped]).await;
    carla.sees(room, &[kept, dropped]).await;
    carla.close().await;

    let reply = bruno.reply(room, kept, "an answer").await;
    bruno.reacts(room, kept, "👍").await;
    bruno.reacts(room, kept, "🎉").await;
    bruno.unreacts(room, kept, "🎉").await;
    ana.edits(room, kept, "edited once").await;
    ana.edits(room, kept, "edited twice").await;
    ana.deletes(room, dropped).await;
    let last = ana.says(room, "the end of ana").await;
    let end = bruno.says(room, "the end of bruno").await;
    carla.open().await;
    let bruno_is = bruno.account();
    for person in [&ana, &bruno, &carla] {
        person.sees(room, &[reply, last, end]).await;
        let item = person.item(room, kept).await;
        assert_eq!(
            item.body,
            ItemBody::Text("edited twice".to_owned()),
            "{}",
            person.name()
        );
        assert!(item.edited, "{}", person.name());
        assert_eq!(
            item.reactions,
            [("👍".to_owned(), vec![bruno_is])],
            "{}",
            person.name()
        );
        assert_eq!(
            person.item(room, dropped).await.body,
            ItemBody::Deleted,
            "{}",
            person.name()
        );
        assert_eq!(
            person.item(room, reply).await.reply_to,
            Some(kept),
            "{}",
            person.name()
        );
    }
    let refused = bruno.room(room).edit(kept, "not mine").await.unwrap_err();
    assert_eq!(refused.kind(), lacre::ErrorKind::NotAllowed, "{refused}");
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

/// Both want to change the room at the same moment: one waits for the other, nobody fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_commits_at_once_both_happen() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let [mut carla, mut davi] = world.people(["carla", "davi"]).await;
    let room = ana.group("Algebra", &[&bruno]).await;
    ana.within(
        "bruno may invite",
        ana.room(room).set_role(bruno.account(), lacre::Role::Owner),
    )
    .await
    .unwrap();
    let (rooms, invitations) = ((ana.room(room), bruno.room(room)), (["carla"], ["davi"]));
    let both = async {
        tokio::join!(
            rooms.0.invite(&invitations.0),
            rooms.1.invite(&invitations.1)
        )
    };
    let (one, other) = ana.within("both invitations", both).await;
    one.unwrap();
    other.unwrap();
    carla.enters(room).await;
    davi.enters(room).await;
    let said = [
        carla.says(room, "carla is in").await,
        davi.says(room, "davi is in").await,
    ];
    for person in [&ana, &bruno] {
        person.sees(room, &said).await;
        assert_eq!(person.room(room).members().len(), 4, "{}", person.name());
    }
    world
        .check(&mut [&mut ana, &mut bruno, &mut carla, &mut davi])
        .await;
}

/// Messages in flight when the epoch moves are sealed again; none is lost, doubled or overtaken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_race_commits() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let talking = async {
        let (one, other) = tokio::join!(
            bruno.say_many(room, "bruno", 60),
            carla.say_many(room, "carla", 60)
        );
        [one, other].concat()
    };
    let renaming = async {
        for number in 0..4 {
            ana.room(room)
                .set_name(&format!("Algebra {number}"))
                .await
                .unwrap();
        }
    };
    let (said, ()) = ana
        .within("talk and renaming", async {
            tokio::join!(talking, renaming)
        })
        .await;
    for person in [&ana, &bruno, &carla] {
        person.sees(room, &said).await;
        person
            .until("the last name", |_| person.room(room).name() == "Algebra 3")
            .await;
    }
    assert!(world.logged(room).count(EntryKind::Commit) >= 5);
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

/// 100 people who come at eight o'clock must not be 100 epochs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_people_join_an_open_room() {
    const PEOPLE: usize = 100;
    let world = World::patient(Duration::from_secs(300)).await;
    let mut ana = world.person("ana").await;
    let room = ana.group("Assembly", &[]).await;
    ana.within(
        "opening the room",
        ana.room(room).set_join_rule(JoinRule::Open),
    )
    .await
    .unwrap();
    let before = world.logged(room).count(EntryKind::Commit);
    let mut people = Vec::with_capacity(PEOPLE);
    for number in 0..PEOPLE {
        people.push(world.person(&format!("pupil-{number}")).await);
    }
    let began = std::time::Instant::now();
    let joins: Vec<_> = people
        .iter()
        .map(|person| {
            let client = person.client().clone();
            tokio::spawn(async move { client.join(room).await.map(drop) })
        })
        .collect();
    for join in joins {
        ana.within("a join", join).await.unwrap().unwrap();
    }
    let commits = world.logged(room).count(EntryKind::Commit) - before;
    println!(
        "{PEOPLE} people joined in {:?} with {commits} commits",
        began.elapsed()
    );
    assert!(
        commits <= PEOPLE / 4,
        "{PEOPLE} people took {commits} commits"
    );
    let said = ana.says(room, "good morning").await;
    for person in &people {
        person.sees(room, &[said]).await;
    }
    assert_eq!(ana.room(room).members().len(), PEOPLE + 1);
    let mut all: Vec<_> = std::iter::once(&mut ana).chain(&mut people).collect();
    world.check(&mut all).await;
}

/// More people than one request for key packages may name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_group_is_created_at_once() {
    const PEOPLE: usize = 53;
    let world = World::patient(Duration::from_secs(180)).await;
    let mut ana = world.person("ana").await;
    let mut people = Vec::with_capacity(PEOPLE);
    for number in 0..PEOPLE {
        people.push(world.person(&format!("pupil-{number}")).await);
    }
    let members: Vec<_> = people.iter().collect();
    let room = ana.group("Assembly", &members).await;
    let said = people[PEOPLE - 1].says(room, "all here").await;
    for person in &people {
        person.sees(room, &[said]).await;
        assert_eq!(person.room(room).members().len(), PEOPLE + 1);
    }
    let mut all: Vec<_> = std::iter::once(&mut ana).chain(&mut people).collect();
    world.check(&mut all).await;
}

/// Whoever is let in by somebody they do not know yet sees a name in the room's first line soon, without
/// opening anything again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_are_named_once_people_are_known() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    bruno
        .until("who created the room", |told| {
            let items = told.items.get(&room).into_iter().flatten();
            let mut lines = items.map(|(_, item)| &item.body);
            lines.any(|body| matches!(body, ItemBody::Notice(Notice::Created { by: Some(by) }) if by.handle == "ana"))
        })
        .await;
    world.check(&mut [&mut ana, &mut bruno]).await;
}
