//! What the relay says by itself, and the bodies of the entries it writes into inboxes.

use crate::answer::Answer;
use crate::checkpoint::SignedCheckpoint;
use crate::error::WireError;
use crate::hello::Ready;
use crate::ids::{
    AccountId, DeviceId, Epoch, Generation, Hash, LogId, Millis, PublicKey, RoomId, Seq,
};
use crate::log::Entry;
use crate::request::Payload;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// A frame from the relay, on the session stream or (marked †) on a catch-up stream.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ServerFrame {
    /// The login is good.
    #[n(0)]
    Ready(#[n(0)] Ready),
    /// An answer.
    #[n(1)]
    Answer {
        /// The request's id.
        #[n(0)]
        id: u32,
        /// The answer.
        #[n(1)]
        answer: Answer,
    },
    /// † The next entries of an open log, without a gap.
    #[n(2)]
    Entries {
        /// The log.
        #[n(0)]
        log: LogId,
        /// The entries, ascending.
        #[n(1)]
        entries: Vec<Entry>,
    },
    /// This log is far behind: its next entries come on a catch-up stream of their own.
    #[n(3)]
    CatchUp {
        /// The log.
        #[n(0)]
        log: LogId,
        /// First entry on that stream.
        #[n(1)]
        from: Seq,
    },
    /// † The catch-up stream ends; from `next` on, entries come on the session stream.
    #[n(4)]
    CatchUpEnd {
        /// The log.
        #[n(0)]
        log: LogId,
        /// First entry that follows on the session stream.
        #[n(1)]
        next: Seq,
    },
    /// A signed chain head of an open log.
    #[n(5)]
    Checkpoint(#[n(0)] SignedCheckpoint),
    /// People wait to be let into a room; this device was named to add them.
    #[n(6)]
    JoinRequests {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// The accounts; at most 50.
        #[n(1)]
        accounts: Vec<AccountId>,
    },
    /// A commit is wanted from this device.
    #[n(7)]
    CommitPlease {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// Why.
        #[n(1)]
        reason: CommitReason,
    },
    /// The relay is about to close: connect again within `spread_ms`, uniformly at random.
    #[n(8)]
    GoAway {
        /// The time to spread over.
        #[n(0)]
        spread_ms: Millis,
    },
    /// The session ends because of this. The last frame.
    #[n(9)]
    Closing(#[n(0)] WireError),
    /// The room's group is frozen: members reported a commit they cannot apply.
    #[n(10)]
    Frozen {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// The frozen generation.
        #[n(1)]
        generation: Generation,
    },
}

/// Why the relay wants a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum CommitReason {
    /// Proposals wait: someone leaves or was evicted.
    #[n(0)]
    ProposalsWait,
    /// The epoch holds many messages; ratchets should not run further.
    #[n(1)]
    LongEpoch,
}

/// Body of a `Welcome` entry: how a device enters a room.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WelcomeNotice {
    /// The room.
    #[n(0)]
    pub room: RoomId,
    /// Generation of the group.
    #[n(1)]
    pub generation: Generation,
    /// The epoch the Welcome leads to.
    #[n(2)]
    pub epoch: Epoch,
    /// Position of the commit that added the device: the first entry it reads.
    #[n(3)]
    pub from_seq: Seq,
    /// The MLS Welcome with this device's secrets alone.
    #[n(4)]
    pub welcome: Payload,
    /// SHA-256 of the ratchet tree, to be fetched as an object.
    #[n(5)]
    pub tree: Hash,
}

/// Body of an `Evicted` entry.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Evicted {
    /// The room.
    #[n(0)]
    pub room: RoomId,
    /// The last entry the device may read.
    #[n(1)]
    pub until_seq: Seq,
}

/// Body of a `DeviceMessage` entry.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceMessage {
    /// The sending device, of the same account.
    #[n(0)]
    pub from: DeviceId,
    /// Sealed to this device.
    #[n(1)]
    pub sealed: ByteVec,
}

/// Body of an `ApprovalRequested` entry.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ApprovalRequested {
    /// The new device's key.
    #[n(0)]
    pub device_key: PublicKey,
    /// Canonical CBOR of [`crate::identity::SignedInitKey`], to be verified against `device_key`.
    #[n(1)]
    pub init_key: ByteVec,
    /// What the person calls it.
    #[n(2)]
    pub name: String,
}

/// Body of a `Generation` entry: the room goes on in a new group.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GenerationOpened {
    /// The new generation.
    #[n(0)]
    pub generation: Generation,
    /// The last good epoch of the generation before.
    #[n(1)]
    pub last_good: Epoch,
    /// GroupInfo of the new group's first epoch.
    #[n(2)]
    pub group_info: Payload,
    /// SHA-256 of its ratchet tree.
    #[n(3)]
    pub tree: Hash,
}
