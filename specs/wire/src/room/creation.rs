//! How a room may begin. A group that was never judged at epoch 0 could start with anybody in it.

use super::kind::RoomKind;
use super::state::RoomState;
use crate::identity::Device;
use crate::ids::{AccountId, DeviceId, Generation, RoomId};

/// What a new group says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreationFacts {
    /// The MLS group id.
    pub group_id: Vec<u8>,
    /// The epoch.
    pub epoch: u64,
    /// The MLS suite.
    pub suite: u16,
    /// Every leaf.
    pub leaves: Vec<Device>,
    /// Whether every leaf is free of a limited MLS lifetime, which OpenMLS would judge by its clock.
    pub lifetimes_unlimited: bool,
    /// The room state.
    pub state: RoomState,
    /// Whether this relay's sender key is the one external sender.
    pub relay_is_external_sender: bool,
    /// Whether the required capabilities are exactly ours.
    pub requires_our_capabilities: bool,
    /// Whether the context holds our extensions and our component and nothing else.
    pub nothing_else: bool,
}

/// What is wrong with the beginning of a room.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CreationRefusal {
    /// Not this generation of this room.
    #[error("expected the group id of room {room}, generation {generation}")]
    GroupId {
        /// The room.
        room: RoomId,
        /// The generation.
        generation: Generation,
    },
    /// Something happened before the relay saw it.
    #[error("a room begins at epoch 0, this group is at {got}")]
    Epoch {
        /// The epoch given.
        got: u64,
    },
    /// Not the suite of the kind.
    #[error("this kind of room uses suite {expected:#06x}, the group uses {got:#06x}")]
    Suite {
        /// The kind's suite.
        expected: u16,
        /// The group's.
        got: u16,
    },
    /// More than the creator's leaf, or somebody else's.
    #[error("a room begins with the leaf of device {creator} alone")]
    Leaves {
        /// Who creates.
        creator: DeviceId,
    },
    /// The creator's leaf would expire by the clock of whoever looks.
    #[error("the creator's leaf has a limited MLS lifetime; create it without a limit")]
    LimitedLifetime,
    /// Not the state its kind begins with.
    #[error(
        "the state is not the one a room of this kind begins with; change it by operations afterwards"
    )]
    State,
    /// The relay could not evict, or somebody else could propose.
    #[error("the group's one external sender must be this relay's sender key")]
    Relay,
    /// Capabilities or extensions other than ours.
    #[error("the group context must hold exactly the extensions and requirements of this version")]
    Context,
}

impl CreationRefusal {
    /// The stable code of the rule.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::GroupId { .. } => "creation.group_id",
            Self::Epoch { .. } => "creation.epoch",
            Self::Suite { .. } => "creation.suite",
            Self::Leaves { .. } => "creation.leaves",
            Self::LimitedLifetime => "creation.limited_lifetime",
            Self::State => "creation.state",
            Self::Relay => "creation.relay",
            Self::Context => "creation.context",
        }
    }
}

/// Judges the first group of a room. `creator` is the device that asks.
///
/// # Errors
/// The first rule that is broken.
pub fn authorize_creation(
    room: &RoomId,
    creator: &Device,
    facts: &CreationFacts,
) -> Result<(), CreationRefusal> {
    begins(room, 0, creator, facts)?;
    if facts.state == begun_by(&facts.state, creator.account) {
        Ok(())
    } else {
        Err(CreationRefusal::State)
    }
}

/// Judges a group at epoch 0, of whatever generation, but for its state.
pub(super) fn begins(
    room: &RoomId,
    generation: Generation,
    creator: &Device,
    facts: &CreationFacts,
) -> Result<(), CreationRefusal> {
    let expected = facts.state.kind.suite();
    let alone = matches!(facts.leaves.as_slice(), [leaf] if (leaf.account, leaf.device) == (creator.account, creator.device));
    if facts.group_id != room.group_id(generation) {
        Err(CreationRefusal::GroupId {
            room: *room,
            generation,
        })
    } else if facts.epoch != 0 {
        Err(CreationRefusal::Epoch { got: facts.epoch })
    } else if facts.suite != expected {
        Err(CreationRefusal::Suite {
            expected,
            got: facts.suite,
        })
    } else if !alone {
        Err(CreationRefusal::Leaves {
            creator: creator.device,
        })
    } else if !facts.lifetimes_unlimited {
        Err(CreationRefusal::LimitedLifetime)
    } else if !facts.relay_is_external_sender {
        Err(CreationRefusal::Relay)
    } else if !facts.requires_our_capabilities || !facts.nothing_else {
        Err(CreationRefusal::Context)
    } else {
        Ok(())
    }
}

/// The template the state claims to be: its kind, and in a direct room whom the creator named.
fn begun_by(state: &RoomState, creator: AccountId) -> RoomState {
    let peer = match state.kind {
        RoomKind::Direct => state
            .roles
            .keys()
            .copied()
            .find(|account| *account != creator),
        RoomKind::Group | RoomKind::Space => None,
    };
    RoomState::template(state.kind, creator, peer)
}
