//! A key in the system's keyring: Keychain, Credential Manager or Secret Service.

use crate::failure::{Exit, Failure, Outcome};
use crate::random;
use crate::text::failure as text;
use keyring::Entry;
use lacre::StoreKey;
use std::path::Path;
use zeroize::Zeroizing;

/// Under which all stores' keys are found.
const SERVICE: &str = "lacre";

/// Makes a key and its entry; returns the entry's name.
pub(super) fn make() -> Outcome<(String, StoreKey)> {
    let name = format!("store {}", hex::encode(random::bytes::<8>()?));
    let key = Zeroizing::new(random::bytes::<32>()?);
    entry(&name)?
        .set_secret(key.as_slice())
        .map_err(unavailable)?;
    Ok((name, StoreKey::new(*key)))
}

/// Finds the key of an entry.
pub(super) fn find(name: &str, folder: &Path) -> Outcome<StoreKey> {
    let missing = || {
        Failure::new(
            "KeyringEmpty",
            text::keyring_empty(folder.display()),
            Exit::Failed,
        )
    };
    let secret = match entry(name)?.get_secret() {
        Ok(secret) => Zeroizing::new(secret),
        Err(keyring::Error::NoEntry) => return Err(missing()),
        Err(error) => return Err(unavailable(error)),
    };
    let key = Zeroizing::new(<[u8; 32]>::try_from(secret.as_slice()).map_err(|_| missing())?);
    Ok(StoreKey::new(*key))
}

/// Deletes an entry. One that cannot be deleted opens nothing any more.
pub(super) fn forget(name: &str) {
    if let Err(failure) =
        entry(name).and_then(|entry| entry.delete_credential().map_err(unavailable))
    {
        tracing::warn!(?failure, name, "a key stays in the keyring");
    }
}

fn entry(name: &str) -> Outcome<Entry> {
    // The first failure tells why there is no keyring; `Entry::new` would only say that there is none.
    if let Err(error) = Entry::store_status() {
        return Err(unavailable(error));
    }
    Entry::new(SERVICE, name).map_err(unavailable)
}

fn unavailable(error: impl std::fmt::Display) -> Failure {
    Failure::new("NoKeyring", text::no_keyring(error), Exit::Failed)
}
