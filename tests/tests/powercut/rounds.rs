//! Power cuts while people talk: the relay's machine and a client's lose power again and again, come
//! back with what a cut leaves of their disks, and the conversation goes on as if nothing had been.

use crate::cuts;
use lacre::{MessageId, RoomId};
use lacre_powercut::{Recording, install, position};
use lacre_tests::device::Device;
use lacre_tests::seed::Seed;
use lacre_tests::world::World;
use std::path::Path;
use std::time::Duration;

/// From a talk's beginning the power fails within so many writes.
const SOON: u64 = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_relay_loses_power_under_traffic() {
    install();
    let mut seed = Seed::fresh();
    println!("{seed}");
    let mut world = World::patient(Duration::from_secs(600)).await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.group("Algebra", &[&bruno]).await;
    for round in 0..cuts() / 2 {
        let folder = world.relay.folder().to_owned();
        // A record begins with a closed store.
        world.relay.stop().await;
        let recording = Recording::of(&folder).unwrap();
        world.relay.start().await;
        let cut = position() + seed.index(usize::try_from(SOON).unwrap());
        recording.fail_at(cut);
        let mut number = 0;
        while !recording.is_out() {
            number += 1;
            ana.say(room, &format!("ana {round} {number}")).await;
            let last = bruno.say(room, &format!("bruno {round} {number}")).await;
            sent_or_out(&bruno, room, last, &recording).await;
        }
        world.relay.stop().await;
        put_back(
            &recording,
            cut,
            &folder,
            &world.stage().path("image"),
            &mut seed,
        );
        drop(recording);
        world.relay.start().await;
        ana.has_sent_all().await;
        bruno.has_sent_all().await;
    }
    world.check(&mut [&mut ana, &mut bruno]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_loses_power_under_traffic() {
    install();
    let mut seed = Seed::fresh();
    println!("{seed}");
    let world = World::patient(Duration::from_secs(600)).await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    for round in 0..cuts() / 2 {
        let folder = bruno.folder().to_owned();
        bruno.close().await;
        let recording = Recording::of(&folder).unwrap();
        bruno.open().await;
        let cut = position() + seed.index(usize::try_from(SOON).unwrap());
        recording.fail_at(cut);
        let mut number = 0;
        loop {
            number += 1;
            ana.say(room, &format!("ana {round} {number}")).await;
            let text = format!("bruno {round} {number}");
            // What is not durable any more is not sent, and says so.
            let Ok(handle) = bruno.room(room).send(&text).await else {
                break;
            };
            let message = handle.message_id();
            world.stage().record.durable(bruno.id(), room, message);
            sent_or_out(&bruno, room, message, &recording).await;
        }
        assert!(recording.is_out(), "a client with power refused to send");
        ana.has_sent_all().await;
        bruno.drop_without_closing().await;
        put_back(
            &recording,
            cut,
            &folder,
            &world.stage().path("image"),
            &mut seed,
        );
        drop(recording);
        bruno.open().await;
        bruno.has_sent_all().await;
    }
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// Waits until a message was sent, or cannot be any more.
async fn sent_or_out(person: &Device, room: RoomId, message: MessageId, recording: &Recording) {
    let waiting = async {
        while !recording.is_out() && !person.look(|told| told.has(room, message)) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    person
        .within("a message is sent, or the power fails", waiting)
        .await;
}

/// The disk comes back with what the cut left of it.
fn put_back(recording: &Recording, cut: usize, folder: &Path, image: &Path, seed: &mut Seed) {
    recording
        .image(cut, image, |limit| seed.below(limit))
        .unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    std::fs::rename(image, folder).unwrap();
}
