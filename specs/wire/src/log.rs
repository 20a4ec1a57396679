//! Entries of a log, their bodies, and the chain that binds them.
//!
//! `chain_n = SHA-256("lacre/chain/1" ‖ chain_{n-1} ‖ entry_n)` with `entry_n` the canonical CBOR of
//! [`Link`]: everything about the entry but its body, which enters by its hash. So a body can be
//! deleted and the chain goes on, and two people who hold the same chain hold the same log.

use crate::codec;
use crate::hash::sha256;
use crate::ids::{AccountId, Epoch, Generation, Hash, Lineage, LogId, Millis, Seq};
use crate::stamp::Stamp;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// What an entry is. Room logs hold kinds 0 to 15, inboxes 16 to 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum EntryKind {
    /// An application message: an MLS PrivateMessage.
    #[n(0)]
    Message,
    /// An MLS commit (PublicMessage); moves the epoch.
    #[n(1)]
    Commit,
    /// An MLS proposal (PublicMessage) of a member, such as SelfRemove, or of the relay: Remove only.
    #[n(2)]
    Proposal,
    /// The next generation of the room's group opens; body: [`crate::push::GenerationOpened`].
    #[n(3)]
    Generation,
    /// A Welcome into a room; body: [`crate::push::WelcomeNotice`].
    #[n(16)]
    Welcome,
    /// The device no longer reads a room; body: [`crate::push::Evicted`].
    #[n(17)]
    Evicted,
    /// Sealed bytes from another device of the same account; body: [`crate::push::DeviceMessage`].
    #[n(18)]
    DeviceMessage,
    /// A new device of the account asks to be approved; body: [`crate::push::ApprovalRequested`].
    #[n(19)]
    ApprovalRequested,
}

/// Why a body is no longer there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum GoneReason {
    /// The room's retention has passed.
    #[n(0)]
    Expired,
    /// Deleted by a moderator or its sender.
    #[n(1)]
    Deleted,
}

/// The body of an entry as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Body {
    /// The bytes themselves.
    #[n(0)]
    Inline(#[n(0)] ByteVec),
    /// Too large for a frame: to be fetched by its hash.
    #[n(1)]
    ByHash {
        /// SHA-256 of the body.
        #[n(0)]
        hash: Hash,
        /// Length in bytes.
        #[n(1)]
        size: u64,
    },
    /// Deleted or expired. The hash lets the chain go on.
    #[n(2)]
    Gone {
        /// SHA-256 of the body that was.
        #[n(0)]
        hash: Hash,
        /// Why it went.
        #[n(1)]
        reason: GoneReason,
    },
}

impl Body {
    /// SHA-256 of the body, whether it is here or not.
    pub fn hash(&self) -> Hash {
        match self {
            Self::Inline(bytes) => sha256(&[bytes]),
            Self::ByHash { hash, .. } | Self::Gone { hash, .. } => *hash,
        }
    }

    /// The bytes, if they are here.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Inline(bytes) => Some(bytes),
            Self::ByHash { .. } | Self::Gone { .. } => None,
        }
    }
}

/// What the chain binds of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Link {
    /// Position in the log, from 1.
    #[n(0)]
    pub seq: Seq,
    /// What the entry is.
    #[n(1)]
    pub kind: EntryKind,
    /// Generation of the room's group; 0 in inboxes.
    #[n(2)]
    pub generation: Generation,
    /// MLS epoch the body belongs to; 0 in inboxes.
    #[n(3)]
    pub epoch: Epoch,
    /// When the relay accepted it; never lower than in the entry before.
    #[n(4)]
    pub accepted_ms: Millis,
    /// SHA-256 of the body.
    #[n(5)]
    pub body: Hash,
    /// The relay's franking mark; on messages only.
    #[n(6)]
    pub stamp: Option<Stamp>,
}

impl Link {
    /// The chain after this entry, given the chain before it.
    pub fn chain(&self, before: &Hash) -> Hash {
        sha256(&[b"lacre/chain/1", &before.0, &codec::to_vec(self)])
    }
}

/// The chain before the first entry of a log.
pub fn chain_start(log: LogId) -> Hash {
    sha256(&[b"lacre/chain/0", &log.to_key()])
}

/// An entry as it is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Entry {
    /// Position in the log, from 1.
    #[n(0)]
    pub seq: Seq,
    /// What the entry is.
    #[n(1)]
    pub kind: EntryKind,
    /// Generation of the room's group; 0 in inboxes.
    #[n(2)]
    pub generation: Generation,
    /// MLS epoch the body belongs to; 0 in inboxes.
    #[n(3)]
    pub epoch: Epoch,
    /// When the relay accepted it.
    #[n(4)]
    pub accepted_ms: Millis,
    /// The envelope itself.
    #[n(5)]
    pub body: Body,
    /// The relay's franking mark; on messages only.
    #[n(6)]
    pub stamp: Option<Stamp>,
    /// Opens the stamp's sender commitment; on messages only. Not part of the chain.
    #[n(7)]
    pub sender: Option<SenderOpening>,
}

impl Entry {
    /// What the chain binds of this entry.
    pub fn link(&self) -> Link {
        Link {
            seq: self.seq,
            kind: self.kind,
            generation: self.generation,
            epoch: self.epoch,
            accepted_ms: self.accepted_ms,
            body: self.body.hash(),
            stamp: self.stamp.clone(),
        }
    }

    /// The chain after this entry, given the chain before it.
    pub fn chain(&self, before: &Hash) -> Hash {
        self.link().chain(before)
    }
}

/// Opens `sender_c = SHA-256("lacre/sender" ‖ account ‖ r)` of a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SenderOpening {
    /// The account that submitted the message.
    #[n(0)]
    pub account: AccountId,
    /// The blinding value of the commitment.
    #[n(1)]
    pub r: Hash,
}

/// Where a reader stands in a log. The client's cursor decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Cursor {
    /// The store lineage the position belongs to.
    #[n(0)]
    pub lineage: Lineage,
    /// The last entry that was applied; 0 for none.
    #[n(1)]
    pub seq: Seq,
    /// The chain at that entry.
    #[n(2)]
    pub chain: Hash,
}
