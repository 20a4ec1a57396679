//! Messages to be sent later, held by this device.
//!
//! A message waits in the store until its time; then it is queued like any other, in the transaction
//! that takes it off the list, so that it is sent once. One whose time passed while the device was off
//! goes out when it is on again. One that cannot be sent (the room was left) stays on the list with the
//! reason, its text and its time: the person decides.
//!
//! Only the device that holds a message knows of it. That all devices of an account share the list,
//! and the first one online sends, needs the account's self room and is later work.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::outbound::refused_content;
use crate::store::rooms::RoomRow;
use crate::timeline::Draft;
use lacre_wire::ids::{Millis, RoomId};

/// Names a message that waits, on this device.
pub type ScheduledId = i64;

/// A room that is being entered is looked at again after this.
const ENTERING_MS: Millis = 1_000;

/// A message to be sent later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    /// Names it.
    pub id: ScheduledId,
    /// Where it goes.
    pub room: RoomId,
    /// Markdown.
    pub text: String,
    /// When, in milliseconds since the Unix epoch.
    pub at: Millis,
    /// The code of the error for which it was not sent; it then waits for a new time.
    pub failed: Option<String>,
}

impl Engine {
    /// Keeps a text to be sent at a moment, or at once if that has passed; durable when it returns.
    ///
    /// # Errors
    /// As [`Engine::send`] at this moment.
    pub fn schedule(
        &mut self,
        room: RoomId,
        text: &str,
        at: Millis,
        now: Millis,
    ) -> Result<ScheduledId> {
        let row = self.joined_room(room)?;
        self.check_text(&row, text)?;
        let id = self.atomically(|e| e.db.add_scheduled(row.r, text, at))?;
        self.look_at_schedule(now)?;
        Ok(id)
    }

    /// Gives a message that waits another text and time. One that has failed is tried again then.
    ///
    /// # Errors
    /// `NotFound` if it does not wait (any more); `TooLarge`.
    pub fn edit_scheduled(
        &mut self,
        id: ScheduledId,
        text: &str,
        at: Millis,
        now: Millis,
    ) -> Result<()> {
        let known = self.known_scheduled(id)?;
        if let Some(row) = self.db.room(known.room)? {
            self.check_text(&row, text)?;
        }
        self.atomically(|e| {
            e.db.set_scheduled(id, text, at)?;
            e.db.note_erased()
        })?;
        self.look_at_schedule(now)
    }

    /// Takes a message that waits back.
    ///
    /// # Errors
    /// `NotFound` if it does not wait (any more).
    pub fn cancel_scheduled(&mut self, id: ScheduledId) -> Result<()> {
        self.known_scheduled(id)?;
        self.atomically(|e| {
            e.db.drop_scheduled(id)?;
            e.db.note_erased()
        })
    }

    fn known_scheduled(&self, id: ScheduledId) -> Result<Scheduled> {
        self.db.scheduled(id)?.ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                "NoSuchScheduled",
                "no such message waits to be sent; perhaps it was sent already",
            )
        })
    }

    /// Refuses a text now that would be refused when it is due.
    fn check_text(&self, row: &RoomRow, text: &str) -> Result<()> {
        let message = self.compose(row, Draft::Text(text.to_owned()))?;
        message.encode().map(drop).map_err(refused_content)
    }

    /// The list has changed: what is due goes out now.
    fn look_at_schedule(&mut self, now: Millis) -> Result<()> {
        self.later.scheduled = self.send_scheduled(now)?;
        self.work(now);
        Ok(())
    }

    /// Queues what is due. Returns when to look again.
    pub(crate) fn send_scheduled(&mut self, now: Millis) -> Result<Option<Millis>> {
        let mut again = None;
        for due in self.db.due_scheduled(now)? {
            let sent = self.atomically(|e| e.send_one(&due, now));
            match sent {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::Store => return Err(error),
                // The room is being entered: it will be there in a moment.
                Err(error) if error.is_retryable() => {
                    again = Some(now.saturating_add(ENTERING_MS));
                }
                Err(error) => {
                    self.db.fail_scheduled(due.id, error.code())?;
                    let scheduled = Scheduled {
                        failed: Some(error.code().to_owned()),
                        ..due
                    };
                    self.tell(Event::ScheduledFailed { scheduled, error });
                }
            }
        }
        let next = self.db.next_scheduled(now)?;
        Ok(again.into_iter().chain(next).min())
    }

    fn send_one(&mut self, due: &Scheduled, now: Millis) -> Result<()> {
        let row = self.joined_room(due.room)?;
        let message = self.compose(&row, Draft::Text(due.text.clone()))?;
        self.db.drop_scheduled(due.id)?;
        let item = self.queue(&row, &message, now)?;
        self.seal_waiting(&row, now)?;
        self.tell(Event::ScheduledSent {
            id: due.id,
            room: due.room,
            message: item.message,
        });
        Ok(())
    }
}
