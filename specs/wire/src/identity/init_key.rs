//! The key to which a new device wants things sealed, bound to the device that asks.
//!
//! The relay passes it on. Without the signature it could put its own key in the place of the
//! device's, and would be handed the account's device-signing key.

use super::{IdentityError, Label, SigningKey, verify};
use crate::codec;
use crate::ids::{AccountId, PublicKey, Signature};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// An HPKE public key with the device key's signature over `account ‖ key`
/// (label `lacre/device-request/1`).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedInitKey {
    /// The HPKE public key (X-Wing).
    #[n(0)]
    pub key: ByteVec,
    /// By the device key.
    #[n(1)]
    pub signature: Signature,
}

fn signed(account: &AccountId, key: &[u8]) -> Vec<u8> {
    [account.0.as_slice(), key].concat()
}

impl SignedInitKey {
    /// Binds an HPKE key to a device that wants to enter `account`.
    pub fn sign(device: &SigningKey, account: &AccountId, key: Vec<u8>) -> Self {
        let signature = device.sign(Label::DeviceRequest, &signed(account, &key));
        Self {
            key: key.into(),
            signature,
        }
    }

    /// Its canonical bytes, as they travel in a request.
    pub fn encode(&self) -> Vec<u8> {
        codec::to_vec(self)
    }

    /// Reads and verifies a key: the HPKE public key that `device` wants to be used.
    ///
    /// # Errors
    /// When the bytes are not canonical, or not signed by that device for that account.
    pub fn open(
        bytes: &[u8],
        device: &PublicKey,
        account: &AccountId,
    ) -> Result<Vec<u8>, IdentityError> {
        let read: Self = codec::from_slice(bytes)?;
        verify(
            device,
            Label::DeviceRequest,
            &signed(account, &read.key),
            &read.signature,
        )
        .map_err(|_| IdentityError::InitKeySignature)?;
        Ok(read.key.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_was_swapped_is_refused() {
        let (device, relay) = (
            SigningKey::from_seed(&[1; 32]),
            SigningKey::from_seed(&[2; 32]),
        );
        let (account, other) = (AccountId([3; 32]), AccountId([4; 32]));
        let honest = SignedInitKey::sign(&device, &account, vec![7; 32]);
        let open = |key: &SignedInitKey, account| {
            SignedInitKey::open(&key.encode(), &device.public(), account)
        };
        assert_eq!(open(&honest, &account).unwrap(), vec![7; 32]);
        assert!(open(&honest, &other).is_err());
        let swapped = SignedInitKey {
            key: vec![8; 32].into(),
            ..honest
        };
        assert!(open(&swapped, &account).is_err());
        assert!(
            open(
                &SignedInitKey::sign(&relay, &account, vec![8; 32]),
                &account
            )
            .is_err()
        );
    }
}
