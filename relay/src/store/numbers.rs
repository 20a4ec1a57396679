//! Kinds and reasons as the numbers both databases keep. A number once given never changes.

use lacre_wire::log::{EntryKind, GoneReason};
use lacre_wire::room::RoomKind;

pub(crate) const fn entry_kind(kind: EntryKind) -> i16 {
    match kind {
        EntryKind::Message => 0,
        EntryKind::Commit => 1,
        EntryKind::Proposal => 2,
        EntryKind::Generation => 3,
        EntryKind::Welcome => 16,
        EntryKind::Evicted => 17,
        EntryKind::DeviceMessage => 18,
        EntryKind::ApprovalRequested => 19,
    }
}

pub(crate) const fn to_entry_kind(number: i64) -> Option<EntryKind> {
    Some(match number {
        0 => EntryKind::Message,
        1 => EntryKind::Commit,
        2 => EntryKind::Proposal,
        3 => EntryKind::Generation,
        16 => EntryKind::Welcome,
        17 => EntryKind::Evicted,
        18 => EntryKind::DeviceMessage,
        19 => EntryKind::ApprovalRequested,
        _ => return None,
    })
}

pub(crate) const fn gone_reason(reason: GoneReason) -> i16 {
    match reason {
        GoneReason::Expired => 0,
        GoneReason::Deleted => 1,
    }
}

pub(crate) const fn to_gone_reason(number: i64) -> Option<GoneReason> {
    match number {
        0 => Some(GoneReason::Expired),
        1 => Some(GoneReason::Deleted),
        _ => None,
    }
}

pub(crate) const fn room_kind(kind: RoomKind) -> i16 {
    match kind {
        RoomKind::Direct => 0,
        RoomKind::Group => 1,
        RoomKind::Space => 2,
    }
}

pub(crate) const fn to_room_kind(number: i64) -> Option<RoomKind> {
    Some(match number {
        0 => RoomKind::Direct,
        1 => RoomKind::Group,
        2 => RoomKind::Space,
        _ => return None,
    })
}
