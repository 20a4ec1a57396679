//! Retention, step by step: what has passed its time goes, a few hundred rows at once, so that the
//! writer is never held for long.

use crate::service::Service;
use crate::store::command::{Command, Housekeep};
use crate::store::outcome::Verdict;
use crate::tasks::Stage;
use std::sync::Arc;
use std::time::Duration;

/// Between two rounds.
const EVERY: Duration = Duration::from_secs(60);

/// Between two steps of a round with more to do.
const PAUSE: Duration = Duration::from_millis(50);

/// Rows a step touches.
const LIMIT: u32 = 500;

/// Keeps house until the relay stops.
pub(crate) async fn run(service: Arc<Service>) {
    let mut wait = EVERY;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = service.tasks.reached(Stage::Stopped) => return,
        }
        let step = Command::Housekeep(Housekeep {
            now_ms: service.clock.now_ms(),
            limit: LIMIT,
        });
        wait = match service
            .store
            .submit(step)
            .await
            .map(|outcome| outcome.verdict)
        {
            Ok(Verdict::Housekept { more: true, .. }) => PAUSE,
            Ok(_) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "a step of retention failed");
                EVERY
            }
        };
    }
}
