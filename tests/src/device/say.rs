//! What a device says; every sending goes into the record.

use super::Device;
use lacre::{MessageId, Result, RoomId, SendHandle};
use std::sync::Arc;

impl Device {
    /// Sends a text. Returns when it is durable on this device; the record learns when it was sent.
    pub async fn say(&self, room: RoomId, text: &str) -> MessageId {
        let handle = self.room(room).send(text).await;
        self.recorded(room, handle)
    }

    /// Sends a text and waits until the relay has it.
    pub async fn says(&self, room: RoomId, text: &str) -> MessageId {
        let message = self.say(room, text).await;
        self.has_sent(room, message).await;
        message
    }

    /// Sends many texts, `prefix 0` and so on. Returns when all are durable on this device.
    pub async fn say_many(&self, room: RoomId, prefix: &str, count: usize) -> Vec<MessageId> {
        let mut messages = Vec::with_capacity(count);
        for number in 0..count {
            messages.push(self.say(room, &format!("{prefix} {number}")).await);
        }
        messages
    }

    /// Answers a message.
    pub async fn reply(&self, room: RoomId, to: MessageId, text: &str) -> MessageId {
        let handle = self.room(room).reply(to, text).await;
        self.recorded(room, handle)
    }

    /// Edits an own message. Durable on this device.
    pub async fn edits(&self, room: RoomId, message: MessageId, text: &str) {
        self.accepted(self.room(room).edit(message, text).await);
    }

    /// Deletes an own message. Durable on this device.
    pub async fn deletes(&self, room: RoomId, message: MessageId) {
        self.accepted(self.room(room).delete(message).await);
    }

    /// Reacts to a message. Durable on this device.
    pub async fn reacts(&self, room: RoomId, message: MessageId, emoji: &str) {
        self.accepted(self.room(room).react(message, emoji).await);
    }

    /// Takes a reaction back. Durable on this device.
    pub async fn unreacts(&self, room: RoomId, message: MessageId, emoji: &str) {
        self.accepted(self.room(room).unreact(message, emoji).await);
    }

    /// Waits until the relay has everything this device has said, over restarts too.
    pub async fn has_sent_all(&self) {
        for message in self.stage.record.unsent(self.id()) {
            let sending = self
                .stage
                .record
                .sendings()
                .into_iter()
                .find(|sending| sending.message == message)
                .unwrap();
            self.has_sent(sending.room, message).await;
        }
    }

    /// Waits until the relay has a message.
    pub async fn has_sent(&self, room: RoomId, message: MessageId) {
        self.until(&format!("message {message:?} is sent"), |told| {
            told.has(room, message)
        })
        .await;
        self.stage.record.sent(message);
    }

    fn recorded(&self, room: RoomId, handle: Result<SendHandle>) -> MessageId {
        let handle = self.accepted(handle);
        let message = handle.message_id();
        self.stage.record.durable(self.id(), room, message);
        let stage = Arc::clone(&self.stage);
        // A handle fails when its client is closed first; the message itself goes out later.
        tokio::spawn(async move {
            if handle.sent().await.is_ok() {
                stage.record.sent(message);
            }
        });
        message
    }

    fn accepted<T>(&self, taken: Result<T>) -> T {
        taken.unwrap_or_else(|error| {
            self.stage
                .fail(&format!("{} cannot send: {error}", self.name))
        })
    }
}
