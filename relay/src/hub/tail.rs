//! The tail of a log: its newest entries, without a hole, up to the last one known here.
//!
//! Submissions are answered to many sessions at once, so entries come slightly out of order: one
//! that is ahead waits aside until the hole closes, and no reader ever sees past a hole.

use super::frame::EntryFrame;
use lacre_wire::ids::Seq;
use std::collections::{BTreeMap, VecDeque};

/// Entries that may wait for a hole to close. More means that something was lost: the store has it.
const MAX_PARKED: usize = 1024;

/// A contiguous run `first..end` of entries.
#[derive(Debug)]
pub(super) struct Tail {
    end: Seq,
    run: VecDeque<EntryFrame>,
    parked: BTreeMap<Seq, EntryFrame>,
    bytes: usize,
}

/// What a reader finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TailRead {
    /// Entries were given; `more` says whether others follow.
    Run {
        /// Whether the next entry is here too.
        more: bool,
    },
    /// The reader has everything known here.
    UpToDate,
    /// The entry has left the tail: the store has it.
    Behind,
}

impl Tail {
    /// An empty tail of a log whose next entry will be `end`.
    pub(super) fn new(end: Seq) -> Self {
        Self {
            end,
            run: VecDeque::new(),
            parked: BTreeMap::new(),
            bytes: 0,
        }
    }

    /// First seq that is not known here.
    pub(super) fn end(&self) -> Seq {
        self.end
    }

    /// First seq that is kept; equals `end` when nothing is.
    pub(super) fn first(&self) -> Seq {
        self.end - self.run.len() as u64
    }

    /// Bytes kept.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes an entry. Returns whether the end moved.
    pub(super) fn offer(&mut self, seq: Seq, frame: EntryFrame) -> bool {
        if seq < self.end {
            return false;
        }
        if seq > self.end {
            if self.parked.len() < MAX_PARKED {
                self.bytes += frame.len();
                if let Some(old) = self.parked.insert(seq, frame) {
                    self.bytes -= old.len();
                }
            }
            return false;
        }
        self.push(frame);
        while let Some(next) = self.parked.remove(&self.end) {
            self.bytes -= next.len();
            self.push(next);
        }
        true
    }

    fn push(&mut self, frame: EntryFrame) {
        self.bytes += frame.len();
        self.run.push_back(frame);
        self.end += 1;
    }

    fn drop_parked(&mut self) {
        let parked: usize = self.parked.values().map(EntryFrame::len).sum();
        self.bytes -= parked;
        self.parked.clear();
    }

    /// Gives entries from `next` on, at least one and then up to `budget` bytes and `most` entries,
    /// none after `until`.
    pub(super) fn read(
        &self,
        next: Seq,
        until: Seq,
        budget: usize,
        most: usize,
        out: &mut Vec<EntryFrame>,
    ) -> TailRead {
        let end = self.end.min(until.saturating_add(1));
        if next >= end {
            return TailRead::UpToDate;
        }
        let Some(skip) = next
            .checked_sub(self.first())
            .and_then(|skip| usize::try_from(skip).ok())
        else {
            return TailRead::Behind;
        };
        let available = usize::try_from(end - next).unwrap_or(usize::MAX);
        let (mut bytes, mut given) = (0, 0);
        for frame in self.run.iter().skip(skip).take(available.min(most)) {
            if given > 0 && bytes + frame.len() > budget {
                break;
            }
            bytes += frame.len();
            given += 1;
            out.push(frame.clone());
        }
        TailRead::Run {
            more: given < available,
        }
    }

    /// Drops the oldest entries until at most `keep` bytes are left.
    pub(super) fn shrink(&mut self, keep: usize) {
        if self.bytes > keep {
            self.drop_parked();
        }
        while self.bytes > keep
            && let Some(oldest) = self.run.pop_front()
        {
            self.bytes -= oldest.len();
        }
        self.run.shrink_to(self.run.len() * 2);
    }

    /// Forgets everything: the log stands at `end` now.
    pub(super) fn reset(&mut self, end: Seq) {
        *self = Self::new(end);
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::entry;
    use super::*;
    use lacre_wire::ids::{LogId, RoomId};

    const LOG: LogId = LogId::Room(RoomId([0; 16]));

    fn frame(seq: Seq) -> EntryFrame {
        EntryFrame::new(LOG, &entry(seq))
    }

    fn read(tail: &Tail, next: Seq) -> (usize, TailRead) {
        let mut out = Vec::new();
        let state = tail.read(next, Seq::MAX, 1 << 20, 256, &mut out);
        (out.len(), state)
    }

    #[test]
    fn a_reader_never_sees_past_a_hole() {
        let mut tail = Tail::new(5);
        assert!(!tail.offer(6, frame(6)));
        assert_eq!(read(&tail, 5), (0, TailRead::UpToDate));
        assert!(tail.offer(5, frame(5)));
        assert_eq!(read(&tail, 5), (2, TailRead::Run { more: false }));
        assert_eq!(read(&tail, 7), (0, TailRead::UpToDate));
        assert_eq!(read(&tail, 4), (0, TailRead::Behind));
        // A second offer of the same entry changes nothing.
        assert!(!tail.offer(6, frame(6)));
        assert_eq!(tail.end(), 7);
    }

    #[test]
    fn a_turn_is_bounded_but_never_empty() {
        let mut tail = Tail::new(1);
        (1..=10).for_each(|seq| assert!(tail.offer(seq, frame(seq))));
        let mut out = Vec::new();
        assert_eq!(
            tail.read(1, Seq::MAX, 1, 256, &mut out),
            TailRead::Run { more: true }
        );
        assert_eq!(out.len(), 1);
        assert_eq!(
            tail.read(2, Seq::MAX, 1 << 20, 3, &mut out),
            TailRead::Run { more: true }
        );
        assert_eq!(out.len(), 4);
        assert_eq!(
            tail.read(2, 4, 1 << 20, 256, &mut out),
            TailRead::Run { more: false }
        );
        assert_eq!(out.len(), 7);
        assert_eq!(tail.read(5, 4, 1 << 20, 256, &mut out), TailRead::UpToDate);
    }

    #[test]
    fn what_is_dropped_is_read_elsewhere() {
        let mut tail = Tail::new(1);
        (1..=10).for_each(|seq| assert!(tail.offer(seq, frame(seq))));
        let one = frame(1).len();
        tail.shrink(one * 3);
        assert_eq!((tail.first(), tail.end(), tail.bytes()), (8, 11, one * 3));
        assert_eq!(read(&tail, 7), (0, TailRead::Behind));
        assert_eq!(read(&tail, 8), (3, TailRead::Run { more: false }));
        tail.reset(20);
        assert_eq!((tail.bytes(), read(&tail, 19)), (0, (0, TailRead::Behind)));
    }
}
