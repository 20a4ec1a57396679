//! Contract 1 where a server is between the relay and its disk: failing statements, connections that
//! end at every step of a batch, a server that is killed.

use super::super::world::{World, options};
use super::open;
use crate::postgres::{Database, Server};
use lacre_relay::store::command::{Command, Hashed, PutObject};
use lacre_relay::store::faults::{Fate, Faults, Step};
use lacre_relay::store::read::ReadLogs;
use lacre_relay::store::{Store, StoreError, StoreOptions, Verdict};
use lacre_wire::ids::LogId;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::Semaphore;

fn with(faults: Faults) -> StoreOptions {
    StoreOptions {
        faults,
        ..options()
    }
}

/// A store whose writers fail at one kind of step while the flag is up.
fn failing(at: Step) -> (World, Arc<AtomicBool>) {
    let broken = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&broken);
    let faults = Faults::new(
        move |step| match step == at && flag.load(Ordering::SeqCst) {
            true => Fate::Fail,
            false => Fate::Continue,
        },
    );
    let store = open(&Database::new(), &with(faults));
    (World::of(store, None), broken)
}

#[tokio::test]
async fn what_was_accepted_is_there_after_opening_again() {
    let database = Database::new();
    let mut w = World::of(open(&database, &options()), None);
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let last = w.say(room, ana.member(0), 20).await;
    let before = (
        w.log(LogId::Room(room)).await,
        w.state(room).await,
        w.store.lineage(),
    );
    w.store = open(&database, &options());
    let after = (
        w.log(LogId::Room(room)).await,
        w.state(room).await,
        w.store.lineage(),
    );
    assert_eq!(after, before);
    assert_eq!(w.accept(Command::Append(last)).await.seq, 21);
}

#[tokio::test]
async fn a_failed_batch_leaves_nothing() {
    for at in [Step::Write, Step::BeforeCommit] {
        let (mut w, broken) = failing(at);
        let ana = w.person(1).await;
        let room = w.room(1, &[&ana]).await;
        let message = w.message(room, ana.member(0), None, "hello").await;
        broken.store(true, Ordering::SeqCst);
        let failed = w.store.submit(Command::Append(message.clone())).await;
        assert!(matches!(failed, Err(StoreError::Failed(_))));
        broken.store(false, Ordering::SeqCst);
        assert!(w.log(LogId::Room(room)).await.is_empty());
        assert_eq!(w.accept(Command::Append(message)).await.seq, 1);
    }
}

#[tokio::test]
async fn an_unknown_outcome_is_answered_so_and_can_be_asked_again() {
    let (mut w, broken) = failing(Step::AfterCommit);
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let message = w.message(room, ana.member(0), None, "hello").await;
    broken.store(true, Ordering::SeqCst);
    let unknown = w.store.submit(Command::Append(message.clone())).await;
    assert_eq!(unknown, Err(StoreError::Unknown));
    broken.store(false, Ordering::SeqCst);
    assert_eq!(w.accept(Command::Append(message)).await.seq, 1);
    assert_eq!(w.log(LogId::Room(room)).await.len(), 1);
}

#[tokio::test]
async fn one_bad_command_does_not_hurt_its_batch_and_many_share_a_commit() {
    let (armed, count) = (Arc::new(AtomicBool::new(false)), AtomicUsize::new(0));
    let flag = Arc::clone(&armed);
    let faults = Faults::new(move |step| {
        let counted = step == Step::Write && flag.load(Ordering::SeqCst);
        let strikes = counted && count.fetch_add(1, Ordering::SeqCst) == 5;
        if strikes { Fate::Fail } else { Fate::Continue }
    });
    let w = World::of(open(&Database::new(), &with(faults)), None);
    armed.store(true, Ordering::SeqCst);
    let put = |n: u8| {
        Command::PutObject(PutObject {
            now_ms: w.now,
            object: Hashed::new(vec![n; 10]),
        })
    };
    let waiting: Vec<_> = (0..200)
        .map(|n| tokio::spawn(w.store.submit(put(n))))
        .collect();
    let mut done = 0;
    for answer in waiting {
        let answer = answer.await.unwrap();
        done += usize::from(answer.is_ok_and(|outcome| outcome.verdict == Verdict::Done));
    }
    assert!(done >= 199, "{done} of 200");
    let stats = w.store.stats();
    assert!(stats.batches < 150, "{stats:?}");
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let w = World::postgres();
    let put = Command::PutObject(PutObject {
        now_ms: w.now,
        object: Hashed::new(vec![1; 10]),
    });
    let queued = w.store.submit(put.clone());
    w.store.close();
    assert_eq!(queued.await.unwrap().verdict, Verdict::Done);
    assert_eq!(w.store.submit(put).await, Err(StoreError::Closed));
    assert_eq!(w.store.heads(vec![]).await, Err(StoreError::Closed));
}

/// Messages of all rooms together.
const MESSAGES: usize = 90;

/// Three rooms in parallel, 30 messages each, asked again until they are accepted. Each is in its log
/// once, where it was said to be, and in the order in which it was sent. `begin` starts the trouble and
/// `end` ends it; `told` hears of each acceptance; each message needs a permit of `pace`.
async fn keeps_the_contract(
    store: &Store,
    begin: impl FnOnce(),
    told: Arc<AtomicUsize>,
    pace: Arc<Semaphore>,
    end: impl FnOnce(),
) {
    let mut w = World::of(store.clone(), None);
    let mut conversations = Vec::new();
    for number in 1..=3u8 {
        let ana = w.person(number).await;
        let room = w.room(number, &[&ana]).await;
        let (mut prev, mut messages) = (None, Vec::new());
        for n in 0..30 {
            let text = format!("{number} {n}");
            let message = w.message(room, ana.member(0), prev, &text).await;
            prev = Some(message.submit_id);
            messages.push(message);
        }
        conversations.push((room, messages));
    }
    begin();
    let mut tasks = Vec::new();
    for (room, messages) in conversations {
        let (store, told, pace) = (store.clone(), told.clone(), pace.clone());
        tasks.push(tokio::spawn(async move {
            let mut accepted = BTreeMap::new();
            for message in messages {
                pace.acquire().await.unwrap().forget();
                let at = loop {
                    match store.submit(Command::Append(message.clone())).await {
                        Ok(outcome) => match outcome.verdict {
                            Verdict::Accepted(at) => break at.seq,
                            other => panic!("{other:?}"),
                        },
                        Err(StoreError::Unknown | StoreError::Failed(_)) => {}
                        Err(other) => panic!("{other}"),
                    }
                };
                told.fetch_add(1, Ordering::SeqCst);
                accepted.insert(at, message.body.hash());
            }
            (room, accepted)
        }));
    }
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    told.fetch_add(1000, Ordering::SeqCst);
    end();
    // Reads are asked again, too.
    while w.store.head(LogId::Room(done[0].0)).await.is_err() {}
    for (room, accepted) in done {
        // Checks the chain and that there is no gap.
        let log = w.log(LogId::Room(room)).await;
        let held: BTreeMap<_, _> = log
            .iter()
            .map(|entry| (entry.seq, entry.body.hash()))
            .collect();
        assert_eq!(held, accepted);
    }
}

/// The server ends the relay's connections at each step of batches, also between COMMIT and answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_end_at_any_step_lose_nothing() {
    // A batch of three messages has twelve writes: seldom enough for one to get through.
    for (at, every) in [
        (Step::Write, 29),
        (Step::BeforeCommit, 7),
        (Step::AfterCommit, 7),
    ] {
        let database = Database::new();
        let (cutting, told) = (database.clone(), Arc::new(AtomicUsize::new(0)));
        let (steps, cuts) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
        let (armed, counted) = (Arc::new(AtomicBool::new(false)), Arc::clone(&cuts));
        let (switch, until) = (Arc::clone(&armed), Arc::clone(&told));
        let faults = Faults::new(move |step| {
            let on = switch.load(Ordering::SeqCst) && until.load(Ordering::SeqCst) < 1000;
            if on && step == at && steps.fetch_add(1, Ordering::SeqCst) % every == every - 1 {
                counted.fetch_add(cutting.cut(), Ordering::SeqCst);
            }
            Fate::Continue
        });
        let store = open(&database, &with(faults));
        let begin = || armed.store(true, Ordering::SeqCst);
        let pace = Arc::new(Semaphore::new(MESSAGES));
        keeps_the_contract(&store, begin, told, pace, || {}).await;
        let cuts = cuts.load(Ordering::SeqCst);
        assert!(cuts > 5, "{cuts} connections were cut at {at:?}");
    }
}

/// The whole server is killed under traffic again and again, and comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_that_was_accepted() {
    let server = Server::start(&[]);
    let database = server.database();
    let store = open(&database, &options());
    let (told, killed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (hearing, counting) = (Arc::clone(&told), Arc::clone(&killed));
    let pace = Arc::new(Semaphore::new(10));
    let pacing = Arc::clone(&pace);
    let kill = move || {
        // Each time when ten were accepted and ten more begin: under traffic, however busy the machine.
        for next in (10..MESSAGES).step_by(10) {
            while hearing.load(Ordering::SeqCst) < next {
                std::thread::yield_now();
            }
            pacing.add_permits(10);
            server.kill();
            server.run();
            counting.fetch_add(1, Ordering::SeqCst);
        }
    };
    let killer = std::cell::RefCell::new(None);
    let begin = || drop(killer.replace(Some(std::thread::spawn(kill))));
    // What is read is read from a server that stays.
    let end = || killer.take().unwrap().join().unwrap();
    keeps_the_contract(&store, begin, told, pace, end).await;
    let killed = killed.load(Ordering::SeqCst);
    assert!(killed >= 3, "killed {killed} times");
}
