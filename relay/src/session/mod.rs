//! A session: one device's connection after its login.
//!
//! One task per session does everything that is cheap, in one pass: it collects its mail, reads
//! frames, hands submissions to the store, and writes. It writes control answers first, then the
//! logs with news in turn, 16 KiB each; the stream's flow control is the only brake, and a slow reader
//! holds nothing but its cursors. Work that waits (commits, lookups) runs in tasks of its own and
//! answers through the mailbox.

mod bulk;
pub(crate) mod context;
mod datagrams;
mod deliver;
mod finish;
pub(crate) mod login;
mod logs;
pub(crate) mod mailbox;
mod page;
mod read;
mod requests;
mod submit;
mod write;

pub(crate) use context::Context;

use crate::hub::EntryFrame;
use crate::stream::{Link, Receiver, Sender};
use bytes::Bytes;
use lacre_wire::answer::{Answer, OpenedLog};
use lacre_wire::error::WireError;
use lacre_wire::frame::Deframer;
use lacre_wire::ids::{LogId, RoomId, Seq};
use logs::{Logs, Mode};
use mailbox::{Mail, Slot};
use std::collections::{BTreeSet, VecDeque};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Wakeup, Poll};

/// Requests of one session being worked on; more wait in the stream.
const MAX_IN_FLIGHT: usize = 64;

/// Passes in one go before other tasks get their turn.
const PASSES: usize = 16;

/// What ends elsewhere and is handed back to the session.
pub(crate) enum Done {
    /// A request is answered.
    Answer {
        /// The request.
        id: u32,
        /// The answer.
        answer: Answer,
    },
    /// The store said where logs stand.
    Opened {
        /// The request.
        id: u32,
        /// Where each log stands; those with a slot may flow.
        opened: Vec<(Opening, OpenedLog)>,
    },
    /// Logs could not be opened.
    NotOpened {
        /// The request.
        id: u32,
        /// The slots that were meant for them.
        openings: Vec<Opening>,
        /// Why.
        error: WireError,
    },
    /// A catch-up stream has ended and was received.
    CaughtUp {
        /// Which log.
        opening: Opening,
        /// First entry that follows on the session stream.
        next: Seq,
    },
    /// The device's reading of a log ends.
    ReadsUntil {
        /// Which log.
        log: LogId,
        /// The last entry it reads.
        until: Seq,
    },
}

/// A log's slot, and which opening of that slot is meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening {
    pub(crate) slot: Slot,
    pub(crate) serial: u32,
}

/// Why a session ends.
pub(crate) enum End {
    /// The peer is gone, or has finished its stream.
    Gone,
    /// The relay ends it and says why.
    Closing(WireError),
}

type Submission = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// A session.
pub(crate) struct Session {
    context: Arc<Context>,
    link: Link,
    send: Sender,
    recv: Receiver,
    deframer: Deframer,
    /// Submissions in the order they came, which is the order the store answers in.
    submissions: VecDeque<(u32, Submission)>,
    in_flight: usize,
    logs: Logs,
    /// Rooms whose hints are heard and sent here.
    watched: BTreeSet<RoomId>,
    /// Logs that wait for their turn on the live lane.
    ready: VecDeque<Slot>,
    /// Logs that wait for a page from the store, and the one being read.
    behind: VecDeque<Slot>,
    reading: Option<page::Reading>,
    /// Control frames not handed to the stream yet.
    control: Vec<u8>,
    hints: Vec<Bytes>,
    /// What is being handed to the stream, and how many chunks of it already were.
    out: Vec<Bytes>,
    out_at: usize,
    run: Vec<EntryFrame>,
    mail: Mail,
}

impl Session {
    pub(crate) fn new(context: Arc<Context>, link: Link, send: Sender, recv: Receiver) -> Self {
        Self {
            context,
            link,
            send,
            recv,
            deframer: Deframer::default(),
            submissions: VecDeque::new(),
            in_flight: 0,
            logs: Logs::default(),
            watched: BTreeSet::new(),
            ready: VecDeque::new(),
            behind: VecDeque::new(),
            reading: None,
            control: Vec::new(),
            hints: Vec::new(),
            out: Vec::new(),
            out_at: 0,
            run: Vec::new(),
            mail: Mail::default(),
        }
    }

    /// Serves until one side ends the session, and cleans up behind it.
    pub(crate) async fn run(mut self) {
        let end = poll_fn(|cx| self.poll(cx)).await;
        Box::pin(self.finish(end)).await;
    }

    fn poll(&mut self, cx: &mut Wakeup<'_>) -> Poll<End> {
        for _ in 0..PASSES {
            match self.pass(cx) {
                Ok(true) => {}
                Ok(false) => return Poll::Pending,
                Err(end) => return Poll::Ready(end),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// One pass over everything. Says whether anything moved; if not, whatever moves next wakes the
    /// task.
    fn pass(&mut self, cx: &mut Wakeup<'_>) -> Result<bool, End> {
        let mut moved = self.collect(cx)?;
        moved |= self.read(cx)?;
        moved |= self.settle(cx);
        moved |= self.read_page(cx)?;
        moved |= self.write(cx)?;
        Ok(moved)
    }

    /// Takes the mail.
    fn collect(&mut self, cx: &Wakeup<'_>) -> Result<bool, End> {
        let mut mail = std::mem::take(&mut self.mail);
        let any = self.context.mailbox.collect(&mut mail, cx);
        let ended = mail.ended.take();
        mail.dirty.drain(..).for_each(|slot| self.mark(slot));
        self.hints.append(&mut mail.hints);
        for done in mail.done.drain(..) {
            self.take_done(done);
        }
        // Keeps the allocations.
        self.mail = mail;
        match ended {
            Some(reason) => Err(End::Closing(reason)),
            None => Ok(any),
        }
    }

    fn take_done(&mut self, done: Done) {
        match done {
            Done::Answer { id, answer } => self.answer(id, answer),
            Done::Opened { id, opened } => {
                let logs = opened
                    .into_iter()
                    .map(|(opening, log)| self.start(opening, log))
                    .collect();
                self.answer(id, Answer::Opened(logs));
            }
            Done::NotOpened {
                id,
                openings,
                error,
            } => {
                for opening in openings {
                    if self.is_current(opening) {
                        self.close_slot(opening.slot);
                    }
                }
                self.answer(id, Answer::Failed(error));
            }
            Done::CaughtUp { opening, next } => {
                if self.is_current(opening)
                    && let Some(log) = self.logs.get(opening.slot)
                {
                    log.next = next;
                    log.mode = Mode::Live;
                    self.mark(opening.slot);
                }
            }
            Done::ReadsUntil { log, until } => self.reads_until(log, until),
        }
    }

    /// Looks after the submissions the store has.
    fn settle(&mut self, cx: &mut Wakeup<'_>) -> bool {
        let mut moved = false;
        while let Some((id, submission)) = self.submissions.front_mut() {
            let Poll::Ready(answer) = submission.as_mut().poll(cx) else {
                break;
            };
            let id = *id;
            self.submissions.pop_front();
            self.answer(id, answer);
            moved = true;
        }
        moved
    }
}
