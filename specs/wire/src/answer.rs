//! What the relay answers.

use crate::error::WireError;
use crate::identity::SignedDeviceList;
use crate::ids::{
    AccountId, DeviceId, Epoch, Generation, Hash, Lineage, LogId, Millis, PublicKey, RoomId, Seq,
    SubmitId,
};
use crate::log::{Cursor, Entry};
use crate::request::Payload;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// An answer to a request.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Answer {
    /// Done.
    #[n(0)]
    Ok,
    /// Refused or failed.
    #[n(1)]
    Failed(#[n(0)] WireError),
    /// Where each asked log stands, in the order asked.
    #[n(2)]
    Opened(#[n(0)] Vec<OpenedLog>),
    /// Durable: in the log at `seq`, after an fsync.
    #[n(3)]
    Accepted(#[n(0)] Accepted),
    /// The room is at another epoch. Read what was missed, then seal again.
    #[n(4)]
    WrongEpoch {
        /// The room's present generation.
        #[n(0)]
        generation: Generation,
        /// The room's present epoch.
        #[n(1)]
        epoch: Epoch,
        /// The handshakes between the submitted epoch and the present one, when they fit a frame.
        /// A hint only: the log says the same.
        #[n(2)]
        missed: Vec<Entry>,
    },
    /// The named predecessor is not the last submission accepted from this device in this room.
    #[n(5)]
    OutOfOrder {
        /// The one that is.
        #[n(0)]
        last: Option<SubmitId>,
    },
    /// Proposals of the relay wait; commit them first.
    #[n(6)]
    CommitFirst {
        /// The waiting proposals: MLS messages.
        #[n(0)]
        proposals: Vec<ByteVec>,
    },
    /// The turn is yours.
    #[n(7)]
    Turn {
        /// How long, in milliseconds.
        #[n(0)]
        lease_ms: Millis,
    },
    /// The pair of people has this direct room already.
    #[n(8)]
    Exists {
        /// The room.
        #[n(0)]
        room: RoomId,
    },
    /// One key package of every device of each account.
    #[n(9)]
    KeyPackages(#[n(0)] Vec<ClaimedAccount>),
    /// What the directory says.
    #[n(10)]
    Account(#[n(0)] AccountInfo),
    /// How the join goes on.
    #[n(11)]
    Join(#[n(0)] JoinAnswer),
    /// The public state of a room.
    #[n(12)]
    GroupInfo(#[n(0)] GroupInfoAnswer),
    /// The relay's clock.
    #[n(13)]
    Pong {
        /// The relay's clock.
        #[n(0)]
        server_ms: Millis,
    },
    /// Rooms that everybody may find.
    #[n(14)]
    ListedRooms {
        /// In the order of their names.
        #[n(0)]
        rooms: Vec<Listed>,
        /// Whether there are more after them.
        #[n(1)]
        more: bool,
    },
}

/// A room that everybody may find by its name.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Listed {
    /// The room.
    #[n(0)]
    pub room: RoomId,
    /// Its listed name. The relay says it; once in the room, its rules say it too.
    #[n(1)]
    pub name: String,
    /// How many accounts are in it.
    #[n(2)]
    pub members: u32,
    /// Whether anybody may come in.
    #[n(3)]
    pub open: bool,
}

/// Where an accepted entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Accepted {
    /// Position in the room's log. 0 for a room created without a commit.
    #[n(0)]
    pub seq: Seq,
    /// The chain at that position.
    #[n(1)]
    pub chain: Hash,
    /// When.
    #[n(2)]
    pub accepted_ms: Millis,
}

/// An opened log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OpenedLog {
    /// The log.
    #[n(0)]
    pub log: LogId,
    /// Whether and from where it flows.
    #[n(1)]
    pub state: OpenState,
}

/// Whether and from where a log flows.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum OpenState {
    /// Entries flow after `start`.
    #[n(0)]
    Live {
        /// The client's cursor, or where its membership starts.
        #[n(0)]
        start: Cursor,
        /// The log's last entry for this reader.
        #[n(1)]
        head: Seq,
        /// Whether the reader's interval is closed at `head`.
        #[n(2)]
        closed: bool,
    },
    /// Entries after the cursor were trimmed; the log starts at `first`. Nothing flows.
    #[n(1)]
    Trimmed {
        /// First entry that is kept.
        #[n(0)]
        first: Seq,
        /// The chain before it.
        #[n(1)]
        chain: Hash,
    },
    /// The cursor belongs to another lineage, or its chain is not this log's. Nothing flows.
    #[n(2)]
    LogReset {
        /// The store's lineage.
        #[n(0)]
        lineage: Lineage,
    },
    /// The device does not read this log.
    #[n(3)]
    NotAReader,
}

/// What the directory says of an account.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AccountInfo {
    /// The account.
    #[n(0)]
    pub account: AccountId,
    /// Its handle, without `@`. Only an invite, QR code or safety number confirms it.
    #[n(1)]
    pub handle: String,
    /// Its identity key; `account` is its hash.
    #[n(2)]
    pub aik: PublicKey,
    /// Its newest device list.
    #[n(3)]
    pub list: SignedDeviceList,
}

/// The key packages of an account.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ClaimedAccount {
    /// The account.
    #[n(0)]
    pub info: AccountInfo,
    /// One for each device that has one.
    #[n(1)]
    pub packages: Vec<ClaimedPackage>,
}

/// A key package of a device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ClaimedPackage {
    /// The device.
    #[n(0)]
    pub device: DeviceId,
    /// The MLS KeyPackage message.
    #[n(1)]
    pub package: ByteVec,
    /// Whether it is the device's last resort, which is not used up.
    #[n(2)]
    pub last_resort: bool,
}

/// How a join goes on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum JoinAnswer {
    /// A member was asked to add this account; the Welcome comes through the inbox. If none has
    /// come after `wait_ms`, ask for the GroupInfo and join by an external commit.
    #[n(0)]
    Asked {
        /// How long to wait.
        #[n(0)]
        wait_ms: Millis,
    },
    /// No member is online: join by an external commit now.
    #[n(1)]
    CommitYourself,
    /// This device reads the room already.
    #[n(2)]
    AlreadyIn,
}

/// The public state of a room.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GroupInfoAnswer {
    /// The room's generation.
    #[n(0)]
    pub generation: Generation,
    /// The room's epoch.
    #[n(1)]
    pub epoch: Epoch,
    /// The GroupInfo, without a tree.
    #[n(2)]
    pub group_info: Payload,
    /// The committer's MAC over it.
    #[n(3)]
    pub gi_mac: Hash,
    /// The number of the K_room under which `gi_mac` was made.
    #[n(4)]
    pub key_number: u32,
    /// SHA-256 of the ratchet tree, to be fetched as an object.
    #[n(5)]
    pub tree: Hash,
}

/// The answer to an [`crate::request::ObjectRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ObjectAnswer {
    /// The bytes follow.
    #[n(0)]
    Found {
        /// Length in bytes.
        #[n(0)]
        size: u64,
    },
    /// The upload is kept.
    #[n(1)]
    Stored,
    /// Refused or failed.
    #[n(2)]
    Failed(#[n(0)] WireError),
}
