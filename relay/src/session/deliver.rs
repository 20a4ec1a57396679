//! The live lane: logs with news, in turn.

use super::logs::Mode;
use super::mailbox::Slot;
use super::{Opening, Session};
use crate::hub::frame::push_run;
use crate::hub::{EntryFrame, TailRead};
use lacre_wire::answer::{OpenState, OpenedLog};
use lacre_wire::ids::{LogId, Seq};
use lacre_wire::limits::{LIVE_TURN, MAX_RUN};
use std::collections::VecDeque;
use std::sync::atomic::Ordering;

/// What is handed to the stream at once: enough for one wake-up to fill several datagrams, little
/// enough for a control answer to overtake.
const BATCH: usize = 64 * 1024;

impl Session {
    /// A log may have news.
    pub(super) fn mark(&mut self, slot: Slot) {
        if let Some(log) = self.logs.get(slot)
            && !log.queued
            && matches!(log.mode, Mode::Live | Mode::Page(_))
        {
            log.queued = true;
            self.ready.push_back(slot);
        }
    }

    pub(super) fn is_current(&mut self, opening: Opening) -> bool {
        self.logs
            .get(opening.slot)
            .is_some_and(|log| log.serial == opening.serial)
    }

    /// The store has said where a log stands; entries flow from there.
    pub(super) fn start(&mut self, opening: Opening, opened: OpenedLog) -> OpenedLog {
        if !self.is_current(opening) {
            return opened;
        }
        match (&opened.state, self.logs.get(opening.slot)) {
            (
                OpenState::Live {
                    start,
                    head,
                    closed,
                },
                Some(log),
            ) => {
                log.next = start.seq.saturating_add(1);
                // A reader that was evicted meanwhile has a nearer end already.
                log.until = log.until.min(if *closed { *head } else { Seq::MAX });
                log.mode = Mode::Live;
                if log.until != Seq::MAX {
                    self.unwatch(opened.log);
                }
                self.context
                    .service
                    .hub
                    .flows(opened.log, &self.context.mailbox, opening.slot);
                self.mark(opening.slot);
            }
            _ => self.close_slot(opening.slot),
        }
        opened
    }

    /// The device's reading of a log ends at `until`.
    pub(super) fn reads_until(&mut self, log: LogId, until: Seq) {
        let Some(slot) = self.logs.slot(&log) else {
            return;
        };
        let Some(log) = self.logs.get(slot) else {
            return;
        };
        let named = log.log;
        log.until = log.until.min(until);
        if let Mode::CatchUp { until, .. } = &log.mode {
            until.fetch_min(log.until, Ordering::Relaxed);
        }
        self.unwatch(named);
        self.mark(slot);
    }

    /// Stops the flow of a log and forgets it.
    pub(super) fn close_slot(&mut self, slot: Slot) {
        if let Some(closed) = self.logs.close(slot) {
            self.unwatch(closed.log);
            self.context
                .service
                .hub
                .close(closed.log, &self.context.mailbox, slot);
        }
    }

    /// Fills the batch with entries, one turn a log.
    pub(super) fn fill_live(&mut self) {
        let mut batch = 0;
        while batch < BATCH
            && let Some(slot) = self.ready.pop_front()
        {
            batch += self.turn(slot);
        }
    }

    /// One turn of one log. Returns the bytes it took.
    fn turn(&mut self, slot: Slot) -> usize {
        let Some(log) = self.logs.get(slot) else {
            return 0;
        };
        log.queued = false;
        self.run.clear();
        let more = match &mut log.mode {
            Mode::Live => {
                let hub = &self.context.service.hub;
                match hub.read(
                    log.log,
                    log.next,
                    log.until,
                    LIVE_TURN,
                    MAX_RUN,
                    &mut self.run,
                ) {
                    TailRead::Run { more } => more,
                    TailRead::UpToDate => false,
                    TailRead::Behind => {
                        log.mode = Mode::Reading;
                        self.behind.push_back(slot);
                        return 0;
                    }
                }
            }
            Mode::Page(page) => {
                take_turn(page, &mut self.run);
                if page.is_empty() {
                    log.mode = Mode::Live;
                }
                true
            }
            Mode::Opening | Mode::Reading | Mode::CatchUp { .. } => return 0,
        };
        log.next += self.run.len() as u64;
        let over = log.next > log.until && matches!(log.mode, Mode::Live);
        let bytes: usize = self.run.iter().map(EntryFrame::len).sum();
        push_run(&mut self.out, log.log, &self.run);
        let metrics = &self.context.service.metrics;
        metrics.deliveries.add(self.run.len() as u64);
        metrics.delivered_bytes.add(bytes as u64);
        if over {
            self.close_slot(slot);
        } else if more {
            self.mark(slot);
        }
        bytes
    }
}

/// Moves a turn's worth from a page; at least one entry.
fn take_turn(page: &mut VecDeque<EntryFrame>, run: &mut Vec<EntryFrame>) {
    let mut bytes = 0;
    while run.len() < MAX_RUN
        && let Some(frame) =
            page.pop_front_if(|frame| bytes == 0 || bytes + frame.len() <= LIVE_TURN)
    {
        bytes += frame.len();
        run.push(frame);
    }
}
