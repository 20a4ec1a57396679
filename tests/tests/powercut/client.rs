//! The client's store: what an application was told has arrived or is on its way is there, once, in
//! its order; what waits to be sent still waits.

use crate::moments;
use lacre::{Client, Event, Item, ItemBody, MessageId, Options, Room, RoomId, SendState};
use lacre_powercut::{Recording, install, position};
use lacre_tests::seed::Seed;
use lacre_tests::world::World;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Messages of each side.
const MESSAGES: usize = 60;

/// What the application was told of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// `send` returned.
    Durable,
    /// It was sent.
    Sent,
    /// It came from somebody else.
    Received,
}

type Promises = Arc<Mutex<Vec<(Told, MessageId, usize)>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_client_told_survives_a_power_cut() {
    install();
    let mut seed = Seed::fresh();
    println!("{seed}");
    let world = World::patient(Duration::from_secs(240)).await;
    let mut ana = world.person("ana").await;
    let folder = world.stage().path("bruno");
    std::fs::create_dir_all(&folder).unwrap();
    let recording = Recording::of(&folder).unwrap();
    let mut bruno = world.person("bruno").await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    let promises = Promises::default();
    let listener = tokio::spawn(listen(bruno.client().clone(), Arc::clone(&promises)));

    let from = position();
    let (theirs, ours) = tokio::join!(
        ana.say_many(room, "ana", MESSAGES),
        talk(&bruno, room, &promises)
    );
    bruno.sees(room, &theirs).await;
    bruno.sees(room, &ours).await;
    let until = position();
    let whole = bruno.timeline(room).await;
    let places: HashMap<_, _> = whole.iter().map(|item| (item.message, item.seq)).collect();
    bruno.close().await;
    listener.await.unwrap();

    let promises = promises.lock().unwrap().clone();
    let fsyncs = recording.syncs("store.db-wal", from, until);
    println!(
        "{} promises, {fsyncs} fsyncs, {} positions",
        promises.len(),
        until - from
    );
    assert!(promises.len() > 2 * MESSAGES);
    // Nobody answers there: the image is judged by what it holds.
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let (relay, _) = world.relay.address().rsplit_once(':').unwrap();
    let address = format!("{relay}:{}", silent.local_addr().unwrap().port());
    for moment in moments(&mut seed, from, until) {
        let image = world.stage().path(&format!("image-{moment}"));
        recording
            .image(moment, &image, |limit| seed.below(limit))
            .unwrap();
        let timeline = world
            .stage()
            .within("an image is read", shown(&address, &image, room))
            .await;
        judge(moment, &timeline, &promises, &places);
        std::fs::remove_dir_all(&image).unwrap();
    }
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// Writes down what comes, once the application was told.
async fn listen(client: Client, promises: Promises) {
    let mut events = client.events();
    let own = client.me().account;
    drop(client);
    while let Some(event) = events.next().await {
        if let Event::Message(message) = event
            && message.sender().account() != own
        {
            let promise = (Told::Received, message.id(), position());
            promises.lock().unwrap().push(promise);
        }
    }
}

async fn talk(
    bruno: &lacre_tests::device::Device,
    room: RoomId,
    promises: &Promises,
) -> Vec<MessageId> {
    let mut messages = Vec::new();
    let mut sendings = Vec::new();
    for number in 0..MESSAGES {
        let handle = bruno
            .room(room)
            .send(&format!("bruno {number}"))
            .await
            .unwrap();
        let message = handle.message_id();
        messages.push(message);
        let promise = (Told::Durable, message, position());
        promises.lock().unwrap().push(promise);
        let promises = Arc::clone(promises);
        sendings.push(tokio::spawn(async move {
            handle.sent().await.unwrap();
            let promise = (Told::Sent, message, position());
            promises.lock().unwrap().push(promise);
        }));
    }
    for sending in sendings {
        sending.await.unwrap();
    }
    messages
}

/// A room as an image shows it, opened by the SDK.
async fn shown(address: &str, image: &Path, room: RoomId) -> Vec<Item> {
    let options = Options::in_folder(address, image.to_owned()).key_file();
    let client = Client::open(options).await.unwrap();
    let items = whole(&client.room(room).unwrap()).await;
    client.close().await;
    items
}

async fn whole(room: &Room) -> Vec<Item> {
    let timeline = room.timeline().await.unwrap();
    while timeline.older(1000).await.unwrap() > 0 {}
    timeline.snapshot()
}

fn judge(
    moment: usize,
    timeline: &[Item],
    promises: &[(Told, MessageId, usize)],
    places: &HashMap<MessageId, Option<u64>>,
) {
    let (mut messages, mut texts, mut last) = (HashSet::new(), HashSet::new(), 0);
    for item in timeline {
        assert!(
            messages.insert(item.message),
            "cut at {moment}: shown twice"
        );
        match &item.body {
            ItemBody::Text(text) => assert!(texts.insert(text), "cut at {moment}: {text:?} twice"),
            ItemBody::Unreadable(why) => panic!("cut at {moment}: unreadable: {why}"),
            _ => {}
        }
        assert_ne!(item.state, SendState::Failed, "cut at {moment}");
        if let Some(seq) = item.seq {
            assert!(seq > last, "cut at {moment}: {seq} after {last}");
            last = seq;
            let place = places.get(&item.message).copied().flatten();
            assert!(place.is_none_or(|place| place == seq), "cut at {moment}");
        }
    }
    for (told, message, _) in promises.iter().filter(|(.., at)| *at <= moment) {
        let item = timeline.iter().find(|item| item.message == *message);
        let item = item.unwrap_or_else(|| panic!("cut at {moment}: {told:?} and not there"));
        match told {
            // Waiting, or further.
            Told::Durable => assert!(item.own),
            Told::Sent => assert_eq!(item.state, SendState::Sent, "cut at {moment}"),
            Told::Received => assert!(item.seq.is_some(), "cut at {moment}"),
        }
    }
}
