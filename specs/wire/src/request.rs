//! What a client asks on its session stream.

mod bad_commit;

pub use bad_commit::{BadCommit, SignedBadCommit};

use crate::identity::SignedDeviceList;
use crate::ids::{
    AccountId, DeviceId, Epoch, Generation, Hash, LogId, RoomId, Seq, Signature, SubmitId,
};
use crate::log::Cursor;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// A frame from a client on its session stream.
///
/// A frame lives for one step, between decoding and handling; its size does not add up.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[allow(clippy::large_enum_variant)]
pub enum ClientFrame {
    /// The first frame, and only the first.
    #[n(0)]
    Open {
        /// Canonical CBOR of [`crate::hello::Hello`].
        #[n(0)]
        hello: ByteVec,
        /// By the device key over [`crate::hello::login_transcript`].
        #[n(1)]
        signature: Signature,
    },
    /// A request; answered exactly once, in any order.
    #[n(1)]
    Request {
        /// Chosen by the client, unique among its open requests.
        #[n(0)]
        id: u32,
        /// What is asked.
        #[n(1)]
        request: Request,
    },
    /// What the client has durably applied. Cumulative, not answered; losing one costs nothing.
    #[n(2)]
    Ack {
        /// Log and last entry applied.
        #[n(0)]
        acks: Vec<LogSeq>,
    },
    /// Entries of these logs are no longer wanted on this session. Not answered.
    #[n(3)]
    Close {
        /// The logs.
        #[n(0)]
        logs: Vec<LogId>,
    },
}

/// A position in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LogSeq {
    /// The log.
    #[n(0)]
    pub log: LogId,
    /// The entry.
    #[n(1)]
    pub seq: Seq,
}

/// Bytes inside a frame, or uploaded before on a stream of their own.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Payload {
    /// At most [`crate::limits::MAX_INLINE_BODY`] bytes.
    #[n(0)]
    Inline(#[n(0)] ByteVec),
    /// An object by its SHA-256.
    #[n(1)]
    ByHash(#[n(0)] Hash),
}

/// A request. The comment names the answers beside `Failed`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Request {
    /// Let these logs flow from the client's cursors. → `Opened`
    #[n(0)]
    Open(#[n(0)] Vec<OpenLog>),
    /// Append a message to a room. → `Accepted`, `WrongEpoch`, `OutOfOrder`, `CommitFirst`
    #[n(1)]
    Submit(#[n(0)] Submit),
    /// Wait for the turn to commit. → `Turn`, `WrongEpoch`
    #[n(2)]
    CommitTurn {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// The epoch the client will commit on.
        #[n(1)]
        generation: Generation,
        /// The epoch the client will commit on.
        #[n(2)]
        epoch: Epoch,
        /// The commit removes somebody; it is not spaced from the one before.
        #[n(3)]
        removal: bool,
    },
    /// Give the turn back unused. → `Ok`
    #[n(3)]
    ReleaseTurn {
        /// The room.
        #[n(0)]
        room: RoomId,
    },
    /// Move a room to its next epoch. → `Accepted`, `WrongEpoch`, `CommitFirst`
    #[n(4)]
    Commit {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// The commit and what belongs to it.
        #[n(1)]
        bundle: CommitBundle,
    },
    /// Append a proposal: SelfRemove. → `Accepted`, `WrongEpoch`
    #[n(5)]
    Propose {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// Names this intention across retries.
        #[n(1)]
        submit_id: SubmitId,
        /// The MLS message.
        #[n(2)]
        proposal: ByteVec,
    },
    /// Create a room, with its first members, in one step. → `Accepted`, `Exists`
    #[n(6)]
    CreateRoom(#[n(0)] CreateRoom),
    /// Store key packages of this device. → `Ok`
    #[n(7)]
    PutKeyPackages {
        /// MLS ciphersuite.
        #[n(0)]
        suite: u16,
        /// One-time packages: MLS KeyPackage messages.
        #[n(1)]
        one_time: Vec<ByteVec>,
        /// Replaces the last-resort package.
        #[n(2)]
        last_resort: Option<ByteVec>,
    },
    /// Take one key package of every device of each account. → `KeyPackages`
    #[n(8)]
    ClaimKeyPackages {
        /// MLS ciphersuite.
        #[n(0)]
        suite: u16,
        /// The accounts; at most 50.
        #[n(1)]
        accounts: Vec<AccountId>,
    },
    /// What the directory says of a person. → `Account`
    #[n(9)]
    Lookup(#[n(0)] Who),
    /// Publish the next device list of this account. → `Ok`
    #[n(10)]
    PutDeviceList(#[n(0)] SignedDeviceList),
    /// Put sealed bytes into the inbox of another device of this account. → `Ok`
    #[n(11)]
    SendToDevice {
        /// The device.
        #[n(0)]
        device: DeviceId,
        /// At most 16 KiB.
        #[n(1)]
        sealed: ByteVec,
    },
    /// Ask to join an open room. → `Join`
    #[n(12)]
    Join {
        /// The room.
        #[n(0)]
        room: RoomId,
    },
    /// The public state of a room, to join it from outside or to rejoin. → `GroupInfo`
    #[n(13)]
    GroupInfo {
        /// The room.
        #[n(0)]
        room: RoomId,
    },
    /// This device cannot apply a commit and has stopped the room. → `Ok`
    #[n(14)]
    BadCommit(#[n(0)] SignedBadCommit),
    /// Measures the round trip. → `Pong`
    #[n(15)]
    Ping,
    /// From now on hear and send the hints of these rooms, at most
    /// [`crate::limits::MAX_FOCUS`], and of no others. Rooms whose logs are not open on the session
    /// are passed over. → `Ok`
    #[n(16)]
    Focus(#[n(0)] Vec<RoomId>),
    /// The room that is listed under a name. → `ListedRooms`, with that one room
    #[n(17)]
    FindListed {
        /// The name, in its one form ([`crate::room::listed::normal`]).
        #[n(0)]
        name: String,
    },
    /// The listed rooms, in the order of their names. → `ListedRooms`
    #[n(18)]
    Listed {
        /// Where to go on: the last name of the page before.
        #[n(0)]
        after: Option<String>,
    },
    /// Go on in the next generation of a room's group. → `Accepted`, `WrongEpoch`
    #[n(19)]
    OpenGeneration(#[n(0)] OpenGeneration),
}

/// A log to open.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OpenLog {
    /// The log.
    #[n(0)]
    pub log: LogId,
    /// Where the client stands; none to start where its membership starts.
    #[n(1)]
    pub cursor: Option<Cursor>,
}

/// A message to append.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Submit {
    /// The room.
    #[n(0)]
    pub room: RoomId,
    /// Names this intention across retries and resealing.
    #[n(1)]
    pub submit_id: SubmitId,
    /// The submission of this device before this one in this room, if it is still remembered: a
    /// refused message is never overtaken by the next.
    #[n(2)]
    pub prev: Option<SubmitId>,
    /// An MLS PrivateMessage; its clear header names group, epoch and the authenticated
    /// [`crate::stamp::MessageAad`].
    #[n(3)]
    pub message: ByteVec,
}

/// A commit and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CommitBundle {
    /// Names this intention across retries.
    #[n(0)]
    pub submit_id: SubmitId,
    /// The MLS PublicMessage.
    #[n(1)]
    pub commit: Payload,
    /// The GroupInfo of the next epoch, without a tree.
    #[n(2)]
    pub group_info: Payload,
    /// `HMAC-SHA-256(K_room, "lacre/gi/1" ‖ SHA-256(GroupInfo))`; the relay cannot make one.
    #[n(3)]
    pub gi_mac: Hash,
    /// The number of the K_room under which `gi_mac` was made.
    #[n(4)]
    pub key_number: u32,
    /// The MLS Welcome for all devices added; the relay splits it.
    #[n(5)]
    pub welcome: Option<Payload>,
}

/// A room to create.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CreateRoom {
    /// The new room's id, random.
    #[n(0)]
    pub room: RoomId,
    /// The other account of a direct room.
    #[n(1)]
    pub peer: Option<AccountId>,
    /// GroupInfo of epoch 0.
    #[n(2)]
    pub group_info: Payload,
    /// Ratchet tree of epoch 0: the creator's leaf.
    #[n(3)]
    pub tree: Payload,
    /// The commit that adds the first members, if there are any.
    #[n(4)]
    pub bundle: Option<CommitBundle>,
    /// `gi_mac` over the GroupInfo of epoch 0.
    #[n(5)]
    pub gi_mac: Hash,
    /// Names this intention across retries.
    #[n(6)]
    pub submit_id: SubmitId,
}

/// The next generation of a room's group, by an owner, and the commit that adds the members.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OpenGeneration {
    /// The room.
    #[n(0)]
    pub room: RoomId,
    /// The new generation: above the room's, by at most [`crate::limits::MAX_GENERATION_STEP`].
    #[n(1)]
    pub generation: Generation,
    /// The last epoch of the generation before that the opener follows.
    #[n(2)]
    pub last_good: Epoch,
    /// GroupInfo of epoch 0.
    #[n(3)]
    pub group_info: Payload,
    /// Ratchet tree of epoch 0: the opener's leaf.
    #[n(4)]
    pub tree: Payload,
    /// The commit that adds the other members, if there are any.
    #[n(5)]
    pub bundle: Option<CommitBundle>,
    /// `gi_mac` over the GroupInfo of epoch 0.
    #[n(6)]
    pub gi_mac: Hash,
    /// Number of the K_room under which it was made.
    #[n(7)]
    pub key_number: u32,
    /// Names this intention across retries.
    #[n(8)]
    pub submit_id: SubmitId,
}

/// How a person is named in a lookup.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Who {
    /// By handle, without `@`.
    #[n(0)]
    Handle(#[n(0)] String),
    /// By account id.
    #[n(1)]
    Account(#[n(0)] AccountId),
}

/// The first frame of an object stream, from the client.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ObjectRequest {
    /// Fetch. The answer is an [`crate::answer::ObjectAnswer`], then the bytes.
    #[n(0)]
    Get {
        /// SHA-256 of the object.
        #[n(0)]
        hash: Hash,
    },
    /// Upload; the bytes follow. The answer comes when they are kept.
    #[n(1)]
    Put {
        /// SHA-256 of the object.
        #[n(0)]
        hash: Hash,
        /// Length in bytes.
        #[n(1)]
        size: u64,
    },
}
