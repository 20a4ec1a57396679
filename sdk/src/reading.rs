//! What was seen of a room: read markers and what is unread.

use crate::engine::{Error, ErrorKind, MessageId, Result, Unread};
use crate::message::Message;
use crate::room::Room;

impl Room {
    /// A message of this room, as this device has it.
    ///
    /// # Errors
    /// `NotFound` when there is no such message here, `Store` when the store cannot be read.
    pub fn message(&self, id: MessageId) -> Result<Message> {
        let room = self.id();
        let item = self
            .client
            .driver
            .shared
            .read(|reader| reader.item(room, id))?
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::NotFound,
                    "NoSuchMessage",
                    "that message is not on this device",
                )
            })?;
        Ok(Message {
            client: self.client.clone(),
            room,
            item,
        })
    }

    /// What is unread: how many messages of others, how many of them mention this account, and
    /// where the first stands. One row is read, however many there are; [`crate::Event::Unread`]
    /// tells when it changes.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn unread(&self) -> Result<Unread> {
        let room = self.id();
        self.client.driver.shared.read(|reader| reader.unread(room))
    }

    /// Everything up to this message was read. The marker never goes back by it. Safe on this
    /// device when it returns.
    ///
    /// # Errors
    /// `NotFound` when there is no such message here, `Store` when it could not be kept.
    pub async fn mark_read(&self, upto: MessageId) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .call(move |engine, now| engine.mark_read(room, upto, now))
            .await
    }

    /// Everything was read. As [`Room::mark_read`].
    ///
    /// # Errors
    /// `Store` when it could not be kept.
    pub async fn mark_all_read(&self) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .call(move |engine, now| engine.mark_all_read(room, now))
            .await
    }

    /// Marks the room as unread from this message on, to come back to it. The mark goes with the
    /// next [`Room::mark_read`].
    ///
    /// # Errors
    /// As [`Room::mark_read`].
    pub async fn mark_unread(&self, from: MessageId) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .call(move |engine, now| engine.mark_unread(room, from, now))
            .await
    }
}
