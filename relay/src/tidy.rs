//! Copies of large objects that the store no longer names are removed: at the start of a relay, and
//! every hour.

use crate::service::Service;
use crate::tasks::Stage;
use std::sync::Arc;
use std::time::Duration;

/// Between two runs.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// How long a copy is let alone: it may belong to a command that is on its way. No longer than needed,
/// because who uploads the same object again and again leaves a copy each time.
const YOUNG: Duration = Duration::from_secs(2 * 60 * 60);

/// Looks until the relay stops.
pub(crate) async fn run(service: Arc<Service>) {
    loop {
        let looked = tokio::select! {
            looked = service.store.sweep_large(YOUNG) => looked,
            () = service.tasks.reached(Stage::Stopped) => return,
        };
        match looked {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "large objects that nothing names were removed"),
            Err(error) => {
                tracing::warn!(%error, "looking for large objects that nothing names failed")
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = service.tasks.reached(Stage::Stopped) => return,
        }
    }
}
