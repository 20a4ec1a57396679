//! The hub: which sessions have which log open, and the newest entries of the logs in use.
//!
//! The hub never hands anybody a message. It marks a log as dirty at the sessions that have it open,
//! and they read it from their cursors: from the tail kept here, or from the store. So live delivery
//! and catching up are one path, and a lost wake-up costs time, never an entry.
//!
//! Logs are spread over shards by their (random) ids; a shard is one lock, held for microseconds.

pub(crate) mod frame;
mod log;
pub(crate) mod online;
mod tail;

pub(crate) use frame::EntryFrame;
pub(crate) use tail::TailRead;

use crate::session::mailbox::{Mailbox, Slot};
use lacre_wire::ids::{Hash, LogId, Millis, RoomId, Seq};
use log::{Log, Reader};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const SHARDS: usize = 16;

/// Holes of up to this many entries are filled from the store once for all readers.
const MAX_FILL: u64 = 256;

/// Entries between two checkpoints of a log.
const CHECKPOINT_ENTRIES: u64 = 256;

/// The hub of one relay.
pub(crate) struct Hub {
    shards: [Mutex<Shard>; SHARDS],
    /// Bytes of tail a shard may keep.
    shard_bytes: usize,
    tail_bytes: AtomicUsize,
}

#[derive(Default)]
struct Shard {
    logs: HashMap<LogId, Log>,
    bytes: usize,
    tick: u64,
}

/// A chain head to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DueCheckpoint {
    /// The log.
    pub(crate) log: LogId,
    /// The entry.
    pub(crate) seq: Seq,
    /// The chain there.
    pub(crate) chain: Hash,
}

/// Entries that are in the store and missing in a tail somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hole {
    /// The log.
    pub(crate) log: LogId,
    /// First missing entry.
    pub(crate) from: Seq,
    /// Last missing entry.
    pub(crate) to: Seq,
}

impl Hub {
    /// A hub that keeps at most `tail_bytes` of entries.
    pub(crate) fn new(tail_bytes: usize) -> Self {
        Self {
            shards: Default::default(),
            shard_bytes: tail_bytes / SHARDS,
            tail_bytes: AtomicUsize::new(0),
        }
    }

    /// Bytes of entries in memory.
    pub(crate) fn tail_bytes(&self) -> usize {
        self.tail_bytes.load(Ordering::Relaxed)
    }

    /// From now on the session hears of the log's news.
    pub(crate) fn open(&self, log: LogId, mailbox: Arc<Mailbox>, slot: Slot) {
        let mut shard = self.shard(log);
        shard.logs.entry(log).or_default().readers.push(Reader {
            mailbox,
            slot,
            flows: false,
        });
    }

    /// The store has said that the session reads the log.
    pub(crate) fn flows(&self, log: LogId, mailbox: &Arc<Mailbox>, slot: Slot) {
        let mut shard = self.shard(log);
        let readers = shard.logs.get_mut(&log).map(|state| &mut state.readers);
        for reader in readers.into_iter().flatten() {
            reader.flows |= reader.slot == slot && Arc::ptr_eq(&reader.mailbox, mailbox);
        }
    }

    /// The session no longer hears of the log.
    pub(crate) fn close(&self, log: LogId, mailbox: &Arc<Mailbox>, slot: Slot) {
        let mut shard = self.shard(log);
        let Some(state) = shard.logs.get_mut(&log) else {
            return;
        };
        state
            .readers
            .retain(|reader| reader.slot != slot || !Arc::ptr_eq(&reader.mailbox, mailbox));
        if state.readers.is_empty() {
            // Sessions let go of their spare room only when nobody is left.
            state.readers = Vec::new();
        }
        if state.is_idle() {
            shard.logs.remove(&log);
        }
    }

    /// Takes an entry accepted by this relay, with the chain there. Returns the chain head when
    /// its checkpoint is due.
    pub(crate) fn offer(
        &self,
        log: LogId,
        seq: Seq,
        chain: Hash,
        frame: EntryFrame,
    ) -> Option<DueCheckpoint> {
        self.with_tail(log, |state| {
            state.offer(seq, frame);
            if state.chain.is_none_or(|(known, _)| known < seq) {
                state.chain = Some((seq, chain));
            }
            // Counting starts when the log comes into use.
            let (signed, _) = *state.signed.get_or_insert((seq.saturating_sub(1), 0));
            let due = seq.saturating_sub(signed) >= CHECKPOINT_ENTRIES && !state.readers.is_empty();
            due.then_some(DueCheckpoint { log, seq, chain })
        })
    }

    /// Takes entries read from the store to fill a hole.
    pub(crate) fn fill(&self, log: LogId, entries: impl Iterator<Item = (Seq, EntryFrame)>) {
        self.with_tail(log, |state| {
            entries.for_each(|(seq, frame)| state.offer(seq, frame))
        });
    }

    /// The filling of a hole has ended, with or without success. Returns what is still missing.
    pub(crate) fn filled(&self, log: LogId) -> Option<Hole> {
        let mut shard = self.shard(log);
        let state = shard.logs.get_mut(&log)?;
        state.filling = false;
        if state.is_idle() {
            shard.logs.remove(&log);
            return None;
        }
        let (from, to) = state.learn(0, MAX_FILL)?;
        Some(Hole { log, from, to })
    }

    /// Gives up a hole: readers go to the store by themselves.
    pub(crate) fn skip_hole(&self, log: LogId) {
        let mut shard = self.shard(log);
        if let Some(state) = shard.logs.get_mut(&log) {
            state.filling = false;
            state.learn(0, 0);
        }
    }

    /// Learns that a log reaches `head`. Returns the hole that must be filled from the store.
    /// Logs that nobody uses here are passed over.
    pub(crate) fn wake(&self, log: LogId, head: Seq) -> Option<Hole> {
        self.hear(log, head, std::iter::empty()).1
    }

    /// As [`Hub::wake`], with messages of the log that another relay made durable. Returns how many of
    /// them were taken too. The hole is what is missing before them.
    pub(crate) fn hear(
        &self,
        log: LogId,
        head: Seq,
        messages: impl Iterator<Item = (Seq, EntryFrame)>,
    ) -> (usize, Option<Hole>) {
        let mut shard = self.shard(log);
        let before = shard.logs.get(&log).map_or(0, Log::bytes);
        let Some(state) = shard.logs.get_mut(&log) else {
            return (0, None);
        };
        let taken = state.hear(messages);
        let hole = state.learn(head, MAX_FILL);
        let after = state.bytes();
        self.account(&mut shard, before, after);
        (taken, hole.map(|(from, to)| Hole { log, from, to }))
    }

    /// As [`Hub::wake`], with the chain at the head.
    pub(crate) fn wake_with_chain(&self, log: LogId, head: Seq, chain: Hash) -> Option<Hole> {
        if let Some(state) = self.shard(log).logs.get_mut(&log)
            && state.chain.is_none_or(|(known, _)| known < head)
        {
            state.chain = Some((head, chain));
            state.signed.get_or_insert((head, 0));
        }
        self.wake(log, head)
    }

    /// Reads a log from `next`; see [`TailRead`]. Entries are appended to `out`.
    pub(crate) fn read(
        &self,
        log: LogId,
        next: Seq,
        until: Seq,
        budget: usize,
        most: usize,
        out: &mut Vec<EntryFrame>,
    ) -> TailRead {
        let mut shard = self.shard(log);
        shard.tick += 1;
        let tick = shard.tick;
        let Some(state) = shard.logs.get_mut(&log) else {
            return TailRead::UpToDate;
        };
        state.touched = tick;
        state.tail.as_ref().map_or(TailRead::UpToDate, |tail| {
            tail.read(next, until, budget, most, out)
        })
    }

    /// Whether the tail holds the entry `next`, or `next` is the entry that comes next.
    pub(crate) fn covers(&self, log: LogId, next: Seq) -> bool {
        let shard = self.shard(log);
        let tail = shard.logs.get(&log).and_then(|state| state.tail.as_ref());
        tail.is_some_and(|tail| tail.first() <= next)
    }

    /// Every log that somebody has open.
    pub(crate) fn open_logs(&self) -> Vec<LogId> {
        let mut logs = Vec::new();
        for shard in &self.shards {
            let shard = lock(shard);
            logs.extend(
                shard
                    .logs
                    .iter()
                    .filter(|(_, state)| !state.readers.is_empty())
                    .map(|(log, _)| *log),
            );
        }
        logs
    }

    /// The sessions that read a room's log.
    pub(crate) fn readers(&self, room: RoomId) -> Vec<Arc<Mailbox>> {
        let log = LogId::Room(room);
        let shard = self.shard(log);
        let readers = shard.logs.get(&log).map(|state| &state.readers);
        let readers = readers.into_iter().flatten().filter(|reader| reader.flows);
        readers.map(|reader| reader.mailbox.clone()).collect()
    }

    /// Chain heads with news since `before_ms` whose checkpoint is older than that.
    pub(crate) fn due_checkpoints(&self, before_ms: Millis) -> Vec<DueCheckpoint> {
        let mut due = Vec::new();
        for shard in &self.shards {
            let shard = lock(shard);
            for (&log, state) in &shard.logs {
                if let Some((seq, chain)) = state.chain
                    && state
                        .signed
                        .is_none_or(|(signed, at_ms)| signed < seq && at_ms <= before_ms)
                    && !state.readers.is_empty()
                {
                    due.push(DueCheckpoint { log, seq, chain });
                }
            }
        }
        due
    }

    /// Notes a signed checkpoint and returns whom to send it to: whoever has the log open.
    pub(crate) fn signed(&self, due: DueCheckpoint, now_ms: Millis) -> Vec<Arc<Mailbox>> {
        let mut shard = self.shard(due.log);
        let Some(state) = shard.logs.get_mut(&due.log) else {
            return Vec::new();
        };
        let before = state.signed.map_or(0, |(seq, _)| seq);
        state.signed = Some((before.max(due.seq), now_ms));
        let readers = state.readers.iter().filter(|reader| reader.flows);
        readers.map(|reader| reader.mailbox.clone()).collect()
    }

    fn with_tail<T>(&self, log: LogId, change: impl FnOnce(&mut Log) -> T) -> T {
        let mut shard = self.shard(log);
        shard.tick += 1;
        let tick = shard.tick;
        let state = shard.logs.entry(log).or_default();
        let before = state.bytes();
        state.touched = tick;
        let result = change(state);
        let after = state.bytes();
        self.account(&mut shard, before, after);
        result
    }

    /// Keeps the count of bytes; above the limit, the tails used longest ago go first.
    fn account(&self, shard: &mut Shard, before: usize, after: usize) {
        let counted = shard.bytes;
        shard.bytes = shard.bytes + after - before;
        if shard.bytes > self.shard_bytes {
            shard.evict(self.shard_bytes / 8 * 7);
        }
        if shard.bytes >= counted {
            self.tail_bytes
                .fetch_add(shard.bytes - counted, Ordering::Relaxed);
        } else {
            self.tail_bytes
                .fetch_sub(counted - shard.bytes, Ordering::Relaxed);
        }
    }

    fn shard(&self, log: LogId) -> MutexGuard<'_, Shard> {
        let [.., last] = log.to_key();
        let index = usize::from(last) % SHARDS;
        // The index is always in range; the first shard stands in to keep this free of panics.
        let [first, ..] = &self.shards;
        lock(self.shards.get(index).unwrap_or(first))
    }
}

impl Shard {
    fn evict(&mut self, keep: usize) {
        let mut oldest: Vec<_> = self
            .logs
            .iter()
            .map(|(log, state)| (state.touched, *log))
            .collect();
        oldest.sort_unstable();
        for (_, log) in oldest {
            let over = self.bytes.saturating_sub(keep);
            let Some(state) = self.logs.get_mut(&log).filter(|_| over > 0) else {
                break;
            };
            let had = state.bytes();
            if let Some(tail) = &mut state.tail {
                tail.shrink(had.saturating_sub(over));
            }
            self.bytes -= had - state.bytes();
        }
        self.logs.retain(|_, state| !state.is_idle());
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
