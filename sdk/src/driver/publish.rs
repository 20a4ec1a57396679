//! Telling what happened: to who waits, to who watches, to who subscribed.

use super::shared::Shared;
use crate::engine::{Done, EngineEvent, Error, Item, LocalId, Result, SendState};
use crate::queue::lock;
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
        if let Some(feeds) = lock(&self.subscribers).feeds.get_mut(&room) {
            feeds.retain(|feed| match feed.upgrade() {
                Some(feed) => {
                    feed.push(item.clone());
                    true
                }
                None => false,
            });
        }
        let mut sends = lock(&self.sends);
        if item.state != SendState::Queued
            && let Some(sender) = sends.watched.remove(&item.id)
        {
            sender.send_modify(|progress| progress.state = item.state);
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
