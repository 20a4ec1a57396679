//! Commands about objects, snapshots and retention.

use super::Hashed;
use bytes::Bytes;
use lacre_wire::ids::{Epoch, Generation, Millis, RoomId};

/// An uploaded object: a tree, a GroupInfo, a Welcome or a large commit that a command will name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutObject {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The object, at most [`lacre_wire::limits::MAX_OBJECT`] bytes.
    pub object: Hashed,
}

/// The relay's own record of a room's public group at an epoch; replaces an older one. Handshakes
/// after the kept snapshot are never trimmed, so a restart goes on from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutSnapshot {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The room.
    pub room: RoomId,
    /// Generation of its group.
    pub generation: Generation,
    /// Epoch the snapshot stands at.
    pub epoch: Epoch,
    /// The snapshot; opaque to the store.
    pub snapshot: Bytes,
}

/// One step of retention, of at most `limit` rows, so that it never holds the writer for long. To
/// be repeated while the outcome says that there is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Housekeep {
    /// The relay's clock.
    pub now_ms: Millis,
    /// Rows touched at most; 500 is a good value.
    pub limit: u32,
}
