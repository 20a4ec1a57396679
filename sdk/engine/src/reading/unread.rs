//! Read markers: how far a room was read, and what is left.

use super::Reading;
use crate::content::MessageId;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::outbound::no_such_message;
use crate::store::rooms::RoomRow;
use lacre_wire::ids::{LogId, Millis, RoomId};

/// What is unread in a room. Own messages never are, nor deleted ones, nor system lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unread {
    /// Messages of others that were not read.
    pub messages: u32,
    /// Those of them that mention this account.
    pub mentions: u32,
    /// The first of them: a line that says "new" stands before it.
    pub first: Option<MessageId>,
    /// Marked as unread by hand.
    pub marked: bool,
}

impl Engine {
    /// Everything up to a message was read. The marker never goes back by this; durable when it
    /// returns.
    ///
    /// # Errors
    /// `NotFound` for a room or message that is not on this device.
    pub fn mark_read(&mut self, room: RoomId, upto: MessageId, now: Millis) -> Result<()> {
        let row = self.known_room(room)?;
        match self.db.seq_of(row.r, upto)? {
            Some(Some(seq)) => self.read_to(&row, seq, now),
            // An own message on its way: whoever wrote it has read what stands before.
            Some(None) => self.mark_all_read(room, now),
            None => Err(no_such_message()),
        }
    }

    /// Everything this device has of a room was read. Durable when it returns.
    ///
    /// # Errors
    /// `NotFound` for a room that is not on this device.
    pub fn mark_all_read(&mut self, room: RoomId, now: Millis) -> Result<()> {
        let row = self.known_room(room)?;
        let here = self.db.position(LogId::Room(room))?;
        let counted = self.db.marker(row.r)?.counted;
        self.read_to(
            &row,
            here.map_or(counted, |here| here.seq.max(counted)),
            now,
        )
    }

    /// Marks a room as unread from a message on. Durable when it returns.
    ///
    /// # Errors
    /// `NotFound` for a room or message that is not on this device.
    pub fn mark_unread(&mut self, room: RoomId, from: MessageId, _now: Millis) -> Result<()> {
        let row = self.known_room(room)?;
        let me = self.me()?.card.account;
        let seq = match self.db.seq_of(row.r, from)? {
            Some(Some(seq)) => seq,
            // A message that has no place yet: only the mark is set.
            Some(None) => self.db.marker(row.r)?.read.saturating_add(1),
            None => return Err(no_such_message()),
        };
        self.atomically(|e| e.db.set_unread(row.r, me, seq))?;
        self.tell_unread(&row)
    }

    fn read_to(&mut self, row: &RoomRow, seq: u64, now: Millis) -> Result<()> {
        let me = self.me()?.card.account;
        let moved = self.atomically(|e| {
            e.read_timers(row.r, seq, now)?;
            e.db.set_read(row.r, me, seq)
        })?;
        if moved {
            self.reading.owe(row.id, now);
            self.tell_unread(row)?;
        }
        Ok(())
    }

    /// Tells what is unread in a room, if that is not what was told last.
    pub(crate) fn tell_unread(&mut self, row: &RoomRow) -> Result<()> {
        let unread = self.db.unread(row.r, self.me()?.card.account)?;
        if self.reading.tell(row.id, unread) {
            self.tell(Event::Unread {
                room: row.id,
                unread,
            });
        }
        Ok(())
    }

    /// A room on this device, whether or not this account is still in it.
    pub(crate) fn known_room(&self, room: RoomId) -> Result<RoomRow> {
        self.db.room(room)?.ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                "NoSuchRoom",
                format!("no room {room} on this device; `rooms` lists them"),
            )
        })
    }
}

impl Reading {
    /// Whether a room's counts have to be told; from now on they count as told.
    fn tell(&mut self, room: RoomId, unread: Unread) -> bool {
        self.told.insert(room, unread) != Some(unread)
    }
}
