//! Rows that are used again and again, written back once a batch.
//!
//! Nobody else writes, so what the cache holds is what the table holds or will hold at the next
//! flush. A rollback empties it.

use super::memory::Memory;
use crate::store::rows::{LogRow, MemberRow, RoomRow};
use lacre_wire::ids::{DeviceId, LogId, RoomId};
use std::collections::HashMap;
use std::hash::Hash;

/// Rows above which a table's cache is emptied between batches.
const ROWS: usize = 100_000;

/// A row, and whether the table lacks its last change.
pub(super) struct Held<T> {
    pub(super) row: T,
    dirty: bool,
}

/// The cached rows of one table.
pub(super) struct Table<K, T> {
    rows: HashMap<K, Held<T>>,
    dirty: Vec<K>,
}

impl<K, T> Default for Table<K, T> {
    fn default() -> Self {
        Self {
            rows: HashMap::new(),
            dirty: Vec::new(),
        }
    }
}

impl<K: Copy + Eq + Hash, T> Table<K, T> {
    pub(super) fn get(&self, key: &K) -> Option<&T> {
        self.rows.get(key).map(|held| &held.row)
    }

    /// Holds a row as the table has it.
    pub(super) fn hold(&mut self, key: K, row: T) {
        self.rows.insert(key, Held { row, dirty: false });
    }

    /// Changes a row; the table follows at the next flush.
    pub(super) fn put(&mut self, key: K, row: T) {
        let before = self.rows.insert(key, Held { row, dirty: true });
        if before.is_none_or(|held| !held.dirty) {
            self.dirty.push(key);
        }
    }

    pub(super) fn forget(&mut self, key: &K) {
        self.rows.remove(key);
    }

    /// Passes every changed row to `write`, once.
    pub(super) fn flush<E>(
        &mut self,
        mut write: impl FnMut(&K, &T) -> Result<(), E>,
    ) -> Result<(), E> {
        for key in self.dirty.drain(..) {
            if let Some(held) = self.rows.get_mut(&key)
                && held.dirty
            {
                held.dirty = false;
                write(&key, &held.row)?;
            }
        }
        Ok(())
    }

    pub(super) fn is_clean(&self) -> bool {
        self.dirty.is_empty()
    }

    fn shrink(&mut self) {
        if self.rows.len() > ROWS && self.dirty.is_empty() {
            self.rows.clear();
        }
    }
}

/// A log's row with its number in the table.
#[derive(Clone)]
pub(super) struct NumberedLog {
    pub(super) number: i64,
    pub(super) row: LogRow,
}

#[derive(Default)]
pub(super) struct Cache {
    pub(super) logs: Table<LogId, NumberedLog>,
    pub(super) rooms: Table<RoomId, RoomRow>,
    pub(super) members: Table<(RoomId, DeviceId), MemberRow>,
    /// None until it is asked for.
    pub(super) memory: Option<Memory>,
}

impl Cache {
    /// Bounds what is held between batches.
    pub(super) fn shrink(&mut self) {
        self.logs.shrink();
        self.rooms.shrink();
        self.members.shrink();
    }
}
