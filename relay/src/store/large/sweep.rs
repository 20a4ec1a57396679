//! Removes copies that no row names any more.
//!
//! What is young is let alone: it may have been put for a command that is still on its
//! way. Nobody names an old copy anew, because each has a name of its own.

use super::note::{Note, hash_in};
use super::{LargeError, LargeObjects};
use crate::store::handle::Store;
use futures_util::TryStreamExt;
use object_store::ObjectStore;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Removes what is older than `young` and not named. Returns how many copies it removed.
pub(in crate::store) async fn sweep(
    outside: &LargeObjects,
    store: &Store,
    young: Duration,
) -> Result<usize, LargeError> {
    // The clock of who keeps them; a difference of minutes does not matter against hours.
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let before = now.unwrap_or_default().saturating_sub(young);
    let mut copies = outside.site.list(None);
    let mut removed = 0;
    loop {
        let copy = copies.try_next().await;
        let Some(copy) = copy.map_err(|error| outside.failed(error))? else {
            return Ok(removed);
        };
        let modified = u64::try_from(copy.last_modified.timestamp()).unwrap_or(0);
        let (true, Some(hash)) = (modified <= before.as_secs(), hash_in(&copy.location)) else {
            continue;
        };
        // If that cannot be said, it stays.
        let Ok(stored) = store.stored_object(hash).await else {
            continue;
        };
        let note = stored.and_then(|stored| Note::of(&hash, &stored));
        if !note.is_some_and(|note| note.names(&hash, &copy.location)) {
            outside.remove(&copy.location).await?;
            removed += 1;
        }
    }
}
