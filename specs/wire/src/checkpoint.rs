//! Signed chain heads: the relay commits to the log it has shown.

use crate::codec;
use crate::ids::{Hash, Lineage, LogId, Millis, Seq, Signature};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// What a checkpoint states.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Checkpoint {
    /// The store lineage.
    #[n(0)]
    pub lineage: Lineage,
    /// The log.
    #[n(1)]
    pub log: LogId,
    /// The last entry covered.
    #[n(2)]
    pub seq: Seq,
    /// The chain at that entry.
    #[n(3)]
    pub chain: Hash,
    /// When it was signed.
    #[n(4)]
    pub signed_ms: Millis,
}

/// A checkpoint with the relay's signature (label `lacre/checkpoint/1`) over its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedCheckpoint {
    /// Canonical CBOR of [`Checkpoint`].
    #[n(0)]
    pub checkpoint: ByteVec,
    /// By the relay's checkpoint key.
    #[n(1)]
    pub signature: Signature,
}

impl SignedCheckpoint {
    /// Reads the checkpoint. The signature is not checked here.
    ///
    /// # Errors
    /// When the bytes are not a canonical checkpoint.
    pub fn read(&self) -> Result<Checkpoint, codec::CodecError> {
        codec::from_slice(&self.checkpoint)
    }
}
