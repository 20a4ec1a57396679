//! What the store answers.
//!
//! A [`Verdict`] mirrors the wire's answers; beside it stands what the hub needs to wake sessions.

use lacre_wire::answer::{Accepted, ClaimedAccount};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::{DeviceId, Epoch, Generation, Hash, LogId, Millis, RoomId, Seq, SubmitId};
use lacre_wire::log::Entry;
use minicbor::bytes::ByteVec;
use std::sync::Arc;

/// The durable result of a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What was decided.
    pub verdict: Verdict,
    /// Logs that have a new head.
    pub touched: Vec<(LogId, Seq)>,
    /// Devices whose reading of a room began or ended.
    pub readers: Vec<ReaderChange>,
}

impl Outcome {
    /// A verdict that changed nothing anybody waits for.
    pub(crate) fn quiet(verdict: Verdict) -> Self {
        Self {
            verdict,
            touched: Vec::new(),
            readers: Vec::new(),
        }
    }
}

/// What was decided. Only `Accepted` of a submission is remembered; refusals never are.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Done.
    Done,
    /// The entry is in the log, now or since an earlier submission under the same id.
    Accepted(Accepted),
    /// The room is elsewhere.
    WrongEpoch {
        /// Its generation.
        generation: Generation,
        /// Its epoch.
        epoch: Epoch,
    },
    /// The named predecessor is not the last submission accepted from this device in this room.
    OutOfOrder {
        /// The one that is.
        last: Option<SubmitId>,
    },
    /// Removes of the relay wait; all of them, in order. For a commit also: they are not those the
    /// caller knew of.
    CommitFirst {
        /// Their bodies: MLS messages.
        proposals: Vec<ByteVec>,
    },
    /// The pair of people has this direct room already.
    Exists {
        /// The room.
        room: RoomId,
    },
    /// The device may go on.
    LoggedIn {
        /// Whether it is listed; false for one that waits to be approved.
        listed: bool,
        /// Version of the account's newest device list.
        list_version: u64,
    },
    /// One key package of every device of each account.
    KeyPackages(Vec<ClaimedAccount>),
    /// The report is kept.
    Reported {
        /// Whether the room's group is frozen, by this report or before.
        frozen: bool,
    },
    /// A step of retention was made.
    Housekept {
        /// Rows changed or deleted.
        rows: u32,
        /// Whether another step has work to do.
        more: bool,
    },
    /// Refused; nothing was stored.
    Refused(WireError),
}

/// A device's reading of a room began or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderChange {
    /// The room.
    pub room: RoomId,
    /// The device.
    pub device: DeviceId,
    /// First entry it reads.
    pub from_seq: Seq,
    /// Last entry it reads, once it has been removed.
    pub until_seq: Option<Seq>,
}

/// An entry as it became durable: what a tail in memory is filled from, without a read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The log.
    pub log: LogId,
    /// The entry as it is delivered, sender opened.
    pub entry: Entry,
    /// The chain after it.
    pub chain: Hash,
}

/// The entries of one durable batch, in the order of their logs.
pub type AppendedBatch = Arc<[Appended]>;

/// Why a command or read has no outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The queue is full; nothing was stored.
    #[error("the store has too much to do; try again in {retry_after_ms} ms")]
    Busy {
        /// When to try again.
        retry_after_ms: Millis,
    },
    /// Too little is free on the disk; nothing was stored. Reading and deleting go on.
    #[error("the relay's disk is almost full; nothing was accepted, try again later")]
    Full {
        /// When to try again.
        retry_after_ms: Millis,
    },
    /// The command may or may not have become durable. Asking again is safe.
    #[error("the store failed while it made a batch durable; ask again")]
    Unknown,
    /// The store failed; nothing was stored.
    #[error("the store failed: {0}")]
    Failed(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

impl From<StoreError> for WireError {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::Busy { retry_after_ms } => {
                Self::retry(ErrorCode::Busy, text, retry_after_ms)
            }
            StoreError::Full { retry_after_ms } => {
                Self::retry(ErrorCode::StoreFull, text, retry_after_ms)
            }
            StoreError::Unknown => Self::new(ErrorCode::Unknown, text),
            // What exactly failed is for the operator's log, not for the network.
            StoreError::Failed(_) => Self::new(
                ErrorCode::StoreFailed,
                "the store failed; nothing was accepted",
            ),
            StoreError::Closed => Self::new(ErrorCode::GoingAway, text),
        }
    }
}
