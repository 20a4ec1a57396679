//! Messages that are sent later, and messages that go by themselves.

use crate::client::Client;
use crate::engine::{Draft, Expiry, Result, Scheduled, ScheduledId};
use crate::room::Room;
use crate::send::SendHandle;
use lacre_wire::ids::Millis;
use std::time::Duration;

impl Room {
    /// Sends a text at a moment, in milliseconds since the Unix epoch; at once if that has passed.
    /// Held by this device, over restarts too: a device that is off at the moment sends when it is on
    /// again. [`crate::Event::ScheduledSent`] tells when, [`crate::Event::ScheduledFailed`] if not.
    ///
    /// # Errors
    /// As [`Room::send`].
    pub async fn schedule(&self, text: &str, at: Millis) -> Result<ScheduledId> {
        let (room, text) = (self.id(), text.to_owned());
        self.client()
            .driver
            .call(move |engine, now| engine.schedule(room, &text, at, now))
            .await
    }

    /// The messages of this room that wait to be sent, in the order of their times; with those that
    /// could not be.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn scheduled(&self) -> Result<Vec<Scheduled>> {
        let room = Some(self.id());
        let shared = &self.client().driver.shared;
        shared.read(|reader| reader.scheduled(room))
    }

    /// Gives a message that waits another text and time. One that has failed is tried again then.
    ///
    /// # Errors
    /// `NotFound` when it does not wait any more, `TooLarge` above 48 KiB.
    pub async fn edit_scheduled(&self, id: ScheduledId, text: &str, at: Millis) -> Result<()> {
        let text = text.to_owned();
        self.client()
            .driver
            .call(move |engine, now| engine.edit_scheduled(id, &text, at, now))
            .await
    }

    /// Takes a message that waits back.
    ///
    /// # Errors
    /// `NotFound` when it does not wait any more.
    pub async fn cancel_scheduled(&self, id: ScheduledId) -> Result<()> {
        self.client()
            .driver
            .call(move |engine, _| engine.cancel_scheduled(id))
            .await
    }

    /// Sends a text that goes after `lifetime`, counted from now, the same moment for everybody. Then
    /// it is on no device any more; [`crate::Event::MessageRemoved`] and [`crate::Diff::Remove`] tell.
    ///
    /// # Errors
    /// As [`Room::send`]; `Invalid` for no time at all.
    pub async fn send_expiring(&self, text: &str, lifetime: Duration) -> Result<SendHandle> {
        let millis = Millis::try_from(lifetime.as_millis()).unwrap_or(Millis::MAX);
        self.post_expiring(text, move |now| Expiry::At(now.saturating_add(millis)))
            .await
    }

    /// Sends a text that goes `lifetime` after it was read, on each device by itself; here, after the
    /// relay has accepted it.
    ///
    /// # Errors
    /// As [`Room::send`].
    pub async fn send_expiring_once_read(
        &self,
        text: &str,
        lifetime: Duration,
    ) -> Result<SendHandle> {
        self.post_expiring(text, move |_| Expiry::AfterReading(lifetime))
            .await
    }

    async fn post_expiring(
        &self,
        text: &str,
        expiry: impl FnOnce(Millis) -> Expiry + Send + 'static,
    ) -> Result<SendHandle> {
        let (room, draft) = (self.id(), Draft::Text(text.to_owned()));
        self.post_with(move |engine, now| engine.send_expiring(room, draft, expiry(now), now))
            .await
    }
}

impl Client {
    /// The messages of all rooms that wait to be sent, in the order of their times.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn scheduled(&self) -> Result<Vec<Scheduled>> {
        self.driver.shared.read(|reader| reader.scheduled(None))
    }
}
