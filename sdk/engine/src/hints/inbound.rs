//! Hints that come in, and what is told of them.

use super::beats::life;
use super::keys::Heard;
use super::{Hints, Presence};
use crate::engine::Engine;
use crate::event::Event;
use crate::store::people;
use lacre_wire::codec;
use lacre_wire::ephemeral::{Ephemeral, Hint};
use lacre_wire::ids::{AccountId, Millis, RoomId};
use lacre_wire::limits::MAX_EPHEMERAL;

impl Engine {
    /// Takes datagrams in the order they came. What is not a hint of a member, of this epoch, and
    /// newer than the last one of its device is dropped without a word.
    pub fn on_datagrams<D: AsRef<[u8]>>(
        &mut self,
        datagrams: impl IntoIterator<Item = D>,
        now: Millis,
    ) {
        for datagram in datagrams {
            let bytes = datagram.as_ref();
            let Ok(ephemeral) = read(bytes) else { continue };
            match self.open_hint(&ephemeral) {
                Ok(Some(heard)) => self.hear(&heard, now),
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, "a hint could not be opened"),
            }
        }
    }

    fn hear(&mut self, heard: &Heard, now: Millis) {
        let (room, account) = (heard.room, heard.account);
        let writer = (room, account, heard.device);
        match heard.hint {
            Hint::Typing if self.hints.writers.start(writer, now) => {
                self.tell_typing(room, account, true)
            }
            Hint::StoppedTyping if self.hints.writers.stop(writer) => {
                self.tell_typing(room, account, false)
            }
            Hint::Typing | Hint::StoppedTyping => {}
            Hint::Presence(said) => self.hear_presence(heard, Presence::heard(said), now),
            Hint::Echo { nonce, to } => self.reply(room, nonce, to.into(), now),
            Hint::EchoReply { nonce } => self.replied(room, account, nonce),
        }
    }

    fn hear_presence(&mut self, heard: &Heard, presence: Option<Presence>, now: Millis) {
        let (account, device) = (heard.account, heard.device);
        let watched = self.hints.rooms.get(&heard.room);
        let life = life(watched.map_or(0, |watched| watched.accounts));
        let who = (account, device);
        let news = self
            .hints
            .people
            .hear(who, heard.counter, presence, now, life);
        if presence.is_none() {
            for room in self.hints.writers.gone(account, device) {
                self.tell_typing(room, account, false);
            }
        }
        if let Some(presence) = news.change {
            self.tell_presence(account, presence);
        }
        if news.appeared
            && let Some(watched) = self.hints.rooms.get_mut(&heard.room)
            && self.hints.own != Presence::Invisible
        {
            watched.greet(now);
        }
    }

    pub(super) fn tell_typing(&mut self, room: RoomId, account: AccountId, active: bool) {
        let handle = self.handle_of(account);
        self.tell(Event::Typing {
            room,
            account,
            handle,
            active,
        });
    }

    pub(super) fn tell_presence(&mut self, account: AccountId, presence: Option<Presence>) {
        // Whoever comes was there just now; whoever goes, when they were last heard of.
        let at = self.hints.people.heard(&account);
        if let Err(error) = self.atomically(|e| e.db.set_last_seen(account, at)) {
            tracing::warn!(%error, "when somebody was there could not be kept");
        }
        let handle = self.handle_of(account);
        self.tell(Event::Presence {
            account,
            handle,
            presence,
        });
    }

    fn handle_of(&self, account: AccountId) -> String {
        let handle = self.db.with(|c| people::handle(c, account));
        handle.ok().flatten().unwrap_or_default()
    }

    /// What is told of rooms and messages also says something about hints.
    pub(crate) fn hints_follow(&mut self, event: &Event) {
        match event {
            Event::RoomAdded(room) | Event::RoomChanged(room) => self.hints.changed(*room),
            Event::RoomRemoved { room, .. } | Event::RoomStopped { room, .. } => {
                self.hints.changed(*room);
                self.hints.rooms.remove(room);
            }
            Event::Member {
                room,
                account,
                joined: false,
                ..
            } if self.hints.writers.done(*room, *account) => {
                self.tell_typing(*room, *account, false)
            }
            Event::Message { room, item } if self.hints.writers.done(*room, item.sender) => {
                self.tell_typing(*room, item.sender, false)
            }
            _ => {}
        }
    }

    /// The session is gone: nobody is heard of any more, and nobody hears of this one.
    pub(crate) fn hints_end(&mut self) {
        self.give_up_pings();
        self.give_up_echoes(Millis::MAX);
        for (room, account) in self.hints.writers.clear() {
            self.tell_typing(room, account, false);
        }
        for account in self.hints.people.clear() {
            self.tell_presence(account, None);
        }
        self.hints = Hints {
            focus: self.hints.focus,
            own: self.hints.own,
            ..Hints::default()
        };
    }
}

fn read(bytes: &[u8]) -> Result<Ephemeral, codec::CodecError> {
    if bytes.len() > MAX_EPHEMERAL {
        return Err(codec::CodecError::Shape("a long datagram".to_owned()));
    }
    codec::from_slice(bytes)
}
