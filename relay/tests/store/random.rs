//! Random commands: what a back end answers and shows must equal what the model does, also when
//! statements fail and batches are taken back.

use super::ops::{Op, Universe, op};
use super::world::{keys, options};
use lacre_relay::store::command::Command;
use lacre_relay::store::faults::{Fate, Faults, Step};
use lacre_relay::store::{Durability, Store, StoreError, StoreOptions};
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Commands that the queue may take in another order.
fn alone(command: &Command) -> bool {
    matches!(command, Command::Ack(_) | Command::Housekeep(_))
}

/// Strikes at every `every`-th step while armed.
fn faults(every: u64) -> (Faults, Arc<AtomicU64>) {
    let (armed, count) = (Arc::new(AtomicU64::new(0)), AtomicU64::new(0));
    let switch = Arc::clone(&armed);
    let faults = Faults::new(move |step| {
        let strikes = switch.load(Ordering::SeqCst) > 0
            && step != Step::AfterCommit
            && count.fetch_add(1, Ordering::SeqCst) % every == every - 1;
        if strikes { Fate::Fail } else { Fate::Continue }
    });
    (faults, armed)
}

/// Compares what `open` opens with the model. One writer: several would take commands in another
/// order than they came in.
pub(super) async fn compare(
    open: impl Fn(&StoreOptions) -> Store,
    ops: Vec<Op>,
    chunk: usize,
    every: u64,
) {
    let (faults, armed) = faults(every);
    let settings = StoreOptions {
        durability: Durability::PageCache,
        readers: 1,
        writers: 1,
        faults,
        ..options()
    };
    let mut store = open(&settings);
    let mut commands = Vec::new();
    let mut universe =
        Universe::new(Store::model(keys(), &options()).unwrap(), &mut commands).await;
    for command in commands {
        store.submit(command).await.unwrap();
    }
    armed.store(u64::from(every > 0), Ordering::SeqCst);
    let mut failed = 0;
    for run in ops.chunks(chunk) {
        let mut waiting = Vec::new();
        for op in run {
            let command = universe.command(op).await;
            if alone(&command) {
                failed += settle(&mut waiting, &universe).await;
            }
            waiting.push((command.clone(), tokio::spawn(store.submit(command.clone()))));
            if alone(&command) {
                failed += settle(&mut waiting, &universe).await;
            }
        }
        failed += settle(&mut waiting, &universe).await;
    }
    armed.store(0, Ordering::SeqCst);
    assert!(every > 0 || failed == 0);
    let expected = universe.shown(&universe.world.store).await;
    similar(&expected, &universe.shown(&store).await);
    // The same from the disk alone, without what the writer held in memory.
    drop(store);
    store = open(&settings);
    similar(&expected, &universe.shown(&store).await);
}

type Waiting = (
    Command,
    tokio::task::JoinHandle<Result<lacre_relay::store::Outcome, StoreError>>,
);

/// Waits for the answers and asks the model the same, but for what failed.
async fn settle(waiting: &mut Vec<Waiting>, universe: &Universe) -> usize {
    let mut failed = 0;
    for (command, answer) in waiting.drain(..) {
        match answer.await.unwrap() {
            Ok(outcome) => assert_eq!(
                outcome,
                universe.world.submit(command.clone()).await,
                "{command:?}"
            ),
            Err(StoreError::Failed(_)) => failed += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    failed
}

fn similar(expected: &str, got: &str) {
    for (expected, got) in expected.lines().zip(got.lines()) {
        assert_eq!(expected, got);
    }
    assert_eq!(expected.lines().count(), got.lines().count());
}

fn run(ops: Vec<Op>, chunk: usize, every: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("relay.db");
    let open = |settings: &StoreOptions| Store::open(&path, keys(), settings).unwrap();
    runtime.block_on(compare(open, ops, chunk, every));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_equals_the_model(ops in prop::collection::vec(op(), 1..150), chunk in 1usize..20) {
        run(ops, chunk, 0);
    }

    #[test]
    fn sqlite_equals_the_model_when_statements_fail(
        ops in prop::collection::vec(op(), 1..100),
        chunk in 1usize..10,
        every in 5u64..40,
    ) {
        run(ops, chunk, every);
    }
}
