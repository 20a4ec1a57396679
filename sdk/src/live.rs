//! What holds for seconds only: what is on screen, who is writing, who is there, how far away.
//!
//! None of it is stored anywhere (but when somebody was last there, on the devices of people they allow it:
//! [`Client::last_seen`]), and any of it may be lost on the way. It is told to the people of
//! a room, sealed like a message; the relay sees that something was told, and when.

use crate::client::Client;
use crate::engine::{Error, Presence, Result};
use crate::message::Person;
use crate::platform::Stopwatch;
use crate::room::Room;
use lacre_wire::ids::{AccountId, RoomId};
use std::time::Duration;

/// How often a person's devices are asked for a sign of life; datagrams may be lost.
const ATTEMPTS: usize = 2;

impl Client {
    /// Says which room is on screen, if any. Its people see this one there at once, and hints of
    /// rooms with more than 50 people come only while they are on screen. Nobody is notified of what
    /// comes there. Forgotten by [`Client::pause`].
    ///
    /// # Errors
    /// `Offline` when the client is closed or paused.
    pub async fn focus(&self, room: Option<RoomId>) -> Result<()> {
        self.driver
            .call(move |engine, now| {
                engine.focus(room, now);
                Ok(())
            })
            .await
    }

    /// How the people in shared rooms see this device, until the client is closed. Default
    /// [`Presence::Available`]. [`Presence::Invisible`] tells nobody anything, typing included.
    ///
    /// # Errors
    /// `Offline` when the client is closed or paused.
    pub async fn set_presence(&self, presence: Presence) -> Result<()> {
        self.driver
            .call(move |engine, now| {
                engine.set_presence(presence, now);
                Ok(())
            })
            .await
    }

    /// How a person is there, as far as their devices have said so lately in a room shared with
    /// this device; none if they are gone, invisible, or unknown. Changes are told as
    /// [`crate::Event::Presence`].
    pub fn presence(&self, account: AccountId) -> Option<Presence> {
        self.driver.shared.presence(&account)
    }

    /// How long it takes to the relay and back.
    ///
    /// # Errors
    /// `Offline` without a session.
    pub async fn ping(&self) -> Result<Duration> {
        let watch = Stopwatch::start();
        self.driver
            .perform(|engine, now| engine.ping(now))
            .await
            .map(|_| watch.elapsed())
    }
}

impl Room {
    /// This person is writing here. To be called at each key: it is told at once, then every 4
    /// seconds at most, and forgotten by the others 8 seconds after the last time.
    ///
    /// # Errors
    /// As [`Room::send`].
    pub async fn typing(&self) -> Result<()> {
        self.tell_typing(true).await
    }

    /// This person has stopped writing without sending. A message that is sent ends it too.
    ///
    /// # Errors
    /// As [`Room::send`].
    pub async fn stop_typing(&self) -> Result<()> {
        self.tell_typing(false).await
    }

    async fn tell_typing(&self, active: bool) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .call(move |engine, now| engine.typing(room, active, now))
            .await
    }

    /// The other members who are there now, as [`Client::presence`] knows them.
    pub fn online(&self) -> Vec<(Person, Presence)> {
        let there = |member: crate::engine::Member| {
            let presence = self.client.presence(member.account)?;
            let person = Person {
                account: member.account,
                handle: member.handle,
                name: member.name,
            };
            Some((person, presence))
        };
        self.members().into_iter().filter_map(there).collect()
    }

    /// How long it takes to a device of a member and back.
    ///
    /// # Errors
    /// `Offline` with the code `NoAnswer` after 3 seconds, when no device of theirs answers;
    /// `NotFound` when they are no other member of the room.
    pub async fn ping(&self, account: AccountId) -> Result<Duration> {
        let room = self.id();
        let mut unanswered = Error::internal("an echo was never sent");
        for _ in 0..ATTEMPTS {
            let watch = Stopwatch::start();
            let echo = self
                .client
                .driver
                .perform(move |engine, now| engine.echo(room, account, now));
            match echo.await {
                Ok(_) => return Ok(watch.elapsed()),
                Err(error) if error.code() == "NoAnswer" => unanswered = error,
                Err(error) => return Err(error),
            }
        }
        Err(unanswered)
    }
}
