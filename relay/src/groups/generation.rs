//! How a room goes on in its next generation: the new group at epoch 0 is judged by the room's rules
//! as one change by its opener, then the commit that adds the others like any other.

use super::create::check_source;
use super::group_info::GroupInfoParts;
use super::public::{Group, GroupSource};
use super::refused::Refused;
use super::remove::RelayKey;
use super::step::{CommitBytes, Next, Submitter, external_pub, summary};
use super::validate::{advance, check};
use crate::store::command::{GroupStep, Hashed, Member, OpenGeneration, Tree};
use bytes::Bytes;
use lacre_wire::codec;
use lacre_wire::identity::Device;
use lacre_wire::ids::{Epoch, Generation, Hash, Millis, SubmitId};
use lacre_wire::push::GenerationOpened;
use lacre_wire::request::Payload;
use lacre_wire::room::mls::creation_facts;
use lacre_wire::room::{RoomView, authorize_opening};
use std::collections::HashSet;

/// A [`lacre_wire::request::OpenGeneration`] with its payloads at hand.
#[derive(Debug, Clone)]
pub struct GenerationBytes {
    /// The new generation.
    pub generation: Generation,
    /// The last epoch of the generation before that the opener follows.
    pub last_good: Epoch,
    /// GroupInfo of epoch 0, an MLSMessage.
    pub group_info: Bytes,
    /// Ratchet tree of epoch 0.
    pub tree: Bytes,
    /// The opener's MAC over the GroupInfo.
    pub gi_mac: Hash,
    /// Number of the room key under which it was made.
    pub key_number: u32,
    /// Names this intention across retries.
    pub submit_id: SubmitId,
    /// The commit that adds the other members.
    pub first: Option<CommitBytes>,
}

/// A generation that may begin. [`ValidGeneration::command`] goes to the store; once accepted, `next`
/// goes to [`super::cache::Groups::keep`].
#[derive(Debug)]
pub struct ValidGeneration {
    /// For the store.
    pub command: OpenGeneration,
    /// The group after the first commit.
    pub next: Next,
}

/// Checks a new generation of the room of `old` and its first commit.
pub(super) fn open(
    old: &Group,
    opener: Submitter,
    bytes: &GenerationBytes,
    relay: &RelayKey,
    now_ms: Millis,
) -> Result<ValidGeneration, Refused> {
    let ((generation, epoch), room) = (old.at(), old.room());
    if bytes.generation <= generation {
        return Err(Refused::WrongEpoch { generation, epoch });
    }
    check_source(&bytes.group_info, &bytes.tree)?;
    GroupInfoParts::parse(&bytes.group_info)?;
    let group = Group::build(&GroupSource {
        group_info: bytes.group_info.clone(),
        tree: bytes.tree.clone(),
    })?;
    let device = Device {
        account: opener.account,
        device: opener.device,
        list_version: 0,
    };
    let facts = creation_facts(&group.public, &relay.public())?;
    let before = RoomView {
        state: old.state()?,
        members: old.leaves()?.members(),
    };
    authorize_opening(&room, bytes.generation, &device, &before, &facts)?;
    let (mut step, next) = match &bytes.first {
        None => (alone(bytes, summary(&facts.state)), Next(group)),
        Some(commit) => {
            let checked = check(&group, &[], opener, commit, now_ms)?;
            let valid = advance(group, checked, opener, commit, relay, now_ms)?;
            (valid.command.step, valid.next)
        }
    };
    let opened = GenerationOpened {
        generation: bytes.generation,
        last_good: bytes.last_good,
        group_info: Payload::ByHash(step.group_info.hash()),
        tree: step.tree.hash,
    };
    step.body = Hashed::new(codec::to_vec(&opened));
    // Who reads already reads on; whom the new group lacks reads no further than this.
    step.adds = members(&next.0)?;
    let stays: HashSet<_> = step.adds.iter().map(|member| member.device).collect();
    step.removes = members(old)?;
    step.removes
        .retain(|member| !stays.contains(&member.device));
    let command = OpenGeneration {
        now_ms,
        room,
        account: opener.account,
        device: opener.device,
        submit_id: bytes.submit_id,
        generation: bytes.generation,
        epoch: next.at().1,
        step,
    };
    Ok(ValidGeneration { command, next })
}

fn members(group: &Group) -> Result<Vec<Member>, Refused> {
    let member = |device: Device| Member {
        account: device.account,
        device: device.device,
    };
    Ok(group.leaves()?.devices().map(member).collect())
}

/// The step of a generation that begins with its opener alone.
fn alone(bytes: &GenerationBytes, summary: crate::store::command::RoomSummary) -> GroupStep {
    GroupStep {
        body: Hashed::new(Vec::new()),
        group_info: Hashed::new(bytes.group_info.clone()),
        gi_mac: bytes.gi_mac,
        key_number: bytes.key_number,
        tree: Tree::new(&Hashed::new(bytes.tree.clone())),
        welcomes: Vec::new(),
        adds: Vec::new(),
        removes: Vec::new(),
        external_pub: external_pub(&bytes.group_info),
        summary,
    }
}
