//! People who talk: online, away, coming back.

use lacre_tests::world::World;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_people_talk() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let mut said = Vec::new();
    for number in 0..5 {
        for person in [&ana, &bruno, &carla] {
            said.push(
                person
                    .say(room, &format!("{} says {number}", person.name()))
                    .await,
            );
        }
    }
    for person in [&ana, &bruno, &carla] {
        person.sees(room, &said).await;
        assert_eq!(person.room(room).name(), "Algebra", "{}", person.name());
        assert_eq!(person.room(room).members().len(), 3, "{}", person.name());
    }
    let texts = ana.texts(room).await;
    assert_eq!(texts.len(), 15);
    assert_eq!(bruno.texts(room).await, texts);
    assert_eq!(carla.texts(room).await, texts);
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_share_one_direct_room() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    // Both open it at once, and there is still one.
    let (one, other) = tokio::join!(ana.direct(&bruno), bruno.direct(&ana));
    assert_eq!(one, other);
    let said = [ana.say(one, "hello").await, bruno.say(one, "hi").await];
    ana.sees(one, &said).await;
    bruno.sees(one, &said).await;
    assert_eq!(ana.direct(&bruno).await, one);
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// More than one run of 256 entries, and more than the 256 KiB from which a catch-up stream is used.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_catches_up() {
    let mut world = World::patient(Duration::from_secs(120)).await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    let first = ana.says(room, "before").await;
    bruno.sees(room, &[first]).await;
    bruno.close().await;
    let padding = "x".repeat(700);
    let missed = ana.say_many(room, &padding, 600).await;
    ana.sees(room, &missed).await;
    // A relay that has just started has nothing in memory: the log comes from its store.
    world.relay.stop().await;
    world.relay.start().await;
    bruno.open().await;
    bruno.sees(room, &missed).await;
    let after = bruno.says(room, "caught up").await;
    ana.sees(room, &[after]).await;
    let caught = world.relay.metrics().await.get("lacre_catch_ups_total");
    assert!(
        caught > 0,
        "600 KiB behind, and no catch-up stream was used"
    );
    world.check(&mut [&mut ana, &mut bruno]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_restarts_goes_on_where_it_stood() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    for round in 0..3 {
        let said = [
            ana.say(room, &format!("ana {round}")).await,
            bruno.say(room, &format!("bruno {round}")).await,
        ];
        ana.sees(room, &said).await;
        bruno.sees(room, &said).await;
        if round == 1 {
            bruno.drop_without_closing().await;
            bruno.open().await;
        } else {
            bruno.restart().await;
        }
    }
    assert_eq!(bruno.texts(room).await.len(), 6);
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// What is said without a network goes out, in order, once there is one; over restarts too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_offline_goes_out_later() {
    let mut world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    world.relay.stop().await;
    let mut said = ana.say_many(room, "first", 100).await;
    ana.restart().await;
    said.extend(ana.say_many(room, "second", 100).await);
    world.relay.start().await;
    bruno.sees(room, &said).await;
    world.check(&mut [&mut ana, &mut bruno]).await;
}
