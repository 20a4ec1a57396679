//! What handles, the engine's thread and subscribers share.

use super::{closed, paused};
use crate::engine::{
    Connection, Done, EngineEvent, Error, Item, LocalId, Presence, Profile, Reader, Result,
    RoomInfo, SendState,
};
use crate::path::Path;
use crate::queue::{Queue, lock};
use crate::send::{Progress, SendHandle};
use crate::timeline::Change;
use lacre_wire::ids::{AccountId, RoomId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use tokio::sync::{oneshot, watch};

/// What a room tells of itself, kept up to date while a handle exists.
pub(crate) struct RoomCell {
    pub(crate) id: RoomId,
    info: RwLock<Arc<RoomInfo>>,
}

impl RoomCell {
    pub(crate) fn info(&self) -> Arc<RoomInfo> {
        Arc::clone(&self.info.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, info: RoomInfo) {
        *self.info.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(info);
    }
}

/// Whether the client runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Running,
    Paused,
    Closing,
    Ended,
}

pub(crate) struct Shared {
    life: watch::Sender<Life>,
    connection: watch::Sender<Connection>,
    /// Which way the connection takes, while there is one.
    path: Mutex<Option<Path>>,
    /// Where the relay is, with the fingerprints that count.
    address: Mutex<String>,
    profile: RwLock<Profile>,
    reader: Mutex<Option<Reader>>,
    rooms: Mutex<HashMap<RoomId, Weak<RoomCell>>>,
    pub(super) subscribers: Mutex<Subscribers>,
    pub(super) waiting: Mutex<HashMap<LocalId, oneshot::Sender<Result<Done>>>>,
    pub(super) sends: Mutex<Sends>,
    /// The others who are there now.
    people: Mutex<HashMap<AccountId, Presence>>,
}

/// Who wants to be told.
pub(super) struct Subscribers {
    /// Kept for the first who asks.
    first: Option<Arc<Queue<EngineEvent>>>,
    pub(super) events: Vec<Weak<Queue<EngineEvent>>>,
    pub(super) feeds: HashMap<RoomId, Vec<Weak<Queue<Change>>>>,
    /// The new message that was told last.
    pub(super) fresh: Option<Item>,
}

/// Messages whose way somebody watches.
#[derive(Default)]
pub(super) struct Sends {
    pub(super) watched: HashMap<LocalId, watch::Sender<Progress>>,
    /// Look for abandoned ones at this size.
    prune_at: usize,
}

impl Shared {
    pub(crate) fn new(profile: Profile, reader: Reader) -> Self {
        let first = Arc::new(Queue::new());
        let events = vec![Arc::downgrade(&first)];
        Self {
            life: watch::Sender::new(Life::Running),
            connection: watch::Sender::new(Connection::Offline),
            path: Mutex::default(),
            address: Mutex::default(),
            profile: RwLock::new(profile),
            reader: Mutex::new(Some(reader)),
            rooms: Mutex::default(),
            subscribers: Mutex::new(Subscribers {
                first: Some(first),
                events,
                feeds: HashMap::new(),
                fresh: None,
            }),
            waiting: Mutex::default(),
            sends: Mutex::default(),
            people: Mutex::default(),
        }
    }

    pub(crate) fn profile(&self) -> Profile {
        self.profile
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn set_profile(&self, profile: Profile) {
        *self.profile.write().unwrap_or_else(PoisonError::into_inner) = profile;
    }

    pub(crate) fn connection(&self) -> Connection {
        *self.connection.borrow()
    }

    pub(super) fn set_connection(&self, connection: Connection) {
        self.connection.send_replace(connection);
    }

    pub(crate) fn address(&self) -> String {
        lock(&self.address).clone()
    }

    pub(super) fn set_address(&self, address: String) {
        *lock(&self.address) = address;
    }

    pub(crate) fn path(&self) -> Option<Path> {
        *lock(&self.path)
    }

    pub(super) fn set_path(&self, path: Option<Path>) {
        *lock(&self.path) = path;
    }

    /// How a person is there.
    pub(crate) fn presence(&self, account: &AccountId) -> Option<Presence> {
        lock(&self.people).get(account).copied()
    }

    pub(super) fn set_presence(&self, account: AccountId, presence: Option<Presence>) {
        let mut people = lock(&self.people);
        match presence {
            Some(presence) => people.insert(account, presence),
            None => people.remove(&account),
        };
    }

    /// Waits until the session is up.
    pub(crate) async fn online(&self) -> Result<()> {
        let (mut life, mut connection) = (self.life.subscribe(), self.connection.subscribe());
        tokio::select! {
            biased;
            _ = life.wait_for(|life| *life == Life::Ended) => Err(closed()),
            _ = connection.wait_for(|connection| *connection == Connection::Online) => Ok(()),
        }
    }

    /// Waits while the client is paused; false if it is closed then.
    pub(crate) async fn awake(&self) -> bool {
        let mut life = self.life.subscribe();
        let life = life.wait_for(|life| *life != Life::Paused).await;
        life.is_ok_and(|life| *life == Life::Running)
    }

    /// Waits until everything is closed.
    pub(crate) async fn ended(&self) {
        // An error would mean that the sender is gone, and it is a field of `self`.
        let _ = self
            .life
            .subscribe()
            .wait_for(|life| *life == Life::Ended)
            .await;
    }

    /// Why the engine is not there.
    pub(crate) fn absent(&self) -> Error {
        if *self.life.borrow() == Life::Paused {
            paused()
        } else {
            closed()
        }
    }

    /// Reads the store, on the caller's thread.
    pub(crate) fn read<T>(&self, query: impl FnOnce(&Reader) -> Result<T>) -> Result<T> {
        match lock(&self.reader).as_ref() {
            Some(reader) => query(reader),
            None => Err(self.absent()),
        }
    }

    /// A queue of all events from now on; the first one also holds those since the start.
    pub(crate) fn subscribe(&self) -> Arc<Queue<EngineEvent>> {
        if let Some(first) = lock(&self.subscribers).first.take() {
            return first;
        }
        self.listen()
    }

    /// A queue of all events from now on, whether or not anybody had the first.
    pub(crate) fn listen(&self) -> Arc<Queue<EngineEvent>> {
        let queue = Arc::new(Queue::new());
        let mut subscribers = lock(&self.subscribers);
        if *self.life.borrow() == Life::Ended {
            queue.close();
        }
        subscribers.events.push(Arc::downgrade(&queue));
        queue
    }

    /// A queue of the items of a room that are new or change from now on.
    pub(crate) fn follow(&self, room: RoomId) -> Arc<Queue<Change>> {
        let queue = Arc::new(Queue::new());
        let mut subscribers = lock(&self.subscribers);
        if *self.life.borrow() == Life::Ended {
            queue.close();
        }
        subscribers
            .feeds
            .entry(room)
            .or_default()
            .push(Arc::downgrade(&queue));
        queue
    }

    /// The end of what a call began.
    pub(crate) fn expect(&self, id: LocalId) -> oneshot::Receiver<Result<Done>> {
        let (done, end) = oneshot::channel();
        lock(&self.waiting).insert(id, done);
        end
    }

    /// A handle on a message that was just queued.
    pub(crate) fn track(&self, room: RoomId, item: &Item) -> SendHandle {
        let (sender, progress) = watch::channel(Progress {
            state: item.state,
            error: None,
        });
        if item.state == SendState::Queued {
            let mut sends = lock(&self.sends);
            if sends.watched.len() >= sends.prune_at {
                sends.watched.retain(|_, sender| !sender.is_closed());
                sends.prune_at = 2 * sends.watched.len() + 64;
            }
            sends.watched.insert(item.id, sender);
        }
        SendHandle {
            room,
            id: item.id,
            message: item.message,
            progress,
        }
    }

    /// The cell of a room, set to what was just read.
    pub(crate) fn cell(&self, info: RoomInfo) -> Arc<RoomCell> {
        let id = info.id;
        let mut rooms = lock(&self.rooms);
        if let Some(cell) = rooms.get(&id).and_then(Weak::upgrade) {
            return cell;
        }
        rooms.retain(|_, cell| cell.strong_count() > 0);
        let cell = Arc::new(RoomCell {
            id,
            info: RwLock::new(Arc::new(info)),
        });
        rooms.insert(id, Arc::downgrade(&cell));
        cell
    }

    /// The cell of a room that somebody holds.
    pub(crate) fn live_cell(&self, id: RoomId) -> Option<Arc<RoomCell>> {
        lock(&self.rooms).get(&id).and_then(Weak::upgrade)
    }

    /// Reads a room anew, if somebody holds it.
    pub(super) fn refresh(&self, id: RoomId) {
        let Some(cell) = self.live_cell(id) else {
            return;
        };
        match self.read(|reader| reader.room(id)) {
            Ok(Some(info)) => cell.set(info),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, room = %id, "a room could not be read; its handles show what they knew")
            }
        }
    }

    /// The store is open again.
    pub(super) fn wake_up(&self, reader: Reader) {
        *lock(&self.reader) = Some(reader);
        self.life.send_replace(Life::Running);
    }

    /// The store closes; who waits for the engine is told.
    pub(super) fn rest(&self, life: Life) {
        self.life.send_replace(life);
        *lock(&self.reader) = None;
        lock(&self.waiting).clear();
    }

    /// The last word: nothing will be told any more.
    pub(super) fn end(&self) {
        self.rest(Life::Ended);
        self.connection.send_replace(Connection::Offline);
        lock(&self.sends).watched.clear();
        let subscribers = lock(&self.subscribers);
        subscribers
            .events
            .iter()
            .filter_map(Weak::upgrade)
            .for_each(|queue| queue.close());
        subscribers
            .feeds
            .values()
            .flatten()
            .filter_map(Weak::upgrade)
            .for_each(|queue| queue.close());
    }
}
