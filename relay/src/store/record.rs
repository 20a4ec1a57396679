//! The rows as readers and rules see them, apart from how a back end keeps them.

use bytes::Bytes;
use lacre_wire::answer::AccountInfo;
use lacre_wire::ids::{
    AccountId, DeviceId, Epoch, Generation, Hash, Millis, PublicKey, RoomId, Seq,
};
use lacre_wire::room::RoomKind;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRecord {
    /// What the directory says of it.
    pub info: AccountInfo,
    /// Version of its newest device list.
    pub list_version: u64,
    /// When it signed up.
    pub created_ms: Millis,
}

/// Where a device stands in its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceState {
    /// Waits to be approved.
    Pending,
    /// In the newest device list.
    Listed,
    /// Revoked, for good.
    Revoked,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRecord {
    /// The device.
    pub device: DeviceId,
    /// Its account.
    pub account: AccountId,
    /// Its key.
    pub key: PublicKey,
    /// The counter of its last login.
    pub counter: u64,
    /// Where it stands.
    pub state: DeviceState,
    /// When it last logged in or asked to be approved.
    pub seen_ms: Millis,
}

/// The part of a log that a device reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// First entry.
    pub from_seq: Seq,
    /// Last entry, once the device was removed.
    pub until_seq: Option<Seq>,
}

/// A device in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRecord {
    /// The device.
    pub device: DeviceId,
    /// Its account.
    pub account: AccountId,
    /// What it reads.
    pub interval: Interval,
    /// Last entry it has durably applied.
    pub acked: Seq,
}

/// A proposal that waits for a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingProposal {
    /// Its position in the log.
    pub seq: Seq,
    /// SHA-256 of its body.
    pub hash: Hash,
    /// The MLS message.
    pub body: Bytes,
    /// When it was appended.
    pub accepted_ms: Millis,
    /// For a Remove of the relay: the device it removes. None for a member's proposal.
    pub evicts: Option<DeviceId>,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRecord {
    /// The room.
    pub room: RoomId,
    /// What sort of room.
    pub kind: RoomKind,
    /// Generation of its group.
    pub generation: Generation,
    /// Its epoch.
    pub epoch: Epoch,
    /// Position of the entry that began the epoch; 0 for the creation.
    pub epoch_seq: Seq,
    /// Last entry of its log.
    pub head: Seq,
    /// The chain there.
    pub chain: Hash,
    /// SHA-256 of the epoch's GroupInfo, an object.
    pub group_info: Hash,
    /// The committer's MAC over it.
    pub gi_mac: Hash,
    /// Number of the room key under which `gi_mac` was made.
    pub key_number: u32,
    /// SHA-256 of the epoch's ratchet tree; an object once it was put.
    pub tree: Hash,
    /// Whether the group is frozen until its next generation opens.
    pub frozen: bool,
    /// Whether anybody may come in.
    pub join_open: bool,
    /// The name its rules give it.
    pub listed: Option<String>,
    /// Proposals that wait for a commit, in order. Those of the relay keep everybody waiting.
    pub pending: Vec<PendingProposal>,
    /// Of whom no commit is taken until then, in milliseconds since the Unix epoch.
    pub cooling: Vec<(AccountId, Millis)>,
}

/// A device that was not seen for long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdleDevice {
    /// The device.
    pub device: DeviceRecord,
    /// Rooms it reads.
    pub rooms: Vec<RoomId>,
}

/// A room that everybody may find by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRoom {
    /// Its listed name.
    pub name: String,
    /// The room.
    pub room: RoomId,
    /// Accounts with a device that reads it; never 0.
    pub members: u64,
    /// Whether anybody may come in.
    pub open: bool,
}

/// The relay's own record of a room's public group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Generation of the group.
    pub generation: Generation,
    /// Epoch it stands at.
    pub epoch: Epoch,
    /// The bytes that were put.
    pub bytes: Bytes,
}
