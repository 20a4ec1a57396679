//! News to and from relays elsewhere: what every way there has in common.

use super::outbox::Outbox;
use super::{Hear, LocalWake, News, Subscription, Wake};
use std::future::Future;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// News by one carrier; dropping it gives the carrier up.
pub(crate) struct RemoteWake {
    local: Arc<LocalWake>,
    outbox: Arc<Outbox>,
    tasks: [JoinHandle<()>; 2],
}

impl RemoteWake {
    /// Runs a carrier: `listen` tells `local` what comes in, `tell` takes out of `outbox` what is to go.
    /// Must be called inside a tokio runtime.
    pub(super) fn run(
        local: Arc<LocalWake>,
        outbox: Arc<Outbox>,
        listen: impl Future<Output = ()> + Send + 'static,
        tell: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Self {
            local,
            outbox,
            tasks: [tokio::spawn(listen), tokio::spawn(tell)],
        }
    }
}

impl Drop for RemoteWake {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Wake for RemoteWake {
    fn publish(&self, from: &Subscription, news: News<'_>) {
        self.local.publish(from, news);
        self.outbox.add(news);
    }

    fn subscribe(&self, hear: Hear) -> Subscription {
        self.local.subscribe(hear)
    }
}
