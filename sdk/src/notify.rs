//! What a person is to be told about, and what they were writing.

use crate::engine::{NotifyReason, NotifyRule, Result};
use crate::message::Message;
use crate::platform;
use crate::room::Room;
use lacre_wire::ids::Millis;

/// Tell the person about this message, now and once: it is new, of somebody else, not read on
/// another device, not in the room on screen, and not in one that is muted.
#[derive(Debug, Clone)]
pub struct Notification {
    pub(crate) message: Message,
    pub(crate) reason: NotifyReason,
}

impl Notification {
    /// The message.
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// Why the person is told.
    pub fn reason(&self) -> NotifyReason {
        self.reason
    }
}

impl Room {
    /// What of this room notifies, and until when if that was set for a time.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn notify_rule(&self) -> Result<(NotifyRule, Option<Millis>)> {
        Ok(self.info()?.notify.at(platform::now()))
    }

    /// Sets what of this room notifies: for good, or until a time (milliseconds since the Unix epoch),
    /// after which the rule that was set for good holds again. Safe on this device when it returns.
    ///
    /// # Errors
    /// `NotFound` when the room is gone, `Store` when it could not be kept.
    pub async fn set_notify_rule(&self, rule: NotifyRule, until: Option<Millis>) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .call(move |engine, now| engine.set_notify_rule(room, rule, until, now))
            .await
    }

    /// What was being written here, as kept by [`Room::set_draft`]; empty if nothing was.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn draft(&self) -> Result<String> {
        let room = self.id();
        self.client.driver.shared.read(|reader| reader.draft(room))
    }

    /// Keeps what is being written, on this device only. An empty text keeps nothing: call it so after
    /// sending.
    ///
    /// # Errors
    /// `TooLarge` above 48 KiB, `Store` when it could not be kept.
    pub async fn set_draft(&self, text: &str) -> Result<()> {
        let (room, text) = (self.id(), text.to_owned());
        self.client
            .driver
            .call(move |engine, now| engine.set_draft(room, &text, now))
            .await
    }
}
