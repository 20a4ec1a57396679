//! A disk that runs full: the store stops growing before it is, people still read, come and go, and
//! it goes on by itself when there is room again.

use super::world::{World, keys, options};
use lacre_relay::store::command::{Ack, Command, Hashed, Login, PutObject};
use lacre_relay::store::faults::Measure;
use lacre_relay::store::read::ReadLogs;
use lacre_relay::store::{Disk, Store, StoreError, StoreOptions, Verdict};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::LogId;
use lacre_wire::request::LogSeq;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const MIB: u64 = 1024 * 1024;

/// A store on a disk of 1000 MiB, of which 50 must stay free, and how many are.
fn on_a_disk() -> (World, Arc<AtomicU64>) {
    let free = Arc::new(AtomicU64::new(500));
    let now = Arc::clone(&free);
    let disk = Measure::new(move || Disk {
        total: 1000 * MIB,
        free: now.load(Ordering::SeqCst) * MIB,
    });
    let dir = tempfile::tempdir().unwrap();
    let options = StoreOptions {
        disk: Some(disk),
        ..options()
    };
    let store = Store::open(&dir.path().join("relay.db"), keys(), &options).unwrap();
    (World::of(store, Some(dir)), free)
}

fn is_full(error: &StoreError) -> bool {
    matches!(error, StoreError::Full { retry_after_ms } if *retry_after_ms > 0)
}

#[tokio::test]
async fn a_short_disk_refuses_what_is_new_and_nothing_else() {
    let (mut w, free) = on_a_disk();
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let last = w.say(room, ana.member(0), 3).await;
    free.store(40, Ordering::SeqCst);

    let next = w
        .message(room, ana.member(0), Some(last.submit_id), "more")
        .await;
    let refused = w.store.submit(Command::Append(next.clone())).await;
    let error = refused.unwrap_err();
    assert!(is_full(&error), "{error}");
    let told = WireError::from(error);
    assert_eq!(told.code, ErrorCode::StoreFull);
    assert!(told.code.is_retryable() && told.retry_after_ms.is_some());
    let object = Command::PutObject(PutObject {
        now_ms: w.now,
        object: Hashed::new(vec![1; 10]),
    });
    assert!(is_full(&w.store.submit(object.clone()).await.unwrap_err()));
    assert!(is_full(
        &w.store
            .submit(w.sign_up(&super::world::Person::new(9)))
            .await
            .unwrap_err()
    ));

    // What was accepted before is still answered so: the asker did not hear it.
    assert_eq!(w.accept(Command::Append(last.clone())).await.seq, 4);
    // What the rules refuse is refused by them: waiting for space would not help.
    let mut wrong = next.clone();
    wrong.epoch += 7;
    assert!(matches!(
        w.verdict(Command::Append(wrong)).await,
        Verdict::WrongEpoch { .. }
    ));
    // Reading, coming, acknowledging and cleaning up go on.
    assert_eq!(w.log(LogId::Room(room)).await.len(), 4);
    let login = Command::Login(Login {
        now_ms: w.now,
        account: ben.account,
        device: ben.device(0),
        counter: 2,
    });
    assert!(matches!(w.verdict(login).await, Verdict::LoggedIn { .. }));
    let ack = Command::Ack(Ack {
        now_ms: w.now,
        device: ben.device(0),
        acks: vec![LogSeq {
            log: LogId::Room(room),
            seq: 4,
        }],
    });
    assert_eq!(w.verdict(ack).await, Verdict::Done);
    w.now += 100 * super::world::DAY;
    assert!(w.housekeep().await > 0);
    let stats = w.store.stats();
    assert!(stats.full && stats.full_refused == 3, "{stats:?}");
    assert_eq!(stats.free_bytes, Some(40 * MIB));

    // Room again: the same message passes, at the place it would have had.
    free.store(100, Ordering::SeqCst);
    assert_eq!(w.accept(Command::Append(next)).await.seq, 5);
    assert_eq!(w.verdict(object).await, Verdict::Done);
    assert!(!w.store.stats().full);
    let head = w.store.head(LogId::Room(room)).await.unwrap().unwrap();
    assert_eq!(head.seq, 5);
}

/// In one batch, one command is refused and its neighbour passes.
#[tokio::test]
async fn a_refusal_for_space_hurts_no_neighbour() {
    let (w, free) = on_a_disk();
    let ana = w.person(1).await;
    free.store(10, Ordering::SeqCst);
    let mut asked = Vec::new();
    for n in 0..40u64 {
        let command = if n % 2 == 0 {
            Command::PutObject(PutObject {
                now_ms: w.now,
                object: Hashed::new(n.to_be_bytes().to_vec()),
            })
        } else {
            Command::Login(Login {
                now_ms: w.now,
                account: ana.account,
                device: ana.device(0),
                counter: 1 + n,
            })
        };
        asked.push((n, w.store.submit(command)));
    }
    for (n, answer) in asked {
        match answer.await {
            Ok(outcome) => assert!(
                n % 2 == 1 && matches!(outcome.verdict, Verdict::LoggedIn { .. }),
                "{outcome:?}"
            ),
            Err(error) => assert!(n % 2 == 0 && is_full(&error), "{error}"),
        }
    }
}

/// What deletions leave in the database counts: a relay that is emptied goes on, although the file
/// does not get smaller.
#[tokio::test]
async fn emptied_pages_are_room() {
    let (mut w, free) = on_a_disk();
    let put = |w: &World, n: u8| {
        Command::PutObject(PutObject {
            now_ms: w.now,
            object: Hashed::new(vec![n; 1024 * 1024]),
        })
    };
    for n in 0..20 {
        w.verdict(put(&w, n)).await;
    }
    free.store(45, Ordering::SeqCst);
    assert!(is_full(&w.store.submit(put(&w, 50)).await.unwrap_err()));
    // Objects nobody refers to go after an hour.
    w.now += super::world::DAY;
    while w.housekeep().await > 0 {}
    assert_eq!(w.verdict(put(&w, 50)).await, Verdict::Done);
    // But a disk that others have filled is full.
    free.store(5, Ordering::SeqCst);
    assert!(is_full(&w.store.submit(put(&w, 51)).await.unwrap_err()));
}

/// Whatever the system says of the disk: when a batch does not fit, what needs no room still passes,
/// in the same batch, and the rest may be tried again.
#[tokio::test]
async fn what_does_not_fit_is_refused_and_its_neighbours_pass() {
    let dir = tempfile::tempdir().unwrap();
    let small = StoreOptions {
        max_pages: Some(500),
        ..options()
    };
    let store = Store::open(&dir.path().join("relay.db"), keys(), &small).unwrap();
    let mut w = World::of(store, Some(dir));
    let ana = w.person(1).await;
    let put = |now_ms, n: u8| {
        Command::PutObject(PutObject {
            now_ms,
            object: Hashed::new(vec![n; 256 * 1024]),
        })
    };
    let mut asked = Vec::new();
    for n in 0..20u8 {
        asked.push((true, w.store.submit(put(w.now, n))));
        let login = Command::Login(Login {
            now_ms: w.now,
            account: ana.account,
            device: ana.device(0),
            counter: 2 + u64::from(n),
        });
        asked.push((false, w.store.submit(login)));
    }
    let (mut stored, mut refused) = (0, 0);
    for (grows, answer) in asked {
        match answer.await {
            Ok(_) => stored += usize::from(grows),
            Err(error) => {
                assert!(grows && is_full(&error), "{error}");
                refused += 1;
            }
        }
    }
    assert!(
        stored >= 4 && refused >= 4,
        "{stored} stored, {refused} refused"
    );
    w.now += super::world::DAY;
    while w.housekeep().await > 0 {}
    assert_eq!(w.verdict(put(w.now, 50)).await, Verdict::Done);
}
