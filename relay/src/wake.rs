//! Wake-ups between relays: "this log reaches this entry", nothing more.
//!
//! A wake-up is a hint. A lost one costs the time until the next sweep of heads, never an entry, so
//! an implementation may drop, repeat and reorder as it likes. This file has the one for relays in
//! the same process; a cluster brings its own.

use lacre_wire::ids::{LogId, Seq};
use std::sync::{Arc, PoisonError, RwLock, Weak};

/// Hears wake-ups. Must return quickly and must not publish.
pub type Hear = Arc<dyn Fn(&[(LogId, Seq)]) + Send + Sync>;

/// Carries wake-ups to the other relays on the same store.
pub trait Wake: Send + Sync + 'static {
    /// Tells everybody but `from` that these logs reach these entries.
    fn publish(&self, from: &Subscription, news: &[(LogId, Seq)]);

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

/// Wake-ups between relays in one process.
#[derive(Default)]
pub struct LocalWake(RwLock<Vec<Weak<Subscriber>>>);

impl Wake for LocalWake {
    fn publish(&self, from: &Subscription, news: &[(LogId, Seq)]) {
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
                heard
                    .lock()
                    .unwrap()
                    .extend(news.iter().map(|(_, seq)| *seq))
            }))
        });
        let log = LogId::Room(RoomId([1; 16]));
        wake.publish(&a, &[(log, 1)]);
        wake.publish(&b, &[(log, 2)]);
        drop(b);
        wake.publish(&a, &[(log, 3)]);
        let heard = heard.map(|heard| heard.lock().unwrap().clone());
        assert_eq!(heard, [vec![2], vec![1]]);
    }
}
