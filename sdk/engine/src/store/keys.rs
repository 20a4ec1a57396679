//! K_room by number.

use super::Db;
use crate::content::RoomKey;
use crate::error::Result;
use rusqlite::{OptionalExtension, params};

impl Db {
    /// The newest K_room of a room.
    pub(crate) fn room_key(&self, room: i64) -> Result<Option<(u32, RoomKey)>> {
        self.with(|c| {
            c.prepare_cached(
                "SELECT number, key FROM room_key WHERE room = ?1 ORDER BY number DESC LIMIT 1",
            )?
            .query_row([room], |row| Ok((row.get(0)?, RoomKey::new(row.get(1)?))))
            .optional()
        })
    }

    /// The K_room of a number.
    pub(crate) fn room_key_numbered(&self, room: i64, number: u32) -> Result<Option<RoomKey>> {
        self.with(|c| {
            c.prepare_cached("SELECT key FROM room_key WHERE room = ?1 AND number = ?2")?
                .query_row(params![room, number], |row| Ok(RoomKey::new(row.get(0)?)))
                .optional()
        })
    }

    /// Keeps a K_room. The first one of a number stays; true if it was new.
    pub(crate) fn keep_room_key(&self, room: i64, number: u32, key: &RoomKey) -> Result<bool> {
        let rows = self.with(|c| {
            c.prepare_cached(
                "INSERT OR IGNORE INTO room_key (room, number, key) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![room, number, key.as_bytes()])
        })?;
        Ok(rows == 1)
    }
}
