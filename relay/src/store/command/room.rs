//! Commands about rooms: messages, proposals, commits, generations.

use super::Hashed;
use lacre_wire::ids::{
    AccountId, DeviceId, Epoch, Generation, Hash, Millis, RoomId, Seq, SubmitId,
};
use lacre_wire::room::RoomKind;

/// A message. The caller read group, epoch, tag and channel from its clear header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The room.
    pub room: RoomId,
    /// The submitting account: what the stamp commits to.
    pub account: AccountId,
    /// The submitting device.
    pub device: DeviceId,
    /// Generation in the header.
    pub generation: Generation,
    /// Epoch in the header.
    pub epoch: Epoch,
    /// Names this intention across retries.
    pub submit_id: SubmitId,
    /// The submission of this device before this one in this room.
    pub prev: Option<SubmitId>,
    /// Franking tag in the header's authenticated data.
    pub tag: Hash,
    /// Channel in the header's authenticated data.
    pub channel: Option<u64>,
    /// The MLS PrivateMessage, at most [`lacre_wire::limits::MAX_MESSAGE`] bytes.
    pub body: Hashed,
}

/// A member's proposal (SelfRemove). The caller validated it against the epoch it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Propose {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The room.
    pub room: RoomId,
    /// The proposing account.
    pub account: AccountId,
    /// The proposing device.
    pub device: DeviceId,
    /// Generation it was validated against.
    pub generation: Generation,
    /// Epoch it was validated against.
    pub epoch: Epoch,
    /// Names this intention across retries.
    pub submit_id: SubmitId,
    /// The MLS PublicMessage.
    pub body: Hashed,
}

/// A Remove that the relay proposes as MLS external sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayRemove {
    /// The account of the device.
    pub account: AccountId,
    /// The device to remove.
    pub device: DeviceId,
    /// The signed proposal, an MLS PublicMessage of the epoch it is appended in.
    pub body: Hashed,
}

/// Removes of the relay. They wait until a commit holds them; until then messages and commits
/// without them are answered `CommitFirst`. Delivery to the devices ends at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayPropose {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The room.
    pub room: RoomId,
    /// Generation the proposals were made for.
    pub generation: Generation,
    /// Epoch the proposals were made for.
    pub epoch: Epoch,
    /// The proposals. A device for which one waits already is passed over.
    pub removes: Vec<RelayRemove>,
}

/// A device in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// Its account.
    pub account: AccountId,
    /// The device.
    pub device: DeviceId,
}

/// A Welcome, already cut for one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// Whom it lets in; also among the adds.
    pub member: Member,
    /// The MLS Welcome with this device's secrets alone.
    pub welcome: Hashed,
}

/// The ratchet tree of an epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// SHA-256 of its bytes.
    pub hash: Hash,
    /// The bytes. May be absent when the tree was put as an object before, or when the step brings
    /// no Welcome; whoever asks for the tree later gets it once it is put.
    pub bytes: Option<Hashed>,
}

impl Tree {
    /// A tree with its bytes.
    pub fn new(tree: &Hashed) -> Self {
        Self {
            hash: tree.hash(),
            bytes: Some(tree.clone()),
        }
    }

    pub(crate) fn weight(&self) -> usize {
        self.bytes.as_ref().map_or(0, |tree| tree.bytes().len())
    }

    pub(crate) fn size(&self) -> usize {
        self.bytes.as_ref().map_or(0, Hashed::size)
    }
}

/// What the store keeps of a room's public state, for reads and retention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSummary {
    /// What sort of room.
    pub kind: RoomKind,
    /// Whether anybody may come in.
    pub join_open: bool,
    /// How long messages are kept; none for the relay's default.
    pub retention_ms: Option<Millis>,
    /// The name under which everybody finds the room. A step that changes it to one that another
    /// room with members has is refused.
    pub listed: Option<String>,
}

/// The validated facts of a step to a next epoch or generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupStep {
    /// The entry's body: the commit (MLS PublicMessage), or a [`lacre_wire::push::GenerationOpened`].
    pub body: Hashed,
    /// GroupInfo of the epoch the step leads to.
    pub group_info: Hashed,
    /// The committer's MAC over it.
    pub gi_mac: Hash,
    /// Number of the room key under which `gi_mac` was made.
    pub key_number: u32,
    /// Ratchet tree of the epoch the step leads to.
    pub tree: Tree,
    /// One Welcome for each device added by another; it reaches the inbox with the step.
    pub welcomes: Vec<Welcome>,
    /// Devices the step adds, an external committer's own included. They read from the step on.
    pub adds: Vec<Member>,
    /// Devices the step removes. They read up to the step. A device that is removed and added reads on.
    pub removes: Vec<Member>,
    /// SHA-256 of the `external_pub` in the GroupInfo, if the caller read it.
    pub external_pub: Option<Hash>,
    /// The public state the step leads to.
    pub summary: RoomSummary,
}

impl GroupStep {
    pub(crate) fn weight(&self) -> usize {
        let welcomes: usize = self.welcomes.iter().map(|w| w.welcome.bytes().len()).sum();
        self.body.bytes().len() + self.group_info.bytes().len() + self.tree.weight() + welcomes
    }
}

/// A commit: the compare-and-set of the room's epoch, with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The room.
    pub room: RoomId,
    /// The committing account.
    pub account: AccountId,
    /// The committing device.
    pub device: DeviceId,
    /// Names this intention across retries.
    pub submit_id: SubmitId,
    /// Generation the commit stands in.
    pub generation: Generation,
    /// Epoch the commit stands in; the room goes on to the next.
    pub epoch: Epoch,
    /// Whether it is an external commit.
    pub external: bool,
    /// SHA-256 of the bodies of the proposals it holds by reference.
    pub consumed: Vec<Hash>,
    /// For external commits: the waiting Removes of the relay made anew for the next epoch, one for
    /// each device that waits.
    pub reproposals: Vec<RelayRemove>,
    /// What the commit does.
    pub step: GroupStep,
}

/// A new room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateRoom {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The room.
    pub room: RoomId,
    /// Who creates it.
    pub account: AccountId,
    /// The device, its first reader.
    pub device: DeviceId,
    /// Names this intention across retries.
    pub submit_id: SubmitId,
    /// The other account of a direct room; may be the creator's own. One room per pair.
    pub peer: Option<AccountId>,
    /// GroupInfo of epoch 0.
    pub group_info: Hashed,
    /// The creator's MAC over it.
    pub gi_mac: Hash,
    /// Number of the room key under which `gi_mac` was made.
    pub key_number: u32,
    /// Ratchet tree of epoch 0.
    pub tree: Tree,
    /// The public state of epoch 0.
    pub summary: RoomSummary,
    /// The commit of epoch 0 that adds the first members, in the same transaction.
    pub first: Option<GroupStep>,
}

/// The room goes on in the next generation of its group: heals a frozen room. The caller verified
/// that the opener may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenGeneration {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The room.
    pub room: RoomId,
    /// The opening account.
    pub account: AccountId,
    /// The opening device.
    pub device: DeviceId,
    /// Names this intention across retries.
    pub submit_id: SubmitId,
    /// The new generation, above the room's.
    pub generation: Generation,
    /// First epoch of the new group.
    pub epoch: Epoch,
    /// The entry and the new group's public state. Readers keep reading; removes end theirs.
    pub step: GroupStep,
}

/// A device cannot apply a commit. The caller verified the report's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportBadCommit {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The room.
    pub room: RoomId,
    /// The reporting account.
    pub account: AccountId,
    /// The reporting device.
    pub device: DeviceId,
    /// The generation the commit stands in.
    pub generation: Generation,
    /// The epoch before the commit.
    pub epoch: Epoch,
    /// The commit's position.
    pub seq: Seq,
    /// SHA-256 of the commit.
    pub commit: Hash,
    /// For a commit from outside: SHA-256 of the `external_pub` that the reporter derives for the
    /// epoch before it.
    pub external_pub: Option<Hash>,
}
