//! What events carry: messages, people, requests. Each knows its client, so it can act.

use crate::client::Client;
use crate::engine::{Error, ErrorKind, Item, ItemBody, MessageId, Result};
use crate::room::Room;
use crate::send::SendHandle;
use crate::time::Time;
use lacre_wire::ids::{AccountId, DeviceId, PublicKey, RoomId};

/// A message in a room.
#[derive(Clone)]
pub struct Message {
    pub(crate) client: Client,
    pub(crate) room: RoomId,
    pub(crate) item: Item,
}

impl Message {
    /// Names the message everywhere.
    pub fn id(&self) -> MessageId {
        self.item.message
    }

    /// When the relay accepted it, or when it was queued here.
    pub fn time(&self) -> Time {
        Time(self.item.at_ms)
    }

    /// Who wrote it.
    pub fn sender(&self) -> Person {
        Person {
            account: self.item.sender,
            handle: self.item.sender_handle.clone(),
            name: self.item.sender_name.clone(),
        }
    }

    /// Its Markdown text, of a poll the question; empty if it is neither (deleted, unreadable, of a
    /// later version, a line about the room): [`Message::body`] tells which.
    pub fn text(&self) -> &str {
        match &self.item.body {
            ItemBody::Text(text) => text,
            ItemBody::Poll(poll) => &poll.question,
            _ => "",
        }
    }

    /// What it says.
    pub fn body(&self) -> &ItemBody {
        &self.item.body
    }

    /// Everything a timeline shows of it: reactions, edits, what it answers.
    pub fn item(&self) -> &Item {
        &self.item
    }

    /// The id of its room.
    pub fn room_id(&self) -> RoomId {
        self.room
    }

    /// Its room.
    ///
    /// # Errors
    /// `Store` when the store cannot be read; `NotFound` when the room is gone since.
    pub fn room(&self) -> Result<Room> {
        self.client.room(self.room)
    }

    /// Answers it, quoting it. As [`Room::send`].
    ///
    /// # Errors
    /// As [`Room::send`].
    pub async fn reply(&self, text: &str) -> Result<SendHandle> {
        self.room()?.reply(self.id(), text).await
    }

    /// Reacts to it with an emoji. As [`Room::react`].
    ///
    /// # Errors
    /// As [`Room::react`].
    pub async fn react(&self, emoji: &str) -> Result<()> {
        self.room()?.react(self.id(), emoji).await
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("room", &self.room)
            .field("item", &self.item)
            .finish_non_exhaustive()
    }
}

/// A person or bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub(crate) account: AccountId,
    pub(crate) handle: String,
    pub(crate) name: String,
}

impl Person {
    /// Their account: what to compare and to keep.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Their handle, without `@`, as far as it is known here. The relay says it; only an invite, a
    /// QR code or a safety number confirms it.
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// What to call them: the name they gave themselves, else their handle. Two in a room whose names read
    /// alike have their handle with it, as `Ana (@ana2)`. A person wrote it: neutralise it before it is
    /// shown.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A new device of this account that asks to be let in.
#[derive(Clone)]
pub struct ApprovalRequest {
    pub(crate) client: Client,
    pub(crate) device: DeviceId,
    pub(crate) key: PublicKey,
    pub(crate) name: String,
}

impl ApprovalRequest {
    /// The device that asks.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Its public key, 32 bytes; the device id follows from it.
    pub fn key(&self) -> Vec<u8> {
        self.key.0.to_vec()
    }

    /// What the person calls it. Said by the device itself: ask the person before approving.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Lets it in: from now on it is this account too.
    ///
    /// # Errors
    /// As [`Client::approve`].
    pub async fn approve(&self) -> Result<()> {
        if DeviceId::of(&self.key) != self.device {
            return Err(Error::new(
                ErrorKind::Security,
                "BadIdentity",
                "the request's key does not belong to the device it names; it was not approved",
            ));
        }
        self.client.approve(self.device).await
    }
}

impl std::fmt::Debug for ApprovalRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApprovalRequest")
            .field("device", &self.device)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
