//! The relay's store is lost and an older backup takes its place: every client recovers.

use lacre::RoomId;
use lacre_engine::{Event, ItemBody, Notice};
use lacre_relay::ObjectPlace;
use lacre_tests::device::Device;
use lacre_tests::hostile::victim::Victim;
use lacre_tests::seed::Seed;
use lacre_tests::wire::Caller;
use lacre_tests::world::World;
use lacre_wire::answer::Answer;
use lacre_wire::ids::LogId;
use lacre_wire::log::{Entry, EntryKind};
use lacre_wire::push::ServerFrame;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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

/// Vera, whose relay can be made to speak as the story wants, has read ten messages that are lost with
/// the relay's store. Ana owns their room.
struct Lost {
    ana: Device,
    vera: Victim,
    caller: Caller,
    room: RoomId,
    /// What was said before the store was lost.
    said: Vec<String>,
    _world: World,
}

impl Lost {
    /// The relay has come back with its old store, and Vera has not.
    async fn begin() -> Self {
        let mut world = World::patient(Duration::from_secs(60)).await;
        let ana = world.person("ana").await;
        let caller = world.caller();
        let mut vera = Victim::sign_up(world.stage(), &caller, "vera").await;
        let group = ana.client().create_group("Algebra", &["vera"]);
        let room = ana.within("a group", group).await.unwrap().id();
        let mut said = vec!["before the backup".to_owned()];
        ana.says(room, &said[0]).await;
        let backup = world.stage().path("backup");
        lacre_relay::back_up(world.relay.folder(), &ObjectPlace::Auto, &backup).unwrap();
        said.extend((0..10).map(|number| format!("lost {number}")));
        for text in &said[1..] {
            ana.says(room, text).await;
            vera.reads(room, text).await;
        }
        world.relay.stop().await;
        lacre_relay::restore(world.relay.folder(), &ObjectPlace::Auto, &backup, true).unwrap();
        world.relay.start().await;
        Self {
            ana,
            vera,
            caller,
            room,
            said,
            _world: world,
        }
    }

    /// Vera hears what comes until something has happened.
    async fn until(&mut self, what: &str, happened: &AtomicBool) {
        let hears = async {
            while !happened.load(Ordering::Relaxed) {
                self.vera.turn().await;
            }
        };
        self.ana.within(what, hears).await;
    }

    /// Why Vera's rooms stopped.
    fn stops(&self) -> Vec<&'static str> {
        let stops = self.vera.events.iter().filter_map(|event| match event {
            Event::RoomStopped { error, .. } => Some(error.code()),
            _ => None,
        });
        stops.collect()
    }

    /// Vera shows all that was said, once, and the new after the old.
    fn shows_all(&self, new: &[&str]) {
        let mut shown = self.vera.texts(self.room);
        let mut old: Vec<String> = shown.drain(..self.said.len()).collect();
        old.sort();
        let mut said = self.said.clone();
        said.sort();
        assert_eq!(
            (old, shown),
            (said, new.iter().map(|&text| text.to_owned()).collect())
        );
    }
}

/// Whether entries of a log come in a frame.
fn brings(frame: &ServerFrame, of: LogId) -> Option<&[Entry]> {
    match frame {
        ServerFrame::Entries { log, entries } if *log == of => Some(entries),
        _ => None,
    }
}

/// The relay signs what stands in the log by now before Vera has read how it goes on. What she read
/// before at those places was lost; it does not make the relay a liar. She waits, and goes on with Ana.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_under_the_restored_log_is_not_held_against_what_was_lost() {
    let mut lost = Lost::begin().await;
    let room = lost.room;
    let signed = Arc::new(AtomicBool::new(false));
    let (telling, mut withholds) = (Arc::clone(&signed), false);
    lost.vera.twist = Some(Box::new(move |frame| {
        if let Some(entries) = brings(&frame, LogId::Room(room)) {
            let begins = |entry: &Entry| entry.kind == EntryKind::Generation;
            withholds |= entries.iter().any(begins);
            if withholds {
                return Vec::new();
            }
        }
        if matches!(frame, ServerFrame::Checkpoint(_)) {
            telling.store(true, Ordering::Relaxed);
        }
        vec![frame]
    }));
    lost.vera.reconnect(&lost.caller).await;
    lost.ana.says(room, "after the restore").await;
    lost.until("the relay signs", &signed).await;
    assert_eq!(lost.stops(), ["LogReset"]);

    lost.vera.twist = None;
    lost.vera.reconnect(&lost.caller).await;
    lost.vera.reads(room, "after the restore").await;
    lost.shows_all(&["after the restore"]);
}

/// Vera comes when the room has long gone on: she hears of the new group before she learns that the old
/// log is gone, and goes on with Ana.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_late_after_a_restore_uses_the_welcome_that_waits() {
    let mut lost = Lost::begin().await;
    let room = lost.room;
    lost.ana.says(room, "after the restore").await;
    // What the relay says of the room's log comes after everything else, the Welcome's tree included.
    let [welcomed, heard] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
    let (welcomes, all_heard, mut late) = (welcomed.clone(), heard.clone(), Vec::new());
    let inbox = LogId::Inbox(lost.vera.engine.profile().unwrap().device);
    lost.vera.twist = Some(Box::new(move |frame| {
        let of_room = matches!(&frame, ServerFrame::Answer { answer: Answer::Opened(opened), .. }
            if opened.iter().all(|opened| opened.log == LogId::Room(room)));
        if brings(&frame, inbox).is_some_and(|entries| entries.iter().any(|e| e.seq == 2)) {
            welcomes.store(true, Ordering::Relaxed);
        }
        match all_heard.load(Ordering::Relaxed) {
            true => late.drain(..).chain([frame]).collect(),
            false if of_room => {
                late.push(frame);
                Vec::new()
            }
            false => vec![frame],
        }
    }));
    lost.vera.reconnect(&lost.caller).await;
    lost.until("the Welcome comes", &welcomed).await;
    heard.store(true, Ordering::Relaxed);
    lost.vera.hears_all().await;
    lost.vera.reads(room, "after the restore").await;
    assert_eq!(lost.stops(), ["LogReset"]);
    lost.shows_all(&["after the restore"]);
}

/// The Welcome into the new group never comes to Vera. She comes in by herself, and what was said
/// meanwhile is shown as missed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_welcomed_after_a_restore_comes_in_alone() {
    let mut lost = Lost::begin().await;
    let room = lost.room;
    let inbox = LogId::Inbox(lost.vera.engine.profile().unwrap().device);
    lost.vera.twist = Some(Box::new(move |frame| match brings(&frame, inbox) {
        Some(_) => Vec::new(),
        None => vec![frame],
    }));
    lost.vera.reconnect(&lost.caller).await;
    lost.ana.says(room, "missed").await;
    let repaired = |event: &Event| matches!(event, Event::Item { item, .. } if matches!(item.body, ItemBody::Notice(Notice::Repaired)));
    lost.vera.until("the room goes on", repaired).await;
    lost.ana.says(room, "there you are").await;
    lost.vera.reads(room, "there you are").await;
    lost.vera.says(room, "here I am").await;
    lost.ana.reads(room, "here I am").await;
    assert_eq!(lost.stops(), ["LogReset"]);
    lost.shows_all(&["there you are", "here I am"]);
}
