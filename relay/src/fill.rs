//! What others say became durable, brought to the hub.
//!
//! Messages of other relays are taken as they come. A wake-up or a sweep tells how far a log reaches;
//! what is missing in its tail is read from the store, once for all readers. While one read is under way,
//! more is told: the next read takes all of it, so that a busy relay reads many logs by one statement and
//! an idle one waits for nobody.

use crate::hub::{EntryFrame, Hole};
use crate::service::Service;
use crate::store::read::{Page, PageLimit, ReadLogs, ReadRooms, Run};
use crate::tasks::Stage;
use crate::wake::Fresh;
use lacre_wire::ids::{Hash, LogId, RoomId, Seq};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Logs read at once: with pages of [`PageLimit::default`] a bound on the memory that one read takes.
const AT_ONCE: usize = 64;

/// Holes that wait to be filled, each of another log.
#[derive(Default)]
pub(crate) struct Holes {
    waiting: Mutex<Vec<Hole>>,
    some: Notify,
}

impl Holes {
    fn add(&self, hole: Hole) {
        self.lock().push(hole);
        self.some.notify_one();
    }

    /// Those that have waited longest; waits for the first.
    async fn take(&self) -> Vec<Hole> {
        loop {
            let holes: Vec<Hole> = {
                let mut waiting = self.lock();
                let most = waiting.len().min(AT_ONCE);
                waiting.drain(..most).collect()
            };
            if !holes.is_empty() {
                return holes;
            }
            self.some.notified().await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Hole>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fills holes until the relay stops.
pub(crate) async fn run(service: Arc<Service>) {
    let filling = async {
        loop {
            let holes = service.holes.take().await;
            service.fill(&holes).await;
        }
    };
    tokio::select! {
        () = filling => {}
        () = service.tasks.reached(Stage::Stopped) => {}
    }
}

impl Service {
    /// Learns that a log reaches `head`, from another relay, a sweep or an opening. Returns whether
    /// something is missing here.
    pub(crate) fn learn(&self, log: LogId, head: Seq, chain: Option<Hash>) -> bool {
        let hole = match chain {
            Some(chain) => self.hub.wake_with_chain(log, head, chain),
            None => self.hub.wake(log, head),
        };
        let Some(hole) = hole else { return false };
        self.holes.add(hole);
        true
    }

    /// Takes messages that other relays made durable.
    pub(crate) fn take_fresh(&self, messages: &[Fresh]) {
        for run in messages.chunk_by(|one, next| one.log == next.log) {
            let Some(&Fresh { log, seq, .. }) = run.last() else {
                continue;
            };
            let frames = run
                .iter()
                .map(|fresh| (fresh.seq, EntryFrame::of_encoded(log, &fresh.entry)));
            let (taken, hole) = self.hub.hear(log, seq, frames);
            self.metrics.entries_heard.add(taken as u64);
            if let Some(hole) = hole {
                self.holes.add(hole);
            }
        }
    }

    /// Reads what is missing in some tails.
    async fn fill(&self, holes: &[Hole]) {
        self.metrics.holes.add(holes.len() as u64);
        let runs = holes.iter().map(|hole| Run {
            log: hole.log,
            after: hole.from.saturating_sub(1),
            until: Some(hole.to),
        });
        let runs: Vec<Run> = runs.collect();
        let read = || self.store.runs(runs.clone(), PageLimit::default());
        let pages = match read().await {
            // The connection to the store may just have been an old one.
            Err(_) => read().await,
            pages => pages,
        };
        match pages {
            Ok(pages) => {
                for (hole, page) in holes.iter().zip(pages) {
                    self.fill_one(hole.log, &page).await;
                }
            }
            Err(error) => {
                tracing::warn!(logs = holes.len(), %error, "holes in tails were not filled");
                holes.iter().for_each(|hole| self.hub.skip_hole(hole.log));
            }
        }
    }

    async fn fill_one(&self, log: LogId, page: &Page) {
        if page.entries.is_empty() {
            return self.hub.skip_hole(log);
        }
        // Handshakes of another relay may end the reading of devices that are connected here: they hear
        // of it before what comes after.
        if let (LogId::Room(room), true) = (log, page.has_handshakes()) {
            self.check_readers(room).await;
        }
        let frames = page.entries.iter();
        let frames = frames.map(|entry| (entry.seq, EntryFrame::new(log, entry)));
        self.hub.fill(log, frames);
        if let Some(rest) = self.hub.filled(log) {
            self.holes.add(rest);
        }
    }

    /// Ends the readings of a room that have ended in the store, whichever relay ended them.
    pub(crate) async fn check_readers(&self, room: RoomId) {
        match self.store.members(room).await {
            Ok(members) => {
                for member in members {
                    self.end_reading(room, &member.device, member.interval.until_seq);
                }
            }
            Err(error) => tracing::warn!(%room, %error, "the readers of a room are not known"),
        }
    }
}
