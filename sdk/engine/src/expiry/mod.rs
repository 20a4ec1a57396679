//! Messages that go by themselves, and what stays of a message that went.
//!
//! A message says when it goes (`expires` of draft-ietf-mimi-content-08): at a moment, the same for
//! everybody, or so long after it was read on the device. Then it is taken out of the store: row, index,
//! reactions, and whatever waits in the outbox about it. Timelines remove the item; answers keep
//! naming a message that is not there any more. An edit does not change when a message goes.
//!
//! What a report needs is kept apart for the room's evidence window, and what was dropped is cleared
//! from the files ([`crate::later`]).

mod withdraw;

use crate::content::{Content, Expiration};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, LocalId};
use crate::store::expiry::Due;
use crate::store::rooms::RoomRow;
use crate::timeline::{Draft, Item};
use lacre_wire::ids::{Millis, RoomId, Seq};
use std::collections::BTreeSet;
use std::time::Duration;

/// Items that go in one transaction.
const RUN: u32 = 256;

/// When a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// At a moment, in milliseconds since the Unix epoch; on the wire in whole seconds.
    At(Millis),
    /// So long after it was read on this device; an own one after the relay accepted it. On the wire
    /// in whole seconds.
    AfterReading(Duration),
}

impl Expiry {
    pub(crate) fn to_content(self) -> Expiration {
        let seconds = |seconds: u64| u32::try_from(seconds).unwrap_or(u32::MAX);
        match self {
            Self::At(at) => Expiration::At(seconds(at.div_ceil(1000))),
            Self::AfterReading(after) => {
                let rest = u64::from(after.subsec_nanos() > 0);
                Expiration::AfterReading(seconds(after.as_secs().saturating_add(rest)))
            }
        }
    }

    pub(crate) fn of_content(expires: Expiration) -> Self {
        match expires {
            Expiration::At(at) => Self::At(u64::from(at) * 1000),
            Expiration::AfterReading(after) => {
                Self::AfterReading(Duration::from_secs(after.into()))
            }
        }
    }

    fn is_over(self, now: Millis) -> bool {
        matches!(self, Self::At(at) if at <= now)
    }
}

impl Engine {
    /// As [`Engine::send`], for a message that goes by itself; instead of what the room says.
    ///
    /// # Errors
    /// As [`Engine::send`]; `Invalid` for a moment that has passed.
    pub fn send_expiring(
        &mut self,
        room: RoomId,
        draft: Draft,
        expiry: Expiry,
        now: Millis,
    ) -> Result<Item> {
        // As it will be on the wire, so that it goes here when it goes elsewhere.
        let expiry = Expiry::of_content(expiry.to_content());
        if expiry.is_over(now) {
            return Err(Error::new(
                ErrorKind::Invalid,
                "AlreadyOver",
                "the message would have gone before it was sent; give a moment in the future",
            ));
        }
        self.later.chosen = Some(expiry);
        let sent = self.send(room, draft, now);
        self.later.chosen = None;
        sent
    }

    /// When content that is to be sent goes.
    pub(crate) fn expiry_to_send(
        &self,
        row: &RoomRow,
        content: &Content,
    ) -> Result<Option<Expiry>> {
        match content {
            // Whoever has only the edit must let it go as well.
            Content::Edit { replaces, .. } => {
                let me = self.me()?.card.account;
                self.db.expiry_of(row.r, *replaces, me)
            }
            Content::Reaction { .. } | Content::Unreact { .. } | Content::Delete { .. } => Ok(None),
            _ => Ok(self.later.chosen.or_else(|| self.room_expiry(row))),
        }
    }

    /// What the room says of its messages: the same moment for everybody, whoever reads them when.
    fn room_expiry(&self, row: &RoomRow) -> Option<Expiry> {
        let lifetime = Millis::from(row.disappearing_s) * 1000;
        let at = self.later.now.saturating_add(lifetime);
        // As it will be on the wire.
        (lifetime > 0).then(|| Expiry::of_content(Expiry::At(at).to_content()))
    }

    /// Whether a message had gone before it was read here: then it is not shown at all.
    pub(crate) fn came_too_late(&self, expires: Option<Expiration>) -> bool {
        expires.is_some_and(|expires| Expiry::of_content(expires).is_over(self.later.now))
    }

    /// As [`Engine::note_expiry`], as the content of the item says.
    pub(crate) fn note_expiry_of(
        &mut self,
        item: LocalId,
        expires: Option<Expiration>,
        own_since: Option<Millis>,
    ) -> Result<()> {
        match expires {
            Some(expires) => self.note_expiry(item, Expiry::of_content(expires), own_since),
            None => Ok(()),
        }
    }

    /// Notes when an item goes. The time of an own message runs from `own_since`, once it is accepted.
    pub(crate) fn note_expiry(
        &mut self,
        item: LocalId,
        expiry: Expiry,
        own_since: Option<Millis>,
    ) -> Result<()> {
        let expiry = match (expiry, own_since) {
            (Expiry::AfterReading(after), Some(since)) => {
                let after = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
                Expiry::At(since.saturating_add(after))
            }
            (expiry, _) => expiry,
        };
        if let Expiry::At(at) = expiry {
            self.later.expires(at);
        }
        self.db.set_expiry(item, expiry)
    }

    /// An own item was accepted at `at`.
    pub(crate) fn own_timer(&mut self, item: LocalId, at: Millis) -> Result<()> {
        if self.db.start_timer(item, at)? {
            self.later.expiry = self.db.next_expiry()?;
        }
        Ok(())
    }

    /// What a room says up to `seq` was read here: the time of messages that go after reading runs.
    /// To be called inside a transaction.
    pub(crate) fn read_timers(&mut self, room: i64, seq: Seq, now: Millis) -> Result<()> {
        if self.db.start_timers(room, seq, now)? {
            self.later.expiry = self.db.next_expiry()?;
        }
        Ok(())
    }

    /// Lets everything go whose time has come.
    pub(crate) fn expire(&mut self, now: Millis) -> Result<()> {
        loop {
            let due = self.db.due_items(now, RUN)?;
            if due.is_empty() {
                return Ok(());
            }
            self.atomically(|e| due.iter().try_for_each(|due| e.expire_item(due)))?;
            let rooms: BTreeSet<i64> = due.iter().map(|due| due.room).collect();
            for room in rooms {
                if let Some(row) = self.db.room_by_ref(room)? {
                    self.tell_unread(&row)?;
                }
            }
        }
    }

    fn expire_item(&mut self, due: &Due) -> Result<()> {
        if let Some(row) = self.db.room_by_ref(due.room)? {
            self.withdraw(&row, due.message, due.item)?;
            self.remove_item(&row, due.item, due.message)?;
            return Ok(());
        }
        self.db.remove_message(due.item)
    }

    /// Takes an item out of its timeline, for good.
    fn remove_item(
        &mut self,
        row: &RoomRow,
        item: LocalId,
        message: crate::content::MessageId,
    ) -> Result<()> {
        self.db.remove_message(item)?;
        self.tell(Event::ItemRemoved {
            room: row.id,
            id: item,
            message,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
