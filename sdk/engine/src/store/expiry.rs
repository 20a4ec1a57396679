//! When messages go, and what may be reported of them for a while after.

use super::{Db, int, uint};
use crate::content::MessageId;
use crate::error::Result;
use crate::event::LocalId;
use crate::expiry::Expiry;
use lacre_wire::ids::{AccountId, Millis, Seq};
use rusqlite::{OptionalExtension, Row, params};
use std::time::Duration;

pub(super) const SCHEMA: &str = "
-- When messages go: at a moment, or so long after they were read here. A moment is set then.
CREATE TABLE expiry (item INTEGER PRIMARY KEY, due_ms INTEGER, after_ms INTEGER) STRICT;
CREATE INDEX expiry_due ON expiry (due_ms) WHERE due_ms IS NOT NULL;

-- What can still be reported of messages that were deleted or have gone, and until when. The engine
-- has the clock, and says until when as soon as it sees a new row.
CREATE TABLE evidence (id INTEGER PRIMARY KEY, room INTEGER NOT NULL, message BLOB NOT NULL, sender BLOB NOT NULL,
    content BLOB NOT NULL, stamp BLOB NOT NULL, until_ms INTEGER) STRICT;
CREATE INDEX evidence_until ON evidence (until_ms);

-- What somebody said is dropped: it moves aside where it can be reported, and is to be cleared from the files.
CREATE TRIGGER message_unsaid AFTER UPDATE OF content ON message
WHEN old.content IS NOT NULL AND new.content IS NULL BEGIN
    INSERT INTO evidence (room, message, sender, content, stamp)
        SELECT old.room, old.message, old.sender, old.content, old.stamp FROM room
        WHERE ref = old.room AND kind <> 0 AND old.stamp IS NOT NULL;
    INSERT INTO meta (key, value) VALUES ('erased', x'01') ON CONFLICT (key) DO NOTHING;
END;
-- Nothing that hangs on a message outlives it.
CREATE TRIGGER message_forgotten AFTER DELETE ON message BEGIN
    INSERT INTO evidence (room, message, sender, content, stamp)
        SELECT old.room, old.message, old.sender, old.content, old.stamp FROM room
        WHERE ref = old.room AND kind <> 0 AND old.content IS NOT NULL AND old.stamp IS NOT NULL;
    DELETE FROM expiry WHERE item = old.id;
    DELETE FROM act WHERE room = old.room AND target = old.message;
    INSERT INTO meta (key, value) VALUES ('erased', x'01') ON CONFLICT (key) DO NOTHING;
END;
-- A later version of a text is what somebody said as well.
CREATE TRIGGER act_forgotten AFTER DELETE ON act WHEN old.kind = 0 BEGIN
    INSERT INTO evidence (room, message, sender, content, stamp)
        SELECT old.room, old.message, old.sender, old.value, old.stamp FROM room
        WHERE ref = old.room AND room.kind <> 0 AND old.stamp IS NOT NULL;
END;
";

/// Present while something that was dropped may still stand in the files.
const ERASED: &str = "erased";

/// A message whose time has come.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) room: i64,
    pub(crate) item: LocalId,
    pub(crate) message: MessageId,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Due> {
    Ok(Due {
        room: row.get(0)?,
        item: row.get(1)?,
        message: MessageId::from_slice(row.get_ref(2)?.as_blob()?).unwrap_or(MessageId::NONE),
    })
}

/// How two columns say when a message goes.
pub(super) fn expiry(due: Option<i64>, after: Option<i64>) -> Option<Expiry> {
    let at = due.map(|due| Expiry::At(uint(due)));
    at.or(after.map(|after| Expiry::AfterReading(Duration::from_millis(uint(after)))))
}

impl Db {
    /// Says when an item goes.
    pub(crate) fn set_expiry(&self, item: LocalId, expiry: Expiry) -> Result<()> {
        let (due, after) = match expiry {
            Expiry::At(due) => (Some(int(due)), None),
            Expiry::AfterReading(after) => (
                None,
                Some(i64::try_from(after.as_millis()).unwrap_or(i64::MAX)),
            ),
        };
        self.with(|c| {
            c.prepare_cached(
                "INSERT OR REPLACE INTO expiry (item, due_ms, after_ms) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![item, due, after])
        })?;
        Ok(())
    }

    /// When a message of `sender` goes, if it does.
    pub(crate) fn expiry_of(
        &self,
        room: i64,
        message: MessageId,
        sender: AccountId,
    ) -> Result<Option<Expiry>> {
        let found = self.with(|c| {
            c.prepare_cached(
                "SELECT e.due_ms, e.after_ms FROM expiry e JOIN message m ON m.id = e.item
                 WHERE m.room = ?1 AND m.message = ?2 AND m.sender = ?3",
            )?
            .query_row(params![room, message.as_bytes(), sender.0], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
        })?;
        Ok(found.and_then(|(due, after)| expiry(due, after)))
    }

    /// An own item has its place in the log: from there its time runs, if none runs yet.
    pub(crate) fn start_timer(&self, item: LocalId, from: Millis) -> Result<bool> {
        let rows = self.with(|c| {
            c.prepare_cached(
                "UPDATE expiry SET due_ms = ?2 + after_ms WHERE item = ?1 AND due_ms IS NULL",
            )?
            .execute(params![item, int(from)])
        })?;
        Ok(rows > 0)
    }

    /// The items of a room up to `seq` were read: their time runs from now on. True if there were any.
    pub(crate) fn start_timers(&self, room: i64, seq: Seq, now: Millis) -> Result<bool> {
        let rows = self.with(|c| {
            c.prepare_cached(
                "UPDATE expiry SET due_ms = ?3 + after_ms WHERE due_ms IS NULL AND item IN
                    (SELECT m.id FROM expiry e JOIN message m ON m.id = e.item
                     WHERE e.due_ms IS NULL AND m.room = ?1 AND m.seq <= ?2)",
            )?
            .execute(params![room, int(seq), int(now)])
        })?;
        Ok(rows > 0)
    }

    /// Items whose time has come, at most `limit`.
    pub(crate) fn due_items(&self, now: Millis, limit: u32) -> Result<Vec<Due>> {
        self.with(|c| {
            let mut statement = c.prepare_cached(
                "SELECT m.room, m.id, m.message FROM expiry e JOIN message m ON m.id = e.item
                 WHERE e.due_ms <= ?1 ORDER BY e.due_ms LIMIT ?2",
            )?;
            statement
                .query_map(params![int(now), limit], read)?
                .collect()
        })
    }

    /// The next moment at which an item goes.
    pub(crate) fn next_expiry(&self) -> Result<Option<Millis>> {
        self.earliest("SELECT min(due_ms) FROM expiry WHERE due_ms IS NOT NULL")
    }

    /// Takes an item out of the timeline, the index, and whatever hangs on it.
    pub(crate) fn remove_message(&self, item: LocalId) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("DELETE FROM message WHERE id = ?1")?
                .execute([item])
        })?;
        Ok(())
    }

    /// Says until when new evidence is kept; what `me` said needs none.
    pub(crate) fn date_evidence(&self, me: AccountId, until: Millis) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("DELETE FROM evidence WHERE until_ms IS NULL AND sender = ?1")?
                .execute([me.0])?;
            c.prepare_cached("UPDATE evidence SET until_ms = ?1 WHERE until_ms IS NULL")?
                .execute([int(until)])
        })?;
        Ok(())
    }

    /// Whether something that was dropped may still stand in the files.
    pub(crate) fn is_erased(&self) -> Result<bool> {
        Ok(self.meta(ERASED)?.is_some())
    }

    /// How many rows this connection has changed since it was opened, triggers included.
    pub(crate) fn changes_made(&self) -> Result<u64> {
        self.with(|c| Ok(c.total_changes()))
    }

    /// Something was dropped that no trigger sees.
    pub(crate) fn note_erased(&self) -> Result<()> {
        self.set_meta(ERASED, &[1])
    }

    /// The files are clear.
    pub(crate) fn forget_erased(&self) -> Result<()> {
        self.with(|c| c.execute("DELETE FROM meta WHERE key = ?1", [ERASED]))?;
        Ok(())
    }

    /// Drops what cannot be reported any more; true if there was any.
    pub(crate) fn drop_evidence(&self, now: Millis) -> Result<bool> {
        let rows = self.with(|c| {
            c.prepare_cached("DELETE FROM evidence WHERE until_ms <= ?1")?
                .execute([int(now)])
        })?;
        Ok(rows > 0)
    }

    /// The next moment at which evidence ends.
    pub(crate) fn next_evidence(&self) -> Result<Option<Millis>> {
        self.earliest("SELECT min(until_ms) FROM evidence WHERE until_ms IS NOT NULL")
    }

    fn earliest(&self, sql: &str) -> Result<Option<Millis>> {
        let found: Option<i64> =
            self.with(|c| c.prepare_cached(sql)?.query_row([], |row| row.get(0)))?;
        Ok(found.map(uint))
    }
}
