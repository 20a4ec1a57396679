//! The tables as both databases hold them, to carry a store from one to the other.
//!
//! A backup of a PostgreSQL store is a SQLite store in a file: one format for both, that a relay could
//! run on. Rows are carried as they are; only names of entries and types differ.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Small,
    Bytes,
    Text,
    Bool,
}

/// A value on its way. Truth is 0 or 1, as SQLite has it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Bytes(Vec<u8>),
    Text(String),
}

impl Value {
    /// About how many bytes it takes.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Null | Self::Int(_) => 8,
            Self::Bytes(bytes) => bytes.len(),
            Self::Text(text) => text.len(),
        }
    }
}

/// A row on its way.
pub(crate) type Carried = Vec<Value>;

/// Rows carried at once.
pub(crate) const CHUNK_ROWS: usize = 500;
/// Bytes carried at once; one row more passes.
pub(crate) const CHUNK_BYTES: usize = 4 * 1024 * 1024;

/// A table with its columns.
pub(crate) struct Carry {
    pub(crate) table: &'static str,
    pub(crate) columns: &'static [(&'static str, Kind)],
    /// How SQLite says it, where that differs from a plain SELECT.
    pub(crate) select: Option<&'static str>,
    /// How SQLite writes it, where that differs from a plain INSERT.
    pub(crate) insert: Option<&'static str>,
}

impl Carry {
    /// The columns, divided by commas.
    pub(crate) fn names(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|column| column.0).collect();
        names.join(", ")
    }
}

const fn plain(table: &'static str, columns: &'static [(&'static str, Kind)]) -> Carry {
    Carry {
        table,
        columns,
        select: None,
        insert: None,
    }
}

use Kind::{Bool, Bytes, Int, Small, Text};

/// Every table but lineages, which are told apart by their order alone.
pub(crate) const TABLES: [Carry; 13] = [
    plain(
        "account",
        &[
            ("number", Int),
            ("id", Bytes),
            ("handle", Text),
            ("aik", Bytes),
            ("list", Bytes),
            ("list_signature", Bytes),
            ("list_version", Int),
            ("created_ms", Int),
        ],
    ),
    plain(
        "device",
        &[
            ("id", Bytes),
            ("account", Bytes),
            ("key", Bytes),
            ("counter", Int),
            ("state", Small),
            ("seen_ms", Int),
        ],
    ),
    plain(
        "log",
        &[
            ("number", Int),
            ("key", Bytes),
            ("head", Int),
            ("chain", Bytes),
            ("last_ms", Int),
            ("first", Int),
            ("chain_before", Bytes),
            ("bytes", Int),
            ("swept", Int),
            ("due_ms", Int),
        ],
    ),
    Carry {
        table: "entry",
        columns: &[
            ("log", Int),
            ("seq", Int),
            ("kind", Small),
            ("generation", Int),
            ("epoch", Int),
            ("accepted_ms", Int),
            ("chain", Bytes),
            ("gone", Small),
            ("body_hash", Bytes),
            ("body_size", Int),
            ("stamp", Bytes),
            ("sealed_in", Int),
            ("sealed_sender", Bytes),
            ("origin", Bytes),
            ("refs", Bytes),
            ("body", Bytes),
        ],
        select: Some(
            "SELECT id >> 36, id & 68719476735, kind, generation, epoch, accepted_ms, chain, gone, body_hash, \
             body_size, stamp, sealed_in, sealed_sender, origin, refs, body FROM entry ORDER BY id",
        ),
        insert: Some(
            "INSERT INTO entry (id, kind, generation, epoch, accepted_ms, chain, gone, body_hash, body_size, stamp, \
             sealed_in, sealed_sender, origin, refs, body) VALUES ((?1 << 36) | ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
             ?11, ?12, ?13, ?14, ?15, ?16)",
        ),
    },
    Carry {
        table: "submission",
        columns: &[("key", Bytes), ("seq", Int), ("accepted_ms", Int)],
        select: Some(
            "SELECT key, seq, accepted_ms FROM submission WHERE key NOT IN (SELECT key FROM submission_recent) \
             UNION ALL SELECT key, seq, accepted_ms FROM submission_recent",
        ),
        insert: None,
    },
    plain(
        "room",
        &[
            ("log", Int),
            ("kind", Small),
            ("generation", Int),
            ("epoch", Int),
            ("epoch_seq", Int),
            ("group_info", Bytes),
            ("gi_mac", Bytes),
            ("key_number", Int),
            ("tree", Bytes),
            ("frozen", Bool),
            ("join_open", Bool),
            ("retention_ms", Int),
            ("listed", Text),
            ("snapshot_generation", Int),
            ("snapshot_epoch", Int),
            ("pending", Bytes),
            ("reports", Bytes),
            ("blame", Bytes),
        ],
    ),
    plain(
        "member",
        &[
            ("log", Int),
            ("device", Bytes),
            ("account", Bytes),
            ("from_seq", Int),
            ("until_seq", Int),
            ("acked", Int),
            ("earlier_from", Int),
            ("earlier_until", Int),
            ("last", Bytes),
            ("owed", Bool),
        ],
    ),
    plain(
        "direct",
        &[("low", Bytes), ("high", Bytes), ("room", Bytes)],
    ),
    plain("listing", &[("name", Text), ("log", Int)]),
    plain(
        "share",
        &[
            ("device", Bytes),
            ("origin", Bytes),
            ("entries", Int),
            ("bytes", Int),
        ],
    ),
    plain(
        "key_package",
        &[
            ("number", Int),
            ("device", Bytes),
            ("suite", Int),
            ("last_resort", Bool),
            ("hash", Bytes),
            ("stored_ms", Int),
            ("package", Bytes),
        ],
    ),
    plain(
        "object",
        &[
            ("number", Int),
            ("hash", Bytes),
            ("refs", Int),
            ("touched_ms", Int),
            ("bytes", Bytes),
        ],
    ),
    plain(
        "snapshot",
        &[
            ("log", Int),
            ("generation", Int),
            ("epoch", Int),
            ("bytes", Bytes),
        ],
    ),
];

/// All of them.
pub(crate) fn tables() -> impl Iterator<Item = &'static Carry> {
    TABLES.iter()
}
