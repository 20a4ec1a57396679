//! A commit that a device cannot apply: what only members can see, said so that it counts.

use crate::ids::{Epoch, Generation, Hash, RoomId, Seq, Signature};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// A device's statement that it cannot apply a commit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BadCommit {
    /// The room.
    #[n(0)]
    pub room: RoomId,
    /// The generation the commit stands in.
    #[n(1)]
    pub generation: Generation,
    /// The epoch before the commit.
    #[n(2)]
    pub epoch: Epoch,
    /// The commit's position.
    #[n(3)]
    pub seq: Seq,
    /// SHA-256 of the commit.
    #[n(4)]
    pub commit: Hash,
    /// What failed, in words.
    #[n(5)]
    pub reason: String,
    /// For a commit from outside: SHA-256 of the `external_pub` (an HPKE public key) that the
    /// reporter derives for the epoch before it. Where the GroupInfo said another, its signer is to
    /// blame.
    #[n(6)]
    pub external_pub: Option<Hash>,
}

/// A [`BadCommit`] signed by the device key (label `lacre/bad-commit/1`).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedBadCommit {
    /// Canonical CBOR of [`BadCommit`].
    #[n(0)]
    pub statement: ByteVec,
    /// By the device key.
    #[n(1)]
    pub signature: Signature,
}
