//! The identity in every MLS leaf: the whole chain, so that a leaf needs no directory.

use super::certificate::DeviceCertificate;
use super::device::Device;
use super::dsk::DskStatement;
use super::error::IdentityError;
use crate::codec;
use crate::ids::{AccountId, PublicKey};
use minicbor::{Decode, Encode};

/// What a leaf's basic credential holds (RFC 9420 §5.3), as canonical CBOR; about 360 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LeafIdentity {
    /// The account's identity key.
    #[n(0)]
    pub aik: PublicKey,
    /// The account's device-signing key.
    #[n(1)]
    pub dsk: DskStatement,
    /// The device's certificate.
    #[n(2)]
    pub certificate: DeviceCertificate,
    /// Version of the account's device list that the device stands by.
    #[n(3)]
    pub list_version: u64,
}

impl LeafIdentity {
    /// The credential's bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::to_vec(self)
    }

    /// Reads a credential's bytes. Nothing is verified.
    ///
    /// # Errors
    /// [`IdentityError::Unreadable`].
    pub fn decode(bytes: &[u8]) -> Result<Self, IdentityError> {
        Ok(codec::from_slice(bytes)?)
    }

    /// The device this identity claims to be. Only for leaves that were verified when they came in.
    pub fn claimed(&self) -> Device {
        Device {
            account: AccountId::of(&self.aik),
            device: self.certificate.device(),
            list_version: self.list_version,
        }
    }

    /// Checks the chain from identity key to leaf key, given the leaf's signature key.
    ///
    /// # Errors
    /// The first link that does not hold.
    pub fn verify(&self, leaf_signature_key: &[u8]) -> Result<Device, IdentityError> {
        self.dsk.verify(&self.aik)?;
        self.certificate.verify(&self.dsk)?;
        if self.certificate.key.0 != leaf_signature_key {
            return Err(IdentityError::LeafKey {
                device: self.certificate.device(),
            });
        }
        Ok(self.claimed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{IdentityError as E, SigningKey};
    use crate::ids::Signature;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(&[seed; 32])
    }

    fn identity() -> LeafIdentity {
        let (aik, dsk, device) = (key(1), key(2), key(3));
        LeafIdentity {
            aik: aik.public(),
            dsk: DskStatement::issue(&aik, 1, dsk.public()),
            certificate: DeviceCertificate::issue(
                &dsk,
                1,
                AccountId::of(&aik.public()),
                device.public(),
                7,
            ),
            list_version: 4,
        }
    }

    #[test]
    fn a_whole_chain_yields_the_device() {
        let identity = LeafIdentity::decode(&identity().encode()).unwrap();
        let device = identity.verify(&key(3).public().0).unwrap();
        assert_eq!(device.account, AccountId::of(&key(1).public()));
        assert_eq!(device.device, crate::ids::DeviceId::of(&key(3).public()));
        assert_eq!(device.list_version, 4);
        assert!(identity.encode().len() < 400);
    }

    #[test]
    fn every_link_is_checked() {
        let leaf = key(3).public().0;
        let broken = |change: &dyn Fn(&mut LeafIdentity)| {
            let mut identity = identity();
            change(&mut identity);
            identity.verify(&leaf).unwrap_err()
        };
        assert!(matches!(
            broken(&|i| i.aik = key(9).public()),
            E::WrongAccount { .. }
        ));
        assert!(matches!(
            broken(&|i| i.dsk.dsk = key(9).public()),
            E::DskSignature { .. }
        ));
        assert!(matches!(
            broken(&|i| i.dsk.number = 2),
            E::DskSignature { .. }
        ));
        assert!(matches!(
            broken(&|i| i.dsk = DskStatement::issue(&key(1), 2, key(2).public())),
            E::DskNumber { .. }
        ));
        assert!(matches!(
            broken(&|i| i.certificate.account.0[0] ^= 1),
            E::WrongAccount { .. }
        ));
        assert!(matches!(
            broken(&|i| i.certificate.issued_ms = 8),
            E::CertificateSignature { .. }
        ));
        assert!(matches!(
            broken(&|i| i.certificate.signature = Signature([0; 64])),
            E::CertificateSignature { .. }
        ));
        // Another device of the same account cannot use this certificate.
        assert!(matches!(
            identity().verify(&key(4).public().0),
            Err(E::LeafKey { .. })
        ));
    }
}
