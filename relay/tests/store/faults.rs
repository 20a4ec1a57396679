//! Contract 1 at its edges: failing batches, unknown outcomes, a full queue, files that are not a
//! store, restores.

use super::world::{World, keys, options};
use lacre_relay::store::command::{Ack, Command, Hashed, PutObject};
use lacre_relay::store::faults::{Fate, Faults, Step};
use lacre_relay::store::read::ReadLogs;
use lacre_relay::store::{OpenError, Store, StoreError, StoreOptions, Verdict};
use lacre_wire::answer::OpenState;
use lacre_wire::ids::{Lineage, LogId};
use lacre_wire::log::Cursor;
use lacre_wire::request::OpenLog;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

fn path(w: &World) -> std::path::PathBuf {
    w.dir.as_ref().unwrap().path().join("relay.db")
}

fn reopened(mut w: World, options: &StoreOptions) -> World {
    let path = path(&w);
    // A store that is open somewhere cannot be opened again: the model takes its place meanwhile.
    drop(std::mem::replace(
        &mut w.store,
        Store::model(keys(), options).unwrap(),
    ));
    w.store = Store::open(&path, keys(), options).unwrap();
    w
}

/// A store whose writer fails while the flag is up, at one kind of step.
fn failing(at: Step) -> (World, Arc<AtomicBool>) {
    let broken = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&broken);
    let faults = Faults::new(move |step| {
        if step == at && flag.load(Ordering::SeqCst) {
            Fate::Fail
        } else {
            Fate::Continue
        }
    });
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(
        &dir.path().join("relay.db"),
        keys(),
        &StoreOptions {
            faults,
            ..options()
        },
    )
    .unwrap();
    (World::of(store, Some(dir)), broken)
}

#[tokio::test]
async fn what_was_accepted_is_there_after_opening_again() {
    let mut w = World::sqlite();
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let last = w.say(room, ana.member(0), 20).await;
    let before = (
        w.log(LogId::Room(room)).await,
        w.state(room).await,
        w.store.lineage(),
    );
    let mut w = reopened(w, &options());
    assert_eq!(
        (
            w.log(LogId::Room(room)).await,
            w.state(room).await,
            w.store.lineage()
        ),
        before
    );
    // The memory of submissions is as durable.
    assert_eq!(w.accept(Command::Append(last.clone())).await.seq, 21);
    let next = w
        .message(room, ana.member(0), Some(last.submit_id), "next")
        .await;
    assert_eq!(w.accept(Command::Append(next)).await.seq, 22);
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
    assert_eq!(
        w.store.submit(Command::Append(message.clone())).await,
        Err(StoreError::Unknown)
    );
    broken.store(false, Ordering::SeqCst);
    assert_eq!(w.accept(Command::Append(message)).await.seq, 1);
    assert_eq!(w.log(LogId::Room(room)).await.len(), 1);
}

#[tokio::test]
async fn one_bad_command_does_not_hurt_its_batch() {
    // Rows written while the flag is up: the third of a batch fails each time it is tried.
    let (armed, count) = (Arc::new(AtomicBool::new(false)), AtomicUsize::new(0));
    let flag = Arc::clone(&armed);
    let faults = Faults::new(move |step| {
        let counted = step == Step::Write && flag.load(Ordering::SeqCst);
        let strikes = counted && count.fetch_add(1, Ordering::SeqCst) == 5;
        if strikes { Fate::Fail } else { Fate::Continue }
    });
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(
        &dir.path().join("relay.db"),
        keys(),
        &StoreOptions {
            faults,
            ..options()
        },
    )
    .unwrap();
    let w = World::of(store, Some(dir));
    armed.store(true, Ordering::SeqCst);
    let put = |n: u8| {
        Command::PutObject(PutObject {
            now_ms: w.now,
            object: Hashed::new(vec![n; 10]),
        })
    };
    let waiting: Vec<_> = (0..20)
        .map(|n| tokio::spawn(w.store.submit(put(n))))
        .collect();
    let mut done = 0;
    for answer in waiting {
        done += usize::from(
            answer
                .await
                .unwrap()
                .is_ok_and(|outcome| outcome.verdict == Verdict::Done),
        );
    }
    // Alone in its batch it would have failed; among others it was tried again.
    assert!(done >= 19, "{done} of 20");
}

/// Holds the writer inside a batch for as long as the gate is shut.
#[derive(Default)]
struct Gate {
    shut: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn pass(&self) {
        let mut shut = self.shut.lock().unwrap();
        while *shut {
            shut = self.opened.wait(shut).unwrap();
        }
    }

    fn set(&self, to: bool) {
        *self.shut.lock().unwrap() = to;
        self.opened.notify_all();
    }
}

#[tokio::test]
async fn a_full_queue_answers_busy_and_still_takes_acks() {
    let gate = Arc::new(Gate::default());
    let at = Arc::clone(&gate);
    let faults = Faults::new(move |_| {
        at.pass();
        Fate::Continue
    });
    let dir = tempfile::tempdir().unwrap();
    let small = StoreOptions {
        faults,
        queue_commands: 4,
        ..options()
    };
    let w = World::of(
        Store::open(&dir.path().join("relay.db"), keys(), &small).unwrap(),
        Some(dir),
    );
    gate.set(true);
    let put = |n: u8| {
        Command::PutObject(PutObject {
            now_ms: w.now,
            object: Hashed::new(vec![n; 10]),
        })
    };
    let mut answers: Vec<_> = (0..20).map(|n| Box::pin(w.store.submit(put(n)))).collect();
    let ack = Ack {
        now_ms: w.now,
        device: super::world::Person::new(1).device(0),
        acks: vec![],
    };
    let ack = w.store.submit(Command::Ack(ack));
    gate.set(false);
    let mut busy = 0;
    for answer in answers.drain(..) {
        match answer.await {
            Ok(outcome) => assert_eq!(outcome.verdict, Verdict::Done),
            Err(StoreError::Busy { retry_after_ms }) => busy += usize::from(retry_after_ms > 0),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!((12..=16).contains(&busy), "{busy} of 20");
    assert_eq!(w.store.stats().busy, busy as u64);
    assert_eq!(ack.await.unwrap().verdict, Verdict::Done);
}

#[tokio::test]
async fn many_commands_share_an_fsync() {
    let mut w = World::sqlite();
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let before = w.store.stats();
    let mut waiting = Vec::new();
    let mut prev = None;
    for n in 0..200 {
        let message = w.message(room, ana.member(0), prev, &format!("{n}")).await;
        prev = Some(message.submit_id);
        waiting.push(message);
    }
    let answers: Vec<_> = waiting
        .into_iter()
        .map(|m| tokio::spawn(w.store.submit(Command::Append(m))))
        .collect();
    for answer in answers {
        assert!(matches!(
            answer.await.unwrap().unwrap().verdict,
            Verdict::Accepted(_)
        ));
    }
    let after = w.store.stats();
    assert_eq!(after.commands - before.commands, 200);
    assert!(after.batches - before.batches < 100, "{after:?}");
}

#[tokio::test]
async fn a_renewed_lineage_resets_cursors_and_still_opens_senders() {
    let mut w = World::sqlite();
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let log = LogId::Room(room);
    w.say(room, ana.member(0), 2).await;
    let cursor = Cursor {
        lineage: w.store.lineage(),
        seq: 2,
        chain: w.chain(log, 2).await,
    };
    let renewed = StoreOptions {
        renew_lineage: true,
        lineage: Some(Lineage([8; 16])),
        ..options()
    };
    let mut w = reopened(w, &renewed);
    let opened = w
        .store
        .open(
            ana.device(0),
            vec![OpenLog {
                log,
                cursor: Some(cursor),
            }],
        )
        .await
        .unwrap();
    assert_eq!(
        opened[0].state,
        OpenState::LogReset {
            lineage: Lineage([8; 16])
        }
    );
    w.say(room, ana.member(0), 1).await;
    let entries = w.log(log).await;
    assert!(
        entries
            .iter()
            .all(|entry| entry.sender.unwrap().account == ana.account)
    );
    let w = reopened(w, &options());
    assert_eq!(w.store.lineage(), Lineage([8; 16]));
}

#[test]
fn opening_says_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let open = |name: &str| Store::open(&dir.path().join(name), keys(), &options());
    std::fs::write(
        dir.path().join("text"),
        "this is not a database at all, only some text".repeat(100),
    )
    .unwrap();
    assert!(matches!(open("text"), Err(OpenError::NotAStore { .. })));
    assert!(matches!(
        open("no/such/folder.db"),
        Err(OpenError::Io { .. })
    ));
    let first = open("relay.db").unwrap();
    assert!(matches!(open("relay.db"), Err(OpenError::InUse { .. })));
    drop(first);
    drop(open("relay.db").unwrap());
    // Overwrite everything behind the first page.
    let path = dir.path().join("relay.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    match open("relay.db") {
        Err(error @ OpenError::Damaged { .. }) => {
            assert!(error.to_string().contains("restore the last backup"))
        }
        other => panic!("{:?}", other.err()),
    }
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let w = World::sqlite();
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
