//! Rooms of this device, their members as shown, and their waiting proposals.

use super::repair::Healing;
use super::{Db, int, uint};
use crate::error::Result;
use lacre_wire::ids::{AccountId, Epoch, Generation, Hash, Millis, RoomId, Seq, SubmitId};
use lacre_wire::room::{Role, RoomKind};
use rusqlite::{OptionalExtension, Row, params};

/// Where a room stands on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Being created; the relay has not accepted it.
    Creating = 0,
    /// Being joined from outside; the commit has not been reached.
    Joining = 1,
    /// In use.
    Joined = 2,
    /// Could not be followed; see the reason.
    Stopped = 3,
    /// This person left.
    Left = 4,
    /// This person, or this device, was removed.
    Removed = 5,
    /// This person was banned.
    Banned = 6,
}

impl Status {
    fn from_int(value: i64) -> Self {
        match value {
            0 => Self::Creating,
            1 => Self::Joining,
            2 => Self::Joined,
            3 => Self::Stopped,
            4 => Self::Left,
            6 => Self::Banned,
            _ => Self::Removed,
        }
    }
}

/// A room's row.
#[derive(Debug, Clone)]
pub(crate) struct RoomRow {
    pub(crate) r: i64,
    pub(crate) id: RoomId,
    pub(crate) kind: RoomKind,
    pub(crate) generation: Generation,
    pub(crate) status: Status,
    /// Of a stopped room: whether it is being repaired.
    pub(crate) healing: Option<Healing>,
    pub(crate) reason: Option<String>,
    pub(crate) peer: Option<AccountId>,
    pub(crate) name: Option<String>,
    pub(crate) from_seq: Seq,
    pub(crate) last_ms: Millis,
    /// The last submission of this device that the relay accepted.
    pub(crate) last_accepted: Option<SubmitId>,
    /// SHA-256 of the own commit that is under way.
    pub(crate) commit_hash: Option<Hash>,
    /// The last entry this device reads, once the relay has closed the log to it.
    pub(crate) until_seq: Option<Seq>,
    /// Seconds after which messages disappear; 0 for never.
    pub(crate) disappearing_s: u32,
    /// The name under which the room is listed.
    pub(crate) listed: Option<String>,
}

const COLUMNS: &str = "ref, id, kind, generation, status, reason, peer, name, from_seq, last_ms, last_accepted, commit_hash, until_seq, disappearing_s, listed, healing";

fn kind_to_int(kind: RoomKind) -> i64 {
    match kind {
        RoomKind::Direct => 0,
        RoomKind::Group => 1,
        RoomKind::Space => 2,
    }
}

fn kind_from_int(value: i64) -> RoomKind {
    match value {
        0 => RoomKind::Direct,
        1 => RoomKind::Group,
        _ => RoomKind::Space,
    }
}

fn role_to_int(role: Role) -> i64 {
    match role {
        Role::Member => 0,
        Role::Owner => 1,
    }
}

fn role_from_int(value: i64) -> Role {
    match value {
        1 => Role::Owner,
        _ => Role::Member,
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<RoomRow> {
    Ok(RoomRow {
        r: row.get(0)?,
        id: RoomId(row.get(1)?),
        kind: kind_from_int(row.get(2)?),
        generation: row.get(3)?,
        status: Status::from_int(row.get(4)?),
        reason: row.get(5)?,
        peer: row.get::<_, Option<[u8; 32]>>(6)?.map(AccountId),
        name: row.get(7)?,
        from_seq: uint(row.get(8)?),
        last_ms: uint(row.get(9)?),
        last_accepted: row.get::<_, Option<[u8; 16]>>(10)?.map(SubmitId),
        commit_hash: row.get::<_, Option<[u8; 32]>>(11)?.map(Hash),
        until_seq: row.get::<_, Option<i64>>(12)?.map(uint),
        disappearing_s: row.get(13)?,
        listed: row.get(14)?,
        healing: Healing::from_int(row.get(15)?),
    })
}

impl RoomRow {
    /// Whether this device is in it, be it that the room stopped and is coming back.
    pub(crate) fn is_followed(&self) -> bool {
        self.status == Status::Joined || self.healing.is_some()
    }

    /// Whether its log goes on where this device stands.
    pub(crate) fn reads_on(&self) -> bool {
        self.status == Status::Joined && self.healing.is_none()
    }

    /// Whether its log is to flow.
    pub(crate) fn is_read(&self) -> bool {
        self.is_followed() || matches!(self.status, Status::Creating | Status::Joining)
    }
}

/// Reads all rooms on any connection.
pub(crate) fn list(connection: &rusqlite::Connection) -> rusqlite::Result<Vec<RoomRow>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM room ORDER BY last_ms DESC, ref DESC"
    ))?;
    statement.query_map([], read)?.collect()
}

/// Reads one room on any connection.
pub(crate) fn find(
    connection: &rusqlite::Connection,
    room: RoomId,
) -> rusqlite::Result<Option<RoomRow>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM room WHERE id = ?1"))?
        .query_row([room.0], read)
        .optional()
}

/// The id of a room on any connection.
pub(crate) fn id_of(connection: &rusqlite::Connection, r: i64) -> rusqlite::Result<Option<RoomId>> {
    connection
        .prepare_cached("SELECT id FROM room WHERE ref = ?1")?
        .query_row([r], |row| row.get(0).map(RoomId))
        .optional()
}

/// Reads the members of a room on any connection: account, role code, handle.
pub(crate) fn members(
    connection: &rusqlite::Connection,
    r: i64,
) -> rusqlite::Result<Vec<(AccountId, Role, Option<String>)>> {
    let mut statement = connection.prepare_cached(
        "SELECT m.account, m.role, p.handle FROM member m LEFT JOIN person p ON p.account = m.account
         WHERE m.room = ?1 ORDER BY p.handle IS NULL, p.handle, m.account",
    )?;
    statement
        .query_map([r], |row| {
            Ok((
                AccountId(row.get(0)?),
                role_from_int(row.get(1)?),
                row.get(2)?,
            ))
        })?
        .collect()
}

impl Db {
    /// A room by its id.
    pub(crate) fn room(&self, room: RoomId) -> Result<Option<RoomRow>> {
        self.with(|c| find(c, room))
    }

    /// A room by its reference in this store.
    pub(crate) fn room_by_ref(&self, r: i64) -> Result<Option<RoomRow>> {
        self.with(|c| {
            c.prepare_cached(&format!("SELECT {COLUMNS} FROM room WHERE ref = ?1"))?
                .query_row([r], read)
                .optional()
        })
    }

    /// All rooms, newest activity first.
    pub(crate) fn rooms(&self) -> Result<Vec<RoomRow>> {
        self.with(list)
    }

    /// Adds a room, or gives a room that was left a new life; returns its reference.
    pub(crate) fn add_room(
        &self,
        id: RoomId,
        kind: RoomKind,
        generation: Generation,
        status: Status,
        peer: Option<AccountId>,
        now: Millis,
    ) -> Result<i64> {
        self.with(|c| {
            c.prepare_cached(
                "INSERT INTO room (id, kind, generation, status, peer, last_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (id) DO UPDATE SET kind = ?2, generation = ?3, status = ?4, reason = NULL, healing = 0,
                     peer = ?5, last_ms = ?6, from_seq = 0, last_accepted = NULL,
                     commit_hash = NULL, commit_submit = NULL, commit_frame = NULL, until_seq = NULL, keys_due = NULL
                 RETURNING ref",
            )?
            .query_row(
                params![id.0, kind_to_int(kind), generation, status as i64, peer.map(|peer| peer.0), int(now)],
                |row| row.get(0),
            )
        })
    }

    /// Removes a room that never came to be.
    pub(crate) fn drop_room(&self, r: i64) -> Result<()> {
        self.with(|c| {
            for table in [
                "room_key",
                "member",
                "ban",
                "chain",
                "proposal",
                "message",
                "act",
                "outbox",
                "reading",
                "evidence",
                "scheduled",
            ] {
                c.execute(&format!("DELETE FROM {table} WHERE room = ?1"), [r])?;
            }
            c.execute("DELETE FROM room WHERE ref = ?1", [r])
        })?;
        Ok(())
    }

    /// Sets where a room stands, and why.
    pub(crate) fn set_status(&self, r: i64, status: Status, reason: Option<&str>) -> Result<()> {
        self.with(|c| {
            c.execute(
                "UPDATE room SET status = ?2, reason = ?3, healing = 0 WHERE ref = ?1",
                params![r, status as i64, reason],
            )
        })?;
        Ok(())
    }

    /// Sets the name as opened from the sealed profile.
    pub(crate) fn set_room_name(&self, r: i64, name: Option<&str>) -> Result<()> {
        self.with(|c| c.execute("UPDATE room SET name = ?2 WHERE ref = ?1", params![r, name]))?;
        Ok(())
    }

    /// Sets the first entry this device reads.
    pub(crate) fn set_from_seq(&self, r: i64, seq: Seq) -> Result<()> {
        self.with(|c| {
            c.execute(
                "UPDATE room SET from_seq = ?2 WHERE ref = ?1",
                params![r, int(seq)],
            )
        })?;
        Ok(())
    }

    /// Notes activity, for the order of the room list.
    pub(crate) fn touch_room(&self, r: i64, at: Millis) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("UPDATE room SET last_ms = max(last_ms, ?2) WHERE ref = ?1")?
                .execute(params![r, int(at)])
        })?;
        Ok(())
    }

    /// Notes the last accepted submission.
    pub(crate) fn set_last_accepted(&self, r: i64, submit: Option<SubmitId>) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("UPDATE room SET last_accepted = ?2 WHERE ref = ?1")?
                .execute(params![r, submit.map(|s| s.0)])
        })?;
        Ok(())
    }

    /// Notes the own commit that is under way: its hash and the request that carries it.
    pub(crate) fn set_commit(&self, r: i64, commit: Option<(Hash, &[u8])>) -> Result<()> {
        let (hash, frame) = commit.unzip();
        self.with(|c| {
            c.execute(
                "UPDATE room SET commit_hash = ?2, commit_frame = ?3 WHERE ref = ?1",
                params![r, hash.map(|h| h.0), frame],
            )
        })?;
        Ok(())
    }

    /// The request that carries the own commit under way.
    pub(crate) fn commit_frame(&self, r: i64) -> Result<Option<Vec<u8>>> {
        self.with(|c| {
            c.query_row("SELECT commit_frame FROM room WHERE ref = ?1", [r], |row| {
                row.get(0)
            })
            .optional()
        })
        .map(Option::flatten)
    }

    /// Replaces the members as shown.
    pub(crate) fn set_members(
        &self,
        r: i64,
        members: impl Iterator<Item = (AccountId, Role)>,
    ) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("DELETE FROM member WHERE room = ?1")?
                .execute([r])?;
            let mut insert =
                c.prepare_cached("INSERT INTO member (room, account, role) VALUES (?1, ?2, ?3)")?;
            for (account, role) in members {
                insert.execute(params![r, account.0, role_to_int(role)])?;
            }
            Ok(())
        })
    }

    /// The accounts as shown.
    pub(crate) fn member_accounts(&self, r: i64) -> Result<Vec<AccountId>> {
        self.with(|c| {
            let mut statement = c.prepare_cached("SELECT account FROM member WHERE room = ?1")?;
            statement
                .query_map([r], |row| Ok(AccountId(row.get(0)?)))?
                .collect()
        })
    }

    /// How many accounts are in it, as shown.
    pub(crate) fn count_members(&self, r: i64) -> Result<usize> {
        let count: u32 = self.with(|c| {
            c.prepare_cached("SELECT count(*) FROM member WHERE room = ?1")?
                .query_row([r], |row| row.get(0))
        })?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Keeps a proposal until a commit is made or met.
    pub(crate) fn keep_proposal(
        &self,
        r: i64,
        seq: Seq,
        epoch: Epoch,
        message: &[u8],
    ) -> Result<()> {
        self.with(|c| {
            c.execute("INSERT OR REPLACE INTO proposal (room, seq, epoch, message) VALUES (?1, ?2, ?3, ?4)", params![r, int(seq), int(epoch), message])
        })?;
        Ok(())
    }

    /// The waiting proposals of an epoch, in order.
    pub(crate) fn proposals(&self, r: i64, epoch: Epoch) -> Result<Vec<Vec<u8>>> {
        self.with(|c| {
            let mut statement = c.prepare_cached(
                "SELECT message FROM proposal WHERE room = ?1 AND epoch = ?2 ORDER BY seq",
            )?;
            statement
                .query_map(params![r, int(epoch)], |row| row.get(0))?
                .collect()
        })
    }

    /// Drops the proposals of epochs that are over.
    pub(crate) fn drop_proposals(&self, r: i64, before: Epoch) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("DELETE FROM proposal WHERE room = ?1 AND epoch < ?2")?
                .execute(params![r, int(before)])
        })?;
        Ok(())
    }
}
