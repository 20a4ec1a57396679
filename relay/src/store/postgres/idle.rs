//! What is to go: devices never approved, not seen for long, or cut off already, and old key packages.

use super::connection::{Connection, Values};
use super::convert::{self, Found, id, int, log_id, size};
use super::error::Fault;
use super::sql;
use crate::store::rows::DeviceRow;
use lacre_wire::ids::{AccountId, DeviceId, Hash, Millis, RoomId};

pub(super) fn forlorn(
    connection: &Connection,
    before: Millis,
    limit: usize,
    locking: bool,
) -> Found<Vec<DeviceId>> {
    let sql = if locking {
        sql::LOCK_FORLORN
    } else {
        sql::FORLORN
    };
    let rows = connection.query(sql, &[&int(before), &size(limit)])?;
    rows.iter()
        .map(|row| id(row, 0, DeviceId::from_slice))
        .collect()
}

pub(super) fn inactive(
    connection: &Connection,
    after: (Millis, DeviceId),
    before: Millis,
    limit: usize,
) -> Found<Vec<(DeviceId, DeviceRow)>> {
    let values: Values<'_> = &[
        &int(after.0),
        &after.1.0.as_slice(),
        &int(before),
        &size(limit),
    ];
    let rows = connection.query(sql::INACTIVE, values)?;
    rows.iter()
        .map(|row| Ok((id(row, 0, DeviceId::from_slice)?, convert::device(row, 1)?)))
        .collect()
}

pub(super) fn owed(
    connection: &Connection,
    limit: usize,
) -> Found<Vec<(RoomId, DeviceId, AccountId)>> {
    let rows = connection.query(sql::OWED, &[&size(limit)])?;
    rows.iter()
        .map(|row| {
            let room = log_id(row, 0)?
                .room()
                .ok_or(Fault::Damaged("a membership in an inbox"))?;
            let device = id(row, 1, DeviceId::from_slice)?;
            Ok((room, device, id(row, 2, AccountId::from_slice)?))
        })
        .collect()
}

pub(super) fn stale_packages(
    connection: &Connection,
    before: Millis,
    limit: usize,
    locking: bool,
) -> Found<Vec<(DeviceId, u16, Hash)>> {
    let sql = if locking { sql::LOCK_STALE } else { sql::STALE };
    let rows = connection.query(sql, &[&int(before), &size(limit)])?;
    rows.iter()
        .map(|row| {
            let device = id(row, 0, DeviceId::from_slice)?;
            Ok((device, convert::suite(row, 1)?, convert::hash(row, 2)?))
        })
        .collect()
}
