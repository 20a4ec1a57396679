//! Where the key of a store comes from: the system's keyring, a file, or a passphrase.
//!
//! The settings remember which of them, so that later commands need no flag. No key and no
//! passphrase is ever an argument: arguments are visible to every process of the machine.

mod file;
mod keyring;
mod passphrase;

use crate::args::Place;
use crate::failure::{Exit, Failure, Outcome};
use crate::text;
use lacre::StoreKey;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Where a store's key comes from, as the settings keep it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Secret {
    /// In the system's keyring.
    Keyring {
        /// The entry's name there.
        entry: String,
    },
    /// In a file.
    File {
        /// Absolute path.
        path: PathBuf,
    },
    /// Stretched from a passphrase (Argon2id, RFC 9106).
    Passphrase(passphrase::Stretching),
}

impl Secret {
    /// Makes a key where the command line says: keyring, unless a file or a passphrase is asked for.
    pub(crate) fn make(place: &Place) -> Outcome<(Self, StoreKey)> {
        if place.passphrase {
            let (stretching, key) = passphrase::make()?;
            Ok((Self::Passphrase(stretching), key))
        } else if let Some(path) = &place.key_file {
            Self::in_file(path)
        } else {
            let (entry, key) = keyring::make()?;
            Ok((Self::Keyring { entry }, key))
        }
    }

    /// Makes a key in a file.
    pub(crate) fn in_file(path: &Path) -> Outcome<(Self, StoreKey)> {
        let path = crate::home::absolute(path)?;
        let key = file::make(&path)?;
        Ok((Self::File { path }, key))
    }

    /// Finds the key again. The command line may name another file than the one remembered.
    pub(crate) fn find(&self, place: &Place, folder: &Path) -> Outcome<StoreKey> {
        let other = || {
            Failure::new(
                "OtherKey",
                text::failure::key_other(folder.display()),
                Exit::Usage,
            )
        };
        match self {
            Self::Passphrase(_) if place.key_file.is_some() => Err(other()),
            Self::Keyring { .. } | Self::File { .. } if place.passphrase => Err(other()),
            Self::Passphrase(stretching) => passphrase::find(stretching),
            Self::File { path } => file::read(place.key_file.as_deref().unwrap_or(path)),
            Self::Keyring { entry } => match &place.key_file {
                Some(path) => file::read(path),
                None => keyring::find(entry, folder),
            },
        }
    }

    /// Takes the key out of the keyring. A file stays where it is: it was named by a person.
    pub(crate) fn forget(&self) {
        if let Self::Keyring { entry } = self {
            keyring::forget(entry);
        }
    }

    /// In words.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Keyring { .. } => text::people::key_in_keyring(),
            Self::File { path } => text::people::key_in_file(path.display()),
            Self::Passphrase(_) => text::people::key_from_passphrase(),
        }
    }

    /// For scripts.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Keyring { .. } => "keyring",
            Self::File { .. } => "file",
            Self::Passphrase(_) => "passphrase",
        }
    }
}
