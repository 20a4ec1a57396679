//! A copy of what a room's state says, for readers, and the end of a membership.

use super::{Db, int, uint};
use crate::error::Result;
use lacre_wire::ids::{AccountId, Millis, RoomId, Seq};
use lacre_wire::room::RoomView;
use rusqlite::params;

/// Reads who is banned from a room on any connection: account and handle.
pub(crate) fn bans(
    connection: &rusqlite::Connection,
    r: i64,
) -> rusqlite::Result<Vec<(AccountId, Option<String>)>> {
    let mut statement = connection.prepare_cached(
        "SELECT b.account, p.handle FROM ban b LEFT JOIN person p ON p.account = b.account
         WHERE b.room = ?1 ORDER BY p.handle IS NULL, p.handle, b.account",
    )?;
    statement
        .query_map([r], |row| Ok((AccountId(row.get(0)?), row.get(1)?)))?
        .collect()
}

impl Db {
    /// Replaces members and rules as shown.
    pub(crate) fn keep_view(&self, r: i64, view: &RoomView) -> Result<()> {
        let state = &view.state;
        let role = |account: &AccountId| (*account, state.role(account));
        self.set_members(r, view.members.accounts().map(role))?;
        self.with(|c| {
            c.prepare_cached("UPDATE room SET disappearing_s = ?2, listed = ?3 WHERE ref = ?1")?
                .execute(params![r, state.disappearing_s, state.listed])?;
            c.prepare_cached("DELETE FROM ban WHERE room = ?1")?
                .execute([r])?;
            let mut insert = c.prepare_cached("INSERT INTO ban (room, account) VALUES (?1, ?2)")?;
            for account in &state.bans {
                insert.execute(params![r, account.0])?;
            }
            Ok(())
        })
    }

    /// The accounts kept out of a room, as shown.
    pub(crate) fn banned_accounts(&self, r: i64) -> Result<Vec<AccountId>> {
        let bans = self.with(|c| bans(c, r))?;
        Ok(bans.into_iter().map(|(account, _)| account).collect())
    }

    /// Sets the last entry this device reads.
    pub(crate) fn set_until_seq(&self, r: i64, seq: Option<Seq>) -> Result<()> {
        self.with(|c| {
            c.execute(
                "UPDATE room SET until_seq = ?2 WHERE ref = ?1",
                params![r, seq.map(int)],
            )
        })?;
        Ok(())
    }

    /// Sets when a room's keys are to be sent to somebody who came from outside.
    pub(crate) fn set_keys_due(&self, room: RoomId, at: Option<Millis>) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("UPDATE room SET keys_due = ?2 WHERE id = ?1")?
                .execute(params![room.0, at.map(int)])
        })?;
        Ok(())
    }

    /// The rooms whose keys are owed to somebody, and since when.
    pub(crate) fn keys_due(&self) -> Result<Vec<(RoomId, Millis)>> {
        self.with(|c| {
            let mut statement =
                c.prepare_cached("SELECT id, keys_due FROM room WHERE keys_due IS NOT NULL")?;
            statement
                .query_map([], |row| Ok((RoomId(row.get(0)?), uint(row.get(1)?))))?
                .collect()
        })
    }
}
