//! Wake-ups between relays over NATS core, for clusters whose database has other things to do.
//!
//! Nothing is kept there: what is told while a relay is cut off from NATS is lost, and the relay says
//! so as soon as it is back ([`News::Missed`]). A relay starts and works without NATS; news of other
//! relays then comes with the next sweep.

use super::outbox::{GATHER, Outbox, decode, encode};
use super::{Hear, LocalWake, News, Subscription, Wake};
use async_nats::{Client, ConnectOptions, Event, ServerAddr, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Between two attempts to reach the server.
const PAUSE: Duration = Duration::from_millis(250);
/// Bytes of a message: NATS takes a mebibyte, small ones go faster.
const PAYLOAD: usize = 32 * 1024;

/// News by NATS.
pub(crate) struct NatsWake {
    local: Arc<LocalWake>,
    outbox: Arc<Outbox>,
    task: JoinHandle<()>,
}

impl NatsWake {
    /// Begins to listen and to tell. `servers` are `nats://` or `tls://` addresses divided by commas;
    /// `store` tells the relays on one store from those on others. Must be called inside a tokio
    /// runtime.
    ///
    /// # Errors
    /// When an address cannot be read.
    pub(crate) async fn start(servers: &str, store: &str, origin: String) -> Result<Self, String> {
        let servers = servers
            .split(',')
            .map(|server| server.trim().parse::<ServerAddr>())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| error.to_string())?;
        let (local, outbox) = (Arc::new(LocalWake::default()), Arc::new(Outbox::default()));
        let hearing = Arc::clone(&local);
        let options = ConnectOptions::new()
            .name("lacre relay")
            .no_echo()
            .retry_on_initial_connect()
            .reconnect_delay_callback(|_| PAUSE)
            .event_callback(move |event| {
                noted(&event, &hearing);
                std::future::ready(())
            });
        let client = options
            .connect(servers)
            .await
            .map_err(|error| error.to_string())?;
        let subject = format!("lacre.wake.{store}");
        let ears = client
            .subscribe(subject.clone())
            .await
            .map_err(|error| error.to_string())?;
        let work = work(
            client,
            ears,
            subject,
            origin,
            Arc::clone(&local),
            Arc::clone(&outbox),
        );
        Ok(Self {
            local,
            outbox,
            task: tokio::spawn(work),
        })
    }
}

impl Drop for NatsWake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Wake for NatsWake {
    fn publish(&self, from: &Subscription, news: News<'_>) {
        self.local.publish(from, news);
        self.outbox.add(news);
    }

    fn subscribe(&self, hear: Hear) -> Subscription {
        self.local.subscribe(hear)
    }
}

/// What was told while the connection was gone, or faster than it was heard, is lost.
fn noted(event: &Event, local: &LocalWake) {
    match event {
        Event::Connected | Event::SlowConsumer(_) => local.tell(News::Missed),
        Event::Disconnected => tracing::warn!("the connection to NATS was lost"),
        // Its text may hold the server's address, never news.
        Event::ServerError(error) => tracing::warn!(%error, "NATS refuses"),
        _ => {}
    }
}

async fn work(
    client: Client,
    mut ears: Subscriber,
    subject: String,
    origin: String,
    local: Arc<LocalWake>,
    outbox: Arc<Outbox>,
) {
    loop {
        tokio::select! {
            message = ears.next() => {
                let Some(message) = message else { return };
                if let Ok(payload) = std::str::from_utf8(&message.payload) {
                    decode(&origin, payload, |news| local.tell(news));
                }
            }
            () = outbox.filled() => {
                tokio::time::sleep(GATHER).await;
                for payload in encode(&origin, &outbox.take(), PAYLOAD) {
                    if let Err(error) = client.publish(subject.clone(), Bytes::from(payload)).await {
                        tracing::warn!(%error, "a wake-up was not sent");
                    }
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "../../tests/support/packages.rs"]
mod packages;
#[cfg(test)]
#[path = "../../tests/support/nats.rs"]
mod server;

#[cfg(test)]
mod tests {
    use super::server::Nats;
    use super::*;
    use lacre_wire::ids::{LogId, RoomId, Seq};
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    const LOG: LogId = LogId::Room(RoomId([7; 16]));

    /// What somebody heard: a head, or nothing for news that may have been lost.
    type Heard = UnboundedReceiver<Option<Seq>>;

    async fn relay(nats: &Nats, store: &str, origin: &str) -> (NatsWake, Subscription, Heard) {
        let wake = NatsWake::start(&nats.url(), store, origin.repeat(16)).await;
        let (wake, (told, heard)) = (wake.unwrap(), unbounded_channel());
        let place = wake.subscribe(Arc::new(move |news| {
            let head = match news {
                News::Logs(logs) => logs
                    .iter()
                    .find(|(log, _)| *log == LOG)
                    .map(|(_, head)| *head),
                News::Missed => None,
                News::Ephemeral { .. } | News::Peers(_) => return,
            };
            let _nobody_hears = told.send(head);
        }));
        (wake, place, heard)
    }

    async fn hears(heard: &mut Heard, wanted: Option<Seq>) {
        while heard.recv().await.unwrap() != wanted {}
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn relays_of_one_store_hear_each_other_and_learn_what_they_missed() {
        let mut nats = Nats::stopped();
        // They start without a server.
        let (one, place, mut by_one) = relay(&nats, "store", "a").await;
        let (_two, _place, mut by_two) = relay(&nats, "store", "b").await;
        let (_other, _place, mut by_other) = relay(&nats, "other", "c").await;
        for round in 1..=2 {
            nats.start();
            for heard in [&mut by_one, &mut by_two, &mut by_other] {
                hears(heard, None).await;
            }
            one.publish(&place, News::Logs(&[(LOG, round)]));
            hears(&mut by_two, Some(round)).await;
            nats.kill();
        }
        // Neither the one that told nor another store's has heard of it.
        for heard in [&mut by_one, &mut by_other] {
            while let Ok(head) = heard.try_recv() {
                assert_eq!(head, None);
            }
        }
    }

    #[tokio::test]
    async fn an_address_that_cannot_be_read_is_said() {
        let wrong = NatsWake::start("http://here", "store", "a".repeat(16)).await;
        assert!(wrong.is_err());
    }
}
