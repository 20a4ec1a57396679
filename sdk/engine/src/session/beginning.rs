//! Where the log of a room begins for somebody who came in, and goes on for somebody who was away.
//!
//! A newcomer reads from the entry on that brought it in, and then without a gap. A relay that begins
//! later hides something, unless this person was taken out meanwhile and let in again: that is in the
//! inbox, which may not have been read so far. So the room waits until it has, and is not read before.

use crate::engine::Engine;
use crate::error::Result;
use lacre_wire::codec;
use lacre_wire::ids::{LogId, RoomId, Seq};
use lacre_wire::push::WelcomeNotice;

impl Engine {
    /// Whether a log begins, with `start` before it, where it should for this device. If not, the room
    /// waits for what the inbox says.
    pub(crate) fn begins_well(&mut self, log: LogId, start: Seq) -> Result<bool> {
        let Some(room) = log.room() else {
            return Ok(true);
        };
        if !self.is_late(room, start)? {
            self.live.late.remove(&room);
            return Ok(true);
        }
        self.live.late.insert(room, start);
        self.judge_beginnings()?;
        Ok(false)
    }

    /// Whether a membership that ended at `head` is an earlier one: the room has been entered again since
    /// its log was asked for, and asked for again.
    pub(crate) fn is_over(&self, log: LogId, head: Seq) -> Result<bool> {
        let row = log.room().map(|room| self.db.room(room)).transpose()?;
        Ok(row.flatten().is_some_and(|row| head < row.from_seq))
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
            if !self.is_late(room, start)? {
                continue;
            }
            if self.welcome_after(room, row.from_seq)? {
                self.live.late.insert(room, start);
                continue;
            }
            let text = match self.db.position(LogId::Room(room))? {
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

    /// Whether there is something between where this device stands in a room, or what brought it in, and
    /// the entries after `start`.
    fn is_late(&self, room: RoomId, start: Seq) -> Result<bool> {
        let Some(row) = self.db.room(room)? else {
            return Ok(false);
        };
        Ok(match self.db.position(LogId::Room(room))? {
            Some(here) => row.reads_on() && start > here.seq,
            None => row.from_seq != 0 && start >= row.from_seq,
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::EngineOptions;
    use crate::store::StoreKey;
    use crate::store::logs::Position;
    use crate::store::rooms::Status;
    use lacre_wire::answer::{OpenState, OpenedLog};
    use lacre_wire::ids::{Hash, Lineage};
    use lacre_wire::log::Cursor;
    use lacre_wire::room::RoomKind;

    #[test]
    fn an_answer_about_a_membership_that_is_over_begins_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let options = EngineOptions {
            path: folder.path().to_owned(),
            key: StoreKey::new([7; 32]),
            client: "test".to_owned(),
        };
        let mut engine = Engine::open(options, 0).unwrap();
        let (room, kind) = (RoomId([3; 16]), RoomKind::Group);
        let joined = Status::Joined;
        let r = engine.db.add_room(room, kind, 0, joined, None, 0).unwrap();
        engine.db.set_from_seq(r, 9).unwrap();
        let log = LogId::Room(room);
        let chain = Hash([0; 32]);
        for (seq, head, closed, here) in [(6, 7, true, None), (8, 10, false, Some(8))] {
            let start = Cursor {
                lineage: Lineage([0; 16]),
                seq,
                chain,
            };
            let state = OpenState::Live {
                start,
                head,
                closed,
            };
            engine.on_opened(OpenedLog { log, state }).unwrap();
            let here = here.map(|seq| Position { seq, chain });
            assert_eq!(engine.db.position(log).unwrap(), here);
        }
        assert_eq!(engine.db.room(room).unwrap().unwrap().until_seq, None);
    }
}
