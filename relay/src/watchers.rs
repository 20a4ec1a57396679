//! Which sessions watch which rooms: to them, and from them, hints are passed on.
//!
//! A hint is a datagram that nobody keeps. It goes straight to the links of the others who watch the
//! room, which hold a few at most and drop the oldest of a slow reader. A session
//! watches only rooms whose logs it has open, so that who reads was checked when they were opened,
//! and no hint costs a look into the store.

use crate::stream::Link;
use bytes::Bytes;
use lacre_wire::ids::RoomId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

const SHARDS: usize = 16;

/// The sessions that watch rooms, by room.
#[derive(Default)]
pub(crate) struct Watchers([Mutex<HashMap<RoomId, Vec<Watcher>>>; SHARDS]);

struct Watcher {
    /// The session's number.
    session: u64,
    link: Link,
}

impl Watchers {
    /// The session watches a room.
    pub(crate) fn enter(&self, room: RoomId, session: u64, link: &Link) {
        let mut shard = self.shard(room);
        let watchers = shard.entry(room).or_default();
        if watchers.iter().all(|watcher| watcher.session != session) {
            watchers.push(Watcher {
                session,
                link: link.clone(),
            });
        }
    }

    /// The session no longer watches a room.
    pub(crate) fn leave(&self, room: RoomId, session: u64) {
        let mut shard = self.shard(room);
        if let Some(watchers) = shard.get_mut(&room) {
            watchers.retain(|watcher| watcher.session != session);
            if watchers.is_empty() {
                shard.remove(&room);
            }
        }
    }

    /// Whether the session watches a room.
    pub(crate) fn contains(&self, room: RoomId, session: u64) -> bool {
        let shard = self.shard(room);
        let watchers = shard.get(&room).into_iter().flatten();
        watchers
            .into_iter()
            .any(|watcher| watcher.session == session)
    }

    /// Passes a datagram on to all who watch the room, but for one session. Returns to how many.
    pub(crate) fn pass(&self, room: RoomId, but: Option<u64>, datagram: &Bytes) -> u64 {
        let links: Vec<Link> = {
            let shard = self.shard(room);
            let watchers = shard.get(&room).into_iter().flatten();
            let others = watchers.filter(|watcher| but != Some(watcher.session));
            others.map(|watcher| watcher.link.clone()).collect()
        };
        let sent = links.iter().filter(|link| link.send_hint(datagram.clone()));
        u64::try_from(sent.count()).unwrap_or(u64::MAX)
    }

    fn shard(&self, room: RoomId) -> MutexGuard<'_, HashMap<RoomId, Vec<Watcher>>> {
        let [.., last] = room.0;
        let [first, ..] = &self.0;
        // The index is always in range; the first shard stands in to keep this free of panics.
        self.0
            .get(usize::from(last) % SHARDS)
            .unwrap_or(first)
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
