//! What a thief finds in the relay's store: the public state of a room that outsiders are not shown.

use lacre_wire::ids::{LogId, RoomId};
use rusqlite::{Connection, OpenFlags, params};
use std::path::Path;
use std::time::Duration;

/// A room's GroupInfo and tree.
#[derive(Clone)]
pub struct PublicState {
    /// The GroupInfo, without a tree.
    pub group_info: Vec<u8>,
    /// The tree.
    pub tree: Vec<u8>,
}

/// Takes a room's public state out of the store in a relay's folder.
pub fn public_state(folder: &Path, room: RoomId) -> PublicState {
    let store =
        Connection::open_with_flags(folder.join("relay.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)
            .unwrap();
    store.busy_timeout(Duration::from_secs(10)).unwrap();
    let object = |what: &str| {
        let sql = format!(
            "SELECT object.bytes FROM log JOIN room ON room.log = log.number \
             JOIN object ON object.hash = room.{what} WHERE log.key = ?1"
        );
        let key = LogId::Room(room).to_key();
        store
            .query_row(&sql, params![key], |row| row.get(0))
            .unwrap()
    };
    PublicState {
        group_info: object("group_info"),
        tree: object("tree"),
    }
}
