//! What relays on one store tell each other: "this log reaches this entry", messages that became
//! durable, and hints in passing.
//!
//! News may be lost: that costs the time until the next sweep of heads, never an entry, so an
//! implementation may drop, repeat and reorder as it likes. It may not invent: messages go to readers as
//! they are heard. This file has the one for relays in the same process; beside it are those for relays
//! on one PostgreSQL database, through it or over NATS.

mod choose;
#[cfg(feature = "nats")]
mod nats;
#[cfg(any(feature = "nats", feature = "postgres"))]
mod outbox;
#[cfg(any(feature = "nats", feature = "postgres"))]
mod parcel;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "nats", feature = "postgres"))]
mod remote;
#[cfg(feature = "nats")]
mod seal;

pub(crate) use choose::chosen;

use bytes::Bytes;
use lacre_wire::ids::{LogId, RoomId, Seq};
use std::sync::{Arc, PoisonError, RwLock, Weak};

/// What one relay tells the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum News<'a> {
    /// These logs reach these entries.
    Logs(&'a [(LogId, Seq)]),
    /// These messages became durable; their logs reach them. Who does not carry messages tells only
    /// that, as [`News::Logs`].
    Messages(&'a [Fresh]),
    /// A hint for whoever watches the room; its sender was checked. Too late it is worth nothing:
    /// send it at once or drop it.
    Ephemeral {
        /// The room.
        room: RoomId,
        /// The datagram as it came, a [`lacre_wire::ephemeral::Ephemeral`].
        datagram: &'a Bytes,
    },
    /// What relays on the store say to each other about who does what. Later it is worth little.
    Peers(&'a Bytes),
    /// Some news may have been lost: the heads of open logs are to be read.
    Missed,
}

/// A message that has just become durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// Its log.
    pub log: LogId,
    /// Which entry of the log it is.
    pub seq: Seq,
    /// The entry as readers get it, a [`lacre_wire::log::Entry`]. It names its sender: only relays may
    /// see it.
    pub entry: Bytes,
}

/// Hears news. Must return quickly and must not publish.
pub type Hear = Arc<dyn Fn(News<'_>) + Send + Sync>;

/// Carries news to the other relays on the same store.
pub trait Wake: Send + Sync + 'static {
    /// Tells everybody but `from`.
    fn publish(&self, from: &Subscription, news: News<'_>);

    /// Hears what others publish, until the subscription is dropped.
    fn subscribe(&self, hear: Hear) -> Subscription;
}

/// A place in a [`Wake`]; dropping it leaves.
#[derive(Clone)]
pub struct Subscription(Arc<Subscriber>);

struct Subscriber {
    hear: Hear,
}

impl Subscription {
    /// A place for `hear`. For implementations of [`Wake`], which keep it weakly.
    pub fn new(hear: Hear) -> Self {
        Self(Arc::new(Subscriber { hear }))
    }

    /// Whether both are the same place.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// News between relays in one process.
#[derive(Default)]
pub struct LocalWake(RwLock<Vec<Weak<Subscriber>>>);

impl LocalWake {
    /// Tells everybody here what came from elsewhere.
    #[cfg(any(feature = "nats", feature = "postgres"))]
    fn tell(&self, news: News<'_>) {
        let subscribers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for subscriber in subscribers.iter().filter_map(Weak::upgrade) {
            (subscriber.hear)(news);
        }
    }
}

impl Wake for LocalWake {
    fn publish(&self, from: &Subscription, news: News<'_>) {
        let subscribers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for subscriber in subscribers.iter().filter_map(Weak::upgrade) {
            if !Arc::ptr_eq(&subscriber, &from.0) {
                (subscriber.hear)(news);
            }
        }
    }

    fn subscribe(&self, hear: Hear) -> Subscription {
        let subscription = Subscription::new(hear);
        let mut subscribers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        subscribers.retain(|subscriber| subscriber.strong_count() > 0);
        subscribers.push(Arc::downgrade(&subscription.0));
        subscription
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::ids::RoomId;
    use std::sync::Mutex;

    #[test]
    fn everybody_else_hears_until_they_leave() {
        let wake = LocalWake::default();
        let heard: [Arc<Mutex<Vec<Seq>>>; 2] = Default::default();
        let [a, b] = heard.each_ref().map(|heard| {
            let heard = heard.clone();
            wake.subscribe(Arc::new(move |news| {
                let News::Logs(logs) = news else { return };
                heard
                    .lock()
                    .unwrap()
                    .extend(logs.iter().map(|(_, seq)| *seq))
            }))
        });
        let log = LogId::Room(RoomId([1; 16]));
        wake.publish(&a, News::Logs(&[(log, 1)]));
        wake.publish(&b, News::Logs(&[(log, 2)]));
        drop(b);
        wake.publish(&a, News::Logs(&[(log, 3)]));
        let heard = heard.map(|heard| heard.lock().unwrap().clone());
        assert_eq!(heard, [vec![2], vec![1]]);
    }
}
