//! Queuing a message. When this returns, it is safe on this device.

use crate::content::{Content, MessageId, Origin};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::inbound::stamp_bytes;
use crate::random;
use crate::store::messages::{Kind, NewMessage};
use crate::store::outbox::OutboxRow;
use crate::store::rooms::{RoomRow, Status};
use crate::timeline::{Draft, Item, SendState};
use lacre_wire::ids::{Millis, RoomId, SubmitId};
use lacre_wire::log::Entry;

impl Engine {
    /// Queues what a person wants to say; durable when it returns. The item is the message, or the one
    /// that a reaction, edit or deletion is about.
    ///
    /// # Errors
    /// `NotFound` for unknown rooms and messages, `NotAllowed` in rooms that were left and for other
    /// people's messages, `TooLarge`.
    pub fn send(&mut self, room: RoomId, draft: Draft, now: Millis) -> Result<Item> {
        let row = self.joined_room(room)?;
        let content = self.content_of(&row, draft)?;
        let item = self.atomically(|e| {
            let item = e.queue(&row, content, now)?;
            e.seal_waiting(&row, now)?;
            Ok(item)
        })?;
        self.work(now);
        Ok(item)
    }

    /// A room this device is in.
    pub(crate) fn joined_room(&self, room: RoomId) -> Result<RoomRow> {
        let row = self.db.room(room)?.ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                "NoSuchRoom",
                format!("no room {room} on this device; `rooms` lists them"),
            )
        })?;
        match row.status {
            Status::Joined | Status::Creating => Ok(row),
            Status::Joining => Err(Error::new(
                ErrorKind::Busy,
                "Joining",
                "the room is still being joined; try again in a moment",
            )),
            Status::Stopped => {
                let why = row.reason.clone().unwrap_or_default();
                Err(Error::new(
                    ErrorKind::NotAllowed,
                    "RoomStopped",
                    format!("the room is stopped: {why}"),
                ))
            }
            Status::Left | Status::Removed => Err(Error::new(
                ErrorKind::NotAllowed,
                "NotInRoom",
                "you are no longer in this room",
            )),
        }
    }

    fn content_of(&self, row: &RoomRow, draft: Draft) -> Result<Content> {
        let me = self.me()?.card.account;
        let known = |message: MessageId| {
            self.db.item(row.r, me, message)?.ok_or_else(|| {
                Error::new(
                    ErrorKind::NotFound,
                    "NoSuchMessage",
                    "that message is not on this device",
                )
            })
        };
        let own = |message: MessageId| match known(message)? {
            item if item.own => Ok(()),
            _ => Err(Error::new(
                ErrorKind::NotAllowed,
                "NotYours",
                "only its author can change a message",
            )),
        };
        Ok(match draft {
            Draft::Text(markdown) => Content::Text { markdown },
            Draft::Reply { to, text } => {
                known(to)?;
                Content::Reply { to, markdown: text }
            }
            Draft::React { to, emoji } => {
                known(to)?;
                Content::Reaction { to, emoji }
            }
            Draft::Unreact { to, emoji } => {
                let replaces = self.db.reaction_of(row.r, to, me, &emoji)?.ok_or_else(|| {
                    Error::new(
                        ErrorKind::NotFound,
                        "NoSuchReaction",
                        "there is no such reaction of yours on that message",
                    )
                })?;
                Content::Unreact { replaces }
            }
            Draft::Edit { message, text } => {
                own(message)?;
                Content::Edit {
                    replaces: message,
                    markdown: text,
                }
            }
            Draft::Delete { message } => {
                own(message)?;
                Content::Delete { replaces: message }
            }
        })
    }

    /// Puts content into the outbox, and shows it at once.
    pub(crate) fn queue(&mut self, row: &RoomRow, content: Content, now: Millis) -> Result<Item> {
        let sender = self.me()?.card.account;
        let origin = Origin {
            sender,
            room: row.id,
            channel: None,
            salt: random::bytes()?,
        };
        let message = content.build(&origin).map_err(refused_content)?;
        let encoded = message.encode().map_err(refused_content)?;
        let id = message.message_id(&encoded).map_err(refused_content)?;
        let shown = match &content {
            Content::Text { markdown } => Some((markdown.clone(), None)),
            Content::Reply { to, markdown } => Some((markdown.clone(), Some(*to))),
            _ => None,
        };
        let (local, target) = match shown {
            Some((text, reply_to)) => {
                let local = self.db.add_message(&NewMessage {
                    room: row.r,
                    seq: None,
                    message: id,
                    sender,
                    at_ms: now,
                    kind: Kind::Text,
                    text: Some(&text),
                    reply_to,
                    state: SendState::Queued,
                    content: Some(&encoded),
                    stamp: None,
                })?;
                (local, id)
            }
            None => {
                let target = match &content {
                    Content::Reaction { to, .. } => *to,
                    Content::Edit { replaces, .. } | Content::Delete { replaces } => *replaces,
                    Content::Unreact { replaces } => {
                        self.db.reaction_target(row.r, *replaces)?.unwrap_or(id)
                    }
                    _ => id,
                };
                self.act(row, sender, id, content, 0)?;
                (None, target)
            }
        };
        self.db
            .enqueue(row.r, SubmitId(random::bytes()?), local, &encoded)?;
        self.db.touch_room(row.r, now)?;
        let item = self.db.item(row.r, sender, target)?;
        if let (Some(item), true) = (&item, local.is_some()) {
            self.tell(Event::Item {
                room: row.id,
                item: item.clone(),
            });
        }
        item.ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                "NoSuchMessage",
                "that message is not on this device",
            )
        })
    }

    /// Puts content into the outbox that no timeline shows.
    pub(crate) fn queue_silent(&mut self, row: &RoomRow, content: Content) -> Result<()> {
        let sender = self.me()?.card.account;
        let origin = Origin {
            sender,
            room: row.id,
            channel: None,
            salt: random::bytes()?,
        };
        let encoded = content
            .build(&origin)
            .and_then(|message| message.encode())
            .map_err(refused_content)?;
        self.db
            .enqueue(row.r, SubmitId(random::bytes()?), None, &encoded)?;
        Ok(())
    }

    /// An own message was met in the log: it has its place now.
    pub(crate) fn own_message_reached(
        &mut self,
        row: &RoomRow,
        entry: &Entry,
        own: OutboxRow,
    ) -> Result<()> {
        self.db.dequeue(own.id)?;
        self.db.set_last_accepted(row.r, Some(own.submit))?;
        let live = self.live.room(row.id);
        live.inflight.remove(&own.id);
        live.accepted.remove(&own.id);
        if let Some(item) = own.item {
            self.db.place_message(
                item,
                entry.seq,
                entry.accepted_ms,
                Some(&stamp_bytes(entry)),
            )?;
            let me = self.me()?.card.account;
            if let Some(item) = self.db.item_by_id(row.r, me, item)? {
                self.tell(Event::Item { room: row.id, item });
            }
        }
        Ok(())
    }
}

fn refused_content(error: crate::content::ContentError) -> Error {
    Error::new(
        ErrorKind::TooLarge,
        "BadContent",
        format!("this cannot be sent: {error}"),
    )
}
