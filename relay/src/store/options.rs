//! How a store is opened, and what it counts.

use super::limits::DEFAULT_RETENTION_MS;
use lacre_wire::ids::{Lineage, Millis};
use std::sync::atomic::{AtomicU64, Ordering};

/// When a commit counts as durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Each batch is fsynced before its commands are answered (contract 1).
    #[default]
    Full,
    /// The operating system may still hold the last batches: a power cut can lose accepted
    /// messages. For comparison with systems that work so, and for tests.
    PageCache,
}

/// Settings of a store.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// When a commit counts as durable.
    pub durability: Durability,
    /// Read connections, 1 to 16.
    pub readers: usize,
    /// Write connections, 1 to 8, where the back end has several: two gather commits best.
    pub writers: usize,
    /// How long messages are kept where the room does not say.
    pub retention_ms: Millis,
    /// Commands that may wait for the writer; then `Busy`.
    pub queue_commands: usize,
    /// Bytes of commands that may wait for the writer; then `Busy`.
    pub queue_bytes: usize,
    /// Renews the lineage: after a restore or promotion, when the log may have gone backwards.
    pub renew_lineage: bool,
    /// The lineage to take when one is made, so that tests can compare stores.
    #[doc(hidden)]
    pub lineage: Option<Lineage>,
    /// A disk in place of the real one, so that tests can fill it.
    #[doc(hidden)]
    pub disk: Option<super::faults::Measure>,
    /// Pages the database may have, so that tests meet SQLite's own end of space.
    #[doc(hidden)]
    pub max_pages: Option<u32>,
    /// Where tests break the writer.
    #[doc(hidden)]
    pub faults: super::faults::Faults,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            readers: 3,
            writers: 2,
            retention_ms: DEFAULT_RETENTION_MS,
            queue_commands: 4096,
            queue_bytes: 32 * 1024 * 1024,
            renew_lineage: false,
            lineage: None,
            disk: None,
            max_pages: None,
            faults: super::faults::Faults::default(),
        }
    }
}

/// What a store has done since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Batches made durable: fsyncs, in full durability.
    pub batches: u64,
    /// Commands in them.
    pub commands: u64,
    /// Rows written by them.
    pub rows: u64,
    /// Batches that were rolled back and run one by one.
    pub retried: u64,
    /// Commands answered `Busy`.
    pub busy: u64,
    /// Bytes free on the store's disk; none where the system does not say, or in memory.
    pub free_bytes: Option<u64>,
    /// Bytes that must stay free there; below, nothing is accepted.
    pub headroom_bytes: Option<u64>,
    /// Whether the store has stopped growing because too little is free.
    pub full: bool,
    /// Commands refused because of it.
    pub full_refused: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    batches: AtomicU64,
    commands: AtomicU64,
    rows: AtomicU64,
    retried: AtomicU64,
    busy: AtomicU64,
}

impl Counters {
    pub(crate) fn batch(&self, commands: usize, rows: usize) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.commands
            .fetch_add(u64::try_from(commands).unwrap_or(0), Ordering::Relaxed);
        self.rows
            .fetch_add(u64::try_from(rows).unwrap_or(0), Ordering::Relaxed);
    }

    pub(crate) fn retried(&self) {
        self.retried.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn busy(&self) {
        self.busy.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> Stats {
        Stats {
            batches: self.batches.load(Ordering::Relaxed),
            commands: self.commands.load(Ordering::Relaxed),
            rows: self.rows.load(Ordering::Relaxed),
            retried: self.retried.load(Ordering::Relaxed),
            busy: self.busy.load(Ordering::Relaxed),
            ..Stats::default()
        }
    }
}
