//! What OpenMLS calls a provider: cryptography, randomness and storage in one value.

use std::collections::BTreeMap;

use openmls_rust_crypto::RustCrypto;
use openmls_traits::OpenMlsProvider;

use super::pending::Slot;
use super::row::RowKey;
use super::{Database, Overlay};

/// The provider of the engine, above its database.
pub struct Provider {
    crypto: RustCrypto,
    storage: Overlay,
}

impl Provider {
    /// A provider above the `mls` table of `database`.
    pub fn new(database: Database) -> Self {
        Self {
            crypto: RustCrypto::default(),
            storage: Overlay::new(database),
        }
    }
}

impl OpenMlsProvider for Provider {
    type CryptoProvider = RustCrypto;
    type RandProvider = RustCrypto;
    type StorageProvider = Overlay;

    fn storage(&self) -> &Overlay {
        &self.storage
    }

    fn crypto(&self) -> &RustCrypto {
        &self.crypto
    }

    fn rand(&self) -> &RustCrypto {
        &self.crypto
    }
}

/// A provider in memory, for groups that may never come to be.
///
/// An external commit is built here. When it is reached in the log, [`Overlay::absorb`]
/// moves the group into the engine's storage; when it is refused, dropping the scratch
/// provider undoes it.
pub struct ScratchProvider {
    crypto: RustCrypto,
    storage: Overlay,
}

impl ScratchProvider {
    /// An empty provider.
    pub fn new() -> Self {
        Self {
            crypto: RustCrypto::default(),
            storage: Overlay::scratch(),
        }
    }

    /// The rows to be moved.
    pub(super) fn into_rows(self) -> BTreeMap<RowKey, Slot> {
        self.storage.into_rows()
    }
}

impl Default for ScratchProvider {
    fn default() -> Self {
        Self::new()
    }
}

impl OpenMlsProvider for ScratchProvider {
    type CryptoProvider = RustCrypto;
    type RandProvider = RustCrypto;
    type StorageProvider = Overlay;

    fn storage(&self) -> &Overlay {
        &self.storage
    }

    fn crypto(&self) -> &RustCrypto {
        &self.crypto
    }

    fn rand(&self) -> &RustCrypto {
        &self.crypto
    }
}
