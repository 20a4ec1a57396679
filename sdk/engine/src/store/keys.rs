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

    /// Keeps a K_room that was made here.
    pub(crate) fn make_room_key(&self, room: i64, number: u32, key: &RoomKey) -> Result<()> {
        self.with(|c| {
            c.prepare_cached(
                "INSERT OR IGNORE INTO room_key (room, number, key, placed) VALUES (?1, ?2, ?3, 0)",
            )?
            .execute(params![room, number, key.as_bytes()])
        })?;
        Ok(())
    }

    /// Keeps a K_room that the log has, this device's own too. The first one of a number stays; true if
    /// it was new.
    pub(crate) fn keep_room_key(&self, room: i64, number: u32, key: &RoomKey) -> Result<bool> {
        let known = self.room_key_numbered(room, number)?;
        let rows = self.with(|c| {
            c.prepare_cached(
                "INSERT INTO room_key (room, number, key, placed) VALUES (?1, ?2, ?3, 1)
                 ON CONFLICT (room, number) DO UPDATE SET key = ?3, placed = 1 WHERE placed = 0",
            )?
            .execute(params![room, number, key.as_bytes()])
        })?;
        Ok(rows == 1 && known.is_none_or(|known| known.as_bytes() != key.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{StoreKey, open_writer};

    #[test]
    fn the_first_key_of_a_number_in_the_log_is_the_rooms() {
        let folder = tempfile::tempdir().unwrap();
        let (db, _lock) = open_writer(folder.path(), &StoreKey::new([7; 32])).unwrap();
        let key = |byte| RoomKey::new([byte; 32]);
        let newest = || db.room_key(1).unwrap().map(|(n, key)| (n, *key.as_bytes()));
        db.make_room_key(1, 2, &key(1)).unwrap();
        assert_eq!(newest(), Some((2, [1; 32])), "used until the log says more");
        assert!(db.keep_room_key(1, 2, &key(9)).unwrap());
        assert!(!db.keep_room_key(1, 2, &key(1)).unwrap());
        assert_eq!(newest(), Some((2, [9; 32])), "another's came first");
        db.make_room_key(1, 3, &key(3)).unwrap();
        assert!(!db.keep_room_key(1, 3, &key(3)).unwrap());
        assert!(!db.keep_room_key(1, 3, &key(9)).unwrap());
        assert_eq!(newest(), Some((3, [3; 32])), "the own one came first");
    }
}
