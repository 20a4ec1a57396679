//! What others learn of this person: what they are called, what they say of themselves, and whether
//! they have read something; and what is known of others.

use crate::client::Client;
use crate::engine::Result;
use crate::message::{Message, Person};
use crate::time::Time;
use lacre_wire::ids::AccountId;

/// What is known of one person and one message. Made by [`Message::info`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenBy {
    /// The person.
    pub person: Person,
    /// When they said that it had come to one of their devices.
    pub delivered: Option<Time>,
    /// When they said that they had read it.
    pub read: Option<Time>,
}

impl Client {
    /// What this account is called in its rooms; `None`: by its handle.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn display_name(&self) -> Result<Option<String>> {
        let profile = self.driver.shared.read(|reader| reader.own_profile())?;
        Ok(profile.name)
    }

    /// Sets what this account is called in its rooms of up to 50 people; an empty name leaves the
    /// handle. Safe on this device when it returns; the rooms are told when they can be.
    ///
    /// # Errors
    /// `TooLarge` above 128 bytes, `Store` when it could not be kept.
    pub async fn set_display_name(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.driver
            .call(move |engine, now| engine.set_display_name(&name, now))
            .await
    }

    /// What this account says of itself.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn status(&self) -> Result<Option<String>> {
        let profile = self.driver.shared.read(|reader| reader.own_profile())?;
        Ok(profile.status)
    }

    /// Sets what this account says of itself, as "in class until noon". As
    /// [`Client::set_display_name`].
    ///
    /// # Errors
    /// `TooLarge` above 256 bytes, `Store` when it could not be kept.
    pub async fn set_status(&self, status: Option<&str>) -> Result<()> {
        let status = status.map(str::to_owned);
        self.driver
            .call(move |engine, now| engine.set_status(status.as_deref(), now))
            .await
    }

    /// Whether others may keep when this person was last there.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn shows_last_seen(&self) -> Result<bool> {
        let profile = self.driver.shared.read(|reader| reader.own_profile())?;
        Ok(profile.seen)
    }

    /// Says whether others may keep when this person was last there; they may not, at first. Told to the
    /// people of shared rooms as [`Client::set_display_name`]; taking it back makes their devices forget.
    ///
    /// # Errors
    /// `Store` when it could not be kept.
    pub async fn set_show_last_seen(&self, show: bool) -> Result<()> {
        self.driver
            .call(move |engine, now| engine.set_show_last_seen(show, now))
            .await
    }

    /// When somebody was last there, to about a minute: as this device has seen it, and if they let it
    /// be kept. Whether they are there now says [`Client::presence`].
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn last_seen(&self, account: AccountId) -> Result<Option<Time>> {
        let shared = &self.driver.shared;
        let at = shared.read(|reader| reader.last_seen(account))?;
        Ok(at.map(Time))
    }

    /// Whether others are told what was read here.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn sends_read_receipts(&self) -> Result<bool> {
        self.driver
            .shared
            .read(|reader| reader.sends_read_receipts())
    }

    /// Says whether others are told what is read here; they are, at first. It also tells this account's
    /// other devices, which otherwise do not learn of it. What was read before is not told later.
    ///
    /// # Errors
    /// `Store` when it could not be kept.
    pub async fn set_send_read_receipts(&self, send: bool) -> Result<()> {
        self.driver
            .call(move |engine, now| engine.set_send_read_receipts(send, now))
            .await
    }
}

impl Message {
    /// Who has it and who read it, as they said: everybody who is in the room and was when it came, but
    /// its sender and this account. Nobody says so in rooms of more than 50 people; in those of more
    /// than 8 only who read it.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn info(&self) -> Result<Vec<SeenBy>> {
        let (room, message) = (self.room, self.id());
        let seen = self
            .client
            .driver
            .shared
            .read(|reader| reader.seen_by(room, message))?;
        Ok(seen
            .into_iter()
            .map(|seen| SeenBy {
                person: Person {
                    account: seen.account,
                    handle: seen.handle,
                    name: seen.name,
                },
                delivered: seen.delivered_ms.map(Time),
                read: seen.read_ms.map(Time),
            })
            .collect())
    }
}
