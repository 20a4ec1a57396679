//! Taking back what waits in the outbox about a message that went.
//!
//! What was never sealed never left: its row goes. What was sealed may be with the relay already, and
//! must be recognised when it is met in the log: its row stays, without the content. If it turns out
//! that it has to be sealed again, it had not arrived, and is dropped then.

use crate::content::{MessageId, MimiContent};
use crate::engine::Engine;
use crate::error::Result;
use crate::event::LocalId;
use crate::store::outbox::OutboxRow;
use crate::store::rooms::RoomRow;
use crate::timeline::{Item, ItemBody};

impl Engine {
    /// Takes back what waits about a message: itself, and its edits.
    pub(super) fn withdraw(
        &mut self,
        row: &RoomRow,
        message: MessageId,
        item: LocalId,
    ) -> Result<()> {
        for waiting in self.db.outbox(row.r, 0, usize::MAX)? {
            if waiting.item != Some(item) && !is_about(&waiting, message) {
                continue;
            }
            match waiting.sealed {
                None => self.db.dequeue(waiting.id)?,
                Some(_) => self.db.blank(waiting.id)?,
            }
        }
        Ok(())
    }

    /// An own message is to be deleted that never left this device: then nothing of it does, not even
    /// the deletion. Returns the item as it was, without its text; `None` if it may have left.
    pub(crate) fn withdraw_unsent(
        &mut self,
        row: &RoomRow,
        message: MessageId,
    ) -> Result<Option<Item>> {
        let me = self.me()?.card.account;
        let Some(item) = self.db.item(row.r, me, message)?.filter(|item| item.own) else {
            return Ok(None);
        };
        let waiting = self.db.outbox(row.r, 0, usize::MAX)?;
        let unsent =
            |waiting: &OutboxRow| waiting.item == Some(item.id) && waiting.sealed.is_none();
        if !waiting.iter().any(unsent) {
            return Ok(None);
        }
        self.atomically(|e| {
            e.withdraw(row, message, item.id)?;
            e.remove_item(row, item.id, message)
        })?;
        Ok(Some(Item {
            body: ItemBody::Deleted,
            ..item
        }))
    }
}

/// Whether what waits changes the message.
fn is_about(waiting: &OutboxRow, message: MessageId) -> bool {
    MimiContent::decode(&waiting.content).is_ok_and(|content| content.replaces == Some(message))
}
