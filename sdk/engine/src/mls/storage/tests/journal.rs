//! The undo journal against a model that copies everything at every mark.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::super::StorageError;
use super::super::pending::{Mark, Pending};
use super::super::row::RowKey;

#[derive(Clone, Debug)]
enum Step {
    Put(u8, u8),
    Delete(u8),
    Mark,
    Release(usize),
    Rollback(usize),
    Flush,
    Commit,
    Discard,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..6_u8, any::<u8>()).prop_map(|(key, value)| Step::Put(key, value)),
        2 => (0..6_u8).prop_map(Step::Delete),
        3 => Just(Step::Mark),
        2 => (0..4_usize).prop_map(Step::Release),
        2 => (0..4_usize).prop_map(Step::Rollback),
        2 => Just(Step::Flush),
        1 => Just(Step::Commit),
        1 => Just(Step::Discard),
    ]
}

/// Six rows in three groups, the first of which is the device itself.
fn row(key: u8) -> RowKey {
    RowKey {
        group: match key % 3 {
            0 => Vec::new(),
            group => vec![group],
        },
        label: key,
        key: Vec::new(),
    }
}

type Rows = BTreeMap<RowKey, u8>;

/// A savepoint of the model: what the engine sees, what the database holds, what was touched since.
struct Savepoint {
    view: Rows,
    database: Rows,
    touched: BTreeSet<Vec<u8>>,
    mark: Mark,
}

#[derive(Default)]
struct Model {
    view: Rows,
    database: Rows,
    durable: Rows,
    touched: BTreeSet<Vec<u8>>,
    savepoints: Vec<Savepoint>,
}

impl Model {
    fn touch(&mut self, key: &RowKey) {
        if key.group.is_empty() {
            return;
        }
        self.touched.insert(key.group.clone());
        for savepoint in &mut self.savepoints {
            savepoint.touched.insert(key.group.clone());
        }
    }

    fn index(&self, index: usize) -> Option<usize> {
        index.checked_rem(self.savepoints.len())
    }

    fn apply(&mut self, pending: &mut Pending, step: Step) {
        match step {
            Step::Put(key, value) => {
                self.touch(&row(key));
                self.view.insert(row(key), value);
                pending.put(row(key), Some(Zeroizing::new(vec![value])));
            }
            Step::Delete(key) => {
                self.touch(&row(key));
                self.view.remove(&row(key));
                pending.put(row(key), None);
            }
            Step::Mark => self.savepoints.push(Savepoint {
                view: self.view.clone(),
                database: self.database.clone(),
                touched: BTreeSet::new(),
                mark: pending.mark(),
            }),
            Step::Release(index) => {
                let Some(index) = self.index(index) else {
                    return;
                };
                let savepoint = self.savepoints.drain(index..).next().unwrap();
                pending.release(savepoint.mark).unwrap();
            }
            Step::Rollback(index) => {
                let Some(index) = self.index(index) else {
                    return;
                };
                let savepoint = self.savepoints.drain(index..).next().unwrap();
                let touched = pending.rollback_to(savepoint.mark).unwrap();
                assert_eq!(touched, savepoint.touched);
                self.view = savepoint.view;
                self.database = savepoint.database;
            }
            Step::Flush => {
                for (key, slot) in pending.rows() {
                    match slot {
                        Some(value) => self.database.insert(key.clone(), value[0]),
                        None => self.database.remove(key),
                    };
                }
                pending.flushed();
                assert_eq!(self.database, self.view);
            }
            Step::Commit => {
                self.apply(pending, Step::Flush);
                pending.committed().unwrap();
                self.durable = self.database.clone();
                self.end(pending);
                self.touched.clear();
            }
            Step::Discard => {
                assert_eq!(pending.discard(), self.touched);
                self.touched.clear();
                self.database = self.durable.clone();
                self.view = self.durable.clone();
                self.end(pending);
            }
        }
    }

    /// Marks of a finished transaction name nothing.
    fn end(&mut self, pending: &mut Pending) {
        for savepoint in self.savepoints.drain(..) {
            let rolled_back = pending.rollback_to(savepoint.mark);
            assert!(matches!(rolled_back, Err(StorageError::StaleMark)));
        }
    }

    fn check(&self, pending: &Pending) {
        for key in (0..6).map(row) {
            let seen = match pending.get(&key) {
                Some(slot) => slot.as_ref().map(|value| value[0]),
                None => self.database.get(&key).copied(),
            };
            assert_eq!(seen, self.view.get(&key).copied());
        }
    }
}

proptest! {
    #[test]
    fn the_journal_agrees_with_copies(steps in prop::collection::vec(step(), 0..60)) {
        let mut pending = Pending::default();
        let mut model = Model::default();
        for step in steps {
            model.apply(&mut pending, step);
            model.check(&pending);
        }
    }
}

#[test]
fn a_mark_counts_once() {
    let mut pending = Pending::default();
    let outer = pending.mark();
    let inner = pending.mark();
    pending.release(outer).unwrap();
    assert!(matches!(
        pending.release(inner),
        Err(StorageError::StaleMark)
    ));
}
