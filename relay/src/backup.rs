//! Backups of a relay's data folder, taken while it runs and put back while it does not.
//!
//! A backup holds the store and nothing of the keys: who has both has everything, so the key file is
//! backed up apart from it, once. The backup names its key file by a mark, so that it is never put
//! beside another one.

use crate::clock::Clock;
use crate::durable;
use crate::error::{RelayError, RelayErrorKind};
use crate::folder::{KEY_FILE, MARK_FILE, STORE_FILE, make_folder};
use crate::store::{self, BackupError, BackupNote, ObjectPlace};
#[cfg(feature = "postgres")]
use crate::store::{OpenError, PostgresError};
use lacre_wire::ids::{Lineage, Millis};
use std::path::{Path, PathBuf};

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackedUp {
    /// Bytes of its file.
    pub bytes: u64,
}

/// A store that was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RestoredStore {
    /// Its lineage from now on: cursors of every other one are answered `LogReset`.
    pub lineage: Lineage,
    /// When the backup was made, in milliseconds since 1970; none for one made by other means.
    pub made_ms: Option<Millis>,
    /// Where the store that was there before is kept.
    pub kept: Option<PathBuf>,
    /// Whether the data folder has a key file; without it the relay does not start.
    pub has_keys: bool,
}

/// Copies the store of a relay's data folder to `to`, which must not exist, while the relay runs or
/// while it does not. Large objects, which it may keep in `objects`, are in the copy. Writers are not
/// held up. The key file is not in it. Blocks for as long as
/// copying and checking take.
///
/// # Errors
/// [`RelayErrorKind::Backup`] when there is no store, `to` exists, or something cannot be read or
/// written; nothing is left behind then.
pub fn back_up(data_dir: &Path, objects: &ObjectPlace, to: &Path) -> Result<BackedUp, RelayError> {
    let outside = objects.find(data_dir).map_err(no_place)?;
    let note = BackupNote {
        made_ms: Clock::system().now_ms(),
        mark: mark(data_dir),
    };
    let bytes = store::back_up(&data_dir.join(STORE_FILE), to, &note, outside.as_ref());
    let bytes = bytes.map_err(failed)?;
    Ok(BackedUp { bytes })
}

/// Puts the backup `from` into a data folder whose relay is stopped. The store gets a new lineage,
/// durably, so that every client learns that the logs may have gone back. With `replace` a store
/// that is there is kept beside the new one; without it nothing is replaced. Blocks.
///
/// # Errors
/// [`RelayErrorKind::InUse`], [`RelayErrorKind::NotEmpty`], [`RelayErrorKind::BadBackup`] for what
/// is damaged, no backup, or of another key file, [`RelayErrorKind::Restore`] for the rest. The
/// folder is as it was then.
pub fn restore(
    data_dir: &Path,
    objects: &ObjectPlace,
    from: &Path,
    replace: bool,
) -> Result<RestoredStore, RelayError> {
    let outside = objects.find(data_dir).map_err(no_place)?;
    make_folder(data_dir)?;
    let here = mark(data_dir);
    let fits = |note: Option<&BackupNote>| {
        let named = note.and_then(|note| note.mark.as_deref());
        match (&here, named) {
            (Some(here), Some(named)) if here != named => Err(
                "it belongs to another key file than this folder's; restore it where its key file is"
                    .to_owned(),
            ),
            _ => Ok(()),
        }
    };
    let now_ms = Clock::system().now_ms();
    let restored = store::restore(from, &data_dir.join(STORE_FILE), replace, now_ms, fits)
        .map_err(|error| match error {
            BackupError::Io { .. } | BackupError::Sqlite(_) | BackupError::Open(_) => {
                let text = "the backup cannot be restored";
                RelayError::with(RelayErrorKind::Restore, text, error)
            }
            error => failed(error),
        })?;
    if let (Some(kept), Some(outside)) = (&restored.kept, &outside) {
        // Nobody names its large objects any more, and what nobody names is removed.
        store::complete(kept, outside).map_err(|error| {
            let text =
                "the backup is restored, but the store that was there before lacks large objects";
            RelayError::with(RelayErrorKind::Restore, text, error)
        })?;
    }
    let named = restored.note.as_ref().and_then(|note| note.mark.clone());
    if let (None, Some(named)) = (here, named) {
        keep_mark(data_dir, &named)?;
    }
    Ok(RestoredStore {
        lineage: restored.lineage,
        made_ms: restored.note.map(|note| note.made_ms),
        kept: restored.kept,
        has_keys: data_dir.join(KEY_FILE).exists(),
    })
}

/// A place for large objects that cannot be used.
pub(crate) fn no_place(error: store::PlaceError) -> RelayError {
    RelayError::new(RelayErrorKind::Config, error.to_string())
}

/// The mark of the keys that a folder's store was made with.
pub(crate) fn mark(data_dir: &Path) -> Option<String> {
    let text = std::fs::read_to_string(data_dir.join(MARK_FILE)).ok()?;
    Some(text.trim().to_owned())
}

/// Writes the mark of a restored store into a folder that has none. The start compares it with the key
/// file, whenever that comes.
pub(crate) fn keep_mark(data_dir: &Path, mark: &str) -> Result<(), RelayError> {
    let mark = format!("{mark}\n");
    durable::replace(&data_dir.join(MARK_FILE), mark.as_bytes()).map_err(|error| {
        let text = "the store is restored, but the mark of its keys cannot be written";
        RelayError::with(RelayErrorKind::Restore, text, error)
    })
}

/// What a failed copy is to its owner.
pub(crate) fn failed(error: BackupError) -> RelayError {
    let kind = match &error {
        BackupError::InUse(_) => RelayErrorKind::InUse,
        BackupError::NotEmpty(_) => RelayErrorKind::NotEmpty,
        BackupError::Bad { .. } => RelayErrorKind::BadBackup,
        #[cfg(feature = "postgres")]
        BackupError::Open(OpenError::Postgres(PostgresError::InUse(_))) => RelayErrorKind::InUse,
        #[cfg(feature = "postgres")]
        BackupError::Open(OpenError::Postgres(PostgresError::NotEmpty(_))) => {
            RelayErrorKind::NotEmpty
        }
        _ => RelayErrorKind::Backup,
    };
    RelayError::new(kind, error.to_string())
}
