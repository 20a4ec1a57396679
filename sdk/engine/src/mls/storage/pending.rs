//! The unwritten rows and the undo journal above them. Pure: no database, no codec.
//!
//! A mark opens a level. A level remembers, for each row, what stood there when the level
//! was opened, once: later writes to the same row cost nothing. Rolling back puts these
//! values back, innermost level first. A flush moves rows into the database and is
//! journalled like a write, so rolling back to a mark set before it makes the rows
//! pending again, just as `ROLLBACK TO` takes them out of the database.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use super::StorageError;
use super::codec::Secret;
use super::row::RowKey;

/// A pending row: the value to write, or `None` to delete the row.
pub(super) type Slot = Option<Secret>;

/// A point to return to, the overlay's counterpart of an SQL savepoint.
#[must_use = "a mark must be released or rolled back"]
#[derive(Debug)]
pub struct Mark {
    serial: u64,
}

/// What has to be put back when a mark is rolled back.
#[derive(Default)]
struct Level {
    serial: u64,
    /// The slot before the level's first write; `None` where no row was pending.
    undo: BTreeMap<RowKey, Option<Slot>>,
    touched: BTreeSet<Vec<u8>>,
}

/// The dirty rows of one transaction.
#[derive(Default)]
pub(super) struct Pending {
    rows: BTreeMap<RowKey, Slot>,
    levels: Vec<Level>,
    touched: BTreeSet<Vec<u8>>,
    serials: u64,
}

impl Pending {
    /// The pending slot of a row, if it has one.
    pub(super) fn get(&self, key: &RowKey) -> Option<&Slot> {
        self.rows.get(key)
    }

    /// The rows to write, in key order.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&RowKey, &Slot)> {
        self.rows.iter()
    }

    /// Takes all rows, leaving nothing to roll back.
    pub(super) fn into_rows(self) -> BTreeMap<RowKey, Slot> {
        self.rows
    }

    /// Notes that a group is being changed. Comes before the change: the group in memory
    /// is ahead of its rows even when encoding or writing them fails.
    pub(super) fn touch(&mut self, group: &[u8]) {
        if group.is_empty() {
            return;
        }
        if !self.touched.contains(group) {
            self.touched.insert(group.to_vec());
        }
        if let Some(level) = self.levels.last_mut()
            && !level.touched.contains(group)
        {
            level.touched.insert(group.to_vec());
        }
    }

    /// Replaces a row.
    pub(super) fn put(&mut self, key: RowKey, slot: Slot) {
        self.touch(&key.group);
        match self.levels.last_mut() {
            None => {
                self.rows.insert(key, slot);
            }
            Some(level) => {
                let before = self.rows.insert(key.clone(), slot);
                level.undo.entry(key).or_insert(before);
            }
        }
    }

    /// Opens a level.
    pub(super) fn mark(&mut self) -> Mark {
        self.serials = self.serials.wrapping_add(1);
        let serial = self.serials;
        self.levels.push(Level {
            serial,
            ..Level::default()
        });
        Mark { serial }
    }

    /// Closes the level of `mark` and all inside it, keeping their rows.
    pub(super) fn release(&mut self, mark: Mark) -> Result<(), StorageError> {
        let depth = self.depth(&mark)?;
        while self.levels.len() > depth {
            let Some(inner) = self.levels.pop() else {
                break;
            };
            if let Some(outer) = self.levels.last_mut() {
                outer.touched.extend(inner.touched);
                for (key, before) in inner.undo {
                    outer.undo.entry(key).or_insert(before);
                }
            }
        }
        Ok(())
    }

    /// Closes the level of `mark` and all inside it, reverting their rows.
    /// Returns the groups whose rows were touched since the mark.
    pub(super) fn rollback_to(&mut self, mark: Mark) -> Result<BTreeSet<Vec<u8>>, StorageError> {
        let depth = self.depth(&mark)?;
        let mut touched = BTreeSet::new();
        while self.levels.len() > depth {
            let Some(level) = self.levels.pop() else {
                break;
            };
            // Marks further out count these groups too.
            if let Some(outer) = self.levels.last_mut() {
                outer.touched.extend(level.touched.iter().cloned());
            }
            touched.extend(level.touched);
            for (key, before) in level.undo {
                match before {
                    Some(slot) => self.rows.insert(key, slot),
                    None => self.rows.remove(&key),
                };
            }
        }
        Ok(touched)
    }

    /// The rows are in the database now.
    pub(super) fn flushed(&mut self) {
        let rows = mem::take(&mut self.rows);
        if let Some(level) = self.levels.last_mut() {
            for (key, slot) in rows {
                level.undo.entry(key).or_insert(Some(slot));
            }
        }
    }

    /// The transaction is durable: nothing before this point can be rolled back.
    pub(super) fn committed(&mut self) -> Result<(), StorageError> {
        match self.rows.len() {
            0 => {
                self.reset();
                Ok(())
            }
            rows => Err(StorageError::Unflushed { rows }),
        }
    }

    /// The transaction is gone. Returns the groups touched since the last commit.
    pub(super) fn discard(&mut self) -> BTreeSet<Vec<u8>> {
        self.reset()
    }

    /// Serials go on, so that a mark of the old transaction cannot name a level of the next.
    fn reset(&mut self) -> BTreeSet<Vec<u8>> {
        self.rows.clear();
        self.levels.clear();
        mem::take(&mut self.touched)
    }

    fn depth(&self, mark: &Mark) -> Result<usize, StorageError> {
        self.levels
            .iter()
            .position(|level| level.serial == mark.serial)
            .ok_or(StorageError::StaleMark)
    }
}
