//! Rows read from their tables into memory, and the cached ones into the cache.

use super::cache::NumberedLog;
use super::convert::{damaged, maybe_uint, small, to_room_kind, uint};
use super::rows::SqlRows;
use crate::store::record::DeviceState;
use crate::store::rows::{DeviceRow, LogRow, MemberRow, RoomRow, Span};
use lacre_wire::codec;
use lacre_wire::ids::{AccountId, DeviceId, Hash, LogId, PublicKey, RoomId, SubmitId};
use rusqlite::{OptionalExtension, Row, params};

impl SqlRows<'_> {
    pub(super) fn load_log(&mut self, log: LogId) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number, head, chain, last_ms, first, chain_before, bytes, swept, due_ms FROM log WHERE key = ?1",
        )?;
        let found = statement
            .query_row([log.to_key()], |row| {
                Ok(NumberedLog {
                    number: row.get(0)?,
                    row: LogRow {
                        head: uint(row, 1)?,
                        chain: Hash(row.get(2)?),
                        last_ms: uint(row, 3)?,
                        first: uint(row, 4)?,
                        before: Hash(row.get(5)?),
                        bytes: uint(row, 6)?,
                        swept: uint(row, 7)?,
                        due_ms: maybe_uint(row, 8)?,
                    },
                })
            })
            .optional()?;
        if let Some(found) = found {
            self.cache.logs.hold(log, found);
        }
        Ok(())
    }

    pub(super) fn load_room(&mut self, room: RoomId) -> rusqlite::Result<()> {
        let Some(number) = self.number(LogId::Room(room))? else {
            return Ok(());
        };
        let mut statement = self.connection.prepare_cached(
            "SELECT kind, generation, epoch, epoch_seq, group_info, gi_mac, key_number, tree, frozen, join_open, \
             retention_ms, snapshot_generation, snapshot_epoch, pending, reports, listed, blame FROM room WHERE log = ?1",
        )?;
        let found = statement.query_row([number], room_row).optional()?;
        if let Some(found) = found {
            self.cache.rooms.hold(room, found);
        }
        Ok(())
    }

    pub(super) fn load_member(&mut self, room: RoomId, device: DeviceId) -> rusqlite::Result<()> {
        let Some(number) = self.number(LogId::Room(room))? else {
            return Ok(());
        };
        let mut statement = self.connection.prepare_cached(
            "SELECT account, from_seq, until_seq, acked, earlier_from, earlier_until, last, owed FROM member WHERE log = ?1 AND device = ?2",
        )?;
        let found = statement
            .query_row(params![number, device.0], |row| member_row(row, 0))
            .optional()?;
        if let Some(found) = found {
            self.cache.members.hold((room, device), found);
        }
        Ok(())
    }
}

fn room_row(row: &Row<'_>) -> rusqlite::Result<RoomRow> {
    let snapshot = match (row.get::<_, Option<i64>>(11)?, maybe_uint(row, 12)?) {
        (Some(_), Some(epoch)) => Some((small(row, 11)?, epoch)),
        _ => None,
    };
    let list = |column| {
        row.get_ref(column)?
            .as_blob()
            .map_err(|_| damaged("a list of a room"))
    };
    Ok(RoomRow {
        kind: to_room_kind(row.get(0)?)?,
        generation: small(row, 1)?,
        epoch: uint(row, 2)?,
        epoch_seq: uint(row, 3)?,
        group_info: Hash(row.get(4)?),
        gi_mac: Hash(row.get(5)?),
        key_number: small(row, 6)?,
        tree: Hash(row.get(7)?),
        frozen: row.get(8)?,
        join_open: row.get(9)?,
        retention_ms: maybe_uint(row, 10)?,
        listed: row.get(15)?,
        snapshot,
        pending: codec::from_slice(list(13)?).map_err(|_| damaged("the proposals of a room"))?,
        reports: codec::from_slice(list(14)?).map_err(|_| damaged("the reports of a room"))?,
        blame: codec::from_slice(list(16)?).map_err(|_| damaged("the blame of a room"))?,
    })
}

pub(super) fn member_row(row: &Row<'_>, at: usize) -> rusqlite::Result<MemberRow> {
    Ok(MemberRow {
        account: AccountId(row.get(at)?),
        from_seq: uint(row, at + 1)?,
        until_seq: maybe_uint(row, at + 2)?,
        acked: uint(row, at + 3)?,
        earlier: Span::of(maybe_uint(row, at + 4)?, maybe_uint(row, at + 5)?),
        last: row.get::<_, Option<[u8; 16]>>(at + 6)?.map(SubmitId),
        owed: row.get(at + 7)?,
    })
}

pub(super) fn device_row(row: &Row<'_>, at: usize) -> rusqlite::Result<DeviceRow> {
    let state = match row.get::<_, i64>(at + 3)? {
        0 => DeviceState::Pending,
        1 => DeviceState::Listed,
        2 => DeviceState::Revoked,
        _ => return Err(damaged("the state of a device")),
    };
    Ok(DeviceRow {
        account: AccountId(row.get(at)?),
        key: PublicKey(row.get(at + 1)?),
        counter: uint(row, at + 2)?,
        state,
        seen_ms: uint(row, at + 4)?,
    })
}
