//! Wake-ups between relays on one PostgreSQL database.
//!
//! What is to be told is gathered for a few milliseconds and sent as few notifications, after the
//! commits it is about and outside of every transaction. Each relay listens on a connection of its
//! own. When that is lost, whatever was told meanwhile is lost as well: once it listens again it
//! says so ([`News::Missed`]), and the heads of all open logs are read.

use super::outbox::{GATHER, Outbox};
use super::parcel::{Origin, pack, unpack};
use super::remote::RemoteWake;
use super::{LocalWake, News};
use crate::store::{Ear, PostgresAddress};
use std::sync::Arc;
use std::time::Duration;

/// The channel.
const CHANNEL: &str = "lacre_wake";
/// Between two attempts to reach the server.
const PAUSE: Duration = Duration::from_millis(250);
/// Bytes of a parcel. As hexadecimal digits it is a notification, of which PostgreSQL takes less than 8000;
/// too few for messages, which other relays read in the tables.
const PARCEL: usize = 3_950;

/// Begins to listen and to tell. Must be called inside a tokio runtime.
pub(crate) fn start(address: &PostgresAddress, origin: Origin) -> RemoteWake {
    let (local, outbox) = (Arc::new(LocalWake::default()), Arc::new(Outbox::default()));
    let listening = listen(address.clone(), origin, Arc::clone(&local));
    let telling = tell(address.clone(), origin, Arc::clone(&outbox));
    RemoteWake::run(local, outbox, listening, telling)
}

async fn tell(address: PostgresAddress, origin: Origin, outbox: Arc<Outbox>) {
    let mut mouth: Option<Ear> = None;
    loop {
        outbox.filled().await;
        tokio::time::sleep(GATHER).await;
        let payloads = pack(&origin, &outbox.take(), PARCEL);
        let payloads: Vec<_> = payloads.iter().map(hex::encode).collect();
        // One that was lost while idle is noticed now; a second attempt is enough, the sweep finds the rest.
        for _ in 0..2 {
            if mouth.is_none() {
                mouth = Ear::open(&address).await.ok();
            }
            let Some(open) = &mouth else { break };
            match open.notify(CHANNEL, &payloads).await {
                Ok(()) => break,
                Err(error) => {
                    tracing::warn!(%error, "a wake-up was not sent");
                    mouth = None;
                }
            }
        }
    }
}

async fn listen(address: PostgresAddress, origin: Origin, local: Arc<LocalWake>) {
    loop {
        match listening(&address).await {
            Ok(mut ear) => {
                local.tell(News::Missed);
                while let Some(payload) = ear.hear().await {
                    if let Ok(parcel) = hex::decode(payload) {
                        unpack(&origin, &parcel.into(), |news| local.tell(news));
                    }
                }
                tracing::warn!("the connection for wake-ups was lost");
            }
            Err(error) => tracing::warn!(%error, "wake-ups cannot be heard"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn listening(address: &PostgresAddress) -> Result<Ear, crate::store::PostgresError> {
    let ear = Ear::open(address).await?;
    ear.listen(CHANNEL).await?;
    Ok(ear)
}
