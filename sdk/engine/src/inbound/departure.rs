//! How a room ends for this device: its person left, was removed, or was banned.
//!
//! The relay closes the log to the device and says so in its inbox, which may be read before the
//! room's log is. What was said up to the end still belongs to this person, and the last commit says
//! why they are out: so the log is read to its end first.

use crate::engine::Engine;
use crate::error::Result;
use crate::event::Event;
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::ids::{LogId, RoomId, Seq};

impl Engine {
    /// The relay delivers this room's log up to `until` and nothing after it.
    pub(crate) fn read_until(&mut self, room: RoomId, until: Seq) -> Result<()> {
        let Some(row) = self.db.room(room)? else {
            return Ok(());
        };
        // A notice from before this device came in again.
        if !row.is_followed() || until < row.from_seq {
            return Ok(());
        }
        // A room that was just entered, and whose log is not open yet, is still to be read.
        match self.db.position(LogId::Room(room))? {
            Some(here) if here.seq >= until => self.depart(&row, false),
            // Taken out twice, this person is first out where it was the first time.
            _ => {
                let first = row.until_seq.map_or(until, |known| known.min(until));
                self.db.set_until_seq(row.r, Some(first))
            }
        }
    }

    /// A run was applied up to `here`; whether that was the end.
    pub(crate) fn end_of_reading(&mut self, row: &RoomRow, here: Seq) -> Result<()> {
        match row.until_seq {
            Some(until) if until <= here && row.is_followed() => self.depart(row, false),
            _ => Ok(()),
        }
    }

    /// This device is out of a room.
    pub(crate) fn depart(&mut self, row: &RoomRow, banned: bool) -> Result<()> {
        let left = !banned && self.leaving(row.id)?;
        let status = match (banned, left) {
            (true, _) => Status::Banned,
            (false, true) => Status::Left,
            (false, false) => Status::Removed,
        };
        self.db.set_status(row.r, status, None)?;
        self.db.set_until_seq(row.r, None)?;
        self.db.set_keys_due(row.id, None)?;
        self.live.rooms.remove(&row.id);
        self.tell(Event::RoomRemoved {
            room: row.id,
            left,
            banned,
        });
        self.changes_end_with_room(row.id, left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::logs::Position;
    use crate::testing::{ROOM, in_a_group};
    use lacre_wire::ids::Hash;

    #[test]
    fn who_was_taken_out_twice_reads_up_to_the_first_time() {
        let (_folder, mut engine) = in_a_group();
        let here = Position {
            seq: 5,
            chain: Hash([0; 32]),
        };
        engine.db.set_position(LogId::Room(ROOM), here).unwrap();
        for (until, ends) in [(9, Some(9)), (14, Some(9)), (7, Some(7))] {
            engine.read_until(ROOM, until).unwrap();
            assert_eq!(engine.db.room(ROOM).unwrap().unwrap().until_seq, ends);
        }
        engine.read_until(ROOM, 5).unwrap();
        let row = engine.db.room(ROOM).unwrap().unwrap();
        assert_eq!((row.status, row.until_seq), (Status::Removed, None));
    }
}
