//! Copies a database page by page while it is used.
//!
//! SQLite's backup interface begins anew whenever somebody else has written in between, so beside a
//! busy writer it would never end. Here one read transaction spans the whole copy: it shows one
//! moment, and only the write-ahead log cannot shrink meanwhile. After each step the copier rests
//! for as long as the step took, so that it never takes more than half of a disk.

use super::files::{self, named};
use super::open::{self, OpenError};
use crate::store::large::{LargeObjects, inline::inline};
use lacre_wire::ids::Millis;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Pages of one step: 1 MiB.
const STEP: i32 = 256;

/// The least rest after a step.
const REST: Duration = Duration::from_millis(1);

/// Why a copy was not made, or not put back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// There is nothing to copy.
    #[error("there is no store at {}; give the data folder of a relay", .0.display())]
    NoStore(PathBuf),
    /// Something is where the copy should go.
    #[error("{} exists already; a backup never overwrites, choose another name", .0.display())]
    Exists(PathBuf),
    /// A store is where the backup should go.
    #[error(
        "there is a store at {} already; restore into another folder, or say that it is to be replaced: \
         it is kept beside the new one then", .0.display()
    )]
    NotEmpty(PathBuf),
    /// A relay runs on the store.
    #[error("a relay runs on {}; stop it first", .0.display())]
    InUse(PathBuf),
    /// The file is not a backup that can be used.
    #[error("{} cannot be restored: {why}; nothing was changed, use another backup", .path.display())]
    Bad {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        why: String,
    },
    /// A file cannot be read or written.
    #[error("{} cannot be {doing}: {error}", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What was tried, such as "written".
        doing: &'static str,
        /// What the system says.
        error: io::Error,
    },
    /// A large object that the store names is not to be had.
    #[error("an object of the store is not to be had: {0}")]
    Objects(String),
    /// The store is in memory.
    #[error("a store in memory has no backup")]
    Memory,
    /// The thread that copied has ended.
    #[error("the copy was cut short; try again")]
    CutShort,
    /// SQLite failed.
    #[error("the store cannot be copied: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The store, or the copy, does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// What stands in a backup beside the store itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupNote {
    /// When it was made, in milliseconds since 1970.
    pub made_ms: Millis,
    /// The mark of the keys the store belongs to; it says nothing about them.
    pub mark: Option<String>,
}

const NOTE: &str = "CREATE TABLE backup (made_ms INTEGER NOT NULL, mark TEXT)";

/// Copies the store at `store` to `target`, while it may be in use, and checks the copy. `target`
/// appears when it is whole and durable, and never overwrites anything. Large objects that are kept
/// `outside` are in it. Returns its bytes. Blocks.
///
/// # Errors
/// [`BackupError`]; nothing is left behind then.
pub fn back_up(
    store: &Path,
    target: &Path,
    note: &BackupNote,
    outside: Option<&LargeObjects>,
) -> Result<u64, BackupError> {
    if !store.exists() {
        return Err(BackupError::NoStore(store.to_path_buf()));
    }
    if target.exists() {
        return Err(BackupError::Exists(target.to_path_buf()));
    }
    let partial = named(target, ".partial");
    // What an attempt that was cut short has left.
    files::remove(&partial)?;
    files::create(&partial)?;
    let copied = copy(store, &partial, note, outside).and_then(|()| {
        files::settle(&partial)?;
        files::rename(&partial, target)?;
        let size = std::fs::metadata(target).map_err(files::failed(target, "read"))?;
        Ok(size.len())
    });
    if copied.is_err() {
        // Best effort: the next attempt removes it too.
        let _removed = files::remove(&partial);
    }
    copied
}

fn copy(
    store: &Path,
    partial: &Path,
    note: &BackupNote,
    outside: Option<&LargeObjects>,
) -> Result<(), BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(store, flags)?;
    source.busy_timeout(Duration::from_secs(10))?;
    open::check_kind(&source, store)?;
    let mut target = Connection::open_with_flags(partial, flags)?;
    // Durable at the end, in one go: half a copy is thrown away.
    target.execute_batch("PRAGMA synchronous = OFF;")?;
    // The first read takes the moment that is copied.
    source.execute_batch("BEGIN")?;
    source.query_row("SELECT count(*) FROM lineage", [], |row| {
        row.get::<_, i64>(0)
    })?;
    let backup = Backup::new(&source, &mut target)?;
    loop {
        let began = Instant::now();
        if backup.step(STEP)? == StepResult::Done {
            break;
        }
        std::thread::sleep(began.elapsed().max(REST));
    }
    drop(backup);
    source.execute_batch("COMMIT")?;
    put_note(&target, note)?;
    inline(&target, outside)?;
    let found: String = target.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        let path = store.to_path_buf();
        return Err(OpenError::Damaged { path, found }.into());
    }
    // One file, without a write-ahead log beside it.
    target.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    target
        .close()
        .map_err(|(_, error)| BackupError::Sqlite(error))
}

/// Writes the note into a copy.
pub(super) fn put_note(connection: &Connection, note: &BackupNote) -> rusqlite::Result<()> {
    connection.execute_batch(NOTE)?;
    let made = i64::try_from(note.made_ms).unwrap_or(i64::MAX);
    let values = params![made, note.mark];
    connection
        .execute("INSERT INTO backup VALUES (?1, ?2)", values)
        .map(drop)
}

/// Takes the note out of a copy that is to become a store.
pub(super) fn take_note(connection: &Connection) -> rusqlite::Result<Option<BackupNote>> {
    let is_there: bool = connection.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE name = 'backup'",
        [],
        |row| row.get(0),
    )?;
    if !is_there {
        return Ok(None);
    }
    let note = connection
        .query_row("SELECT made_ms, mark FROM backup", [], |row| {
            let made: i64 = row.get(0)?;
            Ok(BackupNote {
                made_ms: u64::try_from(made).unwrap_or(0),
                mark: row.get(1)?,
            })
        })
        .optional()?;
    connection.execute_batch("DROP TABLE backup")?;
    Ok(note)
}
