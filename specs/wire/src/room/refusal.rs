//! Why a commit may not pass. Relay and clients give the same answer, so the codes are stable.

use super::change::Unsupported;
use super::operation::OperationError;
use super::role::Capability;
use super::state::StateError;
use crate::identity::IdentityError;
use crate::ids::{AccountId, DeviceId};

/// The rule a commit or proposal breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The room asks for rules of a later version; nothing can be judged.
    #[error(
        "this room needs version {needed} of the rules, this is version {known}; update to go on"
    )]
    NeedsNewerVersion {
        /// What the room asks for.
        needed: u32,
        /// What is implemented here.
        known: u32,
    },
    /// The room's state cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// The operations cannot be read.
    #[error(transparent)]
    Operations(#[from] OperationError),
    /// A leaf's identity is not believed.
    #[error("a leaf is not accepted: {0}")]
    Identity(#[from] IdentityError),
    /// A proposal or commit names a leaf index that holds nobody, or a sender that does not exist.
    #[error("there is no member at leaf {index}")]
    NoSuchLeaf {
        /// The leaf index.
        index: u32,
    },
    /// The proposer or committer is not in the room.
    #[error("device {device} of account {account} is not in the room")]
    NotPresent {
        /// Whose.
        account: AccountId,
        /// Which.
        device: DeviceId,
    },
    /// The device has a leaf already.
    #[error(
        "device {device} of account {account} is in the room already; remove its old leaf in the same commit"
    )]
    AlreadyPresent {
        /// Whose.
        account: AccountId,
        /// Which.
        device: DeviceId,
    },
    /// Two proposals concern the same leaf.
    #[error("the commit names device {device} of account {account} twice")]
    NamedTwice {
        /// Whose.
        account: AccountId,
        /// Which.
        device: DeviceId,
    },
    /// The committer cannot take itself out.
    #[error("device {device} cannot commit its own removal; propose it instead")]
    CommitterRemoved {
        /// Which.
        device: DeviceId,
    },
    /// The relay may evict and nothing else.
    #[error("the relay may propose to remove a device and nothing else")]
    RelayMayOnlyRemove,
    /// The account's role does not carry the right.
    #[error("account {account} may not {capability} in this room")]
    MayNot {
        /// Who.
        account: AccountId,
        /// What it takes.
        capability: Capability,
    },
    /// Somebody else proposes a device of an account that is in the room.
    #[error("account {actor} proposes a device of account {account}, which must do that itself")]
    ForeignDevice {
        /// Who proposes.
        actor: AccountId,
        /// Whose device it is.
        account: AccountId,
    },
    /// A leaf stands by an older device list than the room has seen.
    #[error(
        "device {device} stands by device list {version}, this room knows version {at_least}; renew its leaf"
    )]
    OldDeviceList {
        /// Which.
        device: DeviceId,
        /// Version in the leaf.
        version: u64,
        /// The lowest version that would do.
        at_least: u64,
    },
    /// A new key package that OpenMLS would judge by its own clock.
    #[error(
        "the key package of device {device} has a limited MLS lifetime; expiry is checked when it is claimed"
    )]
    LimitedLifetime {
        /// Which.
        device: DeviceId,
    },
    /// An Update or path turns a leaf into somebody else's.
    #[error("the new leaf of device {device} is device {got}; a leaf keeps its account and device")]
    LeafChanged {
        /// Whose leaf it was.
        device: DeviceId,
        /// Whose it would be.
        got: DeviceId,
    },
    /// An external commit holds ExternalInit and at most the removal of the joiner's own old leaf.
    #[error("an external commit may only add device {device} and remove its old leaf")]
    ExternalContent {
        /// Who joins.
        device: DeviceId,
    },
    /// Nobody lets this account in.
    #[error("account {account} may not join this room by itself; ask a member to add it")]
    JoinClosed {
        /// Who.
        account: AccountId,
    },
    /// The room keeps this account out.
    #[error("account {account} is banned from this room; an owner can lift the ban")]
    Banned {
        /// Who.
        account: AccountId,
    },
    /// More bans than a room holds.
    #[error("a room holds at most {most} bans; lift one that is not needed")]
    TooManyBans {
        /// The limit.
        most: usize,
    },
    /// A name under which no room can be listed.
    #[error("a listed name has 1 to {most} bytes and no control characters")]
    BadListedName {
        /// The limit.
        most: usize,
    },
    /// A direct room is for its pair.
    #[error("account {account} is not one of the two of this direct room")]
    NotInPair {
        /// Who.
        account: AccountId,
    },
    /// Roles, join rule and bans of a direct room never change.
    #[error("roles, join rule and bans of a direct room are fixed, and it is never listed")]
    FixedInDirect,
    /// In a direct room nobody puts the other out.
    #[error("account {account} cannot be removed from a direct room by the other; leave instead")]
    LastLeafOfPeer {
        /// Who.
        account: AccountId,
    },
    /// Members would remain without an owner.
    #[error("account {account} is the last owner; make somebody else owner first")]
    LastOwner {
        /// Who.
        account: AccountId,
    },
    /// Somebody with a role goes, and the role would wait for them.
    #[error("account {account} leaves with a role; the commit must clear it")]
    RoleKept {
        /// Who.
        account: AccountId,
    },
    /// A role for somebody who is not there.
    #[error("account {account} is not in the room and cannot have a role")]
    TargetAbsent {
        /// Who.
        account: AccountId,
    },
    /// A commit carries one list of operations.
    #[error("a commit carries one list of operations, this one {got}")]
    SeveralUpdates {
        /// How many.
        got: usize,
    },
    /// The sealed profile is too large.
    #[error("a profile holds at most {most} sealed bytes")]
    ProfileTooLarge {
        /// The limit.
        most: usize,
    },
    /// The state would outgrow its limit.
    #[error("a room state holds at most {most} bytes, this one would have {got}")]
    StateTooLarge {
        /// The limit.
        most: usize,
        /// What it would have.
        got: usize,
    },
    /// The room would outgrow its kind.
    #[error("this kind of room holds at most {most} devices, this commit makes {got}")]
    TooManyDevices {
        /// The limit.
        most: usize,
        /// What it would have.
        got: usize,
    },
    /// GroupContextExtensions, which would replace all rules at once.
    #[error("group context extensions are not changed by proposal; send operations")]
    ContextExtensions,
    /// A proposal type that is never allowed.
    #[error("{0} is not used in rooms")]
    Unsupported(Unsupported),
}

impl Refusal {
    /// The stable code of the rule.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NeedsNewerVersion { .. }
            | Self::State(StateError::NeedsNewerVersion(_))
            | Self::Operations(OperationError::NeedsNewerVersion(_)) => "room.needs_newer_version",
            Self::State(_) => "room.state_unreadable",
            Self::Operations(_) => "room.operations_unreadable",
            Self::Identity(_) => "room.identity",
            Self::NoSuchLeaf { .. } => "room.no_such_leaf",
            Self::NotPresent { .. } => "room.not_present",
            Self::AlreadyPresent { .. } => "room.already_present",
            Self::NamedTwice { .. } => "room.named_twice",
            Self::CommitterRemoved { .. } => "room.committer_removed",
            Self::RelayMayOnlyRemove => "room.relay_may_only_remove",
            Self::MayNot { .. } => "room.may_not",
            Self::ForeignDevice { .. } => "room.foreign_device",
            Self::OldDeviceList { .. } => "room.old_device_list",
            Self::LimitedLifetime { .. } => "room.limited_lifetime",
            Self::LeafChanged { .. } => "room.leaf_changed",
            Self::ExternalContent { .. } => "room.external_content",
            Self::JoinClosed { .. } => "room.join_closed",
            Self::Banned { .. } => "room.banned",
            Self::TooManyBans { .. } => "room.too_many_bans",
            Self::BadListedName { .. } => "room.bad_listed_name",
            Self::NotInPair { .. } => "room.not_in_pair",
            Self::FixedInDirect => "room.fixed_in_direct",
            Self::LastLeafOfPeer { .. } => "room.last_leaf_of_peer",
            Self::LastOwner { .. } => "room.last_owner",
            Self::RoleKept { .. } => "room.role_kept",
            Self::TargetAbsent { .. } => "room.target_absent",
            Self::SeveralUpdates { .. } => "room.several_updates",
            Self::ProfileTooLarge { .. } => "room.profile_too_large",
            Self::StateTooLarge { .. } => "room.state_too_large",
            Self::TooManyDevices { .. } => "room.too_many_devices",
            Self::ContextExtensions => "room.context_extensions",
            Self::Unsupported(_) => "room.unsupported",
        }
    }

    /// Whether the answer is to update, not to give up: a client pauses the room and keeps it.
    pub fn needs_newer_version(&self) -> bool {
        self.code() == "room.needs_newer_version"
    }
}
