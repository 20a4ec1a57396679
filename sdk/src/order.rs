//! Order in a room: who is kept out, and how long messages stay.

use crate::engine::Result;
use crate::message::Person;
use crate::room::Room;
use lacre_wire::ids::AccountId;
use std::time::Duration;

impl Room {
    /// Keeps a person out: removes them with all their devices if they are in the room, and nobody
    /// can add them, nor they themselves come in, until [`Room::unban`]. Who is banned is written in
    /// the room's rules, which the relay reads too.
    ///
    /// # Errors
    /// `Invalid` for oneself, `NotAllowed` when this account may not, in direct rooms, and above 128
    /// bans.
    pub async fn ban(&self, account: AccountId) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .perform(move |engine, now| engine.ban(room, account, now))
            .await
            .map(drop)
    }

    /// Lifts a ban. The person can come in again as anybody else.
    ///
    /// # Errors
    /// `NotAllowed` when this account may not.
    pub async fn unban(&self, account: AccountId) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .perform(move |engine, now| engine.unban(room, account, now))
            .await
            .map(drop)
    }

    /// Who is banned.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn bans(&self) -> Result<Vec<Person>> {
        let id = self.id();
        let bans = self.client.driver.shared.read(|reader| reader.bans(id))?;
        let person = |(account, handle): (AccountId, String)| Person {
            account,
            name: handle.clone(),
            handle,
        };
        Ok(bans.into_iter().map(person).collect())
    }

    /// Whether this account was banned from the room, as far as this device was told.
    pub fn is_banned(&self) -> bool {
        self.cell.info().banned
    }

    /// Says how long messages stay in this room, in whole seconds; `None` for ever. Holds for
    /// messages sent from then on.
    ///
    /// # Errors
    /// `Invalid` for less than a second or more than 366 days, `NotAllowed` when this account may
    /// not; in direct rooms both may.
    pub async fn set_disappearing(&self, after: Option<Duration>) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .perform(move |engine, now| engine.set_disappearing(room, after, now))
            .await
            .map(drop)
    }

    /// How long messages stay, if they disappear.
    pub fn disappearing(&self) -> Option<Duration> {
        self.cell.info().disappearing
    }
}
