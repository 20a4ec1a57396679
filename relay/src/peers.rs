//! The relays on one store, as one of them knows them: who is there, and which of them keeps the turns
//! of a room.
//!
//! Each says every second that it is there, over the way by which it wakes the others. Of those that
//! are there every room has one at home, by rendezvous hashing: all who know the same relays
//! agree without a word, and when one comes or goes only its share of the rooms moves. What lives
//! at home is a hint. While relays do not agree on who is there, for seconds after one has come, gone or
//! been cut off, a room may have two homes; the store alone decides which commit wins an epoch.

mod letter;
mod turns;

pub(crate) use letter::{Letter, Say};
pub(crate) use turns::{CommitTurn, take};

use crate::service::Service;
use crate::tasks::Stage;
use crate::wake::News;
use bytes::Bytes;
use lacre_wire::codec;
use lacre_wire::hash::sha256;
use lacre_wire::ids::RoomId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How often a relay says that it is there.
const EVERY: Duration = Duration::from_secs(1);
/// Who was not heard for so long is gone.
const PATIENCE: Duration = Duration::from_millis(3_500);

/// How often is told what was taken from whose buckets.
const TELL: Duration = Duration::from_millis(250);
/// Of so many in one letter: a notification of PostgreSQL holds less than 8000 bytes.
const AT_ONCE: usize = 64;

/// Names a relay for as long as it runs.
pub(crate) type Name = u64;

/// The other relays, and what is asked of them and by them.
pub(crate) struct Peers {
    me: Name,
    heard: Mutex<HashMap<Name, Instant>>,
    leaving: AtomicBool,
    turns: turns::Book,
}

impl Peers {
    /// Nobody else was heard yet.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        Ok(Self {
            me: getrandom::u64()?,
            heard: Mutex::default(),
            leaving: AtomicBool::new(false),
            turns: turns::Book::default(),
        })
    }

    /// Where the turns of a room are kept: here, or at another relay.
    fn home(&self, room: &RoomId) -> Option<Name> {
        let heard = self.lock();
        let here = Some(self.me).filter(|_| heard.is_empty() || !self.leaving());
        let all = heard.keys().copied().chain(here);
        let home = all.max_by_key(|name| sha256(&[&name.to_be_bytes(), &room.0]).0);
        home.filter(|home| *home != self.me)
    }

    /// Whether a relay is there.
    fn is_there(&self, name: Name) -> bool {
        self.lock().contains_key(&name)
    }

    /// How many others are there.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    fn leaving(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }

    /// Whether the name is new.
    fn heard(&self, name: Name) -> bool {
        self.lock().insert(name, Instant::now()).is_none()
    }

    fn forget_silent(&self) {
        self.lock().retain(|_, heard| heard.elapsed() < PATIENCE);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Name, Instant>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// Says something to one relay, or to all.
    pub(crate) fn tell_peers(&self, to: Option<Name>, say: Say) {
        let from = self.peers.me;
        let letter = Bytes::from(codec::to_vec(&Letter { from, to, say }));
        if let Some(own) = self.wakes.get() {
            self.wake.publish(own, News::Peers(&letter));
        }
    }

    /// Hears what another relay says; what cannot be read is passed over. Nothing is said in return
    /// before this returns.
    pub(crate) fn hear_peer(self: &Arc<Self>, letter: &[u8]) {
        let me = self.peers.me;
        let Ok(Letter { from, to, say }) = codec::from_slice(letter) else {
            return;
        };
        if from == me || to.is_some_and(|to| to != me) {
            return;
        }
        if matches!(say, Say::Gone) {
            self.peers.lock().remove(&from);
            return;
        }
        if self.peers.heard(from) && !self.peers.leaving() {
            let service = Arc::clone(self);
            self.tasks
                .spawn(async move { service.tell_peers(None, Say::Here) });
        }
        match say {
            Say::Taken { of } => {
                for (who, us) in of {
                    self.rates.taken_elsewhere(who, us);
                }
            }
            say => turns::hear(self, from, say),
        }
    }
}

/// Says that this relay is there until it drains, and then that it goes.
pub(crate) async fn run(service: Arc<Service>) {
    loop {
        service.tell_peers(None, Say::Here);
        tokio::select! {
            () = tokio::time::sleep(EVERY) => service.peers.forget_silent(),
            () = service.tasks.reached(Stage::Draining) => break,
        }
    }
    service.peers.leaving.store(true, Ordering::Relaxed);
    service.tell_peers(None, Say::Gone);
}

/// Tells the others what was taken here from buckets that run low, until this relay stops: somebody who
/// sends by several relays gets little more through than by one.
pub(crate) async fn share_rates(service: Arc<Service>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(TELL) => {}
            () = service.tasks.reached(Stage::Stopped) => return,
        }
        let others = service.peers.count() > 0;
        for of in service.rates.taken(others).chunks(AT_ONCE) {
            service.tell_peers(None, Say::Taken { of: of.to_vec() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers(me: Name, others: &[Name]) -> Peers {
        let peers = Peers {
            me,
            ..Peers::new().unwrap()
        };
        others.iter().for_each(|name| assert!(peers.heard(*name)));
        peers
    }

    /// Homes of many rooms, as one relay sees them.
    fn homes(me: Name, others: &[Name]) -> Vec<Name> {
        let peers = peers(me, others);
        let room = |n: u8| RoomId([n; 16]);
        (0..=255)
            .map(|n| peers.home(&room(n)).unwrap_or(me))
            .collect()
    }

    #[tokio::test]
    async fn all_agree_and_each_has_a_share() {
        let all = homes(1, &[2, 3]);
        assert_eq!(homes(2, &[1, 3]), all);
        assert_eq!(homes(3, &[2, 1]), all);
        for name in 1..=3 {
            let share = all.iter().filter(|home| **home == name).count();
            assert!((50..130).contains(&share), "{name}: {share}");
        }
    }

    #[tokio::test]
    async fn only_the_rooms_of_who_goes_move() {
        for (before, after) in homes(1, &[2, 3]).iter().zip(homes(1, &[2])) {
            assert!(*before == after || *before == 3);
        }
        // Alone, or the only one that stays, everything is here.
        assert!(homes(1, &[]).iter().all(|home| *home == 1));
        let going = peers(1, &[2]);
        going.leaving.store(true, Ordering::Relaxed);
        assert_eq!(going.home(&RoomId([0; 16])), Some(2));
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_silent_is_gone() {
        let peers = peers(1, &[2]);
        tokio::time::advance(PATIENCE - EVERY).await;
        assert!(!peers.heard(2));
        tokio::time::advance(PATIENCE - EVERY).await;
        peers.forget_silent();
        assert!(peers.is_there(2));
        tokio::time::advance(EVERY).await;
        peers.forget_silent();
        assert!(!peers.is_there(2));
    }
}
