//! What tests of one part after the other begin with.

use crate::engine::{Engine, EngineOptions};
use crate::store::StoreKey;
use crate::store::rooms::Status;
use lacre_wire::ids::{Millis, RoomId};
use lacre_wire::room::RoomKind;
use tempfile::TempDir;

/// A room.
pub(crate) const ROOM: RoomId = RoomId([3; 16]);

/// The engine of a folder.
pub(crate) fn engine(folder: &TempDir, now: Millis) -> Engine {
    let options = EngineOptions {
        path: folder.path().to_owned(),
        key: StoreKey::new([7; 32]),
        client: "test".to_owned(),
    };
    Engine::open(options, now).unwrap()
}

/// An engine that is in [`ROOM`], a group of which nothing was read.
pub(crate) fn in_a_group() -> (TempDir, Engine) {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(&folder, 0);
    let (kind, joined) = (RoomKind::Group, Status::Joined);
    engine.db.add_room(ROOM, kind, 0, joined, None, 0).unwrap();
    (folder, engine)
}
