//! From the store to the hub: what became durable here.
//!
//! Every durable batch of this relay's store is offered to the tails, in order, each entry encoded
//! once, and other relays are told. What they tell, [`crate::fill`] takes.

use crate::hub::EntryFrame;
use crate::service::Service;
use crate::store::outcome::{Appended, AppendedBatch};
use crate::sweep::sweep;
use crate::tasks::Stage;
use crate::wake::{Fresh, News};
use lacre_wire::ids::{LogId, Seq};
use lacre_wire::log::EntryKind;
use std::sync::Arc;
use tokio::sync::broadcast::{self, error::RecvError};

/// Larger messages are read by other relays in the store: few are so large, and what carries news between
/// relays is made for little things.
const LARGEST: usize = 8 * 1024;

impl Service {
    /// Takes a durable batch of the store.
    pub(crate) fn take_batch(&self, batch: &AppendedBatch) {
        self.metrics.batch_entries.add(batch.len() as u64);
        let mut news = Told::new(self.peers.count() > 0);
        for appended in batch.iter() {
            let (log, seq) = (appended.log, appended.entry.seq);
            if let (LogId::Room(room), EntryKind::Message) = (log, appended.entry.kind) {
                self.nominations.message(room);
            }
            let frame = EntryFrame::new(log, &appended.entry);
            news.add(appended, &frame);
            if let Some(due) = self.hub.offer(log, seq, appended.chain, frame) {
                self.checkpoint(due);
            }
        }
        let Some(own) = self.wakes.get() else { return };
        if !news.messages.is_empty() {
            self.wake.publish(own, News::Messages(&news.messages));
        }
        if !news.logs.is_empty() {
            self.wake.publish(own, News::Logs(&news.logs));
        }
    }
}

/// What other relays are told of a batch.
struct Told {
    /// Whether somebody hears it.
    is_heard: bool,
    messages: Vec<Fresh>,
    /// Logs with other entries, and how far they reach by them. Handshakes may end somebody's reading,
    /// so relays read them in the store, and its members with them.
    logs: Vec<(LogId, Seq)>,
}

impl Told {
    fn new(is_heard: bool) -> Self {
        Self {
            is_heard,
            messages: Vec::new(),
            logs: Vec::new(),
        }
    }

    fn add(&mut self, appended: &Appended, frame: &EntryFrame) {
        let (log, seq) = (appended.log, appended.entry.seq);
        let is_message = appended.entry.kind == EntryKind::Message;
        if self.is_heard && is_message && frame.entry_len() <= LARGEST {
            let entry = frame.entry();
            self.messages.push(Fresh { log, seq, entry });
            return;
        }
        match self.logs.last_mut() {
            Some(last) if last.0 == log => last.1 = seq,
            _ => self.logs.push((log, seq)),
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
