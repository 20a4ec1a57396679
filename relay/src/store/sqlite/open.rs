//! Opens or creates the database, and says clearly what is wrong with it.

use super::schema::{APPLICATION_ID, SCHEMA, VERSION};
use crate::store::context::new_lineage;
use crate::store::options::{Durability, StoreOptions};
use lacre_wire::ids::Lineage;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it open.
    #[error("{path} is in use by another process; one store has one relay")]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// The file or its folder cannot be used.
    #[error("{path} cannot be opened: {source}; the folder must exist and be writable")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Some other file.
    #[error(
        "{path} is not a Lacre store; give the path of a store, or of a file that does not exist yet"
    )]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer relay.
    #[error(
        "{path} has schema version {found}, this relay knows up to {known}; run the newer relay"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The database is damaged.
    #[error("{path} is damaged ({found}); restore the last backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite's quick check says.
        found: String,
    },
    /// SQLite failed.
    #[error("the store failed to open: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The database cannot be used.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Postgres(#[from] crate::store::postgres::PostgresError),
    /// A thread could not be started.
    #[error("a thread of the store could not be started: {0}")]
    Thread(std::io::Error),
    /// No randomness for a lineage.
    #[error("the system has no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

/// What opening yields.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) lineages: Vec<Lineage>,
    pub(super) lock: Lock,
}

/// Opens or creates the store at `path`.
pub(super) fn open(path: &Path, options: &StoreOptions) -> Result<Opened, OpenError> {
    let lock = lock(path)?;
    match prepare(path, options) {
        Ok((connection, lineages)) => Ok(Opened {
            connection,
            lineages,
            lock,
        }),
        Err(OpenError::Sqlite(error)) => Err(diagnose(path, error)),
        Err(error) => Err(error),
    }
}

/// Keeps a store for this process until dropped.
pub(crate) struct Lock(File);

/// Closing the file is not enough: a process that this one is just starting has it open as well until
/// its program begins, and would hold the lock for that moment.
impl Drop for Lock {
    fn drop(&mut self) {
        // Then it ends with the last process that has it open.
        let _held_longer = self.0.unlock();
    }
}

pub(super) fn lock(path: &Path) -> Result<Lock, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = PathBuf::from(name);
    let io = |source| OpenError::Io {
        path: file.clone(),
        source,
    };
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&file)
        .map_err(io)?;
    match lock.try_lock() {
        Ok(()) => Ok(Lock(lock)),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
            path: path.to_path_buf(),
        }),
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}

fn prepare(path: &Path, options: &StoreOptions) -> Result<(Connection, Vec<Lineage>), OpenError> {
    let mut connection = connect(path, options)?;
    if is_empty(&connection)? {
        create(&connection)?;
    } else {
        check_kind(&connection, path)?;
    }
    let mut lineages = lineages(&connection)?;
    if lineages.is_empty() || options.renew_lineage {
        let lineage = new_lineage(options)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("INSERT INTO lineage (id) VALUES (?1)", [lineage.0])?;
        transaction.commit()?;
        lineages.push(lineage);
    }
    Ok((connection, lineages))
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(tables == 0 && application(connection)? == 0)
}

fn application(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA application_id", [], |row| row.get(0))
}

/// Whether this is a store that this relay knows.
pub(super) fn check_kind(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let path = path.to_path_buf();
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if application(connection)? != APPLICATION_ID {
        Err(OpenError::NotAStore { path })
    } else if version > VERSION {
        Err(OpenError::Newer {
            path,
            found: version,
            known: VERSION,
        })
    } else {
        Ok(())
    }
}

fn create(connection: &Connection) -> Result<(), OpenError> {
    // Page size and vacuum mode count only before the first table.
    connection.execute_batch("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL;")?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |row| {
        row.get::<_, String>(0)
    })?;
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE; {SCHEMA} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT;"
    ))?;
    Ok(())
}

pub(super) fn lineages(connection: &Connection) -> rusqlite::Result<Vec<Lineage>> {
    let mut statement = connection.prepare("SELECT id FROM lineage ORDER BY number")?;
    let rows = statement.query_map([], |row| row.get(0).map(Lineage))?;
    rows.collect()
}

/// A connection with the store's settings.
pub(super) fn connect(path: &Path, options: &StoreOptions) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    let synchronous = match options.durability {
        Durability::Full => "FULL",
        Durability::PageCache => "NORMAL",
    };
    // Checkpoints are made by a connection of their own; the WAL shrinks again after a burst.
    connection.execute_batch(&format!(
        "PRAGMA synchronous = {synchronous}; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -65536;
         PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864; PRAGMA busy_timeout = 10000;"
    ))?;
    if let Some(pages) = options.max_pages {
        connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
    }
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Tells a file that is something else from one that is damaged.
fn diagnose(path: &Path, error: rusqlite::Error) -> OpenError {
    let path = path.to_path_buf();
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => OpenError::NotAStore { path },
        Some(rusqlite::ErrorCode::CannotOpen) => OpenError::Io {
            path,
            source: std::io::Error::other(error.to_string()),
        },
        _ => match quick_check(&path) {
            Ok(found) if found == "ok" => OpenError::Sqlite(error),
            Ok(found) => OpenError::Damaged { path, found },
            Err(_) => OpenError::Damaged {
                path,
                found: error.to_string(),
            },
        },
    }
}

fn quick_check(path: &Path) -> rusqlite::Result<String> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
}
