//! Clearing the files of what was overwritten.

use super::Db;
use crate::error::Result;
use std::time::Duration;

/// How long a reader may hold up the clearing.
const HELD: Duration = Duration::from_millis(100);
/// How long any other statement waits.
pub(super) const BUSY: Duration = Duration::from_secs(5);

impl Db {
    /// Moves the write-ahead log into the database and empties it: earlier states of pages are gone
    /// then. False if a reader kept it from being emptied.
    pub(crate) fn clear_log(&self) -> Result<bool> {
        self.with(|c| {
            c.busy_timeout(HELD)?;
            let held: rusqlite::Result<i64> =
                c.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
            c.busy_timeout(BUSY)?;
            Ok(held? == 0)
        })
    }
}
