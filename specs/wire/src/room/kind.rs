//! The kinds of room and the rules a room chooses from.
//!
//! Codes are stable. One that a version does not know makes the state unreadable to it, because
//! these decide who is let in.

use crate::limits::{GROUP_DEVICES, SPACE_DEVICES};
use minicbor::{Decode, Encode};

/// What sort of room it is. Never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum RoomKind {
    /// One pair of accounts, or one account with itself. Membership and roles are fixed.
    #[n(0)]
    Direct,
    /// A closed circle, post-quantum.
    #[n(1)]
    Group,
    /// A large room with channels, classical.
    #[n(2)]
    Space,
}

impl RoomKind {
    /// How many devices such a room holds.
    pub const fn device_cap(self) -> usize {
        match self {
            Self::Direct | Self::Group => GROUP_DEVICES,
            Self::Space => SPACE_DEVICES,
        }
    }

    /// The MLS suite of such a room. Growing never changes it.
    pub const fn suite(self) -> u16 {
        match self {
            Self::Direct | Self::Group => super::SUITE_POST_QUANTUM,
            Self::Space => super::SUITE_CLASSICAL,
        }
    }
}

/// Who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum JoinRule {
    /// Whom a member with the right adds.
    #[n(0)]
    Closed,
    /// Anybody; every member may let people in.
    #[n(1)]
    Open,
}

/// What newcomers may be shown of the time before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum HistoryRule {
    /// Nothing.
    #[n(0)]
    FromJoin,
    /// Everything that is still kept.
    #[n(1)]
    FromStart,
}
