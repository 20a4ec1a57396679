//! The sweep: heads of all open logs are compared with the store's, so that a lost wake-up costs
//! seconds. It also brings the chain heads that checkpoints are made from.

use crate::service::Service;
use crate::store::read::ReadLogs;
use crate::tasks::Stage;
use lacre_wire::ids::LogId;
use std::sync::Arc;
use std::time::Duration;

/// Between two sweeps.
const EVERY: Duration = Duration::from_secs(7);

/// Logs asked for at once.
const AT_ONCE: usize = 1024;

/// Sweeps until the relay stops.
pub(crate) async fn run(service: Arc<Service>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => sweep(&service).await,
            () = service.tasks.reached(Stage::Stopped) => return,
        }
    }
}

/// After news was lost: who still reads what, and how far every open log reaches.
pub(crate) async fn catch_up(service: &Arc<Service>) {
    for log in service.hub.open_logs() {
        if let LogId::Room(room) = log {
            service.check_readers(room).await;
        }
    }
    sweep(service).await;
}

/// One sweep.
pub(crate) async fn sweep(service: &Arc<Service>) {
    service.metrics.sweeps.one();
    for logs in service.hub.open_logs().chunks(AT_ONCE) {
        let heads = match service.store.heads(logs.to_vec()).await {
            Ok(heads) => heads,
            Err(error) => return tracing::warn!(%error, "a sweep of heads failed"),
        };
        for (log, head) in logs.iter().zip(heads) {
            if let Some(head) = head
                && service.learn(*log, head.seq, Some(head.chain))
            {
                service.metrics.sweep_finds.one();
            }
        }
    }
}
