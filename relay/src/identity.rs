//! The relay's identity as its operator changes it: in the key file, beside a relay that runs or not.
//! A running relay goes by what it read at its start.

use crate::clock::Clock;
use crate::error::{RelayError, RelayErrorKind};
use crate::keys::RelayKeys;
use crate::start::key_error;
use lacre_wire::ids::Millis;
use lacre_wire::relay::format_fingerprint;
use std::path::Path;

/// Fingerprints of a relay's identity, as they stand in addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The present one.
    pub fingerprint: String,
    /// The one that will take its place, if it is prepared.
    pub next: Option<String>,
    /// Those before it, the last one first; at most eight.
    pub former: Vec<String>,
    /// When the present or the next one was put in place, in milliseconds since 1970.
    pub since_ms: Millis,
}

impl Identity {
    fn of(keys: &RelayKeys) -> Self {
        Self {
            fingerprint: format_fingerprint(&keys.fingerprint()),
            next: keys.next_fingerprint().as_ref().map(format_fingerprint),
            former: keys.former().iter().map(format_fingerprint).collect(),
            since_ms: keys.stated_ms(),
        }
    }
}

/// What a key file says of the relay's identity. Blocks.
///
/// # Errors
/// [`RelayErrorKind::Keys`] for a key file that is missing, damaged or open to others.
pub fn identity(key_file: &Path) -> Result<Identity, RelayError> {
    change(key_file, |_| Ok(false))
}

/// Makes the identity that will take the present one's place. From its next start on the relay hands
/// it out in its address, and tells it to every client, signed by the present one. One that is
/// prepared already stays, or with `replace` gives way to another. Blocks.
///
/// # Errors
/// As [`identity`], or when the key file cannot be written; it is as it was then.
pub fn prepare_identity(key_file: &Path, replace: bool) -> Result<Identity, RelayError> {
    let now_ms = Clock::system().now_ms();
    change(key_file, |keys| keys.prepare(replace, now_ms))
}

/// Puts the next identity in the place of the present one. A relay that runs shows it from its next
/// start on. Store and working keys stay. Blocks.
///
/// # Errors
/// As [`prepare_identity`]; [`RelayErrorKind::Keys`], too, if no next one is prepared.
pub fn rotate_identity(key_file: &Path) -> Result<Identity, RelayError> {
    let now_ms = Clock::system().now_ms();
    if identity(key_file)?.next.is_none() {
        let text = "no next identity is prepared: clients would refuse one that they were not told of; \
                    run `lacre relay keys next` first, and restart the relay so that it tells them";
        return Err(RelayError::new(RelayErrorKind::Keys, text));
    }
    change(key_file, |keys| keys.rotate(now_ms))
}

fn change(
    key_file: &Path,
    with: impl FnOnce(&mut RelayKeys) -> Result<bool, crate::keys::KeyFileError>,
) -> Result<Identity, RelayError> {
    let keys = RelayKeys::change(key_file, with).map_err(key_error)?;
    Ok(Identity::of(&keys))
}
