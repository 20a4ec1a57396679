//! The list of rooms.

use super::connection::{Connection, Values};
use super::convert::{Found, log_id, size, uint};
use super::error::Fault;
use super::sql;
use crate::store::record::ListedRoom;
use lacre_wire::ids::RoomId;
use tokio_postgres::Row;

pub(super) fn find(connection: &Connection, name: &str, locking: bool) -> Found<Option<RoomId>> {
    if locking {
        // A name that nobody has yet has no row to lock.
        connection.query(sql::LOCK_NAME, &[&name])?;
    }
    let found = connection.one(sql::LISTING, &[&name])?;
    found.map(|row| room(&row, 0)).transpose()
}

pub(super) fn page(connection: &Connection, from: &str, limit: usize) -> Found<Vec<ListedRoom>> {
    // The server's texts hold no NUL, and neither does a name: behind one come the names above.
    let (from, too) = match from.split_once('\0') {
        Some((before, _)) => (before, false),
        None => (from, true),
    };
    let values: Values<'_> = &[&from, &size(limit), &too];
    let rows = connection.query(sql::LISTINGS, values)?;
    rows.iter()
        .map(|row| {
            Ok(ListedRoom {
                name: row.try_get(0)?,
                room: room(row, 1)?,
                open: row.try_get(2)?,
                members: uint(row, 3)?,
            })
        })
        .collect()
}

fn room(row: &Row, at: usize) -> Found<RoomId> {
    log_id(row, at)?
        .room()
        .ok_or(Fault::Damaged("a listed inbox"))
}
