//! What a device shows, read from its store.

use super::Device;
use crate::contract::Shown;
use lacre::{Item, ItemBody, Message, MessageId, Room, RoomId};
use std::collections::BTreeMap;

/// Items asked for at once.
const PAGE: usize = 1000;

/// A room's whole timeline, oldest first; as far as it could be read from a client that closes.
pub(super) async fn whole(room: &Room) -> Vec<Item> {
    let Ok(timeline) = room.timeline().await else {
        return Vec::new();
    };
    while timeline.older(PAGE).await.is_ok_and(|read| read > 0) {}
    timeline.snapshot()
}

impl Device {
    /// A room's whole timeline, oldest first.
    pub async fn timeline(&self, room: RoomId) -> Vec<Item> {
        let room = self.room(room);
        self.within("reading a timeline", whole(&room)).await
    }

    /// The texts of a room, oldest first.
    pub async fn texts(&self, room: RoomId) -> Vec<String> {
        let text = |item: Item| match item.body {
            ItemBody::Text(text) => Some(text),
            _ => None,
        };
        self.timeline(room)
            .await
            .into_iter()
            .filter_map(text)
            .collect()
    }

    /// One message as the store has it.
    pub async fn item(&self, room: RoomId, message: MessageId) -> Item {
        let found = self
            .timeline(room)
            .await
            .into_iter()
            .find(|item| item.message == message);
        found.unwrap_or_else(|| {
            self.stage
                .fail(&format!("{} has no message {message:?}", self.name))
        })
    }

    /// One message, as applications hold it.
    pub fn message(&self, room: RoomId, message: MessageId) -> Message {
        let found = self.room(room).message(message);
        found.unwrap_or_else(|error| self.stage.fail(&format!("{}: {error}", self.name)))
    }

    /// Waits until these messages are in the log as this device knows it.
    pub async fn sees(&self, room: RoomId, messages: &[MessageId]) {
        let what = format!("{} messages of room {room}", messages.len());
        self.until(&what, |told| {
            messages.iter().all(|message| told.has(room, *message))
        })
        .await;
    }

    /// Waits for a text.
    pub async fn reads(&self, room: RoomId, text: &str) {
        self.until(&format!("the text {text:?}"), |told| {
            told.has_text(room, text)
        })
        .await;
    }

    /// Everything it shows and was told, for the checker.
    pub async fn shown(&self) -> Shown {
        let mut timelines = BTreeMap::new();
        for room in self.client().rooms().unwrap() {
            let mut timeline = self.timeline(room.id()).await;
            // Lines about the room come from commits, not from messages.
            timeline.retain(|item| !matches!(item.body, ItemBody::Notice(_)));
            timelines.insert(room.id(), timeline);
        }
        let told = self.look(|told| told.times.clone());
        Shown {
            name: self.name.clone(),
            device: self.id(),
            timelines,
            told,
        }
    }
}
