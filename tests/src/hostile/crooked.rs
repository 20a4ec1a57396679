//! Crypto that lies while a commit is built.
//!
//! A commit whose path secret, tag or `external_pub` is false must be right everywhere else, or the
//! relay sees it. So the lie is told where OpenMLS computes the value, and everything after it
//! follows from the lie.

use openmls_rust_crypto::{MemoryStorage, OpenMlsRustCrypto, RustCrypto};
use openmls_traits::OpenMlsProvider;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::types::{
    AeadType, Ciphersuite, CryptoError, ExporterSecret, HashType, HpkeCiphertext, HpkeConfig,
    HpkeKeyPair, KemOutput, SignatureScheme,
};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use tls_codec::SecretVLBytes;

/// What is false in the next commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trick {
    /// Its confirmation tag (RFC 9420 §8.1).
    ConfirmationTag,
    /// The path secret for one encryption key (RFC 9420 §7.6).
    PathSecretFor(Vec<u8>),
    /// The path secrets for all encryption keys but one.
    PathSecretsBut(Vec<u8>),
    /// The `external_pub` in its GroupInfo (RFC 9420 §12.4.3.2).
    ExternalPub,
}

/// A provider whose crypto can lie; honest until told otherwise.
#[derive(Default)]
pub struct Crooked {
    store: OpenMlsRustCrypto,
    crypto: CrookedCrypto,
}

/// Its crypto.
#[derive(Default)]
pub struct CrookedCrypto {
    honest: RustCrypto,
    trick: Mutex<Option<Trick>>,
    tagged: AtomicBool,
}

impl Crooked {
    /// Lies while `f` runs.
    pub fn lying<T>(&self, trick: Option<Trick>, f: impl FnOnce() -> T) -> T {
        self.crypto.tagged.store(false, Ordering::SeqCst);
        *self.crypto.trick.lock().unwrap() = trick;
        let done = f();
        *self.crypto.trick.lock().unwrap() = None;
        done
    }
}

impl CrookedCrypto {
    fn does(&self, test: impl FnOnce(&Trick) -> bool) -> bool {
        self.trick.lock().unwrap().as_ref().is_some_and(test)
    }
}

fn flipped(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    bytes
}

impl OpenMlsProvider for Crooked {
    type CryptoProvider = CrookedCrypto;
    type RandProvider = RustCrypto;
    type StorageProvider = MemoryStorage;

    fn storage(&self) -> &MemoryStorage {
        self.store.storage()
    }

    fn crypto(&self) -> &CrookedCrypto {
        &self.crypto
    }

    fn rand(&self) -> &RustCrypto {
        self.store.rand()
    }
}

impl OpenMlsCrypto for CrookedCrypto {
    fn supports(&self, suite: Ciphersuite) -> Result<(), CryptoError> {
        self.honest.supports(suite)
    }

    fn supported_ciphersuites(&self) -> Vec<Ciphersuite> {
        self.honest.supported_ciphersuites()
    }

    fn hkdf_extract(
        &self,
        hash: HashType,
        salt: &[u8],
        ikm: &[u8],
    ) -> Result<SecretVLBytes, CryptoError> {
        self.honest.hkdf_extract(hash, salt, ikm)
    }

    fn hmac(
        &self,
        hash: HashType,
        key: &[u8],
        message: &[u8],
    ) -> Result<SecretVLBytes, CryptoError> {
        let mac = self.honest.hmac(hash, key, message)?;
        // The confirmation tag is over a transcript hash, the membership tag over a message.
        if message.len() != hash.size() {
            return Ok(mac);
        }
        self.tagged.store(true, Ordering::SeqCst);
        match self.does(|trick| *trick == Trick::ConfirmationTag) {
            true => Ok(flipped(mac.as_slice().to_vec()).into()),
            false => Ok(mac),
        }
    }

    fn hkdf_expand(
        &self,
        hash: HashType,
        prk: &[u8],
        info: &[u8],
        length: usize,
    ) -> Result<SecretVLBytes, CryptoError> {
        self.honest.hkdf_expand(hash, prk, info, length)
    }

    fn hash(&self, hash: HashType, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.honest.hash(hash, data)
    }

    fn aead_encrypt(
        &self,
        alg: AeadType,
        key: &[u8],
        data: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        self.honest.aead_encrypt(alg, key, data, nonce, aad)
    }

    fn aead_decrypt(
        &self,
        alg: AeadType,
        key: &[u8],
        ct_tag: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        self.honest.aead_decrypt(alg, key, ct_tag, nonce, aad)
    }

    fn signature_key_gen(&self, alg: SignatureScheme) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
        self.honest.signature_key_gen(alg)
    }

    fn verify_signature(
        &self,
        alg: SignatureScheme,
        data: &[u8],
        pk: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.honest.verify_signature(alg, data, pk, signature)
    }

    fn sign(&self, alg: SignatureScheme, data: &[u8], key: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.honest.sign(alg, data, key)
    }

    fn hpke_seal(
        &self,
        config: HpkeConfig,
        to: &[u8],
        info: &[u8],
        aad: &[u8],
        plain: &[u8],
    ) -> Result<HpkeCiphertext, CryptoError> {
        let spoils = self.does(|trick| match trick {
            Trick::PathSecretFor(key) => key == to,
            Trick::PathSecretsBut(key) => key != to,
            _ => false,
        });
        // Another secret, properly sealed: only what it leads to is false.
        let plain = match spoils {
            true => flipped(plain.to_vec()),
            false => plain.to_vec(),
        };
        self.honest.hpke_seal(config, to, info, aad, &plain)
    }

    fn hpke_open(
        &self,
        config: HpkeConfig,
        input: &HpkeCiphertext,
        key: &[u8],
        info: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        self.honest.hpke_open(config, input, key, info, aad)
    }

    fn hpke_setup_sender_and_export(
        &self,
        config: HpkeConfig,
        to: &[u8],
        info: &[u8],
        context: &[u8],
        length: usize,
    ) -> Result<(KemOutput, ExporterSecret), CryptoError> {
        self.honest
            .hpke_setup_sender_and_export(config, to, info, context, length)
    }

    fn hpke_setup_receiver_and_export(
        &self,
        config: HpkeConfig,
        enc: &[u8],
        key: &[u8],
        info: &[u8],
        context: &[u8],
        length: usize,
    ) -> Result<ExporterSecret, CryptoError> {
        self.honest
            .hpke_setup_receiver_and_export(config, enc, key, info, context, length)
    }

    fn derive_hpke_keypair(
        &self,
        config: HpkeConfig,
        ikm: &[u8],
    ) -> Result<HpkeKeyPair, CryptoError> {
        // Path keys come before the tag, `external_pub` after it.
        let spoils =
            self.tagged.load(Ordering::SeqCst) && self.does(|trick| *trick == Trick::ExternalPub);
        match spoils {
            true => self
                .honest
                .derive_hpke_keypair(config, &flipped(ikm.to_vec())),
            false => self.honest.derive_hpke_keypair(config, ikm),
        }
    }
}
