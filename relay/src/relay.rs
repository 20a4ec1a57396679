//! A running relay, as its owner holds it.

use crate::backup::{BackedUp, failed};
use crate::builder::RelayBuilder;
use crate::clock::Clock;
use crate::keys::RelayKeys;
use crate::service::Service;
use crate::store::{BackupNote, Store};
use crate::tasks::Stage;
use crate::wake::Wake;
use lacre_wire::push::ServerFrame;
use lacre_wire::relay::RelayAddress;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A relay. Dropping it closes it at once; [`Relay::shutdown`] does so gently.
pub struct Relay {
    pub(crate) service: Arc<Service>,
    pub(crate) endpoint: quinn::Endpoint,
    pub(crate) address: RelayAddress,
    pub(crate) local: SocketAddr,
    pub(crate) tcp: Option<SocketAddr>,
    pub(crate) http: Option<SocketAddr>,
    pub(crate) drain: Duration,
    /// Whether this relay opened the store and closes it.
    pub(crate) owns_store: bool,
}

/// What relays on one store share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) keys: Arc<RelayKeys>,
    pub(crate) wake: Arc<dyn Wake>,
    pub(crate) clock: Clock,
}

/// What a relay has done since it started.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RelayStatus {
    /// Sessions that are logged in.
    pub sessions: u64,
    /// Logins and sign-ups that succeeded.
    pub logins: u64,
    /// Messages, proposals and commits accepted.
    pub accepted: u64,
    /// Entries written to sessions.
    pub deliveries: u64,
    /// Durable batches of the store; one fsync each in [`crate::Durability::Full`].
    pub batches: u64,
    /// Requests and connections refused.
    pub refused: u64,
    /// Requests being worked on.
    pub in_flight: u64,
    /// Catch-up streams opened.
    pub catch_ups: u64,
    /// Pages read from the store for sessions.
    pub store_reads: u64,
    /// Bytes of entries in memory.
    pub tail_bytes: u64,
    /// Whether the relay has begun to stop.
    pub draining: bool,
    /// Bytes free on the store's disk; none where the system does not say.
    pub free_bytes: Option<u64>,
    /// Whether messages are refused because too little is free there.
    pub full: bool,
}

/// From the last word to the end of every connection.
const CLOSING: Duration = Duration::from_secs(5);

impl Relay {
    /// Sets up a relay.
    pub fn builder() -> RelayBuilder {
        RelayBuilder::new()
    }

    /// Where people connect to, and which fingerprint they pin.
    pub fn address(&self) -> RelayAddress {
        self.address.clone()
    }

    /// The UDP address that is listened on.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// The TCP address that is listened on for WebSocket, if there is one.
    pub fn tcp_addr(&self) -> Option<SocketAddr> {
        self.tcp
    }

    /// The TCP address of `/metrics` and `/health`, if they are served.
    pub fn http_addr(&self) -> Option<SocketAddr> {
        self.http
    }

    /// What the relay has done so far.
    pub fn status(&self) -> RelayStatus {
        let (service, metrics) = (&self.service, &self.service.metrics);
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let store = service.store.stats();
        RelayStatus {
            sessions: count(service.online.count()),
            logins: metrics.logins.get(),
            accepted: metrics.accepted.get(),
            deliveries: metrics.deliveries.get(),
            batches: store.batches,
            refused: metrics.refused_total(),
            in_flight: metrics.in_flight.get(),
            catch_ups: metrics.catch_ups.get(),
            store_reads: metrics.store_reads.get(),
            tail_bytes: count(service.hub.tail_bytes()),
            draining: service.is_draining(),
            free_bytes: store.free_bytes,
            full: store.full,
        }
    }

    /// Metrics as Prometheus text, as `/metrics` serves them.
    pub fn metrics(&self) -> String {
        self.service.render_metrics()
    }

    /// Writes a consistent copy of the store to `path`, which must not exist. The relay goes on
    /// meanwhile. The key file is backed up apart from it. As [`crate::back_up`], from inside.
    ///
    /// # Errors
    /// When the copy cannot be written, or the store is in memory.
    pub async fn backup(&self, path: &std::path::Path) -> Result<BackedUp, crate::RelayError> {
        let service = &self.service;
        let note = BackupNote {
            made_ms: service.clock.now_ms(),
            mark: Some(service.keys.mark().to_string()),
        };
        let bytes = service.store.backup(path, note).await.map_err(failed)?;
        Ok(BackedUp { bytes })
    }

    pub(crate) fn shared(&self) -> Shared {
        let service = &self.service;
        Shared {
            store: service.store.clone(),
            keys: service.keys.clone(),
            wake: service.wake.clone(),
            clock: service.clock.clone(),
        }
    }

    /// Stops the relay: asks clients to go, gives them a moment, then closes every connection,
    /// waits for every task, and closes the store.
    pub async fn shutdown(self) {
        let service = &self.service;
        service.tasks.advance(Stage::Draining);
        let spread_ms = service.reconnect_spread_ms();
        service.hint(&service.online.all(), &ServerFrame::GoAway { spread_ms });
        // Whoever is still here afterwards is told that it is over.
        let _left = tokio::time::timeout(self.drain, service.online.emptied()).await;
        self.stop();
        let _said = tokio::time::timeout(CLOSING, service.tasks.ended()).await;
        self.endpoint.close(0u32.into(), b"the relay has stopped");
        let _closed = tokio::time::timeout(CLOSING, self.endpoint.wait_idle()).await;
        service.tasks.ended().await;
        if self.owns_store {
            let store = service.store.clone();
            // Waits for the writer; a panic there has nobody to go to.
            let _closed = tokio::task::spawn_blocking(move || store.close()).await;
        }
    }

    fn stop(&self) {
        let service = &self.service;
        service.tasks.advance(Stage::Stopped);
        for session in service.online.all() {
            session.end(service.going_away());
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop();
        self.endpoint.close(0u32.into(), b"the relay has stopped");
    }
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Relay({})", self.address)
    }
}
