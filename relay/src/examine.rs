//! A look at a relay's folder that changes nothing: what would keep a relay from starting on it.

use crate::backup::no_place;
use crate::error::{RelayError, RelayErrorKind};
use crate::folder::{KEY_FILE, MARK_FILE, STORE_FILE, check_restored};
#[cfg(feature = "postgres")]
use crate::keys::KeyFileError;
use crate::keys::RelayKeys;
use crate::start::key_error;
use crate::store::ObjectPlace;
use lacre_wire::relay::format_fingerprint;
use std::path::Path;

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The relay's fingerprint, as in its address; none before the first start.
    pub fingerprint: Option<String>,
    /// The one that will take its place, if it is prepared.
    pub next: Option<String>,
    /// Whether there is a store.
    pub has_store: bool,
}

/// Looks at a database, as [`crate::RelayBuilder::store`] names it: whether it can be reached, is fit
/// and safe, and belongs to the key file. Returns whether it holds a store. Blocks.
///
/// # Errors
/// What a start would fail with.
#[cfg(feature = "postgres")]
pub fn examine_database(
    url: &str,
    key_file: &Path,
    durability: crate::Durability,
) -> Result<bool, RelayError> {
    let (_, made_with) = crate::start::look_into(url, durability.into())?;
    let Some(made_with) = made_with else {
        return Ok(false);
    };
    let keys = RelayKeys::load_beside(key_file, true).map_err(key_error)?;
    match keys.mark().to_string() == made_with {
        true => Ok(true),
        false => Err(key_error(KeyFileError::OtherStore(key_file.to_owned()))),
    }
}

/// Looks at the bucket of large objects, if they are in one: puts something small, reads it and removes
/// it. Returns whether there is a bucket.
///
/// # Errors
/// Why large objects could not be kept there.
pub async fn examine_objects(place: &ObjectPlace) -> Result<bool, RelayError> {
    let failed = |why: String| RelayError::new(RelayErrorKind::Config, why);
    if !matches!(place, ObjectPlace::S3(_)) {
        return Ok(false);
    }
    let outside = place.open(Path::new(""), true).map_err(no_place)?;
    if let Some(outside) = outside {
        let probed = outside.probe().await;
        probed.map_err(|error| failed(error.to_string()))?;
    }
    Ok(true)
}

/// Looks at a folder; `key_file` as in [`crate::RelayBuilder::key_file`]. Blocks.
///
/// # Errors
/// What a start would fail with: a restore that was cut short; a key file that is missing beside a
/// store, damaged, open to others, or of another store.
pub fn examine(folder: &Path, key_file: Option<&Path>) -> Result<Examined, RelayError> {
    let store = folder.join(STORE_FILE);
    check_restored(&store)?;
    let in_folder = folder.join(KEY_FILE);
    let key_file = key_file.unwrap_or(&in_folder);
    let has_store = store.exists();
    if !has_store && !key_file.exists() {
        return Ok(Examined {
            fingerprint: None,
            next: None,
            has_store,
        });
    }
    let keys = RelayKeys::load_beside(key_file, has_store).map_err(key_error)?;
    let mark = folder.join(MARK_FILE);
    if mark.exists() {
        keys.check_store(key_file, &mark).map_err(key_error)?;
    }
    Ok(Examined {
        fingerprint: Some(format_fingerprint(&keys.fingerprint())),
        next: keys.next_fingerprint().as_ref().map(format_fingerprint),
        has_store,
    })
}
