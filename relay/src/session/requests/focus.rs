//! Focus: which rooms' hints the session hears and sends.
//!
//! Only rooms whose logs flow on the session count, so nothing is asked of the store, and who is
//! removed stops watching at the moment it stops reading.

use crate::session::Session;
use crate::session::logs::Mode;
use lacre_wire::answer::Answer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::{LogId, RoomId, Seq};
use lacre_wire::limits::MAX_FOCUS;
use std::collections::BTreeSet;

impl Session {
    pub(in crate::session) fn focus(&mut self, id: u32, rooms: Vec<RoomId>) {
        if rooms.len() > MAX_FOCUS {
            let text = format!(
                "a session watches at most {MAX_FOCUS} rooms, {} were asked",
                rooms.len()
            );
            let error = WireError::new(ErrorCode::TooLarge, text);
            return self.answer(id, Answer::Failed(error));
        }
        let wanted: BTreeSet<RoomId> = rooms.into_iter().filter(|room| self.reads(*room)).collect();
        let watchers = &self.context.service.watchers;
        let session = self.context.mailbox.number;
        for room in self.watched.difference(&wanted) {
            watchers.leave(*room, session);
        }
        for room in wanted.difference(&self.watched) {
            watchers.enter(*room, session, &self.link);
        }
        self.watched = wanted;
        self.answer(id, Answer::Ok);
    }

    /// Whether the room's log flows here, without an end.
    fn reads(&mut self, room: RoomId) -> bool {
        let slot = self.logs.slot(&LogId::Room(room));
        let log = slot.and_then(|slot| self.logs.get(slot));
        log.is_some_and(|log| log.until == Seq::MAX && !matches!(log.mode, Mode::Opening))
    }

    /// The session reads a log no longer, or not to its end.
    pub(in crate::session) fn unwatch(&mut self, log: LogId) {
        if let LogId::Room(room) = log
            && self.watched.remove(&room)
        {
            let session = self.context.mailbox.number;
            self.context.service.watchers.leave(room, session);
        }
    }
}
