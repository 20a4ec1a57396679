//! A log that somebody has open, or whose newest entries are still in memory.

use super::frame::EntryFrame;
use super::tail::Tail;
use crate::session::mailbox::{Mailbox, Slot};
use lacre_wire::ids::{Hash, Millis, Seq};
use std::sync::Arc;

/// A session that has the log open.
pub(super) struct Reader {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) slot: Slot,
    /// Whether the store has said that the session reads the log.
    pub(super) flows: bool,
}

/// The state of a log in the hub.
#[derive(Default)]
pub(super) struct Log {
    /// Not known until the store was asked or an entry came by.
    pub(super) tail: Option<Tail>,
    pub(super) readers: Vec<Reader>,
    /// Entries are being read from the store to close a hole.
    pub(super) filling: bool,
    /// Highest seq known to exist.
    pub(super) head: Seq,
    /// Newest entry whose chain is known here.
    pub(super) chain: Option<(Seq, Hash)>,
    /// The last checkpoint and when it was signed, or where the log stood when it came into use.
    pub(super) signed: Option<(Seq, Millis)>,
    /// When the tail was last used, by the shard's own count.
    pub(super) touched: u64,
}

impl Log {
    pub(super) fn bytes(&self) -> usize {
        self.tail.as_ref().map_or(0, Tail::bytes)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.readers.is_empty() && self.bytes() == 0 && !self.filling
    }

    pub(super) fn mark_readers(&self) {
        self.readers
            .iter()
            .for_each(|reader| reader.mailbox.mark(reader.slot));
    }

    /// Takes an entry; wakes the readers when they may read further.
    pub(super) fn offer(&mut self, seq: Seq, frame: EntryFrame) {
        self.head = self.head.max(seq);
        if self
            .tail
            .get_or_insert_with(|| Tail::new(seq))
            .offer(seq, frame)
        {
            self.mark_readers();
        }
    }

    /// Takes messages of another relay, if readers wait for them here. Returns how many.
    pub(super) fn hear(&mut self, messages: impl Iterator<Item = (Seq, EntryFrame)>) -> usize {
        // Before the store was asked how far the log reaches, nobody knows where its tail begins.
        if self.readers.is_empty() || self.tail.is_none() {
            return 0;
        }
        messages.map(|(seq, frame)| self.offer(seq, frame)).count()
    }

    /// Learns that the log reaches `head`. Returns the hole to be filled from the store, if readers
    /// wait for it and nobody fills it yet.
    pub(super) fn learn(&mut self, head: Seq, most: u64) -> Option<(Seq, Seq)> {
        self.head = self.head.max(head);
        let has_readers = !self.readers.is_empty();
        let tail = self
            .tail
            .get_or_insert_with(|| Tail::new(head.saturating_add(1)));
        let end = tail.end();
        if end > self.head {
            return None;
        }
        if !has_readers || self.head - end >= most {
            // Too long to be worth keeping: readers go to the store.
            tail.reset(self.head + 1);
            self.mark_readers();
            return None;
        }
        let starts = !self.filling;
        self.filling = true;
        starts.then_some((end, self.head))
    }
}
