//! Ed25519 keys (RFC 8032), wrapped so that a secret is never printed and every signature says
//! what it is for.

use super::label::Label;
use crate::ids::{PublicKey, Signature};
use ed25519_dalek::Signer;
use zeroize::Zeroizing;

/// A signature that does not verify: other bytes, another purpose or another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

/// A secret signing key. Wiped when dropped; never printed.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key that grows from 32 random bytes. The caller provides the randomness.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The seed, to be sealed into a store.
    pub fn to_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs `label ‖ 0x00 ‖ bytes`.
    pub fn sign(&self, label: Label, bytes: &[u8]) -> Signature {
        Signature(self.0.sign(&labelled(label, bytes)).to_bytes())
    }
}

/// Lets a device key sign MLS leaves and messages, whose labels are MLS's own (RFC 9420 §5.1.2).
#[cfg(feature = "mls")]
impl openmls_traits::signatures::Signer for SigningKey {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, openmls_traits::signatures::SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> openmls_traits::types::SignatureScheme {
        openmls_traits::types::SignatureScheme::ED25519
    }
}

/// Checks a signature over `label ‖ 0x00 ‖ bytes`, strictly: small-order keys and unreduced
/// points are refused, so that all verifiers agree.
///
/// # Errors
/// [`BadSignature`], without saying why.
pub fn verify(
    key: &PublicKey,
    label: Label,
    bytes: &[u8],
    signature: &Signature,
) -> Result<(), BadSignature> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(&key.0).map_err(|_| BadSignature)?;
    let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
    key.verify_strict(&labelled(label, bytes), &signature)
        .map_err(|_| BadSignature)
}

fn labelled(label: Label, bytes: &[u8]) -> Vec<u8> {
    [label.as_str().as_bytes(), &[0], bytes].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_bound_to_key_label_and_bytes() {
        let key = SigningKey::from_seed(&[1; 32]);
        let other = SigningKey::from_seed(&[2; 32]).public();
        let signature = key.sign(Label::Device, b"bytes");
        assert_eq!(
            verify(&key.public(), Label::Device, b"bytes", &signature),
            Ok(())
        );
        assert_eq!(
            verify(&key.public(), Label::Dsk, b"bytes", &signature),
            Err(BadSignature)
        );
        assert_eq!(
            verify(&key.public(), Label::Device, b"byte", &signature),
            Err(BadSignature)
        );
        assert_eq!(
            verify(&other, Label::Device, b"bytes", &signature),
            Err(BadSignature)
        );
    }

    #[test]
    fn a_small_order_key_verifies_nothing() {
        // The neutral element: without strict checks it would accept a signature of zeroes.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let mut signature = [0; 64];
        signature[0] = 1;
        let (key, signature) = (PublicKey(neutral), Signature(signature));
        assert_eq!(
            verify(&key, Label::Login, b"anything", &signature),
            Err(BadSignature)
        );
    }
}
