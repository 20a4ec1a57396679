//! Who is writing. Said at once, then every few seconds; over by itself when it is not said again.

use super::Presence;
use crate::engine::Engine;
use crate::error::Result;
use lacre_wire::ephemeral::Hint;
use lacre_wire::ids::{AccountId, DeviceId, Millis, RoomId};
use std::collections::BTreeMap;

/// Said again at most this often.
const EVERY: Millis = 4000;

/// It counts for this long.
const LIFE: Millis = 8000;

/// Who writes where, on which device, until when.
#[derive(Default)]
pub(super) struct Writers(BTreeMap<(RoomId, AccountId, DeviceId), Millis>);

impl Writers {
    /// Whether somebody writes in a room.
    fn writes(&self, room: RoomId, account: AccountId) -> bool {
        self.devices(room, account).next().is_some()
    }

    fn devices(
        &self,
        room: RoomId,
        account: AccountId,
    ) -> impl Iterator<Item = &(RoomId, AccountId, DeviceId)> {
        let first = (room, account, DeviceId([0; 16]));
        let last = (room, account, DeviceId([0xff; 16]));
        self.0.range(first..=last).map(|(key, _)| key)
    }

    /// A device writes. True if its person did not before.
    pub(super) fn start(&mut self, key: (RoomId, AccountId, DeviceId), now: Millis) -> bool {
        let wrote = self.writes(key.0, key.1);
        self.0.insert(key, now.saturating_add(LIFE));
        !wrote
    }

    /// A device writes no more. True if its person does not either now, and did before.
    pub(super) fn stop(&mut self, key: (RoomId, AccountId, DeviceId)) -> bool {
        self.0.remove(&key).is_some() && !self.writes(key.0, key.1)
    }

    /// A person's message has come, or the person is out. True if they wrote before.
    pub(super) fn done(&mut self, room: RoomId, account: AccountId) -> bool {
        let wrote = self.writes(room, account);
        self.0.retain(|(r, a, _), _| (*r, *a) != (room, account));
        wrote
    }

    /// A device is gone: the rooms in which its person wrote and no longer does.
    pub(super) fn gone(&mut self, account: AccountId, device: DeviceId) -> Vec<RoomId> {
        let of = |key: &&(RoomId, AccountId, DeviceId)| (key.1, key.2) == (account, device);
        let keys: Vec<_> = self.0.keys().filter(of).copied().collect();
        let ended = keys.into_iter().filter(|key| self.stop(*key));
        ended.map(|(room, ..)| room).collect()
    }

    /// When the next one's time is over.
    pub(super) fn next(&self) -> Option<Millis> {
        self.0.values().min().copied()
    }

    /// Those who write no more, because it was not said again.
    pub(super) fn expire(&mut self, now: Millis) -> Vec<(RoomId, AccountId)> {
        let over: Vec<_> = self
            .0
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(key, _)| *key)
            .collect();
        let ended = over.into_iter().filter(|key| self.stop(*key));
        ended.map(|(room, account, _)| (room, account)).collect()
    }

    /// Forgets everybody; returns who wrote where.
    pub(super) fn clear(&mut self) -> Vec<(RoomId, AccountId)> {
        self.expire(Millis::MAX)
    }
}

impl Engine {
    /// This person writes in a room, or no longer. To be called at each key: it is told at once, then
    /// every 4 s at most, and counts for 8 s. Nothing is told while this person is invisible.
    ///
    /// # Errors
    /// `NotFound` and `NotAllowed` as for sending.
    pub fn typing(&mut self, room: RoomId, active: bool, now: Millis) -> Result<()> {
        // A clock that was set back must not silence anybody.
        let recent =
            |at: Option<Millis>| at.is_some_and(|at| (at..at.saturating_add(EVERY)).contains(&now));
        let typed_at = self.hints.rooms.get(&room).and_then(|room| room.typed_at);
        if active && recent(typed_at) {
            return Ok(());
        }
        self.joined_room(room)?;
        if self.hints.own == Presence::Invisible {
            return Ok(());
        }
        let Some(watched) = self.hints.rooms.get_mut(&room) else {
            return Ok(());
        };
        watched.typed_at = active.then_some(now);
        match (active, typed_at) {
            (true, _) => self.send_hint(room, Hint::Typing),
            (false, Some(_)) => self.send_hint(room, Hint::StoppedTyping),
            (false, None) => {}
        }
        Ok(())
    }

    /// A message was queued: its coming ends the typing at the others, and what is typed next is told
    /// at once.
    pub(crate) fn typing_ended(&mut self, room: RoomId) {
        if let Some(watched) = self.hints.rooms.get_mut(&room) {
            watched.typed_at = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId([1; 16]);
    const ANA: AccountId = AccountId([2; 32]);

    fn key(device: u8) -> (RoomId, AccountId, DeviceId) {
        (ROOM, ANA, DeviceId([device; 16]))
    }

    #[test]
    fn writing_begins_and_ends_once_whatever_the_device() {
        let mut writers = Writers::default();
        assert!(writers.start(key(0), 0));
        assert!(!writers.start(key(255), 2000));
        assert!(!writers.start(key(0), 4000));
        assert!(!writers.stop(key(0)), "the other device writes on");
        assert_eq!(writers.next(), Some(10_000));
        assert_eq!(writers.expire(9_999), []);
        assert_eq!(writers.expire(10_000), [(ROOM, ANA)]);
        assert!(!writers.stop(key(255)), "it was over");
    }

    #[test]
    fn a_message_or_a_goodbye_ends_it() {
        let mut writers = Writers::default();
        writers.start(key(1), 0);
        assert!(writers.done(ROOM, ANA));
        assert!(!writers.done(ROOM, ANA));
        writers.start(key(1), 0);
        assert_eq!(writers.gone(ANA, DeviceId([1; 16])), [ROOM]);
        writers.start(key(1), 0);
        assert_eq!(writers.clear(), [(ROOM, ANA)]);
        assert_eq!(writers.next(), None);
    }
}
