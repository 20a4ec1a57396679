//! From the store to the hub: what became durable here.
//!
//! Every durable batch of this relay's store is offered to the tails, in order, each entry encoded
//! once. What only a wake-up or a sweep tells of, [`crate::fill`] reads.

use crate::hub::EntryFrame;
use crate::service::Service;
use crate::store::outcome::AppendedBatch;
use crate::sweep::sweep;
use crate::tasks::Stage;
use crate::wake::News;
use lacre_wire::ids::{LogId, Seq};
use lacre_wire::log::EntryKind;
use std::sync::Arc;
use tokio::sync::broadcast::{self, error::RecvError};

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
