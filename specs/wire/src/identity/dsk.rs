//! The device-signing key: it certifies devices so that the identity key can stay in the vault.

use super::error::IdentityError;
use super::keys::{SigningKey, verify};
use super::label::Label;
use crate::codec;
use crate::ids::{AccountId, PublicKey, Signature};
use minicbor::{Decode, Encode};

/// The account's statement that `dsk` certifies its devices. Numbers count up from 1; a higher
/// one replaces all before it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DskStatement {
    /// The account.
    #[n(0)]
    pub account: AccountId,
    /// Number of the key, from 1.
    #[n(1)]
    pub number: u32,
    /// The device-signing key.
    #[n(2)]
    pub dsk: PublicKey,
    /// By the AIK, label `lacre/dsk/1`, over the canonical CBOR of keys 0 to 2.
    #[n(3)]
    pub signature: Signature,
}

#[derive(Encode)]
#[cbor(map)]
struct Signed<'a> {
    #[n(0)]
    account: &'a AccountId,
    #[n(1)]
    number: u32,
    #[n(2)]
    dsk: &'a PublicKey,
}

impl DskStatement {
    /// States a device-signing key with the account's identity key.
    pub fn issue(aik: &SigningKey, number: u32, dsk: PublicKey) -> Self {
        let account = AccountId::of(&aik.public());
        let signed = codec::to_vec(&Signed {
            account: &account,
            number,
            dsk: &dsk,
        });
        Self {
            account,
            number,
            dsk,
            signature: aik.sign(Label::Dsk, &signed),
        }
    }

    /// Checks that the holder of `aik` made the statement, for its own account.
    ///
    /// # Errors
    /// [`IdentityError::WrongAccount`] or [`IdentityError::DskSignature`].
    pub fn verify(&self, aik: &PublicKey) -> Result<(), IdentityError> {
        let expected = AccountId::of(aik);
        if self.account != expected {
            return Err(IdentityError::WrongAccount {
                expected,
                named: self.account,
            });
        }
        let signed = codec::to_vec(&Signed {
            account: &self.account,
            number: self.number,
            dsk: &self.dsk,
        });
        verify(aik, Label::Dsk, &signed, &self.signature).map_err(|_| IdentityError::DskSignature {
            account: self.account,
        })
    }
}
