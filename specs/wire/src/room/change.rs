//! What a commit says, in the words the rules use. The translation from MLS is in `mls`.

use super::operation::Operation;
use crate::identity::Device;
use crate::ids::{AccountId, DeviceId};
use std::fmt;

/// Who proposes or commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A device in the room.
    Member {
        /// Whose.
        account: AccountId,
        /// Which.
        device: DeviceId,
    },
    /// The relay, as the group's external sender.
    Relay,
    /// A device that comes in by external commit (RFC 9420 §12.4.3.2).
    Joiner {
        /// Whose.
        account: AccountId,
        /// Which.
        device: DeviceId,
    },
}

/// A proposal the rules never allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unsupported {
    /// PreSharedKey: the relay cannot check it, and a member that lacks the key would be stuck.
    PreSharedKey,
    /// ReInit: suites change by a new generation.
    ReInit,
    /// GroupContextExtensions: state changes by operations, the relay's key not yet at all.
    ContextExtensions,
    /// AppEphemeral.
    AppEphemeral,
    /// An AppDataUpdate of a component other than the room state, or its removal.
    OtherComponent(u16),
    /// An Add sent by the newcomer itself, outside a commit.
    SelfAdd,
    /// A proposal type this version does not know.
    Custom(u16),
}

/// One proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new leaf.
    Add(Device),
    /// A leaf goes.
    Remove {
        /// Whose.
        account: AccountId,
        /// Which.
        device: DeviceId,
    },
    /// The proposer's own leaf goes.
    SelfRemove,
    /// The proposer's own leaf is renewed.
    Update(Device),
    /// The room state changes.
    Operations(Vec<Operation>),
    /// Anything that is always refused.
    Unsupported(Unsupported),
}

/// A proposal and who made it. The proposer is the actor, whoever commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// Who made it.
    pub actor: Actor,
    /// What it says.
    pub change: Change,
}

/// What a commit says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitFacts {
    /// Who commits: a member, or a joiner in an external commit.
    pub committer: Actor,
    /// The proposals in the commit's order, without ExternalInit.
    pub proposals: Vec<Proposed>,
    /// The committer's new leaf, if the commit has a path. Always present in an external commit.
    pub path: Option<Device>,
}

impl CommitFacts {
    /// Whether the committer comes in by this commit.
    pub const fn is_external(&self) -> bool {
        matches!(self.committer, Actor::Joiner { .. })
    }

    /// The operations, in order.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.proposals
            .iter()
            .filter_map(|proposed| match &proposed.change {
                Change::Operations(operations) => Some(operations),
                _ => None,
            })
            .flatten()
    }

    /// The leaves that go, with SelfRemoves, as (account, device).
    pub fn removed(&self) -> impl Iterator<Item = (AccountId, DeviceId)> {
        self.proposals
            .iter()
            .filter_map(|proposed| match (&proposed.change, proposed.actor) {
                (Change::Remove { account, device }, _) => Some((*account, *device)),
                (Change::SelfRemove, Actor::Member { account, device }) => Some((account, device)),
                _ => None,
            })
    }

    /// The leaves that come, with an external committer's own.
    pub fn added(&self) -> impl Iterator<Item = Device> {
        let joiner = self.path.filter(|_| self.is_external());
        let adds = self
            .proposals
            .iter()
            .filter_map(|proposed| match proposed.change {
                Change::Add(device) => Some(device),
                _ => None,
            });
        adds.chain(joiner)
    }

    /// The leaves that are renewed: by Update proposals and by a member's path.
    pub fn renewed(&self) -> impl Iterator<Item = Device> {
        let path = self.path.filter(|_| !self.is_external());
        let updates = self
            .proposals
            .iter()
            .filter_map(|proposed| match proposed.change {
                Change::Update(device) => Some(device),
                _ => None,
            });
        updates.chain(path)
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PreSharedKey => f.write_str("PreSharedKey"),
            Self::ReInit => f.write_str("ReInit"),
            Self::ContextExtensions => f.write_str("GroupContextExtensions"),
            Self::AppEphemeral => f.write_str("AppEphemeral"),
            Self::OtherComponent(id) => write!(f, "AppDataUpdate of component {id:#06x}"),
            Self::SelfAdd => f.write_str("an Add by the newcomer itself"),
            Self::Custom(kind) => write!(f, "proposal type {kind:#06x}"),
        }
    }
}
