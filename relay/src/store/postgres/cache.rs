//! The rows of one batch: read under their locks, changed in memory, written once.
//!
//! Nothing outlives the transaction, because other relays write the same tables. A row that was
//! looked for and not found is held as such.

use crate::store::effect::Effect;
use crate::store::rows::{
    AccountRow, Blind, DeviceRow, EntryRow, LogRow, MemberRow, Remembered, RoomRow, Share,
};
use lacre_wire::ids::{AccountId, DeviceId, Hash, LogId, Millis, RoomId};
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash as Key;

/// What is known of a row.
pub(super) struct Held<T> {
    pub(super) row: Option<T>,
    /// Whether the table has a row under this key.
    pub(super) stored: bool,
}

/// The rows of one table.
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

impl<K: Copy + Ord + Key, T: Clone> Table<K, T> {
    /// What is held; none if nobody has looked.
    pub(super) fn get(&self, key: &K) -> Option<Option<&T>> {
        self.rows.get(key).map(|held| held.row.as_ref())
    }

    pub(super) fn is_held(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    /// Holds what the table has.
    pub(super) fn hold(&mut self, key: K, row: Option<T>) {
        let stored = row.is_some();
        self.rows.insert(key, Held { row, stored });
    }

    /// Holds that the table has nothing, for those nobody has found.
    pub(super) fn hold_rest(&mut self, keys: impl IntoIterator<Item = K>) {
        for key in keys {
            self.rows.entry(key).or_insert(Held {
                row: None,
                stored: false,
            });
        }
    }

    /// Changes a row; the table follows at the next flush.
    pub(super) fn put(&mut self, key: K, row: T) {
        let stored = self.rows.get(&key).is_some_and(|held| held.stored);
        self.rows.insert(
            key,
            Held {
                row: Some(row),
                stored,
            },
        );
        if !self.dirty.contains(&key) {
            self.dirty.push(key);
        }
    }

    /// The row is gone from its table.
    pub(super) fn forget(&mut self, key: K) {
        self.dirty.retain(|dirty| *dirty != key);
        self.hold(key, None);
    }

    /// The rows that changed, by key, and whether the table has them; none is dirty afterwards.
    pub(super) fn take(&mut self) -> Vec<(K, T, bool)> {
        let mut keys = std::mem::take(&mut self.dirty);
        keys.sort_unstable();
        let taken = keys.into_iter().filter_map(|key| {
            let held = self.rows.get_mut(&key)?;
            let stored = std::mem::replace(&mut held.stored, true);
            Some((key, held.row.clone()?, stored))
        });
        taken.collect()
    }

    pub(super) fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }
}

/// A log with its number in the table.
#[derive(Clone)]
pub(super) struct NumberedLog {
    pub(super) number: i64,
    pub(super) row: LogRow,
    /// Whether this transaction holds its lock; others are read and not written.
    pub(super) locked: bool,
}

/// A write that goes to its table as it is, in order.
pub(super) enum Write {
    Effect(Effect),
    /// Several references to one object.
    Refs(Hash, i64, Millis),
}

/// Everything of one transaction.
#[derive(Default)]
pub(crate) struct Cache {
    pub(super) accounts: Table<AccountId, AccountRow>,
    pub(super) devices: Table<DeviceId, DeviceRow>,
    pub(super) logs: Table<LogId, NumberedLog>,
    pub(super) rooms: Table<RoomId, RoomRow>,
    pub(super) members: Table<(RoomId, DeviceId), MemberRow>,
    pub(super) shares: Table<(DeviceId, Blind), Share>,
    pub(super) submissions: Table<Blind, Remembered>,
    /// Appended entries, with the number of their log.
    pub(super) entries: Vec<(i64, EntryRow)>,
    pub(super) writes: Vec<Write>,
    /// One-time key packages of one device and suite, as its table has them.
    pub(super) packages: Option<((DeviceId, u16), BTreeSet<Hash>)>,
}

impl Cache {
    /// Whether the tables lack something that was decided.
    pub(super) fn is_dirty(&self) -> bool {
        !self.entries.is_empty()
            || !self.writes.is_empty()
            || self.accounts.is_dirty()
            || self.devices.is_dirty()
            || self.logs.is_dirty()
            || self.rooms.is_dirty()
            || self.members.is_dirty()
            || self.shares.is_dirty()
            || self.submissions.is_dirty()
    }
}
