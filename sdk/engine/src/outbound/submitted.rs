//! What the relay answered to a message.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::session::unexpected;
use crate::store::outbox::OutboxRow;
use crate::store::rooms::RoomRow;
use crate::timeline::SendState;
use lacre_wire::answer::Answer;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{Millis, RoomId};

/// Patience where the relay names none.
const RETRY_MS: Millis = 250;

impl Engine {
    pub(crate) fn on_submitted(
        &mut self,
        room: RoomId,
        id: i64,
        answer: Answer,
        now: Millis,
    ) -> Result<()> {
        let live = self.live.room(room);
        live.inflight.remove(&id);
        if !matches!(answer, Answer::Accepted(_)) {
            live.rewind();
        }
        match answer {
            Answer::Accepted(_) => {
                live.accepted.insert(id);
                self.message_accepted(room, id)
            }
            Answer::WrongEpoch {
                generation, epoch, ..
            } => {
                live.behind = Some((generation, epoch));
                Ok(())
            }
            // One before it was refused, and will be sent again first.
            Answer::OutOfOrder { last } => {
                let Some(row) = self.db.room(room)? else {
                    return Ok(());
                };
                if self.live.room(room).inflight.is_empty() {
                    self.db.set_last_accepted(row.r, last)?;
                }
                Ok(())
            }
            Answer::CommitFirst { .. } => {
                live.commit_wanted = true;
                live.not_before = now + RETRY_MS;
                Ok(())
            }
            Answer::Failed(error) if error.code.is_retryable() => {
                live.not_before = now + error.retry_after_ms.unwrap_or(RETRY_MS).max(1);
                match error.code {
                    ErrorCode::RoomFrozen => self.room_frozen(room),
                    _ => Ok(()),
                }
            }
            Answer::Failed(error) => self.message_failed(room, id, error.code, error.into()),
            _ => Err(unexpected()),
        }
    }

    fn message_accepted(&mut self, room: RoomId, id: i64) -> Result<()> {
        let Some(row) = self.db.room(room)? else {
            return Ok(());
        };
        // Gone already if it was met in the log before the answer came.
        let Some(own) = self.db.outbox_row(id)? else {
            self.live.room(room).accepted.remove(&id);
            return Ok(());
        };
        self.db.set_last_accepted(row.r, Some(own.submit))?;
        if let Some(item) = own.item {
            self.db.set_message_state(item, SendState::Sent)?;
            let me = self.me()?.card.account;
            if let Some(item) = self.db.item_by_id(row.r, me, item)? {
                self.tell(Event::Item { room, item });
            }
        }
        Ok(())
    }

    /// Refused for good: the item says so, and the rest of the outbox goes on.
    fn message_failed(
        &mut self,
        room: RoomId,
        id: i64,
        code: ErrorCode,
        error: Error,
    ) -> Result<()> {
        let (Some(row), Some(own)) = (self.db.room(room)?, self.db.outbox_row(id)?) else {
            return Ok(());
        };
        if code == ErrorCode::WrongGroup || code == ErrorCode::NotAReader {
            // The room moved on without this device; the log says how.
            self.live.room(room).open = false;
        }
        self.give_up(&row, &own)?;
        match own.item.or(own.act) {
            Some(_) => self.report(error),
            // What nobody wrote nobody misses.
            None => tracing::debug!(%room, %error, "a silent message was refused"),
        }
        Ok(())
    }

    /// A message will never go out: its line says so, what it did to another is undone.
    fn give_up(&mut self, row: &RoomRow, own: &OutboxRow) -> Result<()> {
        self.db.dequeue(own.id)?;
        let me = self.me()?.card.account;
        if let Some(line) = own.item {
            self.db.set_message_state(line, SendState::Failed)?;
            if let Some(item) = self.db.item_by_id(row.r, me, line)? {
                self.tell(Event::Item { room: row.id, item });
            }
        }
        if let Some(act) = own.act {
            let on = self.db.act_refused(row.r, me, act)?;
            self.announce_change(row, on)?;
        }
        Ok(())
    }
}
