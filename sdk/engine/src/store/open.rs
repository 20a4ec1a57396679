//! Opening the store: lock, key, settings, schema; each failure says what to do.

use super::clear::BUSY;
use super::lock::Lock;
use super::{Db, schema};
use crate::error::{Error, ErrorKind, Result};
use lacre_sqlite as _;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::{Arc, Mutex};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The raw key of a store. Keep it in the platform's secret store.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct StoreKey([u8; 32]);

impl StoreKey {
    /// Wraps 32 random bytes, or bytes stretched from a passphrase.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn pragma(&self) -> Zeroizing<String> {
        let mut hex = Zeroizing::new(String::with_capacity(96));
        hex.push_str("PRAGMA key = \"x'");
        for byte in self.0 {
            for digit in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        hex.push_str("'\"");
        hex
    }
}

/// Name of the database inside the data folder.
const FILE: &str = "store.db";

/// Opens or creates the store in `folder`; the lock is to be kept while it is in use.
pub(crate) fn open_writer(folder: &Path, key: &StoreKey) -> Result<(Db, Lock)> {
    let lock = Lock::take(folder)?;
    let connection = connect(
        &folder.join(FILE),
        key,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    )?;
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -16384;",
        )
        .map_err(Error::from)?;
    connection.set_prepared_statement_cache_capacity(128);
    schema::migrate(&connection)?;
    Ok((Db(Arc::new(Mutex::new(connection))), lock))
}

/// Whether a folder holds a store.
pub(crate) fn has_store(folder: &Path) -> bool {
    folder.join(FILE).is_file()
}

/// Opens a connection that only reads.
pub(crate) fn open_reader(folder: &Path, key: &StoreKey) -> Result<Connection> {
    // Read-write at the file level: a WAL reader takes part in the shared-memory index.
    let connection = connect(&folder.join(FILE), key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection
        .execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -16384;")
        .map_err(Error::from)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn connect(file: &Path, key: &StoreKey, flags: OpenFlags) -> Result<Connection> {
    let fresh = !file.exists();
    let failed = |e: rusqlite::Error| {
        Error::new(
            ErrorKind::Store,
            "StoreFailed",
            format!("the store {} cannot be opened", file.display()),
        )
        .with_source(e)
    };
    let connection = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(failed)?;
    connection.busy_timeout(BUSY).map_err(failed)?;
    connection
        .execute_batch("PRAGMA cipher = 'chacha20';")
        .map_err(failed)?;
    connection.execute_batch(&key.pragma()).map_err(failed)?;
    // The first read proves the key.
    match connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| {
        row.get::<_, i64>(0)
    }) {
        Ok(_) => Ok(connection),
        Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) && !fresh => {
            Err(Error::new(
                ErrorKind::WrongKey,
                "WrongKey",
                format!(
                    "the store {} does not open: the key is not the one it was made with, or the file is damaged; \
                 give the right key or passphrase, or restore the folder from a backup",
                    file.display()
                ),
            ))
        }
        Err(e) => Err(damaged(file, e)),
    }
}

pub(super) fn damaged(file: &Path, source: rusqlite::Error) -> Error {
    Error::new(
        ErrorKind::Store,
        "StoreDamaged",
        format!(
            "the store {} is damaged; nothing was changed: keep the folder, and set this device up again in a new one",
            file.display()
        ),
    )
    .with_source(source)
}
