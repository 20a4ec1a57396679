//! The relay's store: everything that was `Accepted` before the cut is there, in its order and with
//! its chain, nothing is there by halves, and who asks again gets the same answer.

use crate::moments;
use lacre_powercut::{Recording, install, position};
use lacre_relay::Relay;
use lacre_tests::ledger::{Ledger, LoggedRoom};
use lacre_tests::puppet::{Puppet, now, open_engine};
use lacre_tests::relay::Host;
use lacre_tests::seed::Seed;
use lacre_tests::stage::Stage;
use lacre_tests::wire::{Caller, Place, Session, hollow_message};
use lacre_wire::answer::{Accepted, Answer};
use lacre_wire::hash::sha256;
use lacre_wire::ids::{Hash, RoomId, SubmitId};
use lacre_wire::log::EntryKind;
use lacre_wire::push::ServerFrame;
use lacre_wire::relay::RelayAddress;
use lacre_wire::request::{ClientFrame, Request, Submit};
use rusqlite::{Connection, OpenFlags};
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

/// Rooms that are written to in turn.
const ROOMS: usize = 3;
/// Messages in each.
const MESSAGES: usize = 150;
/// Messages on the way at once, over all rooms.
const WINDOW: usize = 40;
/// Uploads among them, so many that the write-ahead log is moved into the database, and small enough to be
/// kept in it.
const OBJECTS: usize = 384;
const OBJECT: usize = 60 * 1024;
/// Away from the numbers that the engine gives its requests.
const IDS: u32 = 0x4000_0000;

/// What one room was sent, and what was promised for it.
struct Sent {
    room: RoomId,
    submits: Vec<Submit>,
    accepted: Vec<(Accepted, usize)>,
}

/// Everything that was promised.
struct Promised {
    rooms: Vec<Sent>,
    objects: Vec<(Hash, usize)>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accepted_message_survives_a_power_cut() {
    install();
    let mut seed = Seed::fresh();
    println!("{seed}");
    let stage = Stage::new(Duration::from_secs(240));
    let folder = stage.path("relay");
    std::fs::create_dir_all(&folder).unwrap();
    let recording = Recording::of(&folder).unwrap();
    let mut relay = Host::here(&folder).await;
    let actor = stage.path("actor");
    let caller = |address: &str| {
        let address: RelayAddress = address.parse().unwrap();
        Caller::new(&address, Ipv4Addr::LOCALHOST.into())
    };
    let mut puppet = Puppet::sign_up(&caller(relay.address()), &actor, "actor").await;
    for number in 0..ROOMS {
        puppet.create_group(&format!("room {number}"), vec![]).await;
    }
    drop(puppet);

    let from = position();
    let mut session = log_in(&caller(relay.address()), &actor).await;
    let places: Vec<_> = Ledger::open(&folder).places();
    let places = places.into_iter().map(|(place, ..)| place).collect();
    let promised = stage
        .within(
            "everything is accepted",
            work(&mut session, places, &mut seed),
        )
        .await;
    drop(session);
    // While a disk is slow and much is written this may not come to its end; now it must.
    let moved = recording.wait_for_sync("relay.db", from, Duration::from_secs(60));
    assert!(moved, "the write-ahead log was never moved");
    let until = position();

    for moment in moments(&mut seed, from, until) {
        let image = stage.path(&format!("image-{moment}"));
        recording
            .image(moment, &image, |limit| seed.below(limit))
            .unwrap();
        let here = Here {
            moment,
            image: &image,
            promised: &promised,
        };
        stage
            .within("an image is judged", here.judge(&caller, &actor))
            .await;
        std::fs::remove_dir_all(&image).unwrap();
    }
    let accepted: usize = promised.rooms.iter().map(|sent| sent.accepted.len()).sum();
    let moved = recording.syncs("relay.db", from, until);
    println!(
        "{accepted} accepted, {} positions, {moved} checkpoints",
        until - from
    );
    relay.stop().await;
}

/// A session of an account whose engine has signed up, played by hand.
async fn log_in(caller: &Caller, folder: &Path) -> Session {
    let mut engine = open_engine(folder, "actor");
    let mut session = caller
        .call(|fingerprint, exporter| engine.hello(fingerprint, exporter, now()).unwrap())
        .await;
    match session.listener.next().await {
        Some(ServerFrame::Ready(_)) => session,
        other => panic!("not let in: {other:?}"),
    }
}

/// Sends, uploads, and writes down what was promised, and when.
async fn work(session: &mut Session, places: Vec<Place>, seed: &mut Seed) -> Promised {
    let mut rooms: Vec<_> = places.iter().map(|place| sent(place, seed)).collect();
    let uploading = session.connection.clone();
    let mut fill = seed.fork();
    let uploads = tokio::spawn(async move {
        let mut objects = Vec::new();
        for _ in 0..OBJECTS {
            let mut object = vec![0; OBJECT];
            object.chunks_mut(8).for_each(|chunk| {
                chunk.copy_from_slice(&fill.draw().to_be_bytes());
            });
            let hash = sha256(&[&object]);
            lacre_tests::wire::upload(&uploading, hash, &object).await;
            objects.push((hash, position()));
        }
        objects
    });
    // Which room a request was for; a room's requests are answered in order.
    let mut asked = Vec::new();
    let order: Vec<usize> = (0..ROOMS * MESSAGES).map(|number| number % ROOMS).collect();
    let (mut next, mut answered) = (0, 0);
    while answered < order.len() {
        while next < order.len() && next - answered < WINDOW {
            let number = order[next];
            let submit =
                rooms[number].submits[asked.iter().filter(|n| **n == number).count()].clone();
            say(session, u32::try_from(next).unwrap(), submit).await;
            asked.push(number);
            next += 1;
        }
        let (id, answer) = answer(session).await;
        let Answer::Accepted(accepted) = answer else {
            panic!("{answer:?}")
        };
        let at = position();
        rooms[asked[usize::try_from(id).unwrap()]]
            .accepted
            .push((accepted, at));
        answered += 1;
    }
    Promised {
        rooms,
        objects: uploads.await.unwrap(),
    }
}

fn sent(place: &Place, seed: &mut Seed) -> Sent {
    let mut prev = None;
    let mut submits = Vec::new();
    for number in 0..MESSAGES {
        let mut submit_id = [0; 16];
        submit_id[..8].copy_from_slice(&seed.draw().to_be_bytes());
        let submit_id = SubmitId(submit_id);
        let size = 300 + seed.index(20_000);
        submits.push(Submit {
            room: place.room,
            submit_id,
            prev: prev.replace(submit_id),
            message: hollow_message(place, u64::try_from(number).unwrap(), size).into(),
        });
    }
    Sent {
        room: place.room,
        submits,
        accepted: Vec::new(),
    }
}

async fn say(session: &mut Session, id: u32, submit: Submit) {
    let request = Request::Submit(submit);
    let id = IDS + id;
    session
        .speaker
        .say(&ClientFrame::Request { id, request })
        .await;
}

async fn answer(session: &mut Session) -> (u32, Answer) {
    loop {
        match session.listener.next().await {
            Some(ServerFrame::Answer { id, answer }) if id >= IDS => return (id - IDS, answer),
            Some(_) => {}
            None => panic!("the relay ended the session"),
        }
    }
}

/// One image.
struct Here<'a> {
    moment: usize,
    image: &'a Path,
    promised: &'a Promised,
}

impl Here<'_> {
    async fn judge(&self, caller: &impl Fn(&str) -> Caller, actor: &Path) {
        let local = (Ipv4Addr::LOCALHOST, 0).into();
        let relay = Relay::builder().data_dir(self.image).listen(local);
        let relay = relay.drain(Duration::ZERO).start().await.unwrap();
        let rooms = Ledger::open(self.image).rooms();
        self.holds(&rooms);
        self.nothing_by_halves(&rooms);
        let mut session = log_in(&caller(&relay.address().to_string()), actor).await;
        for sent in &self.promised.rooms {
            self.asks_again(&mut session, sent).await;
        }
        drop(session);
        for room in Ledger::open(self.image).rooms() {
            assert_eq!(room.flaws(), Vec::<String>::new());
            let mut bodies: Vec<_> = room.entries.iter().map(|entry| entry.link.body).collect();
            bodies.sort();
            bodies.dedup();
            assert_eq!(bodies.len(), room.entries.len(), "something is there twice");
        }
        relay.shutdown().await;
    }

    /// What was promised by then.
    fn promises<'a, T>(&self, all: &'a [(T, usize)]) -> impl Iterator<Item = &'a T> {
        let moment = self.moment;
        all.iter()
            .filter(move |(_, at)| *at <= moment)
            .map(|(promise, _)| promise)
    }

    fn holds(&self, rooms: &[LoggedRoom]) {
        for sent in &self.promised.rooms {
            let room = rooms
                .iter()
                .find(|logged| logged.room == sent.room)
                .unwrap();
            assert_eq!(room.flaws(), Vec::<String>::new());
            for accepted in self.promises(&sent.accepted) {
                let entry = room
                    .entries
                    .iter()
                    .find(|entry| entry.link.seq == accepted.seq);
                let chain = entry.map(|entry| entry.chain);
                assert_eq!(chain, Some(accepted.chain), "cut at {}", self.moment);
            }
        }
        let store = self.store();
        for hash in self.promises(&self.promised.objects) {
            let sql = "SELECT bytes FROM object WHERE hash = ?1";
            let object: Vec<u8> = store.query_row(sql, [hash.0], |row| row.get(0)).unwrap();
            assert_eq!(sha256(&[&object]), *hash);
        }
    }

    /// An entry and what is remembered of its submission are one transaction.
    fn nothing_by_halves(&self, rooms: &[LoggedRoom]) {
        let store = self.store();
        let count = |sql: &str| -> i64 { store.query_row(sql, [], |row| row.get(0)).unwrap() };
        let submissions = count("SELECT count(*) FROM submission")
            + count("SELECT count(*) FROM submission_recent");
        let messages: usize = rooms
            .iter()
            .map(|room| room.count(EntryKind::Message))
            .sum();
        // Each room was created by a submission too.
        let expected = i64::try_from(messages + rooms.len()).unwrap();
        assert_eq!(submissions, expected, "cut at {}", self.moment);
    }

    /// The last one that was promised, and those that were on the way.
    async fn asks_again(&self, session: &mut Session, sent: &Sent) {
        let known: Vec<_> = self.promises(&sent.accepted).collect();
        let first = known.len().saturating_sub(1);
        for (number, submit) in sent.submits.iter().enumerate().skip(first).take(4) {
            say(session, 0, submit.clone()).await;
            let (_, answered) = answer(session).await;
            let Answer::Accepted(again) = answered else {
                panic!("cut at {}: {answered:?}", self.moment)
            };
            match known.get(number) {
                Some(before) => assert_eq!(again, **before, "cut at {}", self.moment),
                // Seqs go on where the promises end.
                None => {
                    let last = known
                        .last()
                        .map_or(sent.accepted[0].0.seq - 1, |last| last.seq);
                    let offset = u64::try_from(number - known.len()).unwrap();
                    assert_eq!(again.seq, last + 1 + offset);
                }
            }
        }
    }

    fn store(&self) -> Connection {
        let path = self.image.join("relay.db");
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
    }
}

/// An fsync stands before every answer: between asking and hearing there is always one, and there
/// are as many as the store says it made batches durable.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_has_its_own_fsync_before_it() {
    install();
    let mut seed = Seed::fresh();
    println!("{seed}");
    let stage = Stage::new(Duration::from_secs(60));
    let folder = stage.path("relay");
    std::fs::create_dir_all(&folder).unwrap();
    let recording = Recording::of(&folder).unwrap();
    let mut relay = Host::here(&folder).await;
    let address: RelayAddress = relay.address().parse().unwrap();
    let caller = Caller::new(&address, Ipv4Addr::LOCALHOST.into());
    let actor = stage.path("actor");
    let mut puppet = Puppet::sign_up(&caller, &actor, "actor").await;
    puppet.create_group("room", vec![]).await;
    drop(puppet);
    let mut session = log_in(&caller, &actor).await;
    let (place, ..) = Ledger::open(&folder).places().remove(0);
    let (first, batches) = (position(), relay.relay().status().batches);
    for submit in sent(&place, &mut seed).submits {
        let asked = position();
        say(&mut session, 1, submit).await;
        let (_, answered) = answer(&mut session).await;
        assert!(matches!(answered, Answer::Accepted(_)), "{answered:?}");
        let fsyncs = recording.syncs("relay.db-wal", asked, position());
        assert!(fsyncs >= 1, "an answer without an fsync before it");
    }
    let fsyncs = recording.syncs("relay.db-wal", first, position());
    let batches = usize::try_from(relay.relay().status().batches - batches).unwrap();
    println!("{fsyncs} fsyncs, {batches} batches, {MESSAGES} messages one after the other");
    assert!(batches >= MESSAGES && fsyncs >= batches);
    drop(session);
    relay.stop().await;
}
