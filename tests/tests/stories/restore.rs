//! The relay's store is lost and an older backup takes its place: every client recovers.

use lacre::RoomId;
use lacre_relay::ObjectPlace;
use lacre_tests::device::Device;
use lacre_tests::seed::Seed;
use lacre_tests::world::World;
use std::time::Duration;

/// What each shows of a room, in order.
async fn texts_of(people: &[&Device], room: RoomId) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for person in people {
        all.push(person.texts(room).await);
    }
    all
}

/// Messages and a commit are lost with the store. Rooms go on in a new group; who read what was lost
/// keeps it, in one order for all, and the room of which nothing was lost goes on as if nothing had been.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_recovers_from_an_old_backup() {
    for seed in Seed::several() {
        println!("{seed}");
        recovers(seed).await;
    }
}

/// The seed says how much is lost, and who is away when the backup comes back.
async fn recovers(mut seed: Seed) {
    let mut world = World::patient(Duration::from_secs(60)).await;
    world.expects_damage();
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let quiet = ana.direct(&bruno).await;
    bruno.enters(quiet).await;
    let before = ana.says(room, "before the backup").await;
    let quietly = ana.says(quiet, "quietly").await;
    for person in [&bruno, &carla] {
        person.sees(room, &[before]).await;
    }
    bruno.sees(quiet, &[quietly]).await;
    // Receipts are entries too: nothing of the quiet room is to come after the backup.
    ana.until("the receipt", |told| {
        let item = told.items.get(&quiet).and_then(|items| items.get(&quietly));
        let receipt = item.and_then(|item| item.receipt.as_ref());
        receipt.is_some_and(|receipt| receipt.delivered == 1)
    })
    .await;
    let backup = world.stage().path("backup");
    lacre_relay::back_up(world.relay.folder(), &ObjectPlace::Auto, &backup).unwrap();

    let mut expected = vec!["before the backup".to_owned()];
    for number in 0..1 + seed.below(4) {
        let text = format!("lost {number}");
        let lost = [ana.says(room, &text).await];
        for person in [&bruno, &carla] {
            person.sees(room, &lost).await;
        }
        expected.push(text);
    }
    let renamed = seed.per_mille(700);
    if renamed {
        ana.within("renaming", ana.room(room).set_name("Geometry"))
            .await
            .unwrap();
        let lost = [bruno.says(room, "in the lost epoch").await];
        for person in [&ana, &carla] {
            person.sees(room, &lost).await;
        }
        expected.push("in the lost epoch".to_owned());
    }
    // Whoever is away learns of all that later. One who is there is the owner, or waits for her.
    let away = seed.index(4);
    for (number, person) in [&mut ana, &mut bruno, &mut carla].into_iter().enumerate() {
        if number == away {
            person.close().await;
        }
    }
    world.relay.stop().await;
    lacre_relay::restore(world.relay.folder(), &ObjectPlace::Auto, &backup, true).unwrap();
    world.relay.start().await;
    for person in [&mut ana, &mut bruno, &mut carla] {
        if !person.is_open() {
            person.open().await;
        }
    }

    let after = ana.say(room, "after the restore").await;
    carla.sees(room, &[after]).await;
    bruno.sees(room, &[after]).await;
    let answer = bruno.says(room, "I am here too").await;
    let again = bruno.says(quiet, "quietly again").await;
    ana.sees(quiet, &[again]).await;
    let people = [&ana, &bruno, &carla];
    for person in people {
        person.sees(room, &[answer]).await;
        assert_eq!(person.room(room).stopped(), None);
        let name = if renamed { "Geometry" } else { "Algebra" };
        assert_eq!(person.room(room).name(), name);
    }
    expected.extend(["after the restore".to_owned(), "I am here too".to_owned()]);
    for shown in texts_of(&people, room).await {
        assert_eq!(shown, expected);
    }
    // The room of which nothing was lost was never stopped.
    assert!(ana.look(|told| !told.stopped.contains_key(&quiet)));
    assert!(ana.look(|told| told.stopped.contains_key(&room)));
}
