//! News between relays over NATS core, messages included, for clusters whose database has other things
//! to do.
//!
//! Every parcel is sealed: whoever reads along learns when relays have something to say and how much, and
//! can add nothing, only repeat, which tells nothing new.
//!
//! Nothing is kept there: what is told while a relay is cut off from NATS is lost, and the relay says
//! so as soon as it is back ([`News::Missed`]). A relay starts and works without NATS; news of other
//! relays then comes with the next sweep.

use super::outbox::{GATHER, Outbox};
use super::parcel::{Origin, pack, unpack};
use super::remote::RemoteWake;
use super::seal::Seal;
use super::{LocalWake, News};
use crate::keys::Secret;
use async_nats::{Client, ConnectOptions, Event, ServerAddr, Subscriber};
use futures_util::StreamExt;
use std::sync::Arc;
use std::time::Duration;

/// Between two attempts to reach the server.
const PAUSE: Duration = Duration::from_millis(250);
/// Bytes of a parcel: NATS takes a mebibyte, small ones go faster.
const PARCEL: usize = 32 * 1024;
/// Bytes of messages that may wait for NATS.
const MESSAGES: usize = 4 * 1024 * 1024;

/// Begins to listen and to tell. `servers` are `nats://` or `tls://` addresses divided by commas;
/// `store` tells the relays on one store from those on others, and `key` is theirs. Must be called
/// inside a tokio runtime.
///
/// # Errors
/// When an address cannot be read.
pub(crate) async fn start(
    servers: &str,
    store: &str,
    origin: Origin,
    key: Secret,
) -> Result<RemoteWake, String> {
    let servers = servers
        .split(',')
        .map(|server| server.trim().parse::<ServerAddr>())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| error.to_string())?;
    let local = Arc::new(LocalWake::default());
    let outbox = Arc::new(Outbox::with_messages(MESSAGES));
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
    let line = Arc::new(Line {
        subject,
        origin,
        seal: Seal::new(key).ok_or("the system gives no randomness")?,
    });
    let listening = listen(Arc::clone(&line), ears, Arc::clone(&local));
    let telling = tell(line, client, Arc::clone(&outbox));
    Ok(RemoteWake::run(local, outbox, listening, telling))
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

/// What every parcel has in common.
struct Line {
    subject: String,
    origin: Origin,
    seal: Seal,
}

/// Hears until the connection is given up.
async fn listen(line: Arc<Line>, mut ears: Subscriber, local: Arc<LocalWake>) {
    while let Some(message) = ears.next().await {
        // What others made is passed over.
        if let Some(parcel) = line.seal.open(&message.payload) {
            unpack(&line.origin, &parcel.into(), |news| local.tell(news));
        }
    }
}

async fn tell(line: Arc<Line>, client: Client, outbox: Arc<Outbox>) {
    loop {
        outbox.filled().await;
        tokio::time::sleep(GATHER).await;
        for parcel in pack(&line.origin, &outbox.take(), PARCEL) {
            let Some(sealed) = line.seal.seal(&parcel) else {
                tracing::warn!("news was not sent: it cannot be sealed");
                break;
            };
            if let Err(error) = client.publish(line.subject.clone(), sealed.into()).await {
                tracing::warn!(%error, "news was not sent");
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
    use super::super::{Fresh, Subscription, Wake};
    use super::server::Nats;
    use super::*;
    use lacre_wire::ids::{LogId, RoomId, Seq};
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
    use zeroize::Zeroizing;

    const LOG: LogId = LogId::Room(RoomId([7; 16]));

    /// What somebody heard: a head, or nothing for news that may have been lost.
    type Heard = UnboundedReceiver<Option<Seq>>;

    /// A relay of a store, with the store's key or another.
    async fn relay(
        nats: &Nats,
        store: &str,
        key: u8,
        origin: u8,
    ) -> (RemoteWake, Subscription, Heard) {
        let key = Zeroizing::new([key; 32]);
        let wake = start(&nats.url(), store, [origin; 8], key).await;
        let (wake, (told, heard)) = (wake.unwrap(), unbounded_channel());
        let place = wake.subscribe(Arc::new(move |news| {
            let head = match news {
                News::Logs(logs) => logs
                    .iter()
                    .find(|(log, _)| *log == LOG)
                    .map(|(_, head)| *head),
                News::Messages(messages) => {
                    assert!(messages.iter().all(|fresh| *fresh == message(fresh.seq)));
                    messages.last().map(|fresh| fresh.seq)
                }
                News::Missed => None,
                News::Ephemeral { .. } | News::Peers(_) => return,
            };
            let _nobody_hears = told.send(head);
        }));
        (wake, place, heard)
    }

    fn message(seq: Seq) -> Fresh {
        Fresh {
            log: LOG,
            seq,
            entry: seq.to_be_bytes().to_vec().into(),
        }
    }

    /// Waits for something, and hears nothing else before but that news may have been lost.
    async fn hears(heard: &mut Heard, wanted: Option<Seq>) {
        loop {
            let news = heard.recv().await.unwrap();
            if news == wanted {
                return;
            }
            assert_eq!(news, None, "instead of {wanted:?}");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn relays_of_one_store_hear_each_other_and_learn_what_they_missed() {
        let mut nats = Nats::stopped();
        // They start without a server.
        let (one, place, mut by_one) = relay(&nats, "store", 1, 1).await;
        let (_two, _place, mut by_two) = relay(&nats, "store", 1, 2).await;
        let (_other, _place, mut by_other) = relay(&nats, "other", 1, 3).await;
        // Whoever has another key is no relay of the store.
        let (forger, forging, mut by_forger) = relay(&nats, "store", 2, 4).await;
        for round in [1, 3] {
            nats.start();
            for heard in [&mut by_one, &mut by_two, &mut by_other, &mut by_forger] {
                hears(heard, None).await;
            }
            forger.publish(&forging, News::Logs(&[(LOG, 100)]));
            forger.publish(&forging, News::Messages(&[message(101)]));
            one.publish(&place, News::Logs(&[(LOG, round)]));
            hears(&mut by_two, Some(round)).await;
            one.publish(&place, News::Messages(&[message(round + 1)]));
            hears(&mut by_two, Some(round + 1)).await;
            nats.kill();
        }
        // Neither the one that told, nor another store's, nor one with another key has heard of it, and
        // nobody has heard the forger.
        for heard in [&mut by_one, &mut by_two, &mut by_other, &mut by_forger] {
            while let Ok(head) = heard.try_recv() {
                assert_eq!(head, None);
            }
        }
    }

    #[tokio::test]
    async fn an_address_that_cannot_be_read_is_said() {
        let key = Zeroizing::new([1; 32]);
        let wrong = start("http://here", "store", [1; 8], key).await;
        assert!(wrong.is_err());
    }
}
