//! Being asked to end from outside.

use crate::failure::Outcome;

/// Completes when the process is asked to end, or when its terminal has gone.
pub(crate) async fn ended() -> Outcome {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut hangup) = signal(SignalKind::hangup()) {
            return tokio::select! {
                _ = hangup.recv() => Ok(()),
                ended = crate::relay::ended() => ended,
            };
        }
    }
    crate::relay::ended().await
}
