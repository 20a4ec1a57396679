//! Changes to rooms and to the account: asked for here, durable, carried out one after another.
//!
//! A change that needs a commit waits for its turn, is built on the room's present epoch, and is done
//! when its commit is reached in the log. Whoever loses a race builds it again.

mod ask;
mod claim;
mod commit;
mod create;
mod fate;
mod gather;
mod invite;
mod join;
mod listing;
mod order;
mod plan;
mod readmit;
mod rejoin;
mod repair;
mod room_keys;
mod settle;
mod work;

pub(crate) use repair::Opening;

use lacre_wire::ids::{AccountId, DeviceId};
use lacre_wire::room::{JoinRule, Role, RoomKind};
use minicbor::{Decode, Encode};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Intent {
    #[n(0)]
    CreateGroup {
        #[n(0)]
        name: String,
        #[n(1)]
        members: Vec<AccountId>,
        /// The name under which everybody finds it, and comes in.
        #[n(2)]
        listed: Option<String>,
        /// A group, or a space.
        #[n(3)]
        kind: RoomKind,
    },
    #[n(1)]
    CreateDirect {
        #[n(0)]
        peer: AccountId,
    },
    /// Every device of these accounts that is not in the room yet.
    #[n(2)]
    Invite {
        #[n(0)]
        accounts: Vec<AccountId>,
        /// They asked for it themselves: who cannot be added is passed over.
        #[n(1)]
        by_request: bool,
    },
    #[n(3)]
    Remove {
        #[n(0)]
        account: AccountId,
    },
    #[n(4)]
    Leave,
    #[n(5)]
    SetName {
        #[n(0)]
        name: String,
    },
    #[n(6)]
    SetRole {
        #[n(0)]
        account: AccountId,
        #[n(1)]
        role: Role,
    },
    #[n(7)]
    SetJoinRule {
        #[n(0)]
        rule: JoinRule,
    },
    #[n(8)]
    Join {
        /// With whom, if it is to be a direct room that was there already.
        #[n(0)]
        peer: Option<AccountId>,
    },
    #[n(9)]
    Approve {
        #[n(0)]
        device: DeviceId,
    },
    #[n(10)]
    Ban {
        #[n(0)]
        account: AccountId,
    },
    #[n(11)]
    Unban {
        #[n(0)]
        account: AccountId,
    },
    #[n(12)]
    SetDisappearing {
        #[n(0)]
        seconds: u32,
    },
    #[n(13)]
    SetListed {
        #[n(0)]
        name: Option<String>,
    },
    /// Whoever is the last owner makes somebody else owner before they go.
    #[n(14)]
    HandOver,
    /// An owner opens the next generation of a room that cannot be followed.
    #[n(15)]
    Repair,
    /// This device, which could not follow a room that others can, comes in again.
    #[n(16)]
    Rejoin,
    /// Those whom a new generation had no room for come back, some at a time.
    #[n(17)]
    Readmit {
        #[n(0)]
        accounts: Vec<AccountId>,
        /// Those of them whom the next commit brings.
        #[n(1)]
        now: Vec<AccountId>,
    },
}

impl Intent {
    /// Whether it is carried out by a commit of this device in a room it is in.
    fn needs_commit(&self) -> bool {
        match self {
            Self::Invite { .. }
            | Self::Readmit { .. }
            | Self::Remove { .. }
            | Self::SetName { .. }
            | Self::SetRole { .. }
            | Self::SetJoinRule { .. }
            | Self::Ban { .. }
            | Self::Unban { .. }
            | Self::SetDisappearing { .. }
            | Self::SetListed { .. }
            | Self::HandOver => true,
            Self::CreateGroup { .. }
            | Self::CreateDirect { .. }
            | Self::Leave
            | Self::Join { .. }
            | Self::Approve { .. }
            | Self::Repair
            | Self::Rejoin => false,
        }
    }

    /// Whether it repairs a room. It comes before all else that is wanted of the room.
    pub(crate) fn is_repair(&self) -> bool {
        matches!(self, Self::Repair | Self::Rejoin)
    }
}
