//! What a decision changes: writes of single rows, applied in order by every back end.

use super::rows::{AccountRow, Blind, DeviceRow, EntryRow, LogRow, MemberRow, RoomRow, Share};
use bytes::Bytes;
use lacre_wire::ids::{AccountId, DeviceId, Epoch, Generation, Hash, LogId, Millis, RoomId, Seq};
use lacre_wire::log::GoneReason;

/// A write of one row, or of one run of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Inserts or replaces.
    Account(AccountId, Box<AccountRow>),
    /// Inserts or replaces.
    Device(DeviceId, DeviceRow),
    /// Deletes a device with its inbox, its shares and its packages. It is in no room.
    DropDevice(DeviceId),
    /// Inserts or replaces.
    Log(LogId, LogRow),
    /// Inserts or replaces. The room's log comes first.
    Room(RoomId, Box<RoomRow>),
    /// Inserts or replaces.
    Member(RoomId, DeviceId, MemberRow),
    /// Inserts.
    Direct((AccountId, AccountId), RoomId),
    /// Inserts, or takes over from a room without members. The room's log comes first.
    List(String, RoomId),
    /// Deletes, if the name stands for this room.
    Unlist(String, RoomId),
    /// Inserts the next entry of a log whose row is there.
    Append(LogId, Box<EntryRow>),
    /// Takes the body away and leaves its hash.
    Blank(LogId, Seq, Hash, GoneReason),
    /// Deletes entries up to and including this one.
    DropEntries(LogId, Seq),
    /// Inserts or replaces; deletes when empty.
    Share(DeviceId, Blind, Share),
    /// Inserts or replaces.
    Remember(Blind, Seq, Millis),
    /// Deletes some remembered submissions from before this time; which, and when the others go, is
    /// the back end's business: whoever finds one judges its age.
    Forget(Millis),
    /// Inserts.
    AddPackage {
        device: DeviceId,
        suite: u16,
        hash: Hash,
        last_resort: bool,
        package: Bytes,
        now_ms: Millis,
    },
    /// Deletes a one-time package.
    DropPackage(DeviceId, u16, Hash),
    /// Deletes the last-resort package.
    DropLastResort(DeviceId, u16),
    /// Deletes every package of a device.
    DropPackages(DeviceId),
    /// Brings an object's bytes and touches it; keeps its count of references.
    Object(Hash, Bytes, Millis),
    /// One reference more, whether its bytes are here or not.
    Ref(Hash, Millis),
    /// One reference less, and touches it.
    Unref(Hash, Millis),
    /// Deletes.
    DropObject(Hash),
    /// Inserts or replaces.
    Snapshot(RoomId, Generation, Epoch, Bytes),
}
