//! A key stretched from a passphrase with Argon2id; salt and costs stand in the settings.

use crate::failure::{Exit, Failure, Outcome};
use crate::{random, text};
use argon2::{Algorithm, Argon2, Params, Version};
use lacre::StoreKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// For scripts; on a terminal the passphrase is asked for.
const VARIABLE: &str = "LACRE_PASSPHRASE";

/// How a passphrase becomes a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stretching {
    /// 16 random bytes, hexadecimal.
    salt: String,
    /// Memory in KiB.
    memory_kib: u32,
    /// Passes over the memory.
    passes: u32,
    /// Lanes.
    lanes: u32,
}

/// The second recommended option of RFC 9106 §4: 64 MiB, 3 passes, 4 lanes.
const COST: (u32, u32, u32) = (64 * 1024, 3, 4);

/// No settings ask for more; a damaged file must not take all memory.
const MOST_MEMORY_KIB: u32 = 4 * 1024 * 1024;

/// Asks for a new passphrase, twice on a terminal.
pub(super) fn make() -> Outcome<(Stretching, StoreKey)> {
    let passphrase = match from_environment() {
        Some(passphrase) => passphrase,
        None => {
            let first = ask(&text::people::ask_new_passphrase())?;
            if ask(&text::people::ask_again())? != first {
                return Err(Failure::new(
                    "PassphrasesDiffer",
                    text::failure::passphrases_differ(),
                    Exit::Usage,
                ));
            }
            first
        }
    };
    if passphrase.is_empty() {
        return Err(Failure::new(
            "NoPassphrase",
            text::failure::passphrase_empty(),
            Exit::Usage,
        ));
    }
    let (memory_kib, passes, lanes) = COST;
    let stretching = Stretching {
        salt: hex::encode(random::bytes::<16>()?),
        memory_kib,
        passes,
        lanes,
    };
    let key = stretching.stretch(&passphrase)?;
    Ok((stretching, key))
}

/// Asks for the passphrase and stretches it as before.
pub(super) fn find(stretching: &Stretching) -> Outcome<StoreKey> {
    let passphrase = match from_environment() {
        Some(passphrase) => passphrase,
        None => ask(&text::people::ask_passphrase())?,
    };
    stretching.stretch(&passphrase)
}

fn from_environment() -> Option<Zeroizing<String>> {
    std::env::var(VARIABLE).ok().map(Zeroizing::new)
}

fn ask(prompt: &str) -> Outcome<Zeroizing<String>> {
    rpassword::prompt_password(prompt)
        .map(Zeroizing::new)
        .map_err(|error| {
            Failure::new(
                "NoPassphrase",
                text::failure::no_terminal(error),
                Exit::Usage,
            )
        })
}

impl Stretching {
    fn stretch(&self, passphrase: &str) -> Outcome<StoreKey> {
        let bad = |error: &dyn std::fmt::Display| {
            Failure::new(
                "SettingsDamaged",
                text::failure::bad_stretching(error),
                Exit::Failed,
            )
        };
        let salt = hex::decode(&self.salt).map_err(|error| bad(&error))?;
        let memory = self.memory_kib.min(MOST_MEMORY_KIB);
        let params =
            Params::new(memory, self.passes, self.lanes, Some(32)).map_err(|error| bad(&error))?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &salt, key.as_mut_slice())
            .map_err(|error| bad(&error))?;
        Ok(StoreKey::new(*key))
    }
}
