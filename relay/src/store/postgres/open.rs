//! Opens a database: whether it may be used at all, its schema, its keys and its lineage.
//!
//! Several relays may start at once; one of them at a time holds the schema's advisory lock.

use super::address::PostgresAddress;
use super::connection::{Connection, RUNNING, SCHEMA_LOCK, Values};
use super::convert::Found;
use super::error::{Fault, PostgresError};
use super::schema::MIGRATIONS;
use super::writer::Shared;
use crate::store::OpenError;
use crate::store::context::new_lineage;
use crate::store::options::{Durability, StoreOptions};
use lacre_wire::ids::Lineage;
use std::time::{Duration, Instant};

/// How long a server may take to notice that a relay has ended.
const PARTING: Duration = Duration::from_secs(2);
/// How often is looked whether it has.
const LOOK: Duration = Duration::from_millis(50);
/// The oldest server that is tested against: 13.
const OLDEST: i32 = 130_000;

fn failed(fault: Fault) -> PostgresError {
    PostgresError::Failed(fault.to_string())
}

/// The version of the schema here.
pub(super) fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// What a setting of the server is.
fn setting(connection: &Connection, name: &'static str) -> Found<String> {
    let row = connection.one("SELECT current_setting($1)", &[&name])?;
    row.ok_or(Fault::Damaged("a setting"))?
        .try_get(0)
        .map_err(Fault::from)
}

/// Refuses a server on which what was accepted may be lost, and one that cannot be written.
fn check_server(
    connection: &Connection,
    address: &PostgresAddress,
    durability: Durability,
) -> Result<(), PostgresError> {
    let setting = |name| setting(connection, name).map_err(failed);
    let unfit = |why: String| PostgresError::Unfit {
        at: address.to_string(),
        why,
    };
    let version = setting("server_version_num")?;
    if version.parse::<i32>().unwrap_or(0) < OLDEST {
        let why = format!("its version is {version}; use PostgreSQL 13 or newer");
        return Err(unfit(why));
    }
    let encoding = setting("server_encoding")?;
    if encoding != "UTF8" {
        let why = format!("its encoding is {encoding}; create a database with ENCODING 'UTF8'");
        return Err(unfit(why));
    }
    if setting("transaction_read_only")? != "off" {
        let why = "it is read-only, as a standby is; give the address of the primary server";
        return Err(unfit(why.to_owned()));
    }
    if durability == Durability::PageCache {
        return Ok(());
    }
    for (name, wanted) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
    ] {
        let found = setting(name)?;
        // `local` and `remote_write` wait for this server's disk, as `on` and `remote_apply` do.
        if found == "off" {
            return Err(PostgresError::Unsafe {
                at: address.to_string(),
                setting: name,
                found,
                wanted,
            });
        }
    }
    Ok(())
}

/// The version of the schema that is there; 0 without one.
pub(super) fn version(connection: &Connection) -> Found<i64> {
    let there = connection.one("SELECT to_regclass('lacre.about') IS NOT NULL", &[])?;
    let there = there.ok_or(Fault::Damaged("the catalogue"))?;
    if !there.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let row = connection.one("SELECT version FROM lacre.about", &[])?;
    Ok(row.ok_or(Fault::Damaged("its version"))?.try_get(0)?)
}

/// Whose keys the store at an address was made with; none where there is no store yet. Changes
/// nothing. Blocks, and must not be called from within a runtime.
///
/// # Errors
/// When a store cannot be opened there: no way to the server, a server that is not fit or not safe, a
/// schema of a newer relay.
pub(super) fn mark(
    address: &PostgresAddress,
    durability: Durability,
) -> Result<Option<String>, PostgresError> {
    let connection = Connection::open(address, durability)?;
    check_server(&connection, address, durability)?;
    match version(&connection).map_err(failed)? {
        0 => Ok(None),
        found => {
            check_version(address, found)?;
            read_mark(&connection).map_err(failed)
        }
    }
}

/// Tables of a newer relay are not touched.
fn check_version(address: &PostgresAddress, found: i64) -> Result<(), PostgresError> {
    if found <= known() {
        return Ok(());
    }
    Err(PostgresError::Newer {
        at: address.to_string(),
        found,
        known: known(),
    })
}

pub(super) fn read_mark(connection: &Connection) -> Found<Option<String>> {
    match connection.one("SELECT mark FROM lacre.about", &[])? {
        Some(row) => Ok(row.try_get(0)?),
        None => Ok(None),
    }
}

/// Checks the server, brings the schema to this version, checks the keys and reads the lineages.
pub(super) fn prepare(
    address: &PostgresAddress,
    mark: Option<&str>,
    options: &StoreOptions,
) -> Result<Vec<Lineage>, OpenError> {
    let connection = Connection::open(address, options.durability)?;
    check_server(&connection, address, options.durability)?;
    // A connection that ends lets go of it.
    connection
        .batch(&format!(
            "SET lock_timeout = 0; SET statement_timeout = 0; SELECT pg_advisory_lock({SCHEMA_LOCK})"
        ))
        .map_err(failed)?;
    migrate(&connection, address)?;
    connection.batch("BEGIN").map_err(failed)?;
    if let Some(mark) = mark {
        let found = read_mark(&connection).map_err(failed)?;
        if found.as_deref().is_some_and(|found| found != mark) {
            return Err(PostgresError::OtherKeys(address.to_string()).into());
        }
        if found.is_none() {
            connection
                .query("UPDATE about SET mark = $1", &[&mark])
                .map_err(failed)?;
        }
    }
    let lineages = lineages(&connection, options)?;
    connection.batch("COMMIT").map_err(failed)?;
    Ok(lineages)
}

/// A connection to an empty store that no relay runs on, made if need be. A store that is there is
/// put aside under a name, if one is given.
pub(super) fn alone(
    address: &PostgresAddress,
    aside: Option<&str>,
) -> Result<Connection, PostgresError> {
    let connection = Connection::open(address, Durability::Full)?;
    check_server(&connection, address, Durability::Full)?;
    connection
        .batch(&format!(
            "SET statement_timeout = 0; SELECT pg_advisory_lock({SCHEMA_LOCK})"
        ))
        .map_err(failed)?;
    if !is_unused(&connection).map_err(failed)? {
        return Err(PostgresError::InUse(address.to_string()));
    }
    if let Some(aside) = aside
        && version(&connection).map_err(failed)? > 0
    {
        connection
            .batch(&format!("ALTER SCHEMA lacre RENAME TO {aside}"))
            .map_err(failed)?;
    }
    migrate(&connection, address)?;
    let filled = connection.one("SELECT EXISTS (SELECT FROM lineage)", &[]);
    let filled = filled.and_then(|row| match row {
        Some(row) => Ok(row.try_get(0)?),
        None => Ok(true),
    });
    match filled.map_err(failed)? {
        true => Err(PostgresError::NotEmpty(address.to_string())),
        false => Ok(connection),
    }
}

/// Whether no relay runs on the store; none can begin to while the connection lasts. The server may
/// notice a moment later that a relay has ended.
fn is_unused(connection: &Connection) -> Found<bool> {
    let began = Instant::now();
    loop {
        let alone = connection.one("SELECT pg_try_advisory_lock($1)", &[&RUNNING])?;
        let alone = alone.is_some_and(|row| row.try_get(0).unwrap_or(false));
        if alone || began.elapsed() > PARTING {
            return Ok(alone);
        }
        std::thread::sleep(LOOK);
    }
}

fn migrate(connection: &Connection, address: &PostgresAddress) -> Result<(), PostgresError> {
    let found = version(connection).map_err(failed)?;
    check_version(address, found)?;
    let steps = usize::try_from(found).unwrap_or(0);
    if found > 0 && found < known() {
        // Relays of the version before would go on writing what they know.
        if !is_unused(connection).map_err(failed)? {
            return Err(PostgresError::InUse(address.to_string()));
        }
        tracing::warn!(
            from = found,
            to = known(),
            "the database's schema is brought up to date; there is no way back but a backup: \
             keep one made with `lacre relay backup` or pg_dump"
        );
    }
    for (at, sql) in MIGRATIONS.iter().enumerate().skip(steps) {
        let version = at.saturating_add(1);
        let note = match at {
            0 => format!("INSERT INTO about (version) VALUES ({version})"),
            _ => format!("UPDATE about SET version = {version}"),
        };
        connection
            .batch(&format!(
                "BEGIN; CREATE SCHEMA IF NOT EXISTS lacre; {sql} {note}; COMMIT"
            ))
            .map_err(|fault| {
                let _rolled_back = connection.batch("ROLLBACK");
                failed(fault)
            })?;
    }
    Ok(())
}

/// The server's timeline: a promotion or a recovery, in which the end of the log may have been lost,
/// begins another one.
pub(super) fn timeline(connection: &Connection) -> Found<String> {
    let row = connection.one(
        "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)",
        &[],
    )?;
    Ok(row.ok_or(Fault::Damaged("the timeline"))?.try_get(0)?)
}

/// Every lineage so far; with a new one when there is none, when it is asked for, and when the server
/// may have gone back.
fn lineages(connection: &Connection, options: &StoreOptions) -> Result<Vec<Lineage>, OpenError> {
    let (mut lineages, last) = read_lineages(connection).map_err(failed)?;
    let now = timeline(connection).map_err(failed)?;
    let moved = last.is_some_and(|last| last != now);
    if moved {
        tracing::warn!(
            timeline = now,
            "the database server was promoted or recovered; clients are told that logs may have gone back"
        );
    }
    if lineages.is_empty() || options.renew_lineage || moved {
        let lineage = new_lineage(options)?;
        add_lineage(connection, lineages.len(), lineage, &now).map_err(failed)?;
        lineages.push(lineage);
    }
    Ok(lineages)
}

/// Adds a lineage as the present one.
pub(super) fn add_lineage(
    connection: &Connection,
    before: usize,
    lineage: Lineage,
    timeline: &str,
) -> Found<()> {
    let number = i64::try_from(before).unwrap_or(i64::MAX);
    let values: Values<'_> = &[&number, &lineage.0.as_slice(), &timeline];
    connection
        .query("INSERT INTO lineage VALUES ($1, $2, $3)", values)
        .map(drop)
}

fn read_lineages(connection: &Connection) -> Found<(Vec<Lineage>, Option<String>)> {
    let rows = connection.query("SELECT id, timeline FROM lineage ORDER BY number", &[])?;
    let (mut lineages, mut last) = (Vec::with_capacity(rows.len()), None);
    for row in &rows {
        let id: &[u8] = row.try_get(0)?;
        lineages.push(
            id.try_into()
                .map(Lineage)
                .map_err(|_| Fault::Damaged("a lineage"))?,
        );
        last = Some(row.try_get(1)?);
    }
    Ok((lineages, last))
}

/// After a connection was lost: that the same store is behind the new one, at no earlier moment.
pub(super) fn check_same(connection: &Connection, shared: &Shared) -> Result<(), PostgresError> {
    let read = || {
        let (lineages, last) = read_lineages(connection)?;
        Ok((lineages, last, timeline(connection)?))
    };
    let (lineages, last, now) = read().map_err(failed)?;
    if lineages == shared.context.lineages && last.as_deref() == Some(now.as_str()) {
        return Ok(());
    }
    Err(PostgresError::Unfit {
        at: shared.address.to_string(),
        why: "it was restored, promoted or recovered while this relay ran; restart the relay, which then \
              tells clients that logs may have gone back"
            .to_owned(),
    })
}
