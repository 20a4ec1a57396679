//! The secret keys of this device.

use crate::error::{Error, ErrorKind, Result};

use crate::random;
use lacre_wire::codec;
use lacre_wire::identity::SigningKey;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use openmls_rust_crypto::RustCrypto;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::types::{HpkeAeadType, HpkeConfig, HpkeKdfType, HpkeKemType};
use zeroize::{Zeroize, Zeroizing};

/// The HPKE suite that seals things between devices of an account: X-Wing, so that what is
/// harvested today stays closed.
pub(super) const HPKE: HpkeConfig = HpkeConfig(
    HpkeKemType::XWingKemDraft6,
    HpkeKdfType::HkdfSha256,
    HpkeAeadType::ChaCha20Poly1305,
);

/// The seeds. The AIK stays here until the recovery key is saved.
#[derive(Encode, Decode)]
#[cbor(map)]
pub(crate) struct Secrets {
    #[n(0)]
    device: ByteArray<32>,
    #[n(1)]
    dsk: Option<ByteArray<32>>,
    #[n(2)]
    aik: Option<ByteArray<32>>,
    #[n(3)]
    init: ByteArray<32>,
}

impl Drop for Secrets {
    fn drop(&mut self) {
        self.device.zeroize();
        self.init.zeroize();
        for seed in self.dsk.iter_mut().chain(self.aik.iter_mut()) {
            seed.zeroize();
        }
    }
}

/// The HPKE key pair to which another device seals what this one needs.
pub(crate) struct InitKey {
    pub(crate) public: Vec<u8>,
    pub(super) private: Zeroizing<Vec<u8>>,
}

fn seed() -> Result<ByteArray<32>> {
    random::bytes::<32>().map(ByteArray::from)
}

impl Secrets {
    pub(super) fn new_device() -> Result<Self> {
        Ok(Self {
            device: seed()?,
            dsk: None,
            aik: None,
            init: seed()?,
        })
    }

    pub(super) fn new_account() -> Result<Self> {
        Ok(Self {
            device: seed()?,
            dsk: Some(seed()?),
            aik: Some(seed()?),
            init: seed()?,
        })
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        codec::from_slice(bytes).map_err(|e| {
            Error::new(
                ErrorKind::Store,
                "StoreDamaged",
                "this device's keys cannot be read",
            )
            .with_source(e)
        })
    }

    pub(super) fn write(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(codec::to_vec(self))
    }

    /// The device key.
    pub(crate) fn device(&self) -> SigningKey {
        SigningKey::from_seed(&self.device)
    }

    /// The device-signing key of the account, if this device holds it.
    pub(crate) fn dsk(&self) -> Option<SigningKey> {
        self.dsk.as_ref().map(|seed| SigningKey::from_seed(seed))
    }

    /// The account's identity key, while this device still holds it.
    pub(crate) fn aik(&self) -> Option<SigningKey> {
        self.aik.as_ref().map(|seed| SigningKey::from_seed(seed))
    }

    /// Keeps the device-signing key that another device sent.
    pub(crate) fn keep_dsk(&mut self, seed: &[u8; 32]) {
        self.dsk = Some(ByteArray::from(*seed));
    }

    pub(super) fn signer(&self) -> SigningKey {
        self.device()
    }

    /// The HPKE key pair of this device.
    pub(crate) fn init_key(&self) -> Result<InitKey> {
        let pair = RustCrypto::default()
            .derive_hpke_keypair(HPKE, self.init.as_slice())
            .map_err(|e| Error::internal(format!("no HPKE key could be derived: {e}")))?;
        Ok(InitKey {
            public: pair.public,
            private: Zeroizing::new(pair.private.as_ref().to_vec()),
        })
    }
}
