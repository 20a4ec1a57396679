//! A run of entries is one transaction: cursor, MLS state and timeline move together or not at all.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::store::logs::Position;
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::ids::{LogId, Millis, RoomId, Seq};
use lacre_wire::log::{Body, Entry, EntryKind};

/// How a run ended.
enum End {
    /// All of it was applied.
    Applied,
    /// The room cannot be followed past the last applied entry.
    Stopped(Seq, Error),
}

impl Engine {
    /// Applies entries of a log, in order. What was applied before is passed over; a gap is the
    /// relay's fault and ends the session.
    pub(crate) fn apply_run(&mut self, log: LogId, entries: Vec<Entry>, now: Millis) {
        self.later.now = now;
        let entries = self.hold_back(log, entries);
        if entries.is_empty() {
            return;
        }
        let applied = self.atomically(|e| match log {
            LogId::Room(room) => e.apply_room(room, &entries, now),
            LogId::Inbox(_) => e.apply_inbox(&entries).map(|()| End::Applied),
        });
        match applied {
            Ok(end) => {
                if let Ok(Some(position)) = self.db.position(log) {
                    self.ack(log, position.seq, now);
                }
                match log {
                    LogId::Room(room) => {
                        self.compare_checkpoint(room);
                        self.run_committed(room);
                    }
                    LogId::Inbox(_) => {
                        if let Err(error) = self.judge_beginnings() {
                            self.report(error);
                        }
                    }
                }
                if let (End::Stopped(seq, error), LogId::Room(room)) = (end, log) {
                    self.refuse_commit(room, seq, error, &entries);
                }
            }
            Err(error) if error.kind() == ErrorKind::Relay => {
                self.relay_broke_protocol(&error.to_string())
            }
            Err(error) => {
                // The store failed: nothing moved. A new session reads the same entries again.
                let reason = error.to_string();
                self.report(error);
                self.out.push(crate::io::Output::Disconnect {
                    reason,
                    fatal: false,
                });
            }
        }
    }

    /// Large bodies are fetched first: what stands behind one that is not here yet waits.
    fn hold_back(&mut self, log: LogId, mut entries: Vec<Entry>) -> Vec<Entry> {
        if let Some(held) = self.live.held.get_mut(&log) {
            held.append(&mut entries);
            return entries;
        }
        let missing = |e: &mut Self, entry: &Entry| match (&entry.body, entry.kind) {
            (Body::ByHash { hash, .. }, EntryKind::Commit | EntryKind::Proposal) => {
                !e.live.objects.contains_key(hash)
            }
            // Its Welcome is in the inbox, which is read beside.
            (_, EntryKind::Generation) => log
                .room()
                .is_some_and(|room| e.welcome_awaited(room, entry)),
            _ => false,
        };
        if let Some(at) = entries.iter().position(|entry| missing(self, entry)) {
            let held = entries.split_off(at);
            let wanted: Vec<_> = held
                .iter()
                .filter(|entry| entry.kind != EntryKind::Generation && missing(self, entry))
                .map(|entry| entry.body.hash())
                .collect();
            wanted.into_iter().for_each(|hash| drop(self.object(hash)));
            self.live.held.insert(log, held);
        }
        entries
    }

    /// A body has come: goes on where a log waited for it.
    pub(crate) fn resume_held(&mut self, now: Millis) {
        for (log, entries) in std::mem::take(&mut self.live.held) {
            self.apply_run(log, entries, now);
        }
    }

    /// The next position after `entry`, or `None` if it was applied before.
    fn advance(position: Position, entry: &Entry) -> Result<Option<Position>> {
        if entry.seq <= position.seq {
            return Ok(None);
        }
        if entry.seq != position.seq + 1 {
            return Err(Error::new(
                ErrorKind::Relay,
                "LogGap",
                format!("entry {} came after entry {}", entry.seq, position.seq),
            ));
        }
        Ok(Some(Position {
            seq: entry.seq,
            chain: entry.chain(&position.chain),
        }))
    }

    fn apply_room(&mut self, room: RoomId, entries: &[Entry], now: Millis) -> Result<End> {
        if self.live.late.contains_key(&room) {
            return Ok(End::Applied);
        }
        let log = LogId::Room(room);
        let (Some(row), Some(start)) = (self.db.room(room)?, self.db.position(log)?) else {
            return Ok(End::Applied);
        };
        let (mut row, mut position) = (row, start);
        let mut end = End::Applied;
        for entry in entries {
            if !row.is_read() {
                break;
            }
            let Some(next) = Self::advance(position, entry)? else {
                continue;
            };
            // The chain is remembered first: a sender may have seen up to the entry before its own.
            self.db.remember_chain(row.r, next)?;
            match self.savepoint(|e| e.apply_entry(&row, entry, position)) {
                Ok(()) => {}
                Err(error)
                    if error.kind() == ErrorKind::Store || entry.kind == EntryKind::Message =>
                {
                    return Err(error);
                }
                Err(error) => {
                    end = End::Stopped(entry.seq, error);
                    break;
                }
            }
            position = next;
            if entry.kind != EntryKind::Message {
                row = self
                    .db
                    .room(room)?
                    .ok_or_else(|| Error::internal("a room vanished while it was read"))?;
            }
        }
        if position != start {
            self.db.set_position(log, position)?;
            self.db.trim_chain(row.r, position.seq)?;
            self.run_applied(&row, position.seq, now)?;
            self.end_of_reading(&row, position.seq)?;
        }
        Ok(end)
    }

    fn apply_entry(&mut self, row: &RoomRow, entry: &Entry, before: Position) -> Result<()> {
        if row.status == Status::Stopped && entry.kind != EntryKind::Generation {
            return self.pass_over(row, entry);
        }
        if row.status == Status::Joining && row.commit_hash != Some(entry.body.hash()) {
            return self.before_entering(row, entry);
        }
        match entry.kind {
            EntryKind::Message => self.apply_message(row, entry, before),
            EntryKind::Commit => self.apply_commit(row, entry),
            EntryKind::Proposal => match entry.body.bytes() {
                Some(bytes) => self.db.keep_proposal(row.r, entry.seq, entry.epoch, bytes),
                None => Ok(()),
            },
            EntryKind::Generation => self.reach_generation(row, entry),
            // Kinds of inboxes have no place in a room.
            _ => Err(Error::new(
                ErrorKind::Relay,
                "WrongKind",
                "an inbox entry stands in a room's log",
            )),
        }
    }

    fn apply_inbox(&mut self, entries: &[Entry]) -> Result<()> {
        let log = LogId::Inbox(self.me()?.device());
        let Some(mut position) = self.db.position(log)? else {
            return Ok(());
        };
        for entry in entries {
            let Some(next) = Self::advance(position, entry)? else {
                continue;
            };
            if let Err(error) = self.savepoint(|e| e.apply_notice(entry)) {
                if error.kind() == ErrorKind::Store {
                    return Err(error);
                }
                // One bad notice must not hold up the others.
                self.report(error);
            }
            position = next;
        }
        self.db.set_position(log, position)
    }
}
