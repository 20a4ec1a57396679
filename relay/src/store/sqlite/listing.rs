//! The list of rooms in SQL.

use super::convert::{damaged, log_id, size, uint};
use crate::store::record::ListedRoom;
use lacre_wire::ids::RoomId;
use rusqlite::{Connection, OptionalExtension, params};

/// Rooms that are listed, with the number of their members.
const PAGE: &str = "
    SELECT listing.name, log.key, room.join_open,
        (SELECT count(DISTINCT account) FROM member WHERE member.log = listing.log AND until_seq IS NULL) AS members
    FROM listing JOIN log ON log.number = listing.log JOIN room ON room.log = listing.log
    WHERE listing.name >= ?1 AND members > 0 ORDER BY listing.name LIMIT ?2";

pub(super) fn put(connection: &Connection, name: &str, log: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO listing VALUES (?1, ?2) ON CONFLICT DO UPDATE SET log = excluded.log",
        )?
        .execute(params![name, log])
        .map(std::mem::drop)
}

pub(super) fn drop(connection: &Connection, name: &str, log: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM listing WHERE name = ?1 AND log = ?2")?
        .execute(params![name, log])
        .map(std::mem::drop)
}

pub(super) fn find(connection: &Connection, name: &str) -> rusqlite::Result<Option<RoomId>> {
    let key: Option<Vec<u8>> = connection
        .prepare_cached(
            "SELECT log.key FROM listing JOIN log ON log.number = listing.log WHERE listing.name = ?1",
        )?
        .query_row([name], |row| row.get(0))
        .optional()?;
    key.map(|key| room(&key)).transpose()
}

pub(super) fn has_members(connection: &Connection, log: i64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM member WHERE log = ?1 AND until_seq IS NULL")?
        .exists([log])
}

pub(super) fn page(
    connection: &Connection,
    from: &str,
    limit: usize,
) -> rusqlite::Result<Vec<ListedRoom>> {
    let mut statement = connection.prepare_cached(PAGE)?;
    let rows = statement.query_map(params![from, size(limit)], |row| {
        let key: Vec<u8> = row.get(1)?;
        Ok(ListedRoom {
            name: row.get(0)?,
            room: room(&key)?,
            open: row.get(2)?,
            members: uint(row, 3)?,
        })
    })?;
    rows.collect()
}

fn room(key: &[u8]) -> rusqlite::Result<RoomId> {
    log_id(key)?.room().ok_or_else(|| damaged("a listed inbox"))
}
