//! The key file: read, checked, or made.

use super::{RelayKeys, Secret};
use crate::durable::replace;
use crate::tls::TlsIdentity;
use lacre_wire::codec;
use lacre_wire::hash::sha256;
use lacre_wire::identity::SigningKey;
use lacre_wire::ids::{Hash, Millis};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use zeroize::{Zeroize, Zeroizing};

/// First line of a key file.
const MAGIC: &[u8] = b"lacre relay keys 1\n";

/// A key file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyFileError {
    /// The file is gone, but the store it belongs to is there.
    #[error(
        "the key file {} is missing, but there is a store; restore the key file from its backup: \
         without it nobody can open the store's senders, and every client refuses the relay", .0.display()
    )]
    Missing(PathBuf),
    /// The file cannot be read or written.
    #[error("the key file {} cannot be {doing}: {error}; check that it belongs to the user the relay runs as", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// "read" or "written".
        doing: &'static str,
        /// Why.
        error: io::Error,
    },
    /// Others may read it.
    #[error(
        "the key file {} is open to other users (mode {mode:03o}, expected 600); run `chmod 600` on it, \
         and if others could have read it, treat its keys as known", .path.display()
    )]
    TooOpen {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The bytes are not a key file, or not the ones that were written.
    #[error("the key file {} is damaged: {why}; restore it from its backup", .path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What does not hold.
        why: String,
    },
    /// The store was made with other keys.
    #[error("the key file {} belongs to another store; put the two back together from one backup", .0.display())]
    OtherStore(PathBuf),
    /// No randomness, or no certificate.
    #[error("the relay's keys cannot be made: {0}")]
    Generate(String),
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Stored {
    #[cbor(n(0), with = "minicbor::bytes")]
    identity: [u8; 32],
    #[cbor(n(1), with = "minicbor::bytes")]
    sender: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    checkpoint: [u8; 32],
    #[n(3)]
    tls_key: ByteVec,
    #[n(4)]
    tls_chain: Vec<ByteVec>,
    #[n(5)]
    stamp_id: u32,
    #[cbor(n(6), with = "minicbor::bytes")]
    stamp: [u8; 32],
    #[cbor(n(7), with = "minicbor::bytes")]
    rest: [u8; 32],
    #[cbor(n(8), with = "minicbor::bytes")]
    submit: [u8; 32],
    #[n(9)]
    created_ms: Millis,
    #[cbor(n(10), with = "minicbor::bytes")]
    next: Option<[u8; 32]>,
    #[n(11)]
    former: Option<Vec<Hash>>,
    #[n(12)]
    stated_ms: Option<Millis>,
}

impl Drop for Stored {
    fn drop(&mut self) {
        for secret in [
            &mut self.identity,
            &mut self.sender,
            &mut self.checkpoint,
            &mut self.stamp,
            &mut self.rest,
            &mut self.submit,
        ] {
            secret.zeroize();
        }
        self.next.zeroize();
        self.tls_key.as_mut_slice().zeroize();
    }
}

impl RelayKeys {
    /// Reads the key file, or makes it when neither it nor a store exists.
    ///
    /// # Errors
    /// See [`KeyFileError`].
    pub(crate) fn load_or_create(
        path: &Path,
        store_exists: bool,
        now_ms: Millis,
    ) -> Result<Self, KeyFileError> {
        match Self::load_beside(path, store_exists) {
            Err(KeyFileError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
                let keys = Self::generate(now_ms)?;
                keys.write(path)?;
                Ok(keys)
            }
            other => other,
        }
    }

    /// Reads the key file, which must be there if a store is.
    ///
    /// # Errors
    /// See [`KeyFileError`].
    pub(crate) fn load_beside(path: &Path, store_exists: bool) -> Result<Self, KeyFileError> {
        match Self::load(path) {
            Err(KeyFileError::Io { error, .. })
                if store_exists && error.kind() == io::ErrorKind::NotFound =>
            {
                Err(KeyFileError::Missing(path.to_owned()))
            }
            other => other,
        }
    }

    /// Checks that these keys are those the store beside `mark_file` was made with; a new store is
    /// marked with them. The mark says nothing about the keys.
    ///
    /// # Errors
    /// [`KeyFileError::OtherStore`].
    pub(crate) fn check_store(
        &self,
        key_file: &Path,
        mark_file: &Path,
    ) -> Result<(), KeyFileError> {
        let mark = format!("{}\n", self.mark());
        let failed = |doing| {
            move |error| KeyFileError::Io {
                path: mark_file.to_owned(),
                doing,
                error,
            }
        };
        match fs::read_to_string(mark_file) {
            Ok(found) if found == mark => Ok(()),
            Ok(_) => Err(KeyFileError::OtherStore(key_file.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                replace(mark_file, mark.as_bytes()).map_err(failed("written"))
            }
            Err(error) => Err(failed("read")(error)),
        }
    }

    fn load(path: &Path) -> Result<Self, KeyFileError> {
        let failed = |error| KeyFileError::Io {
            path: path.to_owned(),
            doing: "read",
            error,
        };
        let mode = mode(&fs::metadata(path).map_err(failed)?);
        if mode & 0o077 != 0 {
            return Err(KeyFileError::TooOpen {
                path: path.to_owned(),
                mode,
            });
        }
        let bytes = Zeroizing::new(fs::read(path).map_err(failed)?);
        let damaged = |why: String| KeyFileError::Damaged {
            path: path.to_owned(),
            why,
        };
        let (body, sum) = bytes
            .split_last_chunk::<32>()
            .ok_or_else(|| damaged("it is too short".into()))?;
        let rest = body
            .strip_prefix(MAGIC)
            .ok_or_else(|| damaged("its first line is not that of a key file".into()))?;
        if sha256(&[body]).0 != *sum {
            return Err(damaged("its checksum does not hold".into()));
        }
        let stored: Stored = codec::from_slice(rest).map_err(|e| damaged(e.to_string()))?;
        Ok(Self {
            identity: SigningKey::from_seed(&stored.identity),
            next: stored.next.as_ref().map(SigningKey::from_seed),
            former: stored.former.clone().unwrap_or_default(),
            sender: SigningKey::from_seed(&stored.sender),
            checkpoint: SigningKey::from_seed(&stored.checkpoint),
            tls: TlsIdentity {
                key: Zeroizing::new(stored.tls_key.to_vec()),
                chain: stored.tls_chain.iter().map(|der| der.to_vec()).collect(),
            },
            stamp_id: stored.stamp_id,
            stamp: Secret::new(stored.stamp),
            rest: Secret::new(stored.rest),
            submit: Secret::new(stored.submit),
            created_ms: stored.created_ms,
            stated_ms: stored.stated_ms.unwrap_or(stored.created_ms),
        })
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), KeyFileError> {
        let failed = |error| KeyFileError::Io {
            path: path.to_owned(),
            doing: "written",
            error,
        };
        let stored = Stored {
            identity: *self.identity.to_seed(),
            sender: *self.sender.to_seed(),
            checkpoint: *self.checkpoint.to_seed(),
            tls_key: self.tls.key.to_vec().into(),
            tls_chain: self
                .tls
                .chain
                .iter()
                .map(|der| der.clone().into())
                .collect(),
            stamp_id: self.stamp_id,
            stamp: *self.stamp,
            rest: *self.rest,
            submit: *self.submit,
            created_ms: self.created_ms,
            next: self.next.as_ref().map(|next| *next.to_seed()),
            former: Some(self.former.clone()).filter(|former| !former.is_empty()),
            stated_ms: Some(self.stated_ms),
        };
        let body = Zeroizing::new([MAGIC, &Zeroizing::new(codec::to_vec(&stored))].concat());
        let bytes = Zeroizing::new([&body[..], &sha256(&[&body]).0].concat());
        replace(path, &bytes).map_err(failed)
    }
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0o600
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(path: &Path, store_exists: bool) -> KeyFileError {
        match RelayKeys::load_or_create(path, store_exists, 0) {
            Err(error) => error,
            Ok(_) => panic!("the key file was accepted"),
        }
    }

    #[test]
    fn keys_survive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.keys");
        let made = RelayKeys::load_or_create(&path, false, 3).unwrap();
        let read = RelayKeys::load_or_create(&path, true, 4).unwrap();
        assert_eq!(read.mark(), made.mark());
        assert_eq!(read.fingerprint(), made.fingerprint());
        assert_eq!(read.statement(), made.statement());
        assert_eq!(read.tls().chain, made.tls().chain);
        assert_eq!(read.tls().key, made.tls().key);
    }

    #[test]
    fn a_lost_key_file_is_not_silently_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.keys");
        assert!(matches!(error(&path, true), KeyFileError::Missing(_)));
        assert!(!path.exists());
    }

    #[test]
    fn keys_of_another_store_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mark) = (
            folder.path().join("relay.keys"),
            folder.path().join("relay.db.mark"),
        );
        let keys = RelayKeys::load_or_create(&path, false, 0).unwrap();
        keys.check_store(&path, &mark).unwrap();
        keys.check_store(&path, &mark).unwrap();
        let others = RelayKeys::generate(0).unwrap();
        assert!(matches!(
            others.check_store(&path, &mark),
            Err(KeyFileError::OtherStore(_))
        ));
    }

    #[test]
    fn damage_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.keys");
        RelayKeys::load_or_create(&path, false, 0).unwrap();
        let good = fs::read(&path).unwrap();
        for at in [0, MAGIC.len() + 5, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(&path, &bad).unwrap();
            assert!(
                matches!(error(&path, true), KeyFileError::Damaged { .. }),
                "byte {at}"
            );
        }
        fs::write(&path, &good[..10]).unwrap();
        assert!(matches!(error(&path, true), KeyFileError::Damaged { .. }));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_open_to_others_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.keys");
        RelayKeys::load_or_create(&path, false, 0).unwrap();
        assert_eq!(mode(&fs::metadata(&path).unwrap()), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            error(&path, true),
            KeyFileError::TooOpen { mode: 0o640, .. }
        ));
    }
}
