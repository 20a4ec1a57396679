//! Messages on their way out: safe here before a byte leaves, gone when met in the log.

use super::{Db, int, uint};
use crate::error::Result;
use crate::event::LocalId;
use lacre_wire::ids::{Epoch, Generation, Hash, SubmitId};
use rusqlite::{OptionalExtension, Row, params};

/// A message on its way.
#[derive(Debug, Clone)]
pub(crate) struct OutboxRow {
    pub(crate) id: i64,
    pub(crate) submit: SubmitId,
    /// The line it is.
    pub(crate) item: Option<LocalId>,
    /// The act it is.
    pub(crate) act: Option<i64>,
    pub(crate) content: Vec<u8>,
    pub(crate) sealed: Option<Sealed>,
}

/// The bytes that were (or may have been) sent, and the epoch they belong to.
#[derive(Debug, Clone)]
pub(crate) struct Sealed {
    pub(crate) bytes: Vec<u8>,
    pub(crate) generation: Generation,
    pub(crate) epoch: Epoch,
}

fn read(row: &Row<'_>) -> rusqlite::Result<OutboxRow> {
    let sealed: Option<Vec<u8>> = row.get(5)?;
    let sealed = match sealed {
        Some(bytes) => Some(Sealed {
            bytes,
            generation: row.get(6)?,
            epoch: uint(row.get(7)?),
        }),
        None => None,
    };
    Ok(OutboxRow {
        id: row.get(0)?,
        submit: SubmitId(row.get(1)?),
        item: row.get(2)?,
        act: row.get(3)?,
        content: row.get(4)?,
        sealed,
    })
}

const COLUMNS: &str = "id, submit, item, act, content, sealed, generation, epoch";

impl Db {
    /// Puts a message at the end of a room's outbox: a line, an act, or neither.
    pub(crate) fn enqueue(
        &self,
        room: i64,
        submit: SubmitId,
        item: Option<LocalId>,
        act: Option<i64>,
        content: &[u8],
    ) -> Result<i64> {
        self.with(|c| {
            c.prepare_cached(
                "INSERT INTO outbox (room, submit, item, act, content) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![room, submit.0, item, act, content])?;
            Ok(c.last_insert_rowid())
        })
    }

    /// The oldest `limit` messages of a room's outbox behind `after`, in order.
    pub(crate) fn outbox(&self, room: i64, after: i64, limit: usize) -> Result<Vec<OutboxRow>> {
        self.with(|c| {
            let mut statement = c.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM outbox WHERE room = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
            ))?;
            statement
                .query_map(params![room, after, int(limit as u64)], read)?
                .collect()
        })
    }

    /// Rooms that have something to send.
    pub(crate) fn rooms_with_outbox(&self) -> Result<Vec<i64>> {
        self.with(|c| {
            let mut statement = c.prepare_cached("SELECT DISTINCT room FROM outbox")?;
            statement.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// Keeps the sealed bytes of a message, before they leave.
    pub(crate) fn set_sealed(&self, id: i64, sealed: &Sealed, hash: Hash) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("UPDATE outbox SET sealed = ?2, sealed_hash = ?3, generation = ?4, epoch = ?5 WHERE id = ?1")?
                .execute(params![id, sealed.bytes, hash.0, sealed.generation, int(sealed.epoch)])
        })?;
        Ok(())
    }

    /// The message whose sealed bytes have this hash: an own envelope met in the log.
    pub(crate) fn own_envelope(&self, room: i64, hash: Hash) -> Result<Option<OutboxRow>> {
        self.with(|c| {
            c.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM outbox WHERE room = ?1 AND sealed_hash = ?2"
            ))?
            .query_row(params![room, hash.0], read)
            .optional()
        })
    }

    /// One row.
    pub(crate) fn outbox_row(&self, id: i64) -> Result<Option<OutboxRow>> {
        self.with(|c| {
            c.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1"))?
                .query_row([id], read)
                .optional()
        })
    }

    /// What a sealed message says is dropped; its bytes stay, to be recognised by.
    pub(crate) fn blank(&self, id: i64) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("UPDATE outbox SET content = x'', item = NULL WHERE id = ?1")?
                .execute([id])
        })?;
        Ok(())
    }

    /// A message is done, or given up.
    pub(crate) fn dequeue(&self, id: i64) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("DELETE FROM outbox WHERE id = ?1")?
                .execute([id])
        })?;
        Ok(())
    }
}
