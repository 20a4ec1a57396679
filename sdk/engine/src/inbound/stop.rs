//! A room that cannot be followed stops; the others go on, and nothing it holds is lost.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::live::Asked;
use crate::store::repair::Healing;
use lacre_wire::codec;
use lacre_wire::identity::Label;
use lacre_wire::ids::{LogId, RoomId, Seq};
use lacre_wire::log::{Entry, EntryKind};
use lacre_wire::request::{BadCommit, ClientFrame, Request, SignedBadCommit};

/// How a room that stopped for this reason may come back by itself: not where the relay shows
/// different histories, nor where this program is too old to follow.
fn healing(error: &Error) -> Option<Healing> {
    match (error.code(), error.kind()) {
        ("LogForked", _) => None,
        ("LogReset", _) => Some(Healing::Reset),
        ("Trimmed", _) | (_, ErrorKind::Security) => Some(Healing::Cut),
        _ => None,
    }
}

impl Engine {
    /// Stops a room, and tells why.
    pub(crate) fn stop_room(&mut self, room: RoomId, error: Error) {
        let healing = healing(&error);
        let stopped = self.db.room(room).and_then(|row| match row {
            Some(row) => self.db.stop(row.r, &error.to_string(), healing),
            None => Ok(()),
        });
        if let Err(error) = stopped {
            self.report(error);
        }
        self.live.rooms.remove(&room);
        self.live.held.remove(&LogId::Room(room));
        if self.live.online {
            self.send_frame(ClientFrame::Close {
                logs: vec![LogId::Room(room)],
            });
        }
        self.tell(Event::RoomStopped { room, error });
        if healing.is_some()
            && let Err(error) = self.begin_repair(room)
        {
            self.report(error);
        }
    }

    /// A handshake cannot be applied: the relay is told with a signed statement, and the room stops.
    pub(crate) fn refuse_commit(
        &mut self,
        room: RoomId,
        seq: Seq,
        error: Error,
        entries: &[Entry],
    ) {
        // Only what is wrong with the commit is reported, not what this program cannot follow.
        if error.kind() != ErrorKind::Security {
            self.stop_room(room, error);
            return;
        }
        if let (Some(entry), Ok(me)) = (
            entries
                .iter()
                .find(|entry| entry.seq == seq && entry.kind == EntryKind::Commit),
            self.me(),
        ) {
            let reason: String = format!("{}: {error}", error.code())
                .chars()
                .take(256)
                .collect();
            let statement = codec::to_vec(&BadCommit {
                room,
                generation: entry.generation,
                epoch: entry.epoch,
                seq,
                commit: entry.body.hash(),
                reason,
            });
            let signature = me.secrets.device().sign(Label::BadCommit, &statement);
            let signed = SignedBadCommit {
                statement: statement.into(),
                signature,
            };
            if self.live.online {
                self.ask(Request::BadCommit(signed), Asked::BadCommit);
            }
        }
        self.stop_room(room, error);
    }
}
