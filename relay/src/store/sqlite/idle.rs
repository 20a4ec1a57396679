//! Who is who, and devices that are to go: not seen for long, or cut off already.

use super::convert::{damaged, int, log_id, size};
use super::load::device_row;
use crate::store::rows::DeviceRow;
use lacre_wire::ids::{AccountId, DeviceId, Millis, RoomId};
use rusqlite::{Connection, OptionalExtension, params};

pub(super) fn account_by_handle(
    connection: &Connection,
    handle: &str,
) -> rusqlite::Result<Option<AccountId>> {
    connection
        .prepare_cached("SELECT id FROM account WHERE handle = ?1")?
        .query_row([handle], |row| row.get(0).map(AccountId))
        .optional()
}

pub(super) fn devices_of(
    connection: &Connection,
    account: &AccountId,
) -> rusqlite::Result<Vec<(DeviceId, DeviceRow)>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, account, key, counter, state, seen_ms FROM device WHERE account = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map([account.0], |row| {
        Ok((DeviceId(row.get(0)?), device_row(row, 1)?))
    })?;
    rows.collect()
}

pub(super) fn forlorn(
    connection: &Connection,
    before: Millis,
    limit: usize,
) -> rusqlite::Result<Vec<DeviceId>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM device WHERE state = 0 AND seen_ms < ?1 ORDER BY id LIMIT ?2",
    )?;
    let rows = statement.query_map(params![int(before), size(limit)], |row| {
        row.get(0).map(DeviceId)
    })?;
    rows.collect()
}

pub(super) fn inactive(
    connection: &Connection,
    after: (Millis, DeviceId),
    before: Millis,
    limit: usize,
) -> rusqlite::Result<Vec<(DeviceId, DeviceRow)>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, account, key, counter, state, seen_ms FROM device \
         WHERE state = 1 AND (seen_ms, id) > (?1, ?2) AND seen_ms < ?3 ORDER BY seen_ms, id LIMIT ?4",
    )?;
    let rows = statement.query_map(
        params![int(after.0), after.1.0, int(before), size(limit)],
        |row| Ok((DeviceId(row.get(0)?), device_row(row, 1)?)),
    )?;
    rows.collect()
}

pub(super) fn owed(
    connection: &Connection,
    limit: usize,
) -> rusqlite::Result<Vec<(RoomId, DeviceId, AccountId)>> {
    let mut statement = connection.prepare_cached(
        "SELECT log.key, member.device, member.account FROM member JOIN log ON log.number = member.log \
         WHERE member.owed = 1 LIMIT ?1",
    )?;
    let rows = statement.query_map([size(limit)], |row| {
        let key: Vec<u8> = row.get(0)?;
        Ok((key, DeviceId(row.get(1)?), AccountId(row.get(2)?)))
    })?;
    rows.map(|row| {
        let (key, device, account) = row?;
        let room = log_id(&key)?
            .room()
            .ok_or_else(|| damaged("a membership in an inbox"))?;
        Ok((room, device, account))
    })
    .collect()
}
