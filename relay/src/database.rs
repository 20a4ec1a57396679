//! A relay's store on its way into a database, and out of it.
//!
//! A backup of a database is the same file as one of a data folder: either can be restored from it.
//! The key file is in neither.

use crate::backup::{BackedUp, RestoredStore, failed, keep_mark, mark, no_place};
use crate::clock::Clock;
use crate::error::{RelayError, RelayErrorKind};
use crate::folder::{KEY_FILE, STORE_FILE, make_folder};
use crate::store::{self, Bring, ObjectPlace, PostgresAddress, Source};
use lacre_wire::ids::Lineage;
use std::path::{Path, PathBuf};

/// A store that was carried into a database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migrated {
    /// Its lineage, as before: clients go on where they were.
    pub lineage: Lineage,
    /// Accounts in it.
    pub accounts: u64,
    /// Logs in it: rooms and inboxes.
    pub logs: u64,
    /// Entries in it.
    pub entries: u64,
    /// The store it came from, which is as it was.
    pub from: PathBuf,
    /// The key file that belongs to it.
    pub key_file: PathBuf,
}

fn address(text: &str) -> Result<PostgresAddress, RelayError> {
    PostgresAddress::parse(text)
        .map_err(|error| RelayError::new(RelayErrorKind::Config, error.to_string()))
}

/// Carries the store of a data folder, whose relay is stopped, into the empty PostgreSQL database at
/// `to`: every table, under the same lineage, in one transaction; counts and chain heads are compared
/// before it ends. The folder is not changed and still holds the keys. Blocks.
///
/// # Errors
/// [`RelayErrorKind::InUse`] while a relay runs on either, [`RelayErrorKind::NotEmpty`] for a database
/// with a store, [`RelayErrorKind::Backup`] for the rest. The database is empty then.
pub fn migrate(data_dir: &Path, objects: &ObjectPlace, to: &str) -> Result<Migrated, RelayError> {
    let outside = objects.find(data_dir).map_err(no_place)?;
    let (address, from) = (address(to)?, data_dir.join(STORE_FILE));
    let _lock = Source::lock(&from).map_err(failed)?;
    let mark = mark(data_dir);
    let into = Bring {
        mark: mark.as_deref(),
        renew: false,
        aside: None,
        outside: outside.as_ref(),
    };
    let (counts, lineage) = store::bring(&address, &from, &into).map_err(failed)?;
    Ok(Migrated {
        lineage,
        accounts: counts.accounts,
        logs: counts.logs,
        entries: counts.entries,
        from,
        key_file: data_dir.join(KEY_FILE),
    })
}

/// Copies the store of a database into the file `to`, which must not exist, while relays run on it
/// or while none does. It is one moment of the store. Blocks for as long as copying takes.
///
/// # Errors
/// [`RelayErrorKind::Backup`] when there is no store, `to` exists, or something cannot be read or
/// written.
pub fn back_up_database(
    data_dir: &Path,
    store: &str,
    objects: &ObjectPlace,
    to: &Path,
) -> Result<BackedUp, RelayError> {
    let outside = objects.find(data_dir).map_err(no_place)?;
    let made_ms = Clock::system().now_ms();
    let bytes = store::take(&address(store)?, to, made_ms, outside.as_ref()).map_err(failed)?;
    Ok(BackedUp { bytes })
}

/// Puts the backup `from` into a database on which no relay runs, under a new lineage. With `replace`
/// a store that is there is kept beside it, in a schema of its own. `data_dir` has the keys. Blocks.
///
/// # Errors
/// As [`crate::restore`]. The database is as it was then.
pub fn restore_database(
    data_dir: &Path,
    from: &Path,
    store: &str,
    replace: bool,
) -> Result<RestoredStore, RelayError> {
    make_folder(data_dir)?;
    let address = address(store)?;
    let note = Source::open(from)
        .and_then(|source| source.note())
        .map_err(failed)?;
    let (here, named) = (mark(data_dir), note.as_ref().and_then(|n| n.mark.clone()));
    if let (Some(here), Some(named)) = (&here, &named)
        && here != named
    {
        let text = format!(
            "{} belongs to another key file than this folder's; restore it where its key file is",
            from.display()
        );
        return Err(RelayError::new(RelayErrorKind::BadBackup, text));
    }
    let aside = format!("lacre_replaced_{}", Clock::system().now_ms());
    let into = Bring {
        mark: named.as_deref().or(here.as_deref()),
        renew: true,
        aside: replace.then_some(aside.as_str()),
        // All is in the backup.
        outside: None,
    };
    let (_, lineage) = store::bring(&address, from, &into).map_err(failed)?;
    if let (None, Some(named)) = (&here, &named) {
        keep_mark(data_dir, named)?;
    }
    Ok(RestoredStore {
        lineage,
        made_ms: note.map(|note| note.made_ms),
        kept: replace.then(|| PathBuf::from(aside)),
        has_keys: data_dir.join(KEY_FILE).exists(),
    })
}
