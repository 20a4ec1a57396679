//! The overlay itself: reads, writes and the hooks of the engine's transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use openmls::group::GroupId;
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::{decode, decode_list, encode, encode_item};
use super::label::Label;
use super::pending::{Mark, Pending, Slot};
use super::row::RowKey;
use super::{Database, ScratchProvider, StorageError, table};

/// What a flush wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Rows written or deleted.
    pub rows: usize,
    /// Bytes of keys and values in the written rows.
    pub bytes: usize,
}

/// MLS state: pending rows in memory above the `mls` table. The module page explains its use.
///
/// Implements `openmls_traits::storage::StorageProvider`. Calls take `&self`, as OpenMLS
/// wants it; nothing reaches the database before [`Overlay::flush`].
pub struct Overlay {
    database: Option<Database>,
    pending: Mutex<Pending>,
}

impl Overlay {
    /// An overlay above the `mls` table of `database`.
    pub fn new(database: Database) -> Self {
        Self {
            database: Some(database),
            pending: Mutex::default(),
        }
    }

    /// An overlay above nothing.
    pub(super) fn scratch() -> Self {
        Self {
            database: None,
            pending: Mutex::default(),
        }
    }

    /// Opens a point to return to. Marks nest like savepoints.
    pub fn mark(&self) -> Mark {
        self.pending().mark()
    }

    /// Keeps everything written since `mark` and closes it, with all marks inside it.
    ///
    /// # Errors
    /// [`StorageError::StaleMark`] if the mark is no longer open.
    pub fn release(&self, mark: Mark) -> Result<(), StorageError> {
        self.pending().release(mark)
    }

    /// Reverts everything written since `mark` and closes it, with all marks inside it.
    ///
    /// Returns the groups written to since then: their cached `MlsGroup`s are ahead of the
    /// storage and must be dropped. If [`flush`](Self::flush) was called after the mark, the SQL savepoint
    /// that belongs to the mark must be rolled back too.
    ///
    /// # Errors
    /// [`StorageError::StaleMark`] if the mark is no longer open.
    pub fn rollback_to(&self, mark: Mark) -> Result<BTreeSet<GroupId>, StorageError> {
        self.pending().rollback_to(mark).map(group_ids)
    }

    /// Writes every dirty row once, into the transaction that is open on the database.
    ///
    /// On an error nothing counts as written: roll the transaction back and
    /// [`discard`](Self::discard).
    ///
    /// # Errors
    /// [`StorageError::NoTransaction`] outside a transaction, otherwise what SQLite says.
    pub fn flush(&self) -> Result<Stats, StorageError> {
        let mut pending = self.pending();
        let stats = self.with_database(|connection| {
            if connection.is_autocommit() {
                return Err(StorageError::NoTransaction);
            }
            let mut stats = Stats::default();
            for (key, slot) in pending.rows() {
                match slot {
                    Some(value) => {
                        table::write(connection, key, value)?;
                        stats.rows += 1;
                        stats.bytes += key.group.len() + key.key.len() + value.len();
                    }
                    None => stats.rows += usize::from(table::delete(connection, key)?),
                }
            }
            Ok(stats)
        })?;
        pending.flushed();
        Ok(stats)
    }

    /// To be called after `COMMIT`: what was flushed can no longer be rolled back.
    ///
    /// # Errors
    /// [`StorageError::Unflushed`] if rows were written after the last flush; they stay pending.
    pub fn committed(&self) -> Result<(), StorageError> {
        self.pending().committed()
    }

    /// To be called after `ROLLBACK`, also when `COMMIT` failed: drops every pending row and mark.
    ///
    /// Returns the groups written to since the last [`committed`](Self::committed), flushed or not: their
    /// cached `MlsGroup`s must be dropped.
    pub fn discard(&self) -> BTreeSet<GroupId> {
        group_ids(self.pending().discard())
    }

    /// Deletes every row of a group, whatever its kind. Returns how many there were.
    ///
    /// `MlsGroup::delete` needs a group that loads and deletes the rows it knows of; this takes
    /// what the table holds.
    ///
    /// # Errors
    /// [`StorageError::EmptyGroupId`], or what SQLite says while the rows are listed.
    pub fn delete_group(&self, group_id: &GroupId) -> Result<usize, StorageError> {
        let group = group_id.as_slice();
        if group.is_empty() {
            return Err(StorageError::EmptyGroupId);
        }
        let mut keys: BTreeSet<RowKey> = match self.database {
            Some(_) => self
                .with_database(|connection| table::keys_of(connection, group))?
                .into_iter()
                .collect(),
            None => BTreeSet::new(),
        };
        let mut pending = self.pending();
        for (key, slot) in pending.rows().filter(|(key, _)| key.group == group) {
            match slot {
                Some(_) => keys.insert(key.clone()),
                None => keys.remove(key),
            };
        }
        let deleted = keys.len();
        pending.touch(group);
        for key in keys {
            pending.put(key, None);
        }
        Ok(deleted)
    }

    /// Moves all rows of a scratch storage in here. A group that is moved replaces a group
    /// with the same id as a whole, so nothing of a former membership survives a rejoin.
    ///
    /// Returns the groups that were moved; a cached `MlsGroup` of the former membership
    /// must be dropped. The `MlsGroup` that was built on the scratch storage goes on working here.
    ///
    /// # Errors
    /// What SQLite says; the rows of the scratch storage are then lost and the caller's mark
    /// must be rolled back.
    pub fn absorb(&self, scratch: ScratchProvider) -> Result<BTreeSet<GroupId>, StorageError> {
        let rows = scratch.into_rows();
        let groups: BTreeSet<Vec<u8>> = rows
            .keys()
            .filter(|key| !key.group.is_empty())
            .map(|key| key.group.clone())
            .collect();
        let groups = group_ids(groups);
        for group in &groups {
            self.delete_group(group)?;
        }
        let mut pending = self.pending();
        for (key, slot) in rows {
            pending.put(key, slot);
        }
        Ok(groups)
    }

    /// The rows of a scratch overlay, to be moved.
    pub(super) fn into_rows(self) -> BTreeMap<RowKey, Slot> {
        self.pending
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .into_rows()
    }

    /// Reads a value.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        label: Label,
        key: &RowKey,
    ) -> Result<Option<T>, StorageError> {
        self.with_row(key, |bytes| decode(label, bytes))
    }

    /// Reads a list; a missing row is an empty list.
    pub(super) fn read_list<T: DeserializeOwned>(
        &self,
        label: Label,
        key: &RowKey,
    ) -> Result<Vec<T>, StorageError> {
        let items = self.with_row(key, |bytes| decode_list(label, bytes))?;
        Ok(items.unwrap_or_default())
    }

    /// Replaces a value.
    pub(super) fn write(
        &self,
        label: Label,
        key: RowKey,
        value: &impl Serialize,
    ) -> Result<(), StorageError> {
        self.pending().touch(&key.group);
        let value = encode(label, value)?;
        self.pending().put(key, Some(value));
        Ok(())
    }

    /// Adds an item to the end of a list.
    pub(super) fn append(
        &self,
        label: Label,
        key: RowKey,
        item: &impl Serialize,
    ) -> Result<(), StorageError> {
        self.pending().touch(&key.group);
        let list = match self.with_row(&key, |list| encode_item(label, list, item))? {
            Some(list) => list,
            None => encode(label, item)?,
        };
        self.pending().put(key, Some(list));
        Ok(())
    }

    /// Deletes a row.
    pub(super) fn delete(&self, key: RowKey) {
        self.pending().put(key, None);
    }

    /// Hands the newest bytes of a row to `read`.
    ///
    /// A read that fails counts as touching the group: OpenMLS may have been half way through
    /// a change in memory, so a rollback must name the group although no row was written.
    fn with_row<T>(
        &self,
        key: &RowKey,
        read: impl FnOnce(&[u8]) -> Result<T, StorageError>,
    ) -> Result<Option<T>, StorageError> {
        let found = self.find_row(key, read);
        if found.is_err() {
            self.pending().touch(&key.group);
        }
        found
    }

    /// Pending rows hide stored ones, deletions included.
    fn find_row<T>(
        &self,
        key: &RowKey,
        read: impl FnOnce(&[u8]) -> Result<T, StorageError>,
    ) -> Result<Option<T>, StorageError> {
        if let Some(slot) = self.pending().get(key) {
            return slot.as_ref().map(|value| read(value)).transpose();
        }
        match self.database {
            Some(_) => self.with_database(|connection| table::read(connection, key, read)),
            None => Ok(None),
        }
    }

    /// Lends the connection. A lock that is held is a caller's mistake and would never be
    /// released by waiting, since the caller is on this thread.
    fn with_database<T>(
        &self,
        access: impl FnOnce(&Connection) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let database = self.database.as_ref().ok_or(StorageError::NoDatabase)?;
        match database.try_lock() {
            Ok(connection) => access(&connection),
            Err(TryLockError::Poisoned(poisoned)) => access(&poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => Err(StorageError::Borrowed),
        }
    }

    /// A panic in a decoder leaves the rows as they were, so a poisoned lock is still good.
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Raw ids as the type that the group cache is keyed by.
fn group_ids(groups: BTreeSet<Vec<u8>>) -> BTreeSet<GroupId> {
    groups
        .iter()
        .map(|group| GroupId::from_slice(group))
        .collect()
}
