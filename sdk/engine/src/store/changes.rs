//! Changes that were asked for and are not done: they survive restarts.

use super::Db;
use crate::change::Intent;
use crate::error::Result;
use crate::event::LocalId;
use lacre_wire::codec;
use lacre_wire::ids::{AccountId, RoomId};
use rusqlite::{Row, params};

/// A change that waits.
#[derive(Debug, Clone)]
pub(crate) struct ChangeRow {
    pub(crate) id: LocalId,
    pub(crate) room: Option<RoomId>,
    pub(crate) intent: Intent,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<ChangeRow>> {
    let (id, room, intent): (_, Option<[u8; 16]>, Vec<u8>) =
        (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(codec::from_slice(&intent).ok().map(|intent| ChangeRow {
        id,
        room: room.map(RoomId),
        intent,
    }))
}

impl Db {
    /// Adds a change.
    pub(crate) fn add_change(&self, room: Option<RoomId>, intent: &Intent) -> Result<LocalId> {
        self.with(|c| {
            c.prepare_cached("INSERT INTO change (room, intent) VALUES (?1, ?2)")?
                .execute(params![room.map(|room| room.0), codec::to_vec(intent)])?;
            Ok(c.last_insert_rowid())
        })
    }

    /// A change is done, or given up.
    pub(crate) fn drop_change(&self, id: LocalId) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("DELETE FROM change WHERE id = ?1")?
                .execute([id])
        })?;
        Ok(())
    }

    /// All changes, oldest first.
    pub(crate) fn changes(&self) -> Result<Vec<ChangeRow>> {
        self.with(|c| {
            let mut statement =
                c.prepare_cached("SELECT id, room, intent FROM change ORDER BY id")?;
            let rows = statement
                .query_map([], read)?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(rows.into_iter().flatten().collect())
        })
    }

    /// A change is for less than was asked.
    pub(crate) fn set_intent(&self, id: LocalId, intent: &Intent) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("UPDATE change SET intent = ?2 WHERE id = ?1")?
                .execute(params![id, codec::to_vec(intent)])
        })?;
        Ok(())
    }

    /// The room of a change exists already: what is left to do is to be in it.
    pub(crate) fn turn_into_join(
        &self,
        id: LocalId,
        room: RoomId,
        peer: Option<AccountId>,
    ) -> Result<()> {
        self.with(|c| {
            c.execute(
                "UPDATE change SET room = ?2, intent = ?3 WHERE id = ?1",
                params![id, room.0, codec::to_vec(&Intent::Join { peer })],
            )
        })?;
        Ok(())
    }
}
