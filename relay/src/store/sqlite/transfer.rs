//! A SQLite file as the end of a way from or to another database.

use super::backup::{BackupError, BackupNote, put_note, take_note};
use super::files::{self, named};
use super::open::{self, Lock, OpenError};
use super::schema::{APPLICATION_ID, SCHEMA, VERSION};
use crate::store::large::{LargeObjects, inline::inline};
use crate::store::transfer::{CHUNK_BYTES, CHUNK_ROWS, Carried, Carry, Value};
use lacre_wire::ids::Lineage;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, params_from_iter};
use std::path::{Path, PathBuf};

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// A store in a file, to be read.
pub(crate) struct Source(Connection);

impl Source {
    /// Opens a store or a backup, which nobody writes meanwhile.
    pub(crate) fn open(path: &Path) -> Result<Self, BackupError> {
        if !path.is_file() {
            return Err(BackupError::NoStore(path.to_path_buf()));
        }
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        open::check_kind(&connection, path)?;
        connection.execute_batch("BEGIN")?;
        Ok(Self(connection))
    }

    /// Keeps relays away from a store.
    pub(crate) fn lock(path: &Path) -> Result<Lock, BackupError> {
        if !path.is_file() {
            return Err(BackupError::NoStore(path.to_path_buf()));
        }
        open::lock(path).map_err(|error| match error {
            OpenError::InUse { path } => BackupError::InUse(path),
            error => error.into(),
        })
    }

    /// Brings the large objects that are kept `outside` among its rows, for as long as it is open.
    pub(crate) fn inline(&self, outside: Option<&LargeObjects>) -> Result<(), BackupError> {
        inline(&self.0, outside)
    }

    /// Its lineages, oldest first.
    pub(crate) fn lineages(&self) -> Result<Vec<Lineage>, BackupError> {
        Ok(open::lineages(&self.0)?)
    }

    /// What it says of itself, if it is a backup.
    pub(crate) fn note(&self) -> Result<Option<BackupNote>, BackupError> {
        // What is dropped here comes back: the transaction is never committed.
        Ok(take_note(&self.0)?)
    }

    /// Gives the rows of a table away in chunks; returns how many there were.
    pub(crate) fn give<E: From<BackupError>>(
        &self,
        carry: &Carry,
        mut take: impl FnMut(Vec<Carried>) -> Result<(), E>,
    ) -> Result<u64, E> {
        let failed = |error: rusqlite::Error| E::from(BackupError::Sqlite(error));
        let plain = format!("SELECT {} FROM {}", carry.names(), carry.table);
        let sql = carry.select.unwrap_or(&plain);
        let mut statement = self.0.prepare(sql).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let (mut chunk, mut bytes, mut count) = (Vec::new(), 0, 0);
        while let Some(row) = rows.next().map_err(failed)? {
            let mut carried = Vec::with_capacity(carry.columns.len());
            for at in 0..carry.columns.len() {
                let value = match row.get_ref(at).map_err(failed)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(value) => Value::Int(value),
                    ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
                    ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                    ValueRef::Real(_) => return Err(failed(super::convert::damaged("a number"))),
                };
                bytes += value.weight();
                carried.push(value);
            }
            chunk.push(carried);
            count += 1;
            if chunk.len() >= CHUNK_ROWS || bytes >= CHUNK_BYTES {
                take(std::mem::take(&mut chunk))?;
                bytes = 0;
            }
        }
        if !chunk.is_empty() {
            take(chunk)?;
        }
        Ok(count)
    }
}

/// A store in a file that is being written; it appears under its name when it is whole.
pub(crate) struct Target {
    connection: Connection,
    partial: PathBuf,
    path: PathBuf,
}

impl Target {
    /// Begins a file at `path`, which must not exist.
    pub(crate) fn create(path: &Path) -> Result<Self, BackupError> {
        if path.exists() {
            return Err(BackupError::Exists(path.to_path_buf()));
        }
        let partial = named(path, ".partial");
        files::remove(&partial)?;
        files::create(&partial)?;
        let connection = Connection::open_with_flags(&partial, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // Durable at the end, in one go: half a copy is thrown away.
        connection.execute_batch(&format!(
            "PRAGMA synchronous = OFF; PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL; BEGIN; {SCHEMA} \
             PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};"
        ))?;
        Ok(Self {
            connection,
            partial,
            path: path.to_path_buf(),
        })
    }

    /// Takes a lineage, oldest first.
    pub(crate) fn lineage(&self, lineage: &[u8]) -> Result<(), BackupError> {
        self.connection
            .execute("INSERT INTO lineage (id) VALUES (?1)", [lineage])?;
        Ok(())
    }

    /// Takes rows of a table.
    pub(crate) fn take(&self, carry: &Carry, rows: &[Carried]) -> Result<(), BackupError> {
        let marks = vec!["?"; carry.columns.len()].join(", ");
        let names = carry.names();
        let plain = format!("INSERT INTO {} ({names}) VALUES ({marks})", carry.table);
        let sql = carry.insert.unwrap_or(&plain);
        let mut statement = self.connection.prepare_cached(sql)?;
        for row in rows {
            statement.execute(params_from_iter(row))?;
        }
        Ok(())
    }

    /// Finishes the file, with the large objects that are kept `outside`; returns its bytes.
    pub(crate) fn finish(
        self,
        note: &BackupNote,
        outside: Option<&LargeObjects>,
    ) -> Result<u64, BackupError> {
        put_note(&self.connection, note)?;
        inline(&self.connection, outside)?;
        self.connection.execute_batch("COMMIT")?;
        self.connection.close().map_err(|(_, error)| error)?;
        files::settle(&self.partial)?;
        files::rename(&self.partial, &self.path)?;
        let metadata = std::fs::metadata(&self.path).map_err(files::failed(&self.path, "read"))?;
        Ok(metadata.len())
    }
}
