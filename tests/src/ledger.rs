//! What a relay's store really holds, read from its file beside the running relay.
//!
//! The checker must not ask the relay what the relay has: this reads the tables themselves, on a
//! read-only connection, and recomputes from them what the relay only claims.

use crate::wire::Place;
use lacre_wire::codec;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{AccountId, DeviceId, Epoch, Generation, Hash, LogId, Millis, RoomId, Seq};
use lacre_wire::log::{EntryKind, Link, chain_start};
use lacre_wire::stamp::Stamp;
use rusqlite::{Connection, OpenFlags, Row, params};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bits of an entry's row id that count within its log.
const SEQ_BITS: u32 = 36;

/// A store's file, opened for reading.
pub struct Ledger(Connection);

/// A log and every entry of it that is kept.
#[derive(Debug, Clone)]
pub struct LoggedRoom {
    /// The room.
    pub room: RoomId,
    /// Generation of its group.
    pub generation: Generation,
    /// The group's epoch.
    pub epoch: Epoch,
    /// Position of the last entry.
    pub head: Seq,
    /// The chain there.
    pub chain: Hash,
    /// First entry that is kept.
    pub first: Seq,
    /// The chain before it.
    pub before: Hash,
    /// The entries, ascending.
    pub entries: Vec<LoggedEntry>,
    /// Which device reads which part.
    pub readers: Vec<LoggedReader>,
}

/// An entry as stored.
#[derive(Debug, Clone)]
pub struct LoggedEntry {
    /// What the chain binds of it.
    pub link: Link,
    /// The chain after it, as stored.
    pub chain: Hash,
}

/// The part of a room's log that one device reads.
#[derive(Debug, Clone)]
pub struct LoggedReader {
    /// The device.
    pub device: DeviceId,
    /// Its account.
    pub account: AccountId,
    /// First entry: the commit that added it.
    pub from: Seq,
    /// Last entry, once it was removed.
    pub until: Option<Seq>,
}

impl LoggedReader {
    /// Whether the device reads this entry.
    pub fn reads(&self, seq: Seq) -> bool {
        self.from <= seq && self.until.is_none_or(|until| seq <= until)
    }
}

impl Ledger {
    /// Opens the store in a relay's data folder.
    pub fn open(folder: &Path) -> Self {
        let path = store_file(folder);
        let connection =
            Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        Self(connection)
    }

    /// Every room with its entries, all at one moment.
    pub fn rooms(&mut self) -> Vec<LoggedRoom> {
        let snapshot = self.0.transaction().unwrap();
        let sql = "SELECT number, key, head, chain, first, chain_before, generation, epoch \
                   FROM log LEFT JOIN room ON room.log = log.number";
        let mut logs = snapshot.prepare(sql).unwrap();
        let rows = logs
            .query_map([], |row| Ok((row.get::<_, i64>(0)?, read_log(row))))
            .unwrap();
        let mut rooms: Vec<_> = rows
            .map(Result::unwrap)
            .filter_map(|(number, room)| Some((number, room?)))
            .collect();
        for (number, room) in &mut rooms {
            room.entries = read_entries(&snapshot, *number);
            room.readers = read_readers(&snapshot, *number);
        }
        rooms.into_iter().map(|(_, room)| room).collect()
    }

    /// Each room's place for a message and its head, without reading entries.
    pub fn places(&self) -> Vec<(Place, Seq, Hash)> {
        let sql = "SELECT key, generation, epoch, head, chain FROM log JOIN room ON room.log = log.number";
        let mut rooms = self.0.prepare(sql).unwrap();
        let read = |row: &Row<'_>| {
            let room = LogId::from_key(row.get_ref(0)?.as_blob()?)
                .and_then(|log| log.room())
                .unwrap();
            Ok((
                Place {
                    room,
                    generation: row.get(1)?,
                    epoch: uint(row, 2),
                },
                uint(row, 3),
                hash(row, 4),
            ))
        };
        rooms
            .query_map([], read)
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    /// One room.
    pub fn room(&mut self, room: RoomId) -> LoggedRoom {
        let found = self.rooms().into_iter().find(|logged| logged.room == room);
        found.unwrap_or_else(|| panic!("the relay's store has no room {room}"))
    }
}

impl LoggedRoom {
    /// How many entries of a kind there are.
    pub fn count(&self, kind: EntryKind) -> usize {
        self.entries
            .iter()
            .filter(|entry| entry.link.kind == kind)
            .count()
    }

    /// What is wrong with the log by itself: seqs that do not run without a gap from the first kept
    /// entry to the head, time that goes back, a chain that does not follow from the entries.
    pub fn flaws(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut flaw = |text: String| found.push(format!("the relay's room {}: {text}", self.room));
        if self.first == 1 && self.before != chain_start(LogId::Room(self.room)) {
            flaw("another chain before the first entry".to_owned());
        }
        let (mut chain, mut next, mut time): (Hash, Seq, Millis) = (self.before, self.first, 0);
        for entry in &self.entries {
            let link = &entry.link;
            if link.seq != next {
                flaw(format!(
                    "expected entry {next}, the store has {} there",
                    link.seq
                ));
            }
            if link.accepted_ms < time {
                flaw(format!(
                    "entry {} was accepted before the one before it",
                    link.seq
                ));
            }
            chain = link.chain(&chain);
            if chain != entry.chain {
                flaw(format!(
                    "the chain stored at entry {} is not that of its entries",
                    link.seq
                ));
            }
            (next, time) = (link.seq + 1, link.accepted_ms);
        }
        if next != self.head + 1 {
            flaw(format!(
                "the head is {}, the entries end before {next}",
                self.head
            ));
        }
        if chain != self.chain {
            flaw("the head's chain is not that of the entries".to_owned());
        }
        found
    }
}

/// The one SQLite database in a folder.
fn store_file(folder: &Path) -> PathBuf {
    let is_store = |path: &PathBuf| {
        std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0"))
    };
    let found = crate::scan::files(folder).into_iter().find(is_store);
    found.unwrap_or_else(|| panic!("{} holds no store", folder.display()))
}

fn uint(row: &Row<'_>, column: usize) -> u64 {
    u64::try_from(row.get::<_, i64>(column).unwrap()).unwrap()
}

fn hash(row: &Row<'_>, column: usize) -> Hash {
    Hash::from_slice(row.get_ref(column).unwrap().as_blob().unwrap()).unwrap()
}

fn read_log(row: &Row<'_>) -> Option<LoggedRoom> {
    let room = LogId::from_key(row.get_ref(1).unwrap().as_blob().unwrap())?.room()?;
    Some(LoggedRoom {
        room,
        generation: row.get(6).unwrap(),
        epoch: uint(row, 7),
        head: uint(row, 2),
        chain: hash(row, 3),
        first: uint(row, 4),
        before: hash(row, 5),
        entries: Vec::new(),
        readers: Vec::new(),
    })
}

fn read_entries(connection: &Connection, log: i64) -> Vec<LoggedEntry> {
    let sql = "SELECT id, kind, generation, epoch, accepted_ms, chain, stamp, body_hash, body FROM entry \
               WHERE id >= ?1 AND id < ?2 ORDER BY id";
    let mut entries = connection.prepare(sql).unwrap();
    let bounds = params![log << SEQ_BITS, (log + 1) << SEQ_BITS];
    entries
        .query_map(bounds, |row| Ok(read_entry(row, log)))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

fn read_entry(row: &Row<'_>, log: i64) -> LoggedEntry {
    let kind: u8 = row.get(1).unwrap();
    let kind: EntryKind = codec::from_slice(&codec::to_vec(&kind)).unwrap();
    let stamp: Option<Vec<u8>> = row.get(6).unwrap();
    let stamp: Option<Stamp> = stamp.map(|stamp| codec::from_slice(&stamp).unwrap());
    let kept: Option<Vec<u8>> = row.get(8).unwrap();
    let body = match kept {
        Some(bytes) => sha256(&[&bytes]),
        None => hash(row, 7),
    };
    let link = Link {
        seq: u64::try_from(row.get::<_, i64>(0).unwrap() - (log << SEQ_BITS)).unwrap(),
        kind,
        generation: row.get(2).unwrap(),
        epoch: uint(row, 3),
        accepted_ms: uint(row, 4),
        body,
        stamp,
    };
    LoggedEntry {
        link,
        chain: hash(row, 5),
    }
}

fn read_readers(connection: &Connection, log: i64) -> Vec<LoggedReader> {
    let sql =
        "SELECT device, account, from_seq, until_seq FROM member WHERE log = ?1 ORDER BY device";
    let mut readers = connection.prepare(sql).unwrap();
    let read = |row: &Row<'_>| {
        Ok(LoggedReader {
            device: DeviceId::from_slice(row.get_ref(0)?.as_blob()?).unwrap(),
            account: AccountId::from_slice(row.get_ref(1)?.as_blob()?).unwrap(),
            from: uint(row, 2),
            until: row
                .get::<_, Option<i64>>(3)?
                .map(|until| u64::try_from(until).unwrap()),
        })
    };
    readers
        .query_map([log], read)
        .unwrap()
        .map(Result::unwrap)
        .collect()
}
