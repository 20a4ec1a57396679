//! A device's certificate: the account's word that a key is one of its devices.

use super::dsk::DskStatement;
use super::error::IdentityError;
use super::keys::{SigningKey, verify};
use super::label::Label;
use crate::codec;
use crate::ids::{AccountId, DeviceId, Millis, PublicKey, Signature};
use minicbor::{Decode, Encode};

/// The statement that `key` is a device of `account`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceCertificate {
    /// The account.
    #[n(0)]
    pub account: AccountId,
    /// The device key: signs the device's logins and its MLS leaves.
    #[n(1)]
    pub key: PublicKey,
    /// Which device-signing key signed.
    #[n(2)]
    pub dsk_number: u32,
    /// When, by the issuing device's clock; shown to people, never judged.
    #[n(3)]
    pub issued_ms: Millis,
    /// By the DSK, label `lacre/device/1`, over the canonical CBOR of keys 0 to 3.
    #[n(4)]
    pub signature: Signature,
}

#[derive(Encode)]
#[cbor(map)]
struct Signed<'a> {
    #[n(0)]
    account: &'a AccountId,
    #[n(1)]
    key: &'a PublicKey,
    #[n(2)]
    dsk_number: u32,
    #[n(3)]
    issued_ms: Millis,
}

impl DeviceCertificate {
    /// Certifies a device key with device-signing key number `dsk_number`.
    pub fn issue(
        dsk: &SigningKey,
        dsk_number: u32,
        account: AccountId,
        key: PublicKey,
        issued_ms: Millis,
    ) -> Self {
        let signed = codec::to_vec(&Signed {
            account: &account,
            key: &key,
            dsk_number,
            issued_ms,
        });
        Self {
            account,
            key,
            dsk_number,
            issued_ms,
            signature: dsk.sign(Label::Device, &signed),
        }
    }

    /// The device.
    pub fn device(&self) -> DeviceId {
        DeviceId::of(&self.key)
    }

    /// Checks the certificate against a statement that was itself verified.
    ///
    /// # Errors
    /// When account, number or signature do not fit.
    pub fn verify(&self, statement: &DskStatement) -> Result<(), IdentityError> {
        if self.account != statement.account {
            return Err(IdentityError::WrongAccount {
                expected: statement.account,
                named: self.account,
            });
        }
        if self.dsk_number != statement.number {
            return Err(IdentityError::DskNumber {
                statement: statement.number,
                certificate: self.dsk_number,
            });
        }
        let (dsk_number, issued_ms) = (self.dsk_number, self.issued_ms);
        let signed = codec::to_vec(&Signed {
            account: &self.account,
            key: &self.key,
            dsk_number,
            issued_ms,
        });
        verify(&statement.dsk, Label::Device, &signed, &self.signature).map_err(|_| {
            IdentityError::CertificateSignature {
                device: self.device(),
            }
        })
    }
}
