//! Numbers and identifiers between SQLite and the rows.

pub(super) use crate::store::numbers::{entry_kind, gone_reason, room_kind};

use crate::store::numbers;
use lacre_wire::ids::LogId;
use lacre_wire::log::{EntryKind, GoneReason};
use lacre_wire::room::RoomKind;
use rusqlite::Row;
use rusqlite::types::Type;

/// A value that no store of this version writes: the file is damaged.
#[derive(Debug, thiserror::Error)]
#[error("the store is damaged: {0}")]
pub(super) struct Damaged(pub(super) &'static str);

pub(super) fn damaged(what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, Box::new(Damaged(what)))
}

/// SQLite's integers have a sign; nothing here comes near the top.
pub(super) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn size(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn uint(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| damaged("a negative number"))
}

pub(super) fn maybe_uint(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    let value: Option<i64> = row.get(column)?;
    value
        .map(|value| u64::try_from(value).map_err(|_| damaged("a negative number")))
        .transpose()
}

pub(super) fn small(row: &Row<'_>, column: usize) -> rusqlite::Result<u32> {
    u32::try_from(row.get::<_, i64>(column)?).map_err(|_| damaged("a number above 32 bits"))
}

pub(super) fn log_id(key: &[u8]) -> rusqlite::Result<LogId> {
    LogId::from_key(key).ok_or_else(|| damaged("the key of a log"))
}

pub(super) fn to_entry_kind(number: i64) -> rusqlite::Result<EntryKind> {
    numbers::to_entry_kind(number).ok_or_else(|| damaged("the kind of an entry"))
}

pub(super) fn to_gone_reason(number: i64) -> rusqlite::Result<GoneReason> {
    numbers::to_gone_reason(number).ok_or_else(|| damaged("why a body went"))
}

pub(super) fn to_room_kind(number: i64) -> rusqlite::Result<RoomKind> {
    numbers::to_room_kind(number).ok_or_else(|| damaged("the kind of a room"))
}
