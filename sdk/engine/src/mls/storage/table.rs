//! The `mls` table and its four statements.

use std::sync::{Arc, Mutex};

use lacre_sqlite as _;
use rusqlite::{Connection, params};

use super::StorageError;
use super::row::RowKey;

/// The connection that engine and overlay share.
///
/// Hold a guard for the time of a statement, never across a call into an MLS group.
pub type Database = Arc<Mutex<Connection>>;

/// The table. Part of the client store's schema; its changes go through that schema's migrations.
///
/// `group_id` is the raw MLS group id (room id, then generation), empty for rows of the
/// device: signature keys, key packages, PSKs. `label` is the kind of row, `key` tells rows
/// of one kind apart, `value` is MessagePack. The table keeps its rowid: the row that changes
/// with every message has 1–3 KiB, which fits a page of a rowid table but spills into
/// an overflow page of a `WITHOUT ROWID` table, where a cell holds at most a quarter page.
pub const SCHEMA: &str = "\
CREATE TABLE mls (
    group_id BLOB    NOT NULL,
    label    INTEGER NOT NULL,
    key      BLOB    NOT NULL,
    value    BLOB    NOT NULL,
    PRIMARY KEY (group_id, label, key)
) STRICT;";

/// Hands the stored value of a row to `read`, without copying it.
pub(super) fn read<T>(
    connection: &Connection,
    key: &RowKey,
    read: impl FnOnce(&[u8]) -> Result<T, StorageError>,
) -> Result<Option<T>, StorageError> {
    let mut statement = connection
        .prepare_cached("SELECT value FROM mls WHERE group_id = ?1 AND label = ?2 AND key = ?3")?;
    let mut rows = statement.query(params![key.group, key.label, key.key])?;
    match rows.next()? {
        None => Ok(None),
        Some(row) => {
            let value = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
            read(value).map(Some)
        }
    }
}

/// The keys of all rows of a group.
pub(super) fn keys_of(connection: &Connection, group: &[u8]) -> Result<Vec<RowKey>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT label, key FROM mls WHERE group_id = ?1")?;
    let keys = statement
        .query_map(params![group], |row| {
            Ok(RowKey {
                group: group.to_vec(),
                label: row.get(0)?,
                key: row.get(1)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(keys)
}

/// Writes a row, replacing an older value.
pub(super) fn write(
    connection: &Connection,
    key: &RowKey,
    value: &[u8],
) -> Result<(), StorageError> {
    connection
        .prepare_cached(
            "INSERT INTO mls (group_id, label, key, value) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (group_id, label, key) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![key.group, key.label, key.key, value])?;
    Ok(())
}

/// Deletes a row; returns whether there was one.
pub(super) fn delete(connection: &Connection, key: &RowKey) -> Result<bool, StorageError> {
    let deleted = connection
        .prepare_cached("DELETE FROM mls WHERE group_id = ?1 AND label = ?2 AND key = ?3")?
        .execute(params![key.group, key.label, key.key])?;
    Ok(deleted > 0)
}
