//! Roles and what they may do.

use minicbor::{Decode, Encode};
use std::fmt;

/// A member's role. Codes are stable; a code this version does not know makes the state
/// unreadable to it, so that it pauses instead of judging wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// Reads and writes. Never stored: it is what everybody has who is not listed.
    #[n(0)]
    #[default]
    Member,
    /// May do everything a room allows.
    #[n(1)]
    Owner,
}

/// Something only some roles may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// Send messages.
    Send,
    /// Add other accounts.
    Add,
    /// Remove devices of other accounts.
    Remove,
    /// Change name, topic and picture.
    SetProfile,
    /// Give and take roles.
    SetRole,
    /// Say who may join.
    SetJoinRule,
    /// Keep accounts out, and let them in again.
    Ban,
    /// Say after what time messages disappear.
    SetDisappearing,
    /// List the room at the relay, rename it there, take it off the list.
    SetListed,
}

impl Role {
    /// Whether the role carries a capability.
    pub const fn can(self, capability: Capability) -> bool {
        match self {
            Self::Owner => true,
            Self::Member => matches!(capability, Capability::Send),
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Send => "send messages",
            Self::Add => "add people",
            Self::Remove => "remove people",
            Self::SetProfile => "change the profile",
            Self::SetRole => "change roles",
            Self::SetJoinRule => "change who may join",
            Self::Ban => "ban people",
            Self::SetDisappearing => "change how long messages stay",
            Self::SetListed => "change the name under which the room is listed",
        })
    }
}
