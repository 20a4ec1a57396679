//! Checkpoints: the relay signs the chain it has shown, so that showing another one later can be
//! proven. Every 256 entries, or each minute for logs with news, to whoever has the log open.

use crate::hub::DueCheckpoint;
use crate::service::Service;
use crate::tasks::Stage;
use lacre_wire::ids::Millis;
use lacre_wire::push::ServerFrame;
use std::sync::Arc;
use std::time::Duration;

/// How often logs with news are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// A log with news is signed this often.
const EVERY_MS: Millis = 60_000;

impl Service {
    /// Signs a chain head and sends it to the readers.
    pub(crate) fn checkpoint(&self, due: DueCheckpoint) {
        let now_ms = self.clock.now_ms();
        let signed =
            self.keys
                .sign_checkpoint(self.store.lineage(), due.log, due.seq, due.chain, now_ms);
        let readers = self.hub.signed(due, now_ms);
        self.hint(&readers, &ServerFrame::Checkpoint(signed));
        self.metrics.checkpoints.one();
    }
}

/// Signs what has news, until the relay stops.
pub(crate) async fn run(service: Arc<Service>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {
                let before_ms = service.clock.now_ms().saturating_sub(EVERY_MS);
                service.hub.due_checkpoints(before_ms).into_iter().for_each(|due| service.checkpoint(due));
            }
            () = service.tasks.reached(Stage::Stopped) => return,
        }
    }
}
