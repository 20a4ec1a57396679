//! The logs a session has open: its cursor in each, and how it is being read.
//!
//! About a hundred bytes a log. Nothing else is kept for a log that has no news.

use super::mailbox::Slot;
use crate::hub::EntryFrame;
use lacre_wire::ids::{LogId, Seq};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::sync::oneshot;

/// How a log is being read.
pub(super) enum Mode {
    /// The store is asked where the client stands; nothing flows yet.
    Opening,
    /// From the tail, on the session stream.
    Live,
    /// The tail no longer has the next entry; a page of the store is being read.
    Reading,
    /// A page of the store, on the session stream in turns.
    Page(VecDeque<EntryFrame>),
    /// On a stream of its own. Dropping the sender ends that stream.
    CatchUp {
        /// Never used: it tells by being dropped.
        _cancel: oneshot::Sender<()>,
        /// Last entry this device reads, as the stream sees it.
        until: Arc<AtomicU64>,
    },
}

/// A log and the session's place in it.
pub(super) struct OpenLog {
    pub(super) log: LogId,
    /// Tells this opening apart from others that used the same slot.
    pub(super) serial: u32,
    /// First entry the client has not been sent.
    pub(super) next: Seq,
    /// Last entry this device reads.
    pub(super) until: Seq,
    pub(super) mode: Mode,
    /// Waits for its turn on the live lane.
    pub(super) queued: bool,
}

/// All open logs of a session.
#[derive(Default)]
pub(super) struct Logs {
    slots: Vec<Option<OpenLog>>,
    free: Vec<Slot>,
    by_log: HashMap<LogId, Slot>,
    serial: u32,
}

impl Logs {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.by_log.len()
    }

    /// Gives a log a slot. None if it is open already.
    pub(super) fn open(&mut self, log: LogId) -> Option<Slot> {
        if self.by_log.contains_key(&log) {
            return None;
        }
        self.serial = self.serial.wrapping_add(1);
        let opened = OpenLog {
            log,
            serial: self.serial,
            next: 0,
            until: Seq::MAX,
            mode: Mode::Opening,
            queued: false,
        };
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.slots.push(None);
                Slot::try_from(self.slots.len() - 1).unwrap_or(Slot::MAX)
            }
        };
        *self.slots.get_mut(slot as usize)? = Some(opened);
        self.by_log.insert(log, slot);
        Some(slot)
    }

    /// The log in a slot.
    pub(super) fn get(&mut self, slot: Slot) -> Option<&mut OpenLog> {
        self.slots.get_mut(slot as usize)?.as_mut()
    }

    /// The slot of a log.
    pub(super) fn slot(&self, log: &LogId) -> Option<Slot> {
        self.by_log.get(log).copied()
    }

    /// Frees a slot.
    pub(super) fn close(&mut self, slot: Slot) -> Option<OpenLog> {
        let closed = self.slots.get_mut(slot as usize)?.take()?;
        self.by_log.remove(&closed.log);
        self.free.push(slot);
        Some(closed)
    }

    /// Takes all of them out.
    pub(super) fn drain(&mut self) -> Vec<(Slot, LogId)> {
        let logs = self.by_log.drain().map(|(log, slot)| (slot, log)).collect();
        self.slots.clear();
        self.free.clear();
        logs
    }
}
