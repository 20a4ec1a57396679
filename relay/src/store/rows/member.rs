//! A device's place in a room: what it reads, and how far it came.

use crate::store::record::Interval;
use lacre_wire::ids::{AccountId, Seq, SubmitId};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberRow {
    pub(crate) account: AccountId,
    pub(crate) from_seq: Seq,
    pub(crate) until_seq: Option<Seq>,
    pub(crate) acked: Seq,
    /// What of an earlier membership may be unread.
    pub(crate) earlier: Option<Span>,
    /// Last submission accepted from this device here: the predecessor of the next.
    pub(crate) last: Option<SubmitId>,
    /// The device was cut off, and the relay has yet to propose its removal.
    pub(crate) owed: bool,
}

/// The entries of a membership that is over, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from_seq: Seq,
    pub(crate) until_seq: Seq,
}

impl Span {
    /// From two columns that are both there or both empty.
    pub(crate) fn of(from_seq: Option<Seq>, until_seq: Option<Seq>) -> Option<Self> {
        let (from_seq, until_seq) = (from_seq?, until_seq?);
        Some(Self {
            from_seq,
            until_seq,
        })
    }
}

impl MemberRow {
    pub(crate) fn is_open(&self) -> bool {
        self.until_seq.is_none()
    }

    /// What the device may not have read of this membership, which is over, or of an earlier one if it
    /// never came to this: where its cursor stands.
    pub(crate) fn unread(&self) -> Option<Span> {
        let until_seq = self.until_seq?;
        let span = Span {
            from_seq: self.from_seq,
            until_seq,
        };
        match self.earlier {
            Some(earlier) if self.acked < self.from_seq => Some(earlier),
            _ => Some(span).filter(|span| self.acked < span.until_seq),
        }
    }

    /// The interval in which a reader goes on that has read up to `seq`.
    pub(crate) fn interval_after(&self, seq: Seq) -> Interval {
        match self.earlier {
            Some(Span {
                from_seq,
                until_seq,
            }) if from_seq <= seq.saturating_add(1) && seq < until_seq => Interval {
                from_seq,
                until_seq: Some(until_seq),
            },
            _ => self.interval(),
        }
    }

    pub(crate) fn interval(&self) -> Interval {
        Interval {
            from_seq: self.from_seq,
            until_seq: self.until_seq,
        }
    }
}
