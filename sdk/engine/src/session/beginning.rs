//! Where the log of a room begins for somebody who came in, and goes on for somebody who was away.
//!
//! A newcomer reads from the entry on that brought it in, and then without a gap. A relay that begins
//! later hides something, unless this person was taken out meanwhile and let in again: that is in the
//! inbox, which may not have been read so far. So the room waits until it has, and is not read before.

use crate::engine::Engine;
use crate::error::Result;
use crate::store::logs::Position;
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::codec;
use lacre_wire::ids::{LogId, RoomId, Seq};
use lacre_wire::push::WelcomeNotice;

impl Engine {
    /// A room's log flows, with `start` before what comes, up to `head` and no further if it is `closed`.
    pub(crate) fn on_room_opened(
        &mut self,
        room: RoomId,
        start: Position,
        head: Seq,
        closed: bool,
    ) -> Result<()> {
        let log = LogId::Room(room);
        let (row, here) = (self.db.room(room)?, self.db.position(log)?);
        if let Some(row) = &row {
            // An earlier membership: the room has been entered since, and its log asked for again.
            let is_over = closed && head < row.from_seq;
            if is_over || !self.begins_well(row, here, start.seq)? {
                return Ok(());
            }
        }
        if here.is_none() {
            self.db.set_position(log, start)?;
            if let Some(row) = &row {
                self.db.remember_chain(row.r, start)?;
            }
        }
        let live = self.live.room(room);
        // An own commit from an earlier session: sent again unless the log has it.
        live.commit_open =
            row.is_some_and(|row| row.status == Status::Joined && row.commit_hash.is_some());
        live.open = true;
        live.head_at_open = head;
        if closed {
            self.read_until(room, head)?;
        }
        self.hints.changed(room);
        Ok(())
    }

    /// Whether a log begins, with `start` before it, where it should for this device. If not, the room
    /// waits for what the inbox says.
    fn begins_well(&mut self, row: &RoomRow, here: Option<Position>, start: Seq) -> Result<bool> {
        if !is_late(row, here, start) {
            self.live.late.remove(&row.id);
            return Ok(true);
        }
        self.live.late.insert(row.id, start);
        self.judge_beginnings()?;
        Ok(false)
    }

    /// Looks at the rooms that wait, once the inbox has been read as far as it went when it was opened.
    pub(crate) fn judge_beginnings(&mut self) -> Result<()> {
        if self.live.late.is_empty() {
            return Ok(());
        }
        let inbox = LogId::Inbox(self.me()?.device());
        let here = self.db.position(inbox)?;
        if here.is_none_or(|here| here.seq < self.live.inbox_head) {
            return Ok(());
        }
        for (room, start) in std::mem::take(&mut self.live.late) {
            let Some(row) = self.db.room(room)? else {
                continue;
            };
            let here = self.db.position(LogId::Room(room))?;
            if !is_late(&row, here, start) {
                continue;
            }
            if self.welcome_after(room, row.from_seq)? {
                self.live.late.insert(room, start);
                continue;
            }
            let text = match here {
                // Out, and what was said up to there is not to be had.
                Some(_) if row.until_seq.is_some() => {
                    self.depart(&row, false)?;
                    continue;
                }
                Some(here) => format!("room {room} goes on at entry {start}, not at {}", here.seq),
                None => format!(
                    "room {room} begins at entry {start} for this device, not before {}",
                    row.from_seq
                ),
            };
            self.relay_broke_protocol(&text);
        }
        Ok(())
    }

    /// Whether a Welcome into the room waits that is younger than the one it was entered by.
    fn welcome_after(&self, room: RoomId, from: Seq) -> Result<bool> {
        let waits = |bytes: &[u8]| {
            codec::from_slice::<WelcomeNotice>(bytes)
                .is_ok_and(|notice| notice.room == room && notice.from_seq > from)
        };
        let kept = self.kept_welcomes()?;
        Ok(kept.iter().any(|(_, bytes)| waits(bytes)))
    }
}

/// Whether there is something between where this device stands in a room, or what brought it in, and the
/// entries after `start`.
fn is_late(row: &RoomRow, here: Option<Position>, start: Seq) -> bool {
    match here {
        Some(here) => row.reads_on() && start > here.seq,
        None => row.from_seq != 0 && start >= row.from_seq,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ROOM, in_a_group};
    use lacre_wire::ids::Hash;

    #[test]
    fn an_answer_about_a_membership_that_is_over_begins_nothing() {
        let (_folder, mut engine) = in_a_group();
        let row = engine.db.room(ROOM).unwrap().unwrap();
        engine.db.set_from_seq(row.r, 9).unwrap();
        let chain = Hash([0; 32]);
        for (seq, head, closed, here) in [(6, 7, true, None), (8, 10, false, Some(8))] {
            let start = Position { seq, chain };
            engine.on_room_opened(ROOM, start, head, closed).unwrap();
            let here = here.map(|seq| Position { seq, chain });
            assert_eq!(engine.db.position(LogId::Room(ROOM)).unwrap(), here);
        }
        assert_eq!(engine.db.room(ROOM).unwrap().unwrap().until_seq, None);
    }
}
