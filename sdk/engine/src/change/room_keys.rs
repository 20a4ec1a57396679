//! K_room for those who came, and a new one after those who went.
//!
//! It travels only as a message inside the group. Whoever adds people sends it; after an external
//! commit, which nobody inside made, the first member that is online does.

use crate::content::{Content, RoomKey};
use crate::engine::Engine;
use crate::error::Result;
use crate::mls::invalid;
use crate::random;
use crate::store::rooms::RoomRow;
use lacre_wire::ids::{Millis, RoomId};
use lacre_wire::room::mls::state_of;

/// Members wait for each other up to this long before they send a newcomer the keys.
const PATIENCE_MS: Millis = 2000;

/// By how much a key's number may pass the newest one that is known. Each removal takes one, so nobody
/// misses so many; and whoever sends false ones never gets to where numbers end.
const LEAP: u32 = 1000;

/// The highest number that is taken from somebody by who has no key yet.
const HIGHEST: u32 = u32::MAX / 2;

impl Engine {
    /// Whether a key that a member sent can be the room's. A number out of all reason would leave none
    /// for the key after the next removal, and whoever was removed would keep the newest.
    pub(crate) fn room_key_fits(&self, row: &RoomRow, number: u32) -> Result<bool> {
        let newest = self.db.room_key(row.r)?;
        let highest = newest.map_or(HIGHEST, |(newest, _)| newest.saturating_add(LEAP));
        Ok(number <= highest)
    }

    /// Sends the newest K_room to everybody in the room, and the one that opens the present profile.
    pub(crate) fn send_room_keys(&mut self, row: &RoomRow) -> Result<()> {
        let group = self.groups.get(&self.provider, row.id, row.generation)?;
        let state = state_of(group.extensions())
            .map_err(|e| invalid("the room's state cannot be read", e))?;
        let newest = self.db.room_key(row.r)?.map(|(number, _)| number);
        let profile = state.profile.map(|profile| profile.key_number);
        if let Some(number) =
            profile.filter(|number| newest.is_some_and(|newest| newest != *number))
            && let Some(key) = self.db.room_key_numbered(row.r, number)?
        {
            self.queue_silent(row, Content::RoomKeys { number, key })?;
        }
        self.send_newest_room_key(row)
    }

    /// Sends the newest K_room to everybody in the room.
    pub(crate) fn send_newest_room_key(&mut self, row: &RoomRow) -> Result<()> {
        match self.db.room_key(row.r)? {
            Some((number, key)) => self.queue_silent(row, Content::RoomKeys { number, key }),
            None => Ok(()),
        }
    }

    /// Who was removed keeps what they knew, and learns nothing new: a new K_room. Who came from
    /// outside and has no key yet makes none: it would have a number that another key has already.
    pub(crate) fn renew_room_key(&mut self, row: &RoomRow) -> Result<()> {
        let Some((newest, _)) = self.db.room_key(row.r)? else {
            return Ok(());
        };
        let number = newest.saturating_add(1);
        let key = RoomKey::new(random::bytes()?);
        self.db.make_room_key(row.r, number, &key)?;
        Ok(())
    }

    /// Somebody came in from outside: they need the keys, unless another member is faster.
    pub(crate) fn owe_room_keys(&mut self, room: RoomId, at: Millis) -> Result<()> {
        let [low, high] = random::bytes::<2>()?;
        let delay = Millis::from(u16::from_le_bytes([low, high])) % PATIENCE_MS;
        self.live.room(room).keys_due = Some(at + delay);
        self.db.set_keys_due(room, Some(at + delay))
    }

    /// What was owed in an earlier session still is.
    pub(crate) fn recall_room_keys(&mut self) -> Result<()> {
        for (room, at) in self.db.keys_due()? {
            self.live.room(room).keys_due = Some(at);
        }
        Ok(())
    }

    /// Another member sent a key: nothing is owed any more, if it is the one that shows the name.
    pub(crate) fn room_key_came(&mut self, row: &RoomRow, number: u32) -> Result<()> {
        if self.live.room(row.id).keys_due.is_none() {
            return Ok(());
        }
        let group = self.groups.get(&self.provider, row.id, row.generation)?;
        let state = state_of(group.extensions())
            .map_err(|e| invalid("the room's state cannot be read", e))?;
        match state.profile.is_none_or(|p| p.key_number == number) {
            true => self.room_keys_paid(row.id),
            false => Ok(()),
        }
    }

    fn room_keys_paid(&mut self, room: RoomId) -> Result<()> {
        self.live.room(room).keys_due = None;
        self.db.set_keys_due(room, None)
    }

    /// Sends the keys that are still owed.
    pub(crate) fn pay_room_keys(&mut self, now: Millis) -> Result<()> {
        let due = |at: &Option<Millis>| at.is_some_and(|at| at <= now);
        let rooms: Vec<RoomId> = self
            .live
            .rooms
            .iter()
            .filter(|(_, live)| due(&live.keys_due))
            .map(|(room, _)| *room)
            .collect();
        for room in rooms {
            let Some(row) = self.db.room(room)? else {
                continue;
            };
            if self.may_send(&row, now)? {
                self.atomically(|e| {
                    e.room_keys_paid(room)?;
                    e.send_room_keys(&row)
                })?;
            } else {
                self.live.room(room).keys_due = Some(now + PATIENCE_MS);
            }
        }
        Ok(())
    }
}
