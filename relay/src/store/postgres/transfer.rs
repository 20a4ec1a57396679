//! A store carried into a database, and out of it: migrations from SQLite, backups, restores.
//!
//! Both ways are one transaction, so that nothing half is ever seen: into an empty database that no
//! relay runs on, and out of a snapshot beside relays that go on.

use super::address::PostgresAddress;
use super::connection::Connection;
use super::convert::Found;
use super::error::{Fault, PostgresError};
use super::open;
use crate::store::OpenError;
use crate::store::context::new_lineage;
use crate::store::large::LargeObjects;
use crate::store::options::{Durability, StoreOptions};
use crate::store::sqlite::{BackupError, BackupNote, Source, Target};
use crate::store::transfer::{CHUNK_ROWS, Carried, Carry, Kind, Value, tables};
use lacre_wire::ids::Lineage;
use std::path::Path;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// What was carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    pub(crate) accounts: u64,
    pub(crate) logs: u64,
    pub(crate) entries: u64,
}

fn failed(fault: Fault) -> BackupError {
    refused(PostgresError::Failed(fault.to_string()))
}

fn refused(error: PostgresError) -> BackupError {
    BackupError::Open(OpenError::Postgres(error))
}

/// How a store comes into a database.
pub(crate) struct Into<'a> {
    /// The mark of the keys it belongs to.
    pub(crate) mark: Option<&'a str>,
    /// Gives it a new lineage, and takes the one-time key packages away: after a restore.
    pub(crate) renew: bool,
    /// Puts a store that is there aside, under this name.
    pub(crate) aside: Option<&'a str>,
    /// Where the large objects of the store are that are not in its tables.
    pub(crate) outside: Option<&'a LargeObjects>,
}

/// Carries the SQLite store at `from` into a database. Blocks, away from any runtime.
pub(super) fn bring(
    address: &PostgresAddress,
    from: &Path,
    into: &Into<'_>,
) -> Result<(Counts, Lineage), BackupError> {
    let source = Source::open(from)?;
    source.inline(into.outside)?;
    let connection = open::alone(address, into.aside).map_err(refused)?;
    connection.batch("BEGIN").map_err(failed)?;
    let (mut counts, timeline) = (
        Counts::default(),
        open::timeline(&connection).map_err(failed)?,
    );
    for carry in tables() {
        let count = source.give(carry, |rows| put(&connection, carry, rows).map_err(failed))?;
        check_count(&connection, carry, count)?;
        match carry.table {
            "account" => counts.accounts = count,
            "log" => counts.logs = count,
            "entry" => counts.entries = count,
            _ => {}
        }
    }
    let mut lineages = source.lineages()?;
    if into.renew {
        lineages.push(new_lineage(&StoreOptions::default()).map_err(OpenError::from)?);
        connection
            .batch("DELETE FROM key_package WHERE NOT last_resort")
            .map_err(failed)?;
    }
    for (at, lineage) in lineages.iter().enumerate() {
        open::add_lineage(&connection, at, *lineage, &timeline).map_err(failed)?;
    }
    settle(&connection, into.mark).map_err(failed)?;
    connection.batch("COMMIT; ANALYZE").map_err(failed)?;
    let last = lineages.last().copied();
    let last = last.ok_or_else(|| refused(PostgresError::Failed("no lineage".to_owned())))?;
    Ok((counts, last))
}

/// Carries the store of a database into a SQLite file, which must not exist. Blocks, away from any
/// runtime.
pub(super) fn take(
    address: &PostgresAddress,
    to: &Path,
    made_ms: u64,
    outside: Option<&LargeObjects>,
) -> Result<u64, BackupError> {
    let connection = Connection::open(address, Durability::Full).map_err(refused)?;
    if open::version(&connection).map_err(failed)? != open::known() {
        return Err(refused(PostgresError::NoStore(address.to_string())));
    }
    connection
        .batch("SET statement_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .map_err(failed)?;
    let target = Target::create(to)?;
    let lineages = connection.query("SELECT id FROM lineage ORDER BY number", &[]);
    for row in lineages.map_err(failed)? {
        target.lineage(row.try_get(0).map_err(|error| failed(error.into()))?)?;
    }
    for carry in tables() {
        give(&connection, carry, |rows| target.take(carry, &rows))?;
    }
    let mark = open::read_mark(&connection).map_err(failed)?;
    target.finish(&BackupNote { made_ms, mark }, outside)
}

/// Numbers that go on where they stood, whose keys, and whether every log ends in its head's chain.
fn settle(connection: &Connection, mark: Option<&str>) -> Found<()> {
    for table in ["account", "log", "key_package", "object"] {
        connection.batch(&format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'number'), greatest(max(number), 1)) FROM {table}"
        ))?;
    }
    connection.query("UPDATE about SET mark = coalesce($1, mark)", &[&mark])?;
    const BROKEN: &str = "SELECT count(*) FROM log LEFT JOIN entry ON entry.log = log.number AND entry.seq = log.head \
         WHERE log.head >= log.first AND entry.chain IS DISTINCT FROM log.chain";
    let broken = connection.one(BROKEN, &[])?;
    match broken.map(|row| row.try_get::<_, i64>(0)).transpose()? {
        Some(0) => Ok(()),
        _ => Err(Fault::Damaged("a log does not end in its head")),
    }
}

fn check_count(connection: &Connection, carry: &Carry, count: u64) -> Result<(), BackupError> {
    let sql = format!("SELECT count(*) FROM {}", carry.table);
    let row = connection.text(&sql, &[]).map_err(failed)?;
    let found = row.first().map(|row| row.try_get::<_, i64>(0));
    match found {
        Some(Ok(found)) if u64::try_from(found) == Ok(count) => Ok(()),
        _ => Err(refused(PostgresError::Failed(format!(
            "{count} rows of {} did not all arrive",
            carry.table
        )))),
    }
}

/// Writes rows to their table.
fn put(connection: &Connection, carry: &Carry, rows: Vec<Carried>) -> Found<()> {
    let mut columns: Vec<Box<dyn ToSql + Sync>> = Vec::new();
    let mut types = Vec::new();
    let mut rows: Vec<_> = rows.into_iter().map(Vec::into_iter).collect();
    for (at, (_, kind)) in carry.columns.iter().enumerate() {
        let values = rows.iter_mut().map(|row| row.next().unwrap_or(Value::Null));
        let (name, column): (_, Box<dyn ToSql + Sync>) = match kind {
            Kind::Int => ("bigint", Box::new(values.map(int).collect::<Vec<_>>())),
            Kind::Small => {
                let small = |value| int(value).and_then(|value| i16::try_from(value).ok());
                ("smallint", Box::new(values.map(small).collect::<Vec<_>>()))
            }
            Kind::Bool => {
                let truth = |value| int(value).map(|value| value != 0);
                ("boolean", Box::new(values.map(truth).collect::<Vec<_>>()))
            }
            Kind::Bytes => ("bytea", Box::new(values.map(bytes).collect::<Vec<_>>())),
            Kind::Text => ("text", Box::new(values.map(text).collect::<Vec<_>>())),
        };
        columns.push(column);
        types.push(format!("${}::{name}[]", at.saturating_add(1)));
    }
    let sql = format!(
        "INSERT INTO {} ({}) SELECT * FROM unnest({})",
        carry.table,
        carry.names(),
        types.join(", ")
    );
    let values: Vec<&(dyn ToSql + Sync)> = columns.iter().map(AsRef::as_ref).collect();
    connection.text(&sql, &values).map(drop)
}

fn int(value: Value) -> Option<i64> {
    match value {
        Value::Int(value) => Some(value),
        _ => None,
    }
}

fn bytes(value: Value) -> Option<Vec<u8>> {
    match value {
        Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Reads a table by a cursor.
fn give(
    connection: &Connection,
    carry: &Carry,
    mut take: impl FnMut(Vec<Carried>) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let (names, table) = (carry.names(), carry.table);
    connection
        .batch(&format!(
            "DECLARE carried NO SCROLL CURSOR FOR SELECT {names} FROM {table}"
        ))
        .map_err(failed)?;
    // Objects are large: few at a time.
    let most = if table == "object" { 8 } else { CHUNK_ROWS };
    loop {
        let rows = connection
            .text(&format!("FETCH {most} FROM carried"), &[])
            .map_err(failed)?;
        if rows.is_empty() {
            return connection.batch("CLOSE carried").map_err(failed);
        }
        let read: Found<Vec<Carried>> = rows.iter().map(|row| carried(row, carry)).collect();
        take(read.map_err(failed)?)?;
    }
}

fn carried(row: &Row, carry: &Carry) -> Found<Carried> {
    let mut out = Vec::with_capacity(carry.columns.len());
    for (at, (_, kind)) in carry.columns.iter().enumerate() {
        let value = match kind {
            Kind::Int => row.try_get::<_, Option<i64>>(at)?.map(Value::Int),
            Kind::Small => row
                .try_get::<_, Option<i16>>(at)?
                .map(|value| Value::Int(value.into())),
            Kind::Bool => row
                .try_get::<_, Option<bool>>(at)?
                .map(|value| Value::Int(value.into())),
            Kind::Bytes => row.try_get::<_, Option<Vec<u8>>>(at)?.map(Value::Bytes),
            Kind::Text => row.try_get::<_, Option<String>>(at)?.map(Value::Text),
        };
        out.push(value.unwrap_or(Value::Null));
    }
    Ok(out)
}
