//! What the relay stored, read from its own file.

use crate::failure::{Exit, Failure, Outcome};
use crate::text::demo as text;
use lacre::RoomId;
use lacre_sqlite as _;
use rusqlite::{Connection, OpenFlags, params};
use std::collections::BTreeMap;
use std::path::Path;

/// How many bits of an entry's row number count within its log.
const SEQ_BITS: u32 = 36;

/// How the relay keys the log of a room: a zero, then the room's id.
const ROOM: u8 = 0;

/// How many bytes of an envelope are shown at most: the last ones. The first say which group and
/// epoch it belongs to, and are the same in all of them.
const SHOWN: i64 = 128;

/// A stored envelope.
pub(super) struct Envelope {
    /// All of its bytes.
    pub(super) size: u64,
    /// The last of them.
    pub(super) end: Vec<u8>,
}

/// The messages of a room as the relay holds them, by their place in the log.
pub(super) fn read(folder: &Path, room: RoomId) -> Outcome<BTreeMap<u64, Envelope>> {
    query(folder, room).map_err(|error| {
        Failure::new(
            "StoreUnreadable",
            text::store_unreadable(error),
            Exit::Failed,
        )
    })
}

fn query(folder: &Path, room: RoomId) -> rusqlite::Result<BTreeMap<u64, Envelope>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.join("relay.db"), flags)?;
    let mut statement = connection.prepare(
        "SELECT entry.id & ((1 << ?1) - 1), length(entry.body), substr(entry.body, -?2)
         FROM log JOIN entry ON entry.id >> ?1 = log.number
         WHERE log.key = ?3 AND entry.kind = 0 AND entry.body IS NOT NULL ORDER BY entry.id",
    )?;
    let key: Vec<u8> = std::iter::once(ROOM).chain(room.0).collect();
    let rows = statement.query_map(params![SEQ_BITS, SHOWN, key], |row| {
        let (seq, size): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok((
            seq.unsigned_abs(),
            Envelope {
                size: size.unsigned_abs(),
                end: row.get(2)?,
            },
        ))
    })?;
    rows.collect()
}
