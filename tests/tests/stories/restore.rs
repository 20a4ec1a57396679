//! The relay's store is lost and an older backup takes its place: every client recovers.

use lacre::RoomId;
use lacre_tests::device::Device;
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
    let mut world = World::patient(Duration::from_secs(60)).await;
    world.expects_damage();
    let [ana, mut bruno, carla] = world.people(["ana", "bruno", "carla"]).await;
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
    lacre_relay::back_up(world.relay.folder(), &backup).unwrap();

    let mut lost = ana.say_many(room, "lost", 3).await;
    ana.within("renaming", ana.room(room).set_name("Geometry"))
        .await
        .unwrap();
    lost.push(bruno.says(room, "in the lost epoch").await);
    for person in [&ana, &bruno, &carla] {
        person.sees(room, &lost).await;
    }
    // One is away and learns of all that later.
    bruno.close().await;
    world.relay.stop().await;
    lacre_relay::restore(world.relay.folder(), &backup, true).unwrap();
    world.relay.start().await;

    let after = ana.say(room, "after the restore").await;
    carla.sees(room, &[after]).await;
    bruno.open().await;
    bruno.sees(room, &[after]).await;
    let answer = bruno.says(room, "I am here too").await;
    let again = bruno.says(quiet, "quietly again").await;
    ana.sees(quiet, &[again]).await;
    let people = [&ana, &bruno, &carla];
    for person in people {
        person.sees(room, &[answer]).await;
        assert_eq!(person.room(room).stopped(), None);
        assert_eq!(person.room(room).name(), "Geometry");
    }
    let shown = texts_of(&people, room).await;
    assert_eq!(
        shown[0],
        [
            "before the backup",
            "lost 0",
            "lost 1",
            "lost 2",
            "in the lost epoch",
            "after the restore",
            "I am here too"
        ]
    );
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0], shown[2]);
    // The room of which nothing was lost was never stopped.
    assert!(ana.look(|told| !told.stopped.contains_key(&quiet)));
    assert!(ana.look(|told| told.stopped.contains_key(&room)));
}
