//! Queuing a message. When this returns, it is safe on this device.

use super::compose::{no_such_message, refused_content};
use crate::content::{Content, MimiContent};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::inbound::stamp_bytes;
use crate::meaning::Meaning;
use crate::random;
use crate::store::outbox::OutboxRow;
use crate::store::rooms::{RoomRow, Status};
use crate::store::take::{Incoming, Taken};
use crate::timeline::{Draft, Item};
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
        self.later.now = now;
        let row = self.joined_room(room)?;
        if let Draft::Delete { message } = &draft
            && let Some(item) = self.withdraw_unsent(&row, *message)?
        {
            return Ok(item);
        }
        let message = self.compose(&row, draft)?;
        let item = self.atomically(|e| {
            let item = e.queue(&row, &message, now)?;
            e.seal_waiting(&row, now)?;
            Ok(item)
        })?;
        self.typing_ended(room);
        self.work(now);
        Ok(item)
    }

    /// A room this device is in.
    pub(crate) fn joined_room(&self, room: RoomId) -> Result<RoomRow> {
        let row = self.known_room(room)?;
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
            Status::Banned => Err(Error::new(
                ErrorKind::NotAllowed,
                "Banned",
                "you are banned from this room; an owner can lift the ban",
            )),
            Status::Left | Status::Removed => Err(Error::new(
                ErrorKind::NotAllowed,
                "NotInRoom",
                "you are no longer in this room",
            )),
        }
    }

    /// Puts a message into the outbox, and shows it at once.
    pub(crate) fn queue(
        &mut self,
        row: &RoomRow,
        message: &MimiContent,
        now: Millis,
    ) -> Result<Item> {
        let sender = self.me()?.card.account;
        let encoded = message.encode().map_err(refused_content)?;
        let id = message.message_id(&encoded).map_err(refused_content)?;
        let taken = self.db.take(&Incoming {
            room: row.r,
            me: sender,
            seq: None,
            sender,
            at_ms: now,
            id,
            message,
            encoded: &encoded,
            stamp: None,
        })?;
        let (line, act, shown) = match taken {
            Taken::Line(line) => {
                self.note_expiry_of(line, message.expires, None)?;
                (Some(line), None, Some(id))
            }
            Taken::Act { id, on } => (None, Some(id), on),
            Taken::RoomKeys { .. } | Taken::Aside(_) | Taken::Nothing => {
                return Err(Error::internal("a message that nothing would show"));
            }
        };
        self.db
            .enqueue(row.r, SubmitId(random::bytes()?), line, act, &encoded)?;
        if line.is_some() {
            self.db.touch_room(row.r, now)?;
        }
        let item = match shown {
            Some(shown) => self.db.item(row.r, sender, shown)?,
            None => None,
        };
        let item = item.ok_or_else(no_such_message)?;
        self.tell_item(row, item.clone())?;
        Ok(item)
    }

    /// Puts content into the outbox that no timeline shows.
    pub(crate) fn queue_silent(&mut self, row: &RoomRow, content: Content) -> Result<()> {
        let origin = self.origin(row)?;
        let encoded = content
            .build(&origin)
            .and_then(|message| message.encode())
            .map_err(refused_content)?;
        self.db
            .enqueue(row.r, SubmitId(random::bytes()?), None, None, &encoded)?;
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
        let (me, stamp) = (self.me()?.card.account, stamp_bytes(entry));
        if let Some(line) = own.item {
            self.db
                .place_message(line, entry.seq, entry.accepted_ms, Some(&stamp))?;
            self.own_timer(line, entry.accepted_ms)?;
            if let Some(item) = self.db.item_by_id(row.r, me, line)? {
                self.tell(Event::Item { room: row.id, item });
            }
        }
        if let Some(act) = own.act {
            let on = self
                .db
                .act_reached(row.r, me, act, entry.seq, Some(&stamp))?;
            self.announce_change(row, on)?;
        }
        if own.item.is_none() && own.act.is_none() {
            self.own_silent_reached(row, &own.content)?;
        }
        Ok(())
    }

    /// Of two keys that were made with one number at the same time, the first in the log stays.
    fn own_silent_reached(&mut self, row: &RoomRow, content: &[u8]) -> Result<()> {
        let Ok(message) = MimiContent::decode(content) else {
            return Ok(());
        };
        match Meaning::of(&message, content) {
            Meaning::RoomKeys { number, key } => {
                self.db.keep_room_key(row.r, number, &key).map(|_new| ())
            }
            _ => Ok(()),
        }
    }
}
