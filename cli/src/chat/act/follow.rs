//! Following lists of messages: rooms, and the thread on the screen.

use super::dress;
use super::hands::{Hands, failed};
use crate::chat::msg::{Msg, Told};
use crate::print::safe;
use crate::talk::{Problem, Session};
use lacre::{MessageId, Room, RoomId, Timeline};
use std::sync::Arc;
use tokio::sync::OnceCell;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

/// A room, or the thread of it that begins with a message.
pub(super) type List = (RoomId, Option<MessageId>);

/// How many older messages are read at once.
const OLDER: usize = 200;

/// Changes that are handed over together; more wait for the next time.
const TOGETHER: usize = 256;

/// A list that is followed.
pub(super) struct Followed {
    timeline: Arc<OnceCell<Timeline>>,
    pub(super) task: JoinHandle<()>,
}

impl Hands {
    /// Reads a list and hands over what changes in it.
    pub(super) fn follow(&mut self, list: List) {
        let place = Arc::new(OnceCell::new());
        let cell = Arc::clone(&place);
        let (session, screen) = (self.session.clone(), self.to_screen.clone());
        let task = tokio::spawn(async move {
            match open(&session, &screen, list).await {
                Ok(timeline) => hand_over(&session, &screen, list, &cell, timeline).await,
                Err(error) => {
                    let _closed = screen.send(failed(Problem::of(session.lang(), &error)));
                }
            }
        });
        let followed = Followed {
            timeline: place,
            task,
        };
        if let Some(before) = self.followed.insert(list, followed) {
            before.task.abort();
        }
    }

    /// Lets go of lists.
    pub(super) fn unfollow(&mut self, left: impl Fn(&List) -> bool) {
        self.followed.retain(|list, followed| {
            let left = left(list);
            if left {
                followed.task.abort();
            }
            !left
        });
    }

    /// Reads messages before those that a list has.
    pub(super) fn older(&self, list: List) {
        let followed = self.followed.get(&list);
        let Some(timeline) = followed.and_then(|followed| followed.timeline.get().cloned()) else {
            let _closed = self.to_screen.send(told(list, Told::Older(1)));
            return;
        };
        self.task(async move |session, screen| {
            let read = timeline.older(OLDER).await;
            let count = *read.as_ref().unwrap_or(&1);
            let _closed = screen.send(told(list, Told::Older(count)));
            read.map(drop)
                .map_err(|error| Problem::of(session.lang(), &error))
        });
    }
}

/// Opens a list; of a room, hands over what was being written in it.
async fn open(
    session: &Session,
    screen: &UnboundedSender<Msg>,
    (id, root): List,
) -> lacre::Result<Timeline> {
    let room: Room = session.client().room(id)?;
    if let Some(root) = root {
        return room.thread(root).await;
    }
    let text = safe(&room.draft()?);
    if !text.is_empty() {
        let _closed = screen.send(Msg::Draft { room: id, text });
    }
    room.timeline().await
}

/// Hands over a list, then what changes in it, until the screen is gone.
async fn hand_over(
    session: &Session,
    screen: &UnboundedSender<Msg>,
    list: List,
    cell: &OnceCell<Timeline>,
    timeline: Timeline,
) {
    let (lang, me) = (session.lang(), session.client().me().account);
    let items = timeline.snapshot().into_iter();
    let entries = items.map(|item| dress::entry(lang, item, me)).collect();
    let _closed = screen.send(told(list, Told::Page(entries)));
    let _once = cell.set(timeline.clone());
    while let Some(diff) = timeline.next_diff().await {
        let mut changes = vec![diff];
        // What is there already comes along, so that a burst is one message.
        while changes.len() < TOGETHER
            && let Some(Some(diff)) = ready(timeline.next_diff()).await
        {
            changes.push(diff);
        }
        let changes = changes.into_iter();
        let changes = changes.filter_map(|diff| dress::change(lang, diff, me));
        let told = told(list, Told::Changes(changes.collect()));
        if screen.send(told).is_err() {
            return;
        }
    }
}

/// What the screen is told of a list.
fn told((room, root): List, told: Told) -> Msg {
    match (root, told) {
        (Some(root), told) => Msg::Thread { root, told },
        (None, Told::Page(entries)) => Msg::Page { room, entries },
        (None, Told::Changes(changes)) => Msg::Changes { room, changes },
        (None, Told::Older(count)) => Msg::Older { room, count },
    }
}

/// What is ready at once; `None` if it is not.
async fn ready<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = std::pin::pin!(work);
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match work.as_mut().poll(context) {
            std::task::Poll::Ready(done) => Some(done),
            std::task::Poll::Pending => None,
        })
    })
    .await
}
