//! A relay's data folder: what is in it, and whether it may be used.

use crate::durable::keep_name;
use crate::error::{RelayError, RelayErrorKind};
use crate::store;
use std::path::Path;

/// The store's file in the data folder.
pub(crate) const STORE_FILE: &str = "relay.db";
/// Beside the store: which keys it was made with.
pub(crate) const MARK_FILE: &str = "relay.db.mark";
/// The key file in the data folder.
pub(crate) const KEY_FILE: &str = "relay.keys";

/// A restore that was cut short between its last two steps leaves a store under its preparing name
/// and none under its own: an empty one must not take its place.
pub(crate) fn check_restored(store: &Path) -> Result<(), RelayError> {
    let prepared = store::prepared(store);
    if store.exists() || !prepared.exists() {
        return Ok(());
    }
    let text = format!(
        "{} is there and {} is not: a restore was cut short; run it again",
        prepared.display(),
        store.display()
    );
    Err(RelayError::new(RelayErrorKind::Store, text))
}

/// Makes the data folder, for its owner alone.
pub(crate) fn make_folder(folder: &Path) -> Result<(), RelayError> {
    let missing: Vec<_> = folder.ancestors().take_while(|at| !at.exists()).collect();
    let mut maker = std::fs::DirBuilder::new();
    maker.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker.create(folder).map_err(|error| {
        let text = format!("the data folder {} cannot be made", folder.display());
        RelayError::with(RelayErrorKind::Config, text, error)
    })?;
    // A folder that somebody else made may stand where this user may not look: then it was made long ago.
    for made in missing.into_iter().chain([folder]) {
        let _durable = keep_name(made);
    }
    Ok(())
}
