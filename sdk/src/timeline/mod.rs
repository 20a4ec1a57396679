//! What a screen shows of a room: a list, and what changes in it.
//!
//! Pages are read from the store on a connection of their own, off the engine's thread, so that
//! scrolling never waits for a commit. Changes come from the engine's events, queued until the
//! reader asks; a reader that lags too far gets the list anew instead.

mod list;

use crate::client::Client;
use crate::engine::{ErrorKind, Item, LocalId, MessageId, PageKey, Reader, Result};
use crate::queue::{Popped, Queue, lock};
use lacre_wire::ids::RoomId;
use list::List;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

/// How many items a timeline starts with.
const FIRST_PAGE: usize = 50;

/// How many items a list that is read anew shows at most.
const RESET_PAGE: usize = 500;

/// How the list changed. Apply in order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diff {
    /// An item was put before the one at `index`; at the end if `index` is the length.
    Insert {
        /// Where.
        index: usize,
        /// The item.
        item: Item,
    },
    /// The item at `index` changed.
    Update {
        /// Which.
        index: usize,
        /// What it is now.
        item: Item,
    },
    /// The item at `index` went. One that moved is removed, then inserted.
    Remove {
        /// Which.
        index: usize,
    },
    /// The list is another one now: the reader had lagged too far behind.
    Reset {
        /// All of it.
        items: Vec<Item>,
    },
}

impl Diff {
    /// Applies the change to a list that started as a [`Timeline::snapshot`].
    pub fn apply(self, items: &mut Vec<Item>) {
        match self {
            Self::Insert { index, item } => items.insert(index.min(items.len()), item),
            Self::Update { index, item } => items
                .iter_mut()
                .skip(index)
                .take(1)
                .for_each(|known| *known = item.clone()),
            Self::Remove { index } if index < items.len() => drop(items.remove(index)),
            Self::Remove { .. } => {}
            Self::Reset { items: all } => *items = all,
        }
    }
}

/// The messages of a room as a list that stays up to date, oldest first: take a
/// [`Timeline::snapshot`], then apply each [`Timeline::next_diff`].
///
/// Cheap to clone; all clones are the same list with one sequence of diffs, for one reader.
#[derive(Clone)]
pub struct Timeline {
    client: Client,
    room: RoomId,
    /// The message that the shown thread begins with; `None` shows the room.
    thread: Option<MessageId>,
    feed: Arc<Queue<Change>>,
    state: Arc<Mutex<State>>,
    /// One page at a time, so that two calls do not read the same one.
    paging: Arc<tokio::sync::Mutex<()>>,
}

/// What a timeline is told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// An item is new or has changed.
    Item(Box<Item>),
    /// An item is gone.
    Removed(LocalId),
}

struct State {
    thread: Option<MessageId>,
    list: List,
    diffs: VecDeque<Diff>,
    /// Changes were lost; the list must be read anew.
    stale: bool,
}

impl Timeline {
    pub(crate) async fn open(
        client: Client,
        room: RoomId,
        thread: Option<MessageId>,
    ) -> Result<Self> {
        // Before the page is read: a change that falls between is then seen twice, never missed.
        let feed = client.driver.shared.follow(room);
        let page = read_page(&client, room, thread, None, FIRST_PAGE).await?;
        let whole = page.len() < FIRST_PAGE;
        let state = State {
            thread,
            list: List::new(page, whole),
            diffs: VecDeque::new(),
            stale: false,
        };
        let (state, paging) = (Arc::new(Mutex::new(state)), Arc::default());
        Ok(Self {
            client,
            room,
            thread,
            feed,
            state,
            paging,
        })
    }

    /// The room.
    pub fn room_id(&self) -> RoomId {
        self.room
    }

    /// The whole list as it is now, oldest first. Diffs not taken yet are part of it and will not
    /// be told again.
    pub fn snapshot(&self) -> Vec<Item> {
        let mut state = lock(&self.state);
        while let Some(popped) = self.feed.try_pop() {
            state.take(popped);
        }
        state.diffs.clear();
        state.list.items().to_vec()
    }

    /// Waits for the next change; `None` once the client is closed, or if the list must be read
    /// anew and the store cannot be read. Cancelling loses nothing.
    pub async fn next_diff(&self) -> Option<Diff> {
        loop {
            let open = std::future::poll_fn(|context| self.poll(context)).await;
            let stale = {
                let mut state = lock(&self.state);
                if let Some(diff) = state.diffs.pop_front() {
                    return Some(diff);
                }
                state.stale
            };
            if !open {
                return None;
            }
            if stale && let Err(error) = self.reset().await {
                // While the client is paused there is nothing to read from; a store that cannot be
                // read will not be readable at once.
                if error.kind() != ErrorKind::Offline || !self.client.driver.shared.awake().await {
                    tracing::warn!(%error, room = %self.room, "a timeline ends");
                    return None;
                }
            }
        }
    }

    /// Reads up to `count` items before the first one. They come as diffs and in the next
    /// snapshot. Returns how many there were; 0 at the beginning of what this device holds.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub async fn older(&self, count: usize) -> Result<usize> {
        let _one_at_a_time = self.paging.lock().await;
        let mut before = {
            let state = lock(&self.state);
            if state.list.is_whole() {
                return Ok(0);
            }
            state.list.before()
        };
        loop {
            let page = read_page(&self.client, self.room, self.thread, before, count).await?;
            let whole = page.len() < count;
            before = page.first().map(Item::key);
            let mut state = lock(&self.state);
            let diffs = state.list.extend(page, whole);
            let read = diffs.len();
            state.diffs.extend(diffs);
            drop(state);
            // A page of nothing new: what was still unsent at its start has been accepted meanwhile.
            if read > 0 || whole {
                self.feed.wake();
                return Ok(read);
            }
        }
    }

    /// Ready when there are diffs, or the list is stale (true), or there will be none (false).
    fn poll(&self, context: &mut Context<'_>) -> Poll<bool> {
        loop {
            let mut state = lock(&self.state);
            if state.stale || !state.diffs.is_empty() {
                return Poll::Ready(true);
            }
            // The feed is polled under the lock, so that `older` cannot add diffs in between.
            match std::task::ready!(self.feed.poll_pop(context)) {
                Some(popped) => state.take(popped),
                None => return Poll::Ready(false),
            }
        }
    }

    async fn reset(&self) -> Result<()> {
        let _one_at_a_time = self.paging.lock().await;
        let (room, length) = (self.room, lock(&self.state).list.items().len());
        let count = length.clamp(FIRST_PAGE, RESET_PAGE);
        let page = read_page(&self.client, room, self.thread, None, count).await?;
        let mut state = lock(&self.state);
        let whole = page.len() < count;
        state.list = List::new(page, whole);
        state.stale = false;
        let items = state.list.items().to_vec();
        state.diffs.clear();
        state.diffs.push_back(Diff::Reset { items });
        Ok(())
    }
}

impl State {
    fn shows(&self, item: &Item) -> bool {
        let is_of = |root| item.message == root || item.thread == Some(root);
        self.thread.is_none_or(is_of)
    }

    fn take(&mut self, popped: Popped<Change>) {
        match popped {
            Popped::Item(Change::Item(item)) if self.shows(&item) => {
                self.diffs.extend(self.list.apply(*item));
            }
            Popped::Item(Change::Item(_)) => {}
            Popped::Item(Change::Removed(id)) => self.diffs.extend(self.list.remove(id)),
            Popped::Missed(_) => self.stale = true,
        }
    }
}

impl std::fmt::Debug for Timeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Timeline")
            .field("room", &self.room)
            .finish_non_exhaustive()
    }
}

async fn read_page(
    client: &Client,
    room: RoomId,
    thread: Option<MessageId>,
    before: Option<PageKey>,
    count: usize,
) -> Result<Vec<Item>> {
    read(client, move |reader| match thread {
        Some(root) => reader.thread_page(room, root, before, count),
        None => reader.page(room, before, count),
    })
    .await
}

/// Reads off the caller's thread: a page of a cold store takes a few milliseconds.
async fn read<T: Send + 'static>(
    client: &Client,
    query: impl FnOnce(&Reader) -> Result<T> + Send + 'static,
) -> Result<T> {
    let shared = Arc::clone(&client.driver.shared);
    client.driver.blocking(move || shared.read(query)).await
}
