//! Echoes: how long it takes to a person's device and back, and to the relay and back.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Done, Event, LocalId};
use crate::live::Asked;
use crate::random;
use lacre_wire::answer::Answer;
use lacre_wire::ephemeral::Hint;
use lacre_wire::ids::{AccountId, Millis, RoomId};
use lacre_wire::request::Request;

/// How long an echo may take.
const PATIENCE: Millis = 1500;

/// Echoes are answered at most this often in a room: nobody can be made to shout.
const REPLY_EVERY: Millis = 500;

/// An echo that is awaited.
pub(super) struct Echo {
    id: LocalId,
    room: RoomId,
    account: AccountId,
    pub(super) until: Millis,
}

/// The start of an account's id, as echoes name whom they ask.
fn name(account: &AccountId) -> [u8; 8] {
    let mut name = [0; 8];
    name.iter_mut()
        .zip(account.0)
        .for_each(|(to, from)| *to = from);
    name
}

impl Engine {
    /// Measures the way to the relay and back: ends as [`Done::Changed`] when the answer comes.
    ///
    /// # Errors
    /// `Offline` without a session.
    pub fn ping(&mut self, _now: Millis) -> Result<LocalId> {
        if !self.live.online {
            return Err(offline());
        }
        let id = self.live.unstored_id();
        self.ask(Request::Ping, Asked::Ping { id });
        Ok(id)
    }

    pub(crate) fn on_pong(&mut self, id: LocalId, answer: Answer) {
        let result = match answer {
            Answer::Pong { .. } => Ok(Done::Changed),
            Answer::Failed(error) => Err(Error::from(error)),
            _ => Err(crate::session::unexpected()),
        };
        self.tell(Event::Done { id, result });
    }

    /// Asks the devices of a member for a sign of life: ends as [`Done::Changed`] when the first
    /// answers, and with `Offline` and the code `NoAnswer` after 1.5 s.
    ///
    /// # Errors
    /// `NotFound` for unknown rooms and people who are not in it, `Offline` without a session.
    pub fn echo(&mut self, room: RoomId, account: AccountId, now: Millis) -> Result<LocalId> {
        let row = self.joined_room(room)?;
        let me = self.me()?.card.account;
        if account == me || !self.db.member_accounts(row.r)?.contains(&account) {
            return Err(Error::new(
                ErrorKind::NotFound,
                "NotAMember",
                "only other members of the room can be reached through it",
            ));
        }
        if !self.live.online {
            return Err(offline());
        }
        let nonce = u64::from_be_bytes(random::bytes()?);
        let id = self.live.unstored_id();
        let until = now.saturating_add(PATIENCE);
        let echo = Echo {
            id,
            room,
            account,
            until,
        };
        self.hints.echoes.insert(nonce, echo);
        let to = name(&account).into();
        self.send_hint(room, Hint::Echo { nonce, to });
        Ok(id)
    }

    /// Somebody wants a sign of life.
    pub(super) fn reply(&mut self, room: RoomId, nonce: u64, to: [u8; 8], now: Millis) {
        let asked = self.me().is_ok_and(|me| name(&me.card.account) == to);
        if !asked || self.hints.own == super::Presence::Invisible {
            return;
        }
        let Some(watched) = self.hints.rooms.get_mut(&room) else {
            return;
        };
        let replied = watched.replied_at;
        if !(replied..replied.saturating_add(REPLY_EVERY)).contains(&now) {
            watched.replied_at = now;
            self.send_hint(room, Hint::EchoReply { nonce });
        }
    }

    /// A sign of life has come.
    pub(super) fn replied(&mut self, room: RoomId, account: AccountId, nonce: u64) {
        let awaited = self.hints.echoes.get(&nonce);
        if awaited.is_some_and(|echo| (echo.room, echo.account) == (room, account))
            && let Some(Echo { id, .. }) = self.hints.echoes.remove(&nonce)
        {
            let result = Ok(Done::Changed);
            self.tell(Event::Done { id, result });
        }
    }

    /// Gives up what took too long; with [`Millis::MAX`], all of it.
    pub(super) fn give_up_echoes(&mut self, now: Millis) {
        let over = self.hints.echoes.extract_if(|_, echo| echo.until <= now);
        let over: Vec<LocalId> = over.map(|(_, echo)| echo.id).collect();
        for id in over {
            let result = Err(Error::new(
                ErrorKind::Offline,
                "NoAnswer",
                "no device of this person answered: they are not online, or do not show it",
            ));
            self.tell(Event::Done { id, result });
        }
    }

    /// The session is gone, and with it what was asked on it.
    pub(super) fn give_up_pings(&mut self) {
        let pings = self.live.asked.values().filter_map(|asked| match asked {
            Asked::Ping { id } => Some(*id),
            _ => None,
        });
        for id in pings.collect::<Vec<_>>() {
            let result = Err(offline());
            self.tell(Event::Done { id, result });
        }
    }
}

fn offline() -> Error {
    let text = "not connected to the relay; the connection comes back by itself, try again then";
    Error::new(ErrorKind::Offline, "Offline", text)
}
