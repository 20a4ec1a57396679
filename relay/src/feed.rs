//! From the store to the hub: what became durable, and what others say became durable.
//!
//! Every durable batch of this relay's store is offered to the tails, in order, each entry encoded
//! once. What only a wake-up or a sweep tells of is read from the store, once for all readers.

use crate::hub::{EntryFrame, Hole};
use crate::service::Service;
use crate::store::outcome::AppendedBatch;
use crate::store::read::{PageLimit, ReadLogs, ReadRooms};
use crate::sweep::sweep;
use crate::tasks::Stage;
use crate::wake::News;
use lacre_wire::ids::{Hash, LogId, RoomId, Seq};
use lacre_wire::log::{Entry, EntryKind};
use std::sync::Arc;
use tokio::sync::broadcast::{self, error::RecvError};

/// Rounds in which one task fills what goes on growing, before readers go to the store themselves.
const FILL_ROUNDS: usize = 64;

impl Service {
    /// Takes a durable batch of the store.
    pub(crate) fn take_batch(&self, batch: &AppendedBatch) {
        self.metrics.batch_entries.add(batch.len() as u64);
        let mut news: Vec<(LogId, Seq)> = Vec::with_capacity(batch.len().min(64));
        for appended in batch.iter() {
            let (log, seq) = (appended.log, appended.entry.seq);
            if let (LogId::Room(room), EntryKind::Message) = (log, appended.entry.kind) {
                self.nominations.message(room);
            }
            let frame = EntryFrame::new(log, &appended.entry);
            if let Some(due) = self.hub.offer(log, seq, appended.chain, frame) {
                self.checkpoint(due);
            }
            match news.last_mut() {
                Some(last) if last.0 == log => last.1 = seq,
                _ => news.push((log, seq)),
            }
        }
        if let Some(own) = self.wakes.get() {
            self.wake.publish(own, News::Logs(&news));
        }
    }

    /// Learns that a log reaches `head`, from another relay, a sweep or an opening.
    pub(crate) fn learn(self: &Arc<Self>, log: LogId, head: Seq, chain: Option<Hash>) -> bool {
        let hole = match chain {
            Some(chain) => self.hub.wake_with_chain(log, head, chain),
            None => self.hub.wake(log, head),
        };
        let Some(hole) = hole else { return false };
        let service = self.clone();
        self.tasks.spawn(async move { service.fill(hole).await });
        true
    }

    /// Reads what is missing in a tail.
    async fn fill(&self, mut hole: Hole) {
        self.metrics.holes.one();
        for _ in 0..FILL_ROUNDS {
            let page = self.store.entries(
                hole.log,
                hole.from.saturating_sub(1),
                Some(hole.to),
                PageLimit::default(),
            );
            let page = match page.await {
                Ok(page) if !page.entries.is_empty() => page,
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(log = %hole.log, %error, "a hole in a tail was not filled");
                    break;
                }
            };
            self.end_readings(&hole, &page.entries).await;
            self.hub.fill(
                hole.log,
                page.entries
                    .iter()
                    .map(|entry| (entry.seq, EntryFrame::new(hole.log, entry))),
            );
            match self.hub.filled(hole.log) {
                Some(next) => hole = next,
                None => return,
            }
        }
        self.hub.skip_hole(hole.log);
    }
}

impl Service {
    /// Handshakes of another relay may end the reading of devices that are connected here: they hear
    /// of it before what comes after.
    async fn end_readings(&self, hole: &Hole, entries: &[Entry]) {
        if let LogId::Room(room) = hole.log
            && entries.iter().any(|entry| entry.kind != EntryKind::Message)
        {
            self.check_readers(room).await;
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

/// Durable batches as they come.
pub(crate) type Watch = broadcast::Receiver<AppendedBatch>;

/// Feeds the hub until the relay stops.
pub(crate) async fn run(service: Arc<Service>, mut watch: Watch) {
    loop {
        let batch = tokio::select! {
            batch = watch.recv() => batch,
            () = service.tasks.reached(Stage::Stopped) => return,
        };
        match batch {
            Ok(batch) => service.take_batch(&batch),
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "the hub is behind the store; sweeping");
                sweep(&service).await;
            }
            Err(RecvError::Closed) => return,
        }
    }
}
