//! A room that cannot be followed stops; the others go on, and nothing it holds is lost.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::live::Asked;
use crate::mls::{external_pub, is_from_outside};
use crate::store::repair::Healing;
use lacre_wire::codec;
use lacre_wire::identity::Label;
use lacre_wire::ids::{Hash, LogId, RoomId, Seq};
use lacre_wire::log::{Body, Entry, EntryKind};
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
        let commit = entries
            .iter()
            .find(|entry| entry.seq == seq && entry.kind == EntryKind::Commit);
        let external_pub = commit.and_then(|entry| self.derived_key(room, entry));
        if let (Some(entry), Ok(me)) = (commit, self.me()) {
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
                external_pub,
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

    /// For a commit from outside that cannot be applied: the key of the epoch before it, as this device
    /// derives it. If the newcomer was given another, whoever signed that is to blame.
    fn derived_key(&mut self, room: RoomId, entry: &Entry) -> Option<Hash> {
        let bytes = match &entry.body {
            Body::Inline(bytes) => bytes.to_vec(),
            Body::ByHash { hash, .. } => self.live.objects.get(hash)?.clone(),
            Body::Gone { .. } => return None,
        };
        if !is_from_outside(&bytes) {
            return None;
        }
        let row = self.db.room(room).ok()??;
        let group = self
            .groups
            .get(&self.provider, row.id, row.generation)
            .ok()?;
        let signer = &self.me.as_ref()?.signer;
        let here = group.epoch().as_u64() == entry.epoch;
        here.then(|| external_pub(&self.provider, signer, group))?
    }
}
