//! Rooms that stop, and how they go on.

use super::rooms::Status;
use super::{Db, int};
use crate::error::Result;
use crate::event::LocalId;
use lacre_wire::ids::{Generation, Seq};
use rusqlite::params;

/// How a room that stopped is on its way back: its log is read on, past what cannot be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Healing {
    /// A handshake could not be applied, or is no longer kept.
    Cut = 1,
    /// The relay's store has another history, which is read from its beginning.
    Reset = 2,
}

impl Healing {
    pub(super) fn from_int(value: i64) -> Option<Self> {
        match value {
            1 => Some(Self::Cut),
            2 => Some(Self::Reset),
            _ => None,
        }
    }
}

impl Db {
    /// A room stops, for a reason that is shown; `healing` says how it may come back.
    pub(crate) fn stop(&self, r: i64, reason: &str, healing: Option<Healing>) -> Result<()> {
        let healing = healing.map_or(0, |healing| healing as i64);
        self.with(|c| {
            c.execute(
                "UPDATE room SET status = ?2, reason = ?3, healing = ?4 WHERE ref = ?1",
                params![r, Status::Stopped as i64, reason, healing],
            )
        })?;
        Ok(())
    }

    /// A room that stopped comes back in another way than it began to.
    pub(crate) fn set_healing(&self, r: i64, healing: Healing) -> Result<()> {
        self.with(|c| {
            c.execute(
                "UPDATE room SET healing = ?2 WHERE ref = ?1",
                params![r, healing as i64],
            )
        })?;
        Ok(())
    }

    /// A room goes on in a generation of its group; what waited for the one before is void.
    pub(crate) fn go_on(&self, r: i64, generation: Generation) -> Result<()> {
        self.with(|c| {
            c.execute(
                "UPDATE room SET status = ?2, reason = NULL, healing = 0, generation = ?3,
                     commit_hash = NULL, commit_submit = NULL, commit_frame = NULL WHERE ref = ?1",
                params![r, Status::Joined as i64, generation],
            )?;
            c.execute("DELETE FROM proposal WHERE room = ?1", [r])
        })?;
        Ok(())
    }

    /// The relay's store was reset to `head`: what stood behind it has no place in the log any more,
    /// and stands at its end in the order it had. Returns the lines.
    pub(crate) fn fold_back(&self, r: i64, head: Seq) -> Result<Vec<LocalId>> {
        self.with(|c| {
            let lines = c
                .prepare("SELECT id FROM message WHERE room = ?1 AND seq > ?2 ORDER BY seq, id")?
                .query_map(params![r, int(head)], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<LocalId>>>()?;
            for table in ["message", "act"] {
                let sql = format!("UPDATE {table} SET seq = ?2 WHERE room = ?1 AND seq > ?2");
                c.execute(&sql, params![r, int(head)])?;
            }
            c.execute(
                "DELETE FROM chain WHERE room = ?1 AND seq > ?2",
                params![r, int(head)],
            )?;
            Ok(lines)
        })
    }
}
