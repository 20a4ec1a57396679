//! How a room begins: its group at epoch 0 is judged from its public parts, then its first commit
//! like any other. A group that was never judged at its beginning could start with anybody in it.

use super::group_info::GroupInfoParts;
use super::public::{Group, GroupSource};
use super::refused::Refused;
use super::remove::RelayKey;
use super::step::{CommitBytes, Next, Submitter, summary};
use super::validate::{advance, check};
use crate::store::command::{CreateRoom, Hashed, Tree};
use bytes::Bytes;
use lacre_wire::identity::Device;
use lacre_wire::ids::{AccountId, Hash, Millis, RoomId, SubmitId};
use lacre_wire::limits::{MAX_HANDSHAKE, MAX_TREE};
use lacre_wire::room::mls::creation_facts;
use lacre_wire::room::{RoomKind, RoomState, authorize_creation};

/// The number of a room's first key, under which the GroupInfo of epoch 0 is vouched for.
pub const FIRST_KEY_NUMBER: u32 = 1;

/// A [`lacre_wire::request::CreateRoom`] with its payloads at hand.
#[derive(Debug, Clone)]
pub struct CreationBytes {
    /// The new room's id.
    pub room: RoomId,
    /// The other account of a direct room.
    pub peer: Option<AccountId>,
    /// GroupInfo of epoch 0, an MLSMessage.
    pub group_info: Bytes,
    /// Ratchet tree of epoch 0.
    pub tree: Bytes,
    /// The creator's MAC over the GroupInfo.
    pub gi_mac: Hash,
    /// Names this intention across retries.
    pub submit_id: SubmitId,
    /// The commit that adds the first members.
    pub first: Option<CommitBytes>,
}

/// A room that may begin. [`ValidCreation::command`] goes to the store; once accepted, `next` goes
/// to [`super::cache::Groups::keep`].
#[derive(Debug)]
pub struct ValidCreation {
    /// For the store.
    pub command: CreateRoom,
    /// The group after the first commit.
    pub next: Next,
}

/// Checks a new room and its first commit.
pub(super) fn create(
    creator: Submitter,
    bytes: &CreationBytes,
    relay: &RelayKey,
    now_ms: Millis,
) -> Result<ValidCreation, Refused> {
    check_source(&bytes.group_info, &bytes.tree)?;
    // Building the group verifies the GroupInfo by the only leaf; here only its form is left.
    GroupInfoParts::parse(&bytes.group_info)?;
    let source = GroupSource {
        group_info: bytes.group_info.clone(),
        tree: bytes.tree.clone(),
    };
    let group = Group::build(&source)?;
    let device = Device {
        account: creator.account,
        device: creator.device,
        list_version: 0,
    };
    let facts = creation_facts(&group.public, &relay.public())?;
    authorize_creation(&bytes.room, &device, &facts)?;
    let peer = peer_of(&facts.state, creator.account, bytes.peer)?;
    let summary = summary(&facts.state);
    let tree = Hashed::new(bytes.tree.clone());
    let (first, next) = match &bytes.first {
        None => (None, Next(group)),
        Some(commit) => {
            let checked = check(&group, &[], creator, commit, now_ms)?;
            let valid = advance(group, checked, creator, commit, relay, now_ms)?;
            (Some(valid.command.step), valid.next)
        }
    };
    let command = CreateRoom {
        now_ms,
        room: bytes.room,
        account: creator.account,
        device: creator.device,
        submit_id: bytes.submit_id,
        peer,
        group_info: Hashed::new(bytes.group_info.clone()),
        gi_mac: bytes.gi_mac,
        key_number: bytes
            .first
            .as_ref()
            .map_or(FIRST_KEY_NUMBER, |commit| commit.key_number),
        tree: Tree::new(&tree),
        summary,
        first,
    };
    Ok(ValidCreation { command, next })
}

/// The sizes of what a group begins with.
pub(super) fn check_source(group_info: &Bytes, tree: &Bytes) -> Result<(), Refused> {
    for (what, got, most) in [
        ("a GroupInfo", group_info.len(), MAX_HANDSHAKE),
        ("a ratchet tree", tree.len(), MAX_TREE),
    ] {
        if got > most {
            return Err(Refused::TooLarge { what, got, most });
        }
    }
    Ok(())
}

/// The pair by which a direct room is found must be the pair its state names. An account's room
/// with itself is found under itself.
fn peer_of(
    state: &RoomState,
    creator: AccountId,
    peer: Option<AccountId>,
) -> Result<Option<AccountId>, Refused> {
    let peer = match state.kind {
        RoomKind::Direct => Some(peer.unwrap_or(creator)),
        RoomKind::Group | RoomKind::Space => peer,
    };
    let named = match (state.kind, peer) {
        (RoomKind::Direct, peer) => *state == RoomState::template(RoomKind::Direct, creator, peer),
        (RoomKind::Group | RoomKind::Space, peer) => peer.is_none(),
    };
    if named {
        Ok(peer)
    } else {
        Err(Refused::OtherPeer)
    }
}
