//! Puts a backup in the place of a store.
//!
//! What is prepared stands under another name until it is whole: checked, and of a new lineage,
//! because what the backup lacks may have been read and its seqs must not be used twice. A store
//! that was there before is kept beside it. Between the two renames there is no store at all; a
//! relay that finds a prepared one and no other does not start.

use super::backup::{BackupError, BackupNote, take_note};
use super::files::{self, BESIDE, named};
use super::open::{self, OpenError};
use crate::store::context::new_lineage;
use crate::store::options::StoreOptions;
use lacre_wire::ids::{Lineage, Millis};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// What a restore has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The lineage that the store has from now on.
    pub lineage: Lineage,
    /// What the backup says of itself; none if it was made by other means.
    pub note: Option<BackupNote>,
    /// Where the store that was there before is now.
    pub kept: Option<PathBuf>,
}

/// The name under which a store is prepared.
pub(crate) fn prepared(store: &Path) -> PathBuf {
    named(store, ".restoring")
}

/// Puts `backup` in the place of the store at `store`, under a new lineage. `fits` says whether it
/// may come here, by the mark of its keys. Blocks.
///
/// # Errors
/// [`BackupError`]; the store that was there is unchanged then.
pub fn restore(
    backup: &Path,
    store: &Path,
    replace: bool,
    now_ms: Millis,
    fits: impl FnOnce(Option<&BackupNote>) -> Result<(), String>,
) -> Result<Restored, BackupError> {
    let bad = |why: String| BackupError::Bad {
        path: backup.to_path_buf(),
        why,
    };
    if !backup.is_file() {
        return Err(bad("there is no such file".to_owned()));
    }
    let _lock = open::lock(store).map_err(|error| match error {
        OpenError::InUse { path } => BackupError::InUse(path),
        error => error.into(),
    })?;
    if store.exists() && !replace {
        return Err(BackupError::NotEmpty(store.to_path_buf()));
    }
    if named(backup, "-wal").exists() {
        let why = "a write-ahead log stands beside it, so it is a store in use and no backup; \
                   make one with `lacre relay backup`";
        return Err(bad(why.to_owned()));
    }
    let ready = prepared(store);
    files::remove(&ready)?;
    let prepared = prepare(backup, &ready, fits);
    if prepared.is_err() {
        // Best effort: the next attempt removes it too.
        let _removed = files::remove(&ready);
    }
    let (lineage, note) = prepared?;
    let kept = put_aside(store, now_ms)?;
    files::rename(&ready, store)?;
    Ok(Restored {
        lineage,
        note,
        kept,
    })
}

/// Copies the backup, checks the copy and gives it its lineage.
fn prepare(
    backup: &Path,
    ready: &Path,
    fits: impl FnOnce(Option<&BackupNote>) -> Result<(), String>,
) -> Result<(Lineage, Option<BackupNote>), BackupError> {
    let bad = |why: String| BackupError::Bad {
        path: backup.to_path_buf(),
        why,
    };
    files::create(ready)?;
    std::fs::copy(backup, ready).map_err(files::failed(ready, "written"))?;
    files::own(ready)?;
    let options = StoreOptions::default();
    let mut connection = open::connect(ready, &options).map_err(|error| bad(error.to_string()))?;
    let checked = open::check_kind(&connection, backup).and_then(|()| Ok(check(&connection)?));
    match checked {
        Ok(None) => {}
        Ok(Some(found)) => return Err(bad(format!("it is damaged ({found})"))),
        Err(OpenError::Sqlite(error)) => return Err(bad(format!("it is damaged ({error})"))),
        Err(error) => return Err(bad(error.to_string())),
    }
    let transaction = connection.transaction()?;
    let note = take_note(&transaction)?;
    fits(note.as_ref()).map_err(bad)?;
    let lineage = new_lineage(&options).map_err(OpenError::from)?;
    transaction.execute("INSERT INTO lineage (id) VALUES (?1)", [lineage.0])?;
    // Some were used since: whoever is added by one of those could not come in. Devices bring new ones,
    // and can be added by their last resort until then.
    transaction.execute("DELETE FROM key_package WHERE last_resort = 0", [])?;
    transaction.commit()?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)?;
    files::settle(ready)?;
    files::settle_name(ready)?;
    Ok((lineage, note))
}

/// What is wrong with a store, if anything is.
fn check(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((found != "ok").then_some(found))
}

/// Moves the store that is there out of the way, with its write-ahead log: the two belong together,
/// and a log beside another store would destroy it.
fn put_aside(store: &Path, now_ms: Millis) -> Result<Option<PathBuf>, BackupError> {
    let kept = named(store, &format!(".replaced-{now_ms}"));
    let is_there = store.exists();
    if is_there {
        files::rename(store, &kept)?;
    }
    for end in BESIDE {
        let beside = named(store, end);
        if beside.exists() {
            files::rename(&beside, &named(&kept, end))?;
        }
    }
    Ok(is_there.then_some(kept))
}
