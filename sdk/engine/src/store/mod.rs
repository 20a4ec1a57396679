//! The client store: one encrypted SQLite file that holds keys, MLS state, rooms and messages.
//!
//! One connection writes, on the engine's thread; readers have connections of their own. The file
//! is opened with a raw 32-byte key (SQLite3 Multiple Ciphers, chacha20), in WAL mode with
//! `synchronous=FULL`: a sent ratchet step must never roll back. A lock file keeps a second
//! process out.

pub(crate) mod acts;
pub(crate) mod changes;
mod clear;
#[cfg(test)]
mod convergence;
pub(crate) mod expiry;
pub(crate) mod items;
pub(crate) mod keys;
mod lock;
pub(crate) mod logs;
mod marks;
pub(crate) mod messages;
pub(crate) mod meta;
pub(crate) mod notices;
mod open;
pub(crate) mod outbox;
pub(crate) mod people;
pub(crate) mod profiles;
pub(crate) mod receipts;
pub(crate) mod repair;
pub(crate) mod rooms;
pub(crate) mod rules;
pub(crate) mod schedule;
mod schema;
pub(crate) mod settings;
mod settle;
pub(crate) mod take;
#[cfg(test)]
mod tests;
pub(crate) mod unread;

pub(crate) use lock::Lock;
pub use open::StoreKey;
pub(crate) use open::{has_store, open_reader, open_writer};

use crate::error::{Error, Result};
use crate::mls::storage::Database;
use rusqlite::Connection;
use std::sync::PoisonError;

/// The engine's write connection. A guard lives for one statement, never across an MLS call.
#[derive(Clone)]
pub(crate) struct Db(pub(crate) Database);

impl Db {
    /// Runs statements.
    pub(crate) fn with<T>(
        &self,
        run: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        run(&connection).map_err(Error::from)
    }

    /// Runs a statement without parameters or result.
    pub(crate) fn run(&self, sql: &str) -> Result<()> {
        self.with(|c| c.execute_batch(sql))
    }
}

/// SQLite has signed integers; sequence numbers and times stay far below their limit.
pub(crate) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The inverse of [`int`].
pub(crate) fn uint(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
