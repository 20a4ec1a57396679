//! Cursors, and the recent chain of each room.

use super::{Db, int, uint};
use crate::error::Result;
use lacre_wire::ids::{Hash, LogId, Seq};
use rusqlite::{OptionalExtension, params};

/// Chain values kept per room: what a slow member may still compare with.
const CHAIN_KEPT: u64 = 4096;

/// Where this device stands in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) seq: Seq,
    pub(crate) chain: Hash,
}

impl Db {
    /// The position in `log`, if it was ever opened.
    pub(crate) fn position(&self, log: LogId) -> Result<Option<Position>> {
        self.with(|c| {
            c.prepare_cached("SELECT seq, chain FROM log WHERE key = ?1")?
                .query_row([log.to_key()], |row| {
                    Ok(Position {
                        seq: uint(row.get(0)?),
                        chain: Hash(row.get(1)?),
                    })
                })
                .optional()
        })
    }

    /// Moves the position in `log`.
    pub(crate) fn set_position(&self, log: LogId, position: Position) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("INSERT OR REPLACE INTO log (key, seq, chain) VALUES (?1, ?2, ?3)")?
                .execute(params![log.to_key(), int(position.seq), position.chain.0])
        })?;
        Ok(())
    }

    /// Forgets a log.
    pub(crate) fn forget_log(&self, log: LogId) -> Result<()> {
        self.with(|c| c.execute("DELETE FROM log WHERE key = ?1", [log.to_key()]))?;
        Ok(())
    }

    /// Remembers the chain at an entry of a room.
    pub(crate) fn remember_chain(&self, room: i64, position: Position) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("INSERT OR REPLACE INTO chain (room, seq, chain) VALUES (?1, ?2, ?3)")?
                .execute(params![room, int(position.seq), position.chain.0])
        })?;
        Ok(())
    }

    /// Drops chain values that nobody will ask for.
    pub(crate) fn trim_chain(&self, room: i64, head: Seq) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("DELETE FROM chain WHERE room = ?1 AND seq < ?2")?
                .execute(params![room, int(head.saturating_sub(CHAIN_KEPT))])
        })?;
        Ok(())
    }

    /// The chain at an entry of a room, if it is remembered.
    pub(crate) fn chain_at(&self, room: i64, seq: Seq) -> Result<Option<Hash>> {
        self.with(|c| {
            c.prepare_cached("SELECT chain FROM chain WHERE room = ?1 AND seq = ?2")?
                .query_row(params![room, int(seq)], |row| Ok(Hash(row.get(0)?)))
                .optional()
        })
    }
}
