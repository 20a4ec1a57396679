//! Single values by name.

use super::Db;
use crate::error::{Error, ErrorKind, Result};
use lacre_wire::codec;
use minicbor::{Decode, Encode};
use rusqlite::{Connection, OptionalExtension, params};

/// The raw value of `key`, on any connection.
pub(crate) fn value(connection: &Connection, key: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()
}

impl Db {
    /// The raw value of `key`.
    pub(crate) fn meta(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.with(|c| value(c, key))
    }

    /// Sets the raw value of `key`.
    pub(crate) fn set_meta(&self, key: &str, value: &[u8]) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
                .execute(params![key, value])
        })?;
        Ok(())
    }

    /// The value of `key`, decoded.
    pub(crate) fn meta_as<T: for<'b> Decode<'b, ()>>(&self, key: &str) -> Result<Option<T>> {
        self.meta(key)?
            .map(|bytes| {
                codec::from_slice(&bytes).map_err(|e| {
                    Error::new(
                        ErrorKind::Store,
                        "StoreDamaged",
                        format!("the stored value {key} cannot be read"),
                    )
                    .with_source(e)
                })
            })
            .transpose()
    }

    /// Sets the value of `key`, encoded.
    pub(crate) fn set_meta_as<T: Encode<()>>(&self, key: &str, value: &T) -> Result<()> {
        self.set_meta(key, &codec::to_vec(value))
    }
}
