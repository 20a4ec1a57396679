//! What a validated commit hands on: the store's command, and the group to go on with.

use super::group_info::GroupInfoParts;
use super::public::Group;
use super::turn_queue::At;
use crate::store::command::{Commit, GroupStep, Hashed, Member, RoomSummary};
use bytes::Bytes;
use lacre_wire::ids::{AccountId, Hash, Millis, RoomId, SubmitId};
use lacre_wire::room::{JoinRule, RoomState};

const DAY_MS: Millis = 24 * 60 * 60 * 1_000;
/// "Until deleted", as a time that fits every store and never comes: a thousand years.
const UNTIL_DELETED_MS: Millis = 365_000 * DAY_MS;

/// A [`lacre_wire::request::CommitBundle`] with its payloads at hand.
#[derive(Debug, Clone)]
pub struct CommitBytes {
    /// Names this intention across retries.
    pub submit_id: SubmitId,
    /// The commit, an MLS PublicMessage.
    pub commit: Bytes,
    /// The GroupInfo of the next epoch, an MLSMessage without a tree.
    pub group_info: Bytes,
    /// The committer's MAC over it.
    pub gi_mac: Hash,
    /// Number of the room key under which `gi_mac` was made.
    pub key_number: u32,
    /// The Welcome for all devices added, an MLSMessage.
    pub welcome: Option<Bytes>,
}

/// Who submits.
pub type Submitter = Member;

/// A commit that passed. [`ValidCommit::command`] goes to the store; once accepted, `next` goes to
/// [`super::cache::Groups::keep`] and the rest to whoever follows the room.
#[derive(Debug)]
pub struct ValidCommit {
    /// For the store.
    pub command: Commit,
    /// The group after the commit.
    pub next: Next,
    /// Devices that asked to leave and are still there, because the commit did not take up their
    /// SelfRemove. Their proposal ended with the epoch; the relay is to propose their Remove.
    pub still_leaving: Vec<Member>,
}

impl ValidCommit {
    /// Whether the commit removes somebody. A turn taken for a removal obliges it to.
    pub fn removes(&self) -> bool {
        !self.command.step.removes.is_empty()
    }

    /// The accounts that are in the room by this commit, for the join requests; with repetitions.
    pub fn added_accounts(&self) -> impl Iterator<Item = &AccountId> {
        self.command.step.adds.iter().map(|member| &member.account)
    }
}

/// A group after a commit that is not durable yet.
#[derive(Debug)]
pub struct Next(pub(super) Group);

impl Next {
    /// The room.
    pub fn room(&self) -> RoomId {
        self.0.room()
    }

    /// Where the room will stand.
    pub fn at(&self) -> At {
        self.0.at()
    }

    /// How many devices will be in it.
    pub fn devices(&self) -> usize {
        self.0.devices()
    }
}

/// What the store keeps of a state.
pub(super) fn summary(state: &RoomState) -> RoomSummary {
    let retention_ms = match state.retention_days {
        0 => UNTIL_DELETED_MS,
        days => Millis::from(days).saturating_mul(DAY_MS),
    };
    RoomSummary {
        kind: state.kind,
        join_open: state.join_rule == JoinRule::Open,
        retention_ms: Some(retention_ms.min(UNTIL_DELETED_MS)),
        listed: state.listed.clone(),
    }
}

/// What members can compare of a GroupInfo that was checked.
pub(super) fn external_pub(group_info: &[u8]) -> Option<Hash> {
    GroupInfoParts::parse(group_info).ok()?.external_pub()
}

/// The parts of a step that come as they are from the client.
pub(super) fn step_of(bytes: &CommitBytes, tree: &Hashed, summary: RoomSummary) -> GroupStep {
    GroupStep {
        body: Hashed::new(bytes.commit.clone()),
        group_info: Hashed::new(bytes.group_info.clone()),
        gi_mac: bytes.gi_mac,
        key_number: bytes.key_number,
        tree: crate::store::command::Tree::new(tree),
        welcomes: Vec::new(),
        adds: Vec::new(),
        removes: Vec::new(),
        external_pub: external_pub(&bytes.group_info),
        summary,
    }
}
