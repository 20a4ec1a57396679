//! Brings large objects back into a copy of a store, so that a backup is one file.

use super::note::{LENGTH, Note};
use super::{LargeError, LargeObjects, resolve};
use crate::store::sqlite::BackupError;
use bytes::Bytes;
use lacre_wire::ids::Hash;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;
use std::sync::mpsc;
use tokio::runtime::Runtime;

/// What may be a note, after a hash.
const NEXT: &str =
    "SELECT hash, bytes FROM object WHERE length(bytes) = ?1 AND hash > ?2 ORDER BY hash LIMIT 1";

/// Puts every large object that a SQLite store names into its tables. Blocks, on any thread.
///
/// # Errors
/// [`BackupError`] when an object is not to be had, or the file cannot be written.
pub(crate) fn inline(
    store: &Connection,
    outside: Option<&LargeObjects>,
) -> Result<(), BackupError> {
    let length = i64::try_from(LENGTH).unwrap_or(i64::MAX);
    let (mut after, mut fetcher) = (Vec::new(), None);
    loop {
        let next = store.query_row(NEXT, params![length, after], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?))
        });
        let Some((key, stored)) = next.optional()? else {
            return Ok(());
        };
        after.clone_from(&key);
        let Some(hash) = Hash::from_slice(&key).filter(|hash| Note::of(hash, &stored).is_some())
        else {
            continue;
        };
        if fetcher.is_none() {
            fetcher = Some(Fetcher::start()?);
        }
        let Some(fetcher) = &fetcher else { continue };
        let bytes = fetcher
            .fetch(outside, hash, stored.into())
            .map_err(|error| BackupError::Objects(error.to_string()))?;
        let values = params![key, bytes.as_ref()];
        store.execute("UPDATE object SET bytes = ?2 WHERE hash = ?1", values)?;
    }
}

/// As [`inline`], for a store that no relay runs on.
///
/// # Errors
/// As [`inline`]; the store is as it was then.
pub(crate) fn complete(store: &Path, outside: &LargeObjects) -> Result<(), BackupError> {
    let mut store = Connection::open(store)?;
    let all = store.transaction()?;
    inline(&all, Some(outside))?;
    Ok(all.commit()?)
}

/// Fetches for a thread that blocks, wherever that is.
struct Fetcher(Option<Runtime>);

impl Fetcher {
    fn start() -> Result<Self, BackupError> {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build();
        match runtime {
            Ok(runtime) => Ok(Self(Some(runtime))),
            Err(error) => Err(BackupError::Objects(error.to_string())),
        }
    }

    fn fetch(
        &self,
        outside: Option<&LargeObjects>,
        hash: Hash,
        stored: Bytes,
    ) -> Result<Bytes, LargeError> {
        let (outside, (reply, answer)) = (outside.cloned(), mpsc::channel());
        if let Some(runtime) = &self.0 {
            runtime.spawn(async move {
                let fetched = resolve(outside.as_ref(), hash, stored).await;
                // Whoever asks waits for it.
                let _asked = reply.send(fetched);
            });
        }
        answer.recv().unwrap_or(Err(LargeError::NoPlace(hash)))
    }
}

impl Drop for Fetcher {
    fn drop(&mut self) {
        // Nothing is under way, and here may be a place where nobody may wait.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
