//! Messages to be sent later.

use super::{Db, int, uint};
use crate::error::Result;
use crate::schedule::{Scheduled, ScheduledId};
use lacre_wire::ids::{Millis, RoomId};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) const SCHEMA: &str = "
-- Messages to be sent later. One that could not be is kept, with the code of the reason.
CREATE TABLE scheduled (id INTEGER PRIMARY KEY AUTOINCREMENT, room INTEGER NOT NULL, at_ms INTEGER NOT NULL,
    text TEXT NOT NULL, error TEXT) STRICT;
CREATE INDEX scheduled_at ON scheduled (at_ms) WHERE error IS NULL;
";

const SELECT: &str =
    "SELECT s.id, r.id, s.text, s.at_ms, s.error FROM scheduled s JOIN room r ON r.ref = s.room";

fn read(row: &Row<'_>) -> rusqlite::Result<Scheduled> {
    Ok(Scheduled {
        id: row.get(0)?,
        room: RoomId(row.get(1)?),
        text: row.get(2)?,
        at: uint(row.get(3)?),
        failed: row.get(4)?,
    })
}

/// The messages that wait, of a room or of all, in the order of their times.
pub(crate) fn list(
    connection: &Connection,
    room: Option<RoomId>,
) -> rusqlite::Result<Vec<Scheduled>> {
    let sql = format!("{SELECT} WHERE ?1 IS NULL OR r.id = ?1 ORDER BY s.at_ms, s.id");
    connection
        .prepare_cached(&sql)?
        .query_map([room.map(|room| room.0)], read)?
        .collect()
}

impl Db {
    /// Keeps a message for later.
    pub(crate) fn add_scheduled(&self, room: i64, text: &str, at: Millis) -> Result<ScheduledId> {
        self.with(|c| {
            c.prepare_cached("INSERT INTO scheduled (room, text, at_ms) VALUES (?1, ?2, ?3)")?
                .execute(params![room, text, int(at)])?;
            Ok(c.last_insert_rowid())
        })
    }

    /// A message that waits.
    pub(crate) fn scheduled(&self, id: ScheduledId) -> Result<Option<Scheduled>> {
        self.with(|c| {
            c.prepare_cached(&format!("{SELECT} WHERE s.id = ?1"))?
                .query_row([id], read)
                .optional()
        })
    }

    /// The messages whose time has come, in the order of their times.
    pub(crate) fn due_scheduled(&self, now: Millis) -> Result<Vec<Scheduled>> {
        self.with(|c| {
            let sql =
                format!("{SELECT} WHERE s.error IS NULL AND s.at_ms <= ?1 ORDER BY s.at_ms, s.id");
            c.prepare_cached(&sql)?
                .query_map([int(now)], read)?
                .collect()
        })
    }

    /// The next moment after `now` at which a message is to be sent.
    pub(crate) fn next_scheduled(&self, now: Millis) -> Result<Option<Millis>> {
        let found: Option<i64> = self.with(|c| {
            c.prepare_cached("SELECT min(at_ms) FROM scheduled WHERE error IS NULL AND at_ms > ?1")?
                .query_row([int(now)], |row| row.get(0))
        })?;
        Ok(found.map(uint))
    }

    /// Another text and time; it is tried again even if it has failed.
    pub(crate) fn set_scheduled(&self, id: ScheduledId, text: &str, at: Millis) -> Result<()> {
        self.with(|c| {
            c.prepare_cached(
                "UPDATE scheduled SET text = ?2, at_ms = ?3, error = NULL WHERE id = ?1",
            )?
            .execute(params![id, text, int(at)])
        })?;
        Ok(())
    }

    /// It could not be sent, for a reason that waiting does not mend.
    pub(crate) fn fail_scheduled(&self, id: ScheduledId, code: &str) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("UPDATE scheduled SET error = ?2 WHERE id = ?1")?
                .execute(params![id, code])
        })?;
        Ok(())
    }

    /// It was sent, or taken back.
    pub(crate) fn drop_scheduled(&self, id: ScheduledId) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("DELETE FROM scheduled WHERE id = ?1")?
                .execute([id])
        })?;
        Ok(())
    }
}
