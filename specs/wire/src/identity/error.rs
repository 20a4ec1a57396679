//! Why an identity was not believed.

use crate::codec::CodecError;
use crate::ids::{AccountId, DeviceId};

/// What is wrong with a leaf identity, a certificate or a device list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The bytes are not a canonical encoding.
    #[error("the identity is not readable: {0}")]
    Unreadable(#[from] CodecError),
    /// Not an MLS basic credential.
    #[error("expected a basic credential")]
    NotBasic,
    /// A statement names an account other than the one its key opens.
    #[error("expected a statement for account {expected}, it names {named}")]
    WrongAccount {
        /// The hash of the identity key.
        expected: AccountId,
        /// The account in the statement.
        named: AccountId,
    },
    /// The AIK did not sign the device-signing key.
    #[error("the device-signing key of account {account} is not signed by its identity key")]
    DskSignature {
        /// Whose.
        account: AccountId,
    },
    /// The DSK did not sign the certificate.
    #[error("the certificate of device {device} is not signed by the account's device-signing key")]
    CertificateSignature {
        /// Whose.
        device: DeviceId,
    },
    /// A new device did not sign the key it is said to want things sealed to.
    #[error("the key to seal to was not signed by the device that asks")]
    InitKeySignature,
    /// The certificate was made with another DSK than the one stated.
    #[error(
        "the certificate is by device-signing key {certificate}, the statement is for {statement}"
    )]
    DskNumber {
        /// Number in the statement.
        statement: u32,
        /// Number in the certificate.
        certificate: u32,
    },
    /// The leaf's signature key is not the certified one.
    #[error("the leaf is signed with another key than the one certified for device {device}")]
    LeafKey {
        /// The certified device.
        device: DeviceId,
    },
    /// The DSK did not sign the device list.
    #[error("the device list of account {account} is not signed by its device-signing key")]
    ListSignature {
        /// Whose.
        account: AccountId,
    },
    /// Too many devices for one account.
    #[error("a device list holds at most {most} entries, this one {got}; revoke a device first")]
    TooMany {
        /// The limit.
        most: usize,
        /// The number given.
        got: usize,
    },
    /// One device stands in the list twice, or is both present and revoked.
    #[error("device {device} is named twice in the device list")]
    NamedTwice {
        /// Which.
        device: DeviceId,
    },
    /// Versions count 1, 2, 3…; only version 1 has no predecessor.
    #[error("device list version {got} does not follow version {before}")]
    ListVersion {
        /// The version before, 0 for none.
        before: u64,
        /// The version given.
        got: u64,
    },
    /// The list does not name the hash of the one before.
    #[error("device list version {version} does not continue the list before it")]
    ListChain {
        /// The version given.
        version: u64,
    },
    /// The DSK changed other than by one number.
    #[error("device-signing key {got} does not follow number {before}")]
    DskSuccession {
        /// The number before.
        before: u32,
        /// The number given.
        got: u32,
    },
    /// A device left the list without being revoked, or a revoked one came back.
    #[error(
        "device {device} was dropped or restored; a device leaves a list by being revoked, for good"
    )]
    Revocation {
        /// Which.
        device: DeviceId,
    },
}
