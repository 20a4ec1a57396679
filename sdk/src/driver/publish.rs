//! Telling what happened: to who waits, to who watches, to who subscribed.

use super::shared::Shared;
use crate::engine::{Done, EngineEvent, Error, ErrorKind, Item, LocalId, Result, SendState};
use crate::queue::lock;
use crate::timeline::Change;
use lacre_wire::ids::RoomId;
use std::sync::Weak;

impl Shared {
    /// Tells one event.
    pub(super) fn publish(&self, event: EngineEvent) {
        match &event {
            EngineEvent::Connection(state) => self.set_connection(*state),
            EngineEvent::RoomAdded(room) | EngineEvent::RoomChanged(room) => self.refresh(*room),
            EngineEvent::RoomRemoved { room, .. }
            | EngineEvent::RoomStopped { room, .. }
            | EngineEvent::Member { room, .. } => self.refresh(*room),
            EngineEvent::Presence {
                account, presence, ..
            } => self.set_presence(*account, *presence),
            EngineEvent::Item { room, item } => self.show(*room, item),
            EngineEvent::ItemRemoved { room, id, .. } => self.remove(*room, *id),
            _ => {}
        }
        if let EngineEvent::Done { id, result } = event {
            return self.done(id, result);
        }
        let mut subscribers = lock(&self.subscribers);
        // A new message is followed by its item; for subscribers, once is enough.
        let is_new = match &event {
            EngineEvent::Message { item, .. } => {
                subscribers.fresh = Some(item.clone());
                true
            }
            EngineEvent::Item { item, .. } => {
                subscribers.fresh.take().is_none_or(|fresh| fresh != *item)
            }
            _ => true,
        };
        if !is_new {
            return;
        }
        subscribers.events.retain(|queue| match queue.upgrade() {
            Some(queue) => {
                queue.push(event.clone());
                true
            }
            None => false,
        });
    }

    /// What somebody asked for has ended.
    fn done(&self, id: LocalId, result: Result<Done>) {
        if let Some(waiting) = lock(&self.waiting).remove(&id) {
            // Nobody may be waiting any more; what was asked is done all the same.
            let _ = waiting.send(result);
        }
    }

    /// An item is new or has changed: timelines and send handles follow.
    fn show(&self, room: RoomId, item: &Item) {
        self.feed(room, &Change::Item(Box::new(item.clone())));
        let mut sends = lock(&self.sends);
        if item.state != SendState::Queued
            && let Some(sender) = sends.watched.remove(&item.id)
        {
            sender.send_modify(|progress| progress.state = item.state);
        }
    }

    /// An item is gone: timelines follow; who waits for it to be sent is told that it will not be.
    fn remove(&self, room: RoomId, id: LocalId) {
        self.feed(room, &Change::Removed(id));
        if let Some(sender) = lock(&self.sends).watched.remove(&id) {
            let error = Error::new(
                ErrorKind::NotFound,
                "MessageGone",
                "the message was deleted, or its time had come, before the relay had it",
            );
            sender.send_modify(|progress| {
                progress.state = SendState::Failed;
                progress.error = Some(error);
            });
        }
    }

    /// Tells the timelines of a room.
    fn feed(&self, room: RoomId, change: &Change) {
        if let Some(feeds) = lock(&self.subscribers).feeds.get_mut(&room) {
            feeds.retain(|feed| match feed.upgrade() {
                Some(feed) => {
                    feed.push(change.clone());
                    true
                }
                None => false,
            });
        }
    }

    /// Why a message failed; its item is told next.
    pub(super) fn failed(&self, item: &Item, error: &Error) {
        if item.state == SendState::Failed
            && let Some(sender) = lock(&self.sends).watched.get(&item.id)
        {
            sender.send_modify(|progress| progress.error = Some(error.clone()));
        }
    }

    /// Forgets rooms that no timeline follows any more.
    pub(super) fn tidy(&self) {
        lock(&self.subscribers)
            .feeds
            .retain(|_, feeds| feeds.iter().any(|feed| Weak::strong_count(feed) > 0));
    }
}
