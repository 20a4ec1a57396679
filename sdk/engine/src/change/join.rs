//! Joining an open room: a member is asked to add this account; if none does, an external commit.
//!
//! The external commit is built on a scratch provider. A newcomer has no older state to lose, so its
//! group is stored together with the commit, and dropped if the commit loses.

use super::Intent;
use crate::content::RoomKey;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Done, Event};
use crate::live::{Asked, Joining};
use crate::mls::{BuiltCommit, External, ScratchProvider, join_from_outside};
use crate::session::{Uploads, unexpected};
use crate::store::changes::ChangeRow;
use crate::store::messages::Kind;
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::answer::{Answer, GroupInfoAnswer, JoinAnswer};
use lacre_wire::hash::sha256;
use lacre_wire::ids::{LogId, Millis, RoomId};
use lacre_wire::log::{Entry, EntryKind};
use lacre_wire::request::Request;
use openmls_traits::OpenMlsProvider;

/// How long a Welcome may take that the relay says has been sent.
const WELCOME_MS: Millis = 5_000;

impl Engine {
    pub(crate) fn start_join(
        &mut self,
        change: &ChangeRow,
        room: RoomId,
        now: Millis,
    ) -> Result<()> {
        let live = self.live.room(room);
        if live.not_before > now {
            return Ok(());
        }
        live.not_before = 0;
        match self.db.room(room)? {
            Some(row) if row.status == Status::Joined => self.atomically(|e| e.joins_done(room)),
            // An external commit from an earlier session: the log says whether it arrived.
            Some(row) if row.status == Status::Joining => {
                self.live.busy_changes.insert(change.id);
                self.live.joining.insert(room, Joining::of(change.id));
                self.open_room(room)
            }
            _ => {
                self.live.busy_changes.insert(change.id);
                self.live.joining.insert(room, Joining::of(change.id));
                self.ask(
                    Request::Join { room },
                    Asked::Join {
                        room,
                        change: change.id,
                    },
                );
                Ok(())
            }
        }
    }

    pub(crate) fn on_join(
        &mut self,
        room: RoomId,
        change: i64,
        answer: Answer,
        now: Millis,
    ) -> Result<()> {
        match answer {
            Answer::Join(JoinAnswer::Asked { wait_ms }) => {
                if let Some(joining) = self.live.joining.get_mut(&room) {
                    joining.commit_at = Some(now + wait_ms);
                }
                Ok(())
            }
            Answer::Join(JoinAnswer::CommitYourself) => {
                self.ask(
                    Request::GroupInfo { room },
                    Asked::GroupInfo { room, change },
                );
                Ok(())
            }
            // The Welcome is on its way through the inbox. One that cannot be used never opens the
            // room: then this device comes in anew, in place of the leaf it cannot use.
            Answer::Join(JoinAnswer::AlreadyIn) => {
                if let Some(joining) = self.live.joining.get_mut(&room) {
                    joining.already_in = true;
                    joining.commit_at = Some(now + WELCOME_MS);
                }
                Ok(())
            }
            Answer::Failed(error) => {
                self.live.joining.remove(&room);
                if error.code.is_retryable() {
                    self.live.busy_changes.remove(&change);
                    self.live.room(room).not_before = now + error.retry_after_ms.unwrap_or(500);
                    return Ok(());
                }
                self.change_failed(change, error.into())
            }
            _ => Err(unexpected()),
        }
    }

    /// Nobody answered in time: the relay says whether others are being let in, or the way in is an
    /// external commit now.
    pub(crate) fn join_timers(&mut self, now: Millis) -> Result<()> {
        let due: Vec<(RoomId, i64, bool)> = self
            .live
            .joining
            .iter_mut()
            .filter(|(_, joining)| joining.commit_at.is_some_and(|at| at <= now))
            .map(|(room, joining)| {
                joining.commit_at = None;
                (*room, joining.change, joining.already_in)
            })
            .collect();
        for (room, change, already_in) in due {
            match already_in {
                true => self.ask(
                    Request::GroupInfo { room },
                    Asked::GroupInfo { room, change },
                ),
                false => self.ask(Request::Join { room }, Asked::Join { room, change }),
            }
        }
        let prepared: Vec<RoomId> = self
            .live
            .joining
            .iter()
            .filter(|(_, joining)| joining.info.is_some())
            .map(|(room, _)| *room)
            .collect();
        prepared
            .into_iter()
            .try_for_each(|room| self.commit_from_outside(room, now))
    }

    pub(crate) fn on_group_info(
        &mut self,
        room: RoomId,
        change: i64,
        answer: Answer,
    ) -> Result<()> {
        match answer {
            Answer::GroupInfo(info) => {
                if let Some(joining) = self.live.joining.get_mut(&room) {
                    joining.info = Some(info);
                }
                Ok(())
            }
            Answer::Failed(error) => {
                self.live.joining.remove(&room);
                self.change_failed(change, error.into())
            }
            _ => Err(unexpected()),
        }
    }

    /// Builds and sends the external commit, once the objects it needs are here.
    fn commit_from_outside(&mut self, room: RoomId, now: Millis) -> Result<()> {
        let Some(info) = self
            .live
            .joining
            .get(&room)
            .and_then(|joining| joining.info.clone())
        else {
            return Ok(());
        };
        let (group_info, tree) = (self.payload(&info.group_info), self.object(info.tree));
        let (Some(group_info), Some(tree)) = (group_info, tree) else {
            return Ok(());
        };
        if let Some(joining) = self.live.joining.get_mut(&room) {
            joining.info = None;
        }
        let sent = self.atomically(|e| e.send_external(room, &info, &group_info, &tree, now));
        if let Err(error) = sent {
            let change = self
                .live
                .joining
                .remove(&room)
                .map(|joining| joining.change);
            return match change {
                Some(change) => self.change_failed(change, error),
                None => Err(error),
            };
        }
        Ok(())
    }

    fn send_external(
        &mut self,
        room: RoomId,
        info: &GroupInfoAnswer,
        group_info: &[u8],
        tree: &[u8],
        now: Millis,
    ) -> Result<()> {
        let me = self.me()?;
        let identity = me.leaf()?;
        let External { scratch, built } = join_from_outside(
            &me.signer,
            &identity,
            group_info,
            tree,
            room,
            info.generation,
        )?;
        if let Some(row) = self.db.room(room)? {
            self.forget_group(&row)?;
        }
        self.absorb(scratch)?;
        let peer = self.peer_of(&built.next);
        let r = self.db.add_room(
            room,
            built.next.state.kind,
            info.generation,
            Status::Joining,
            peer,
            now,
        )?;
        self.db.forget_log(LogId::Room(room))?;
        self.db.keep_view(r, &built.next)?;
        // A newcomer has no K_room yet; number 0 says that the MAC means nothing.
        self.commit_external(room, r, built, (0, &RoomKey::new([0; 32])))
    }

    /// Moves a group that was built on a scratch provider into the store.
    pub(super) fn absorb(&mut self, scratch: ScratchProvider) -> Result<()> {
        self.provider.storage().absorb(scratch).map_err(|e| {
            Error::new(
                ErrorKind::Store,
                "StoreFailed",
                format!("the room's keys could not be stored: {e}"),
            )
        })?;
        Ok(())
    }

    /// Sends an external commit; it counts when it is reached in the log.
    pub(super) fn commit_external(
        &mut self,
        room: RoomId,
        r: i64,
        built: BuiltCommit,
        (number, key): (u32, &RoomKey),
    ) -> Result<()> {
        let hash = sha256(&[&built.commit]);
        self.db.set_commit(r, Some((hash, &[])))?;
        let (mut uploads, commit, info) = (Uploads::default(), built.commit, built.group_info);
        let bundle = self.bundle(&mut uploads, commit, info, None, key, number)?;
        self.ask_after(
            uploads,
            Request::Commit { room, bundle },
            Asked::Commit { room, hash },
        );
        Ok(())
    }

    /// What stands before the own way in, where this device had a leaf that it could not use: it was
    /// there and could not follow, which is shown where something was said.
    pub(crate) fn before_entering(&mut self, row: &RoomRow, entry: &Entry) -> Result<()> {
        match entry.kind {
            EntryKind::Message => self.placeholder(row, entry, Kind::Unreadable, "WhileRepaired"),
            _ => Ok(()),
        }
    }

    /// The own external commit was reached in the log: this device is in.
    pub(crate) fn joined_from_outside(&mut self, row: &RoomRow, entry: &Entry) -> Result<()> {
        self.db.set_status(row.r, Status::Joined, None)?;
        self.db.set_commit(row.r, None)?;
        self.db.set_from_seq(row.r, entry.seq)?;
        self.live.joining.remove(&row.id);
        self.look_up_members(row.r)?;
        self.tell(Event::RoomAdded(row.id));
        self.note_own_entry(row, entry.seq, entry.accepted_ms)?;
        self.joins_done(row.id)
    }

    /// Another commit was first: start again from the room's new state.
    pub(crate) fn external_commit_lost(&mut self, row: &RoomRow) -> Result<()> {
        self.atomically(|e| {
            e.forget_group(row)?;
            e.db.forget_log(LogId::Room(row.id))?;
            e.db.drop_room(row.r)
        })?;
        self.live.rooms.remove(&row.id);
        match self.live.joining.get(&row.id).map(|joining| joining.change) {
            Some(change) => {
                self.ask(
                    Request::GroupInfo { room: row.id },
                    Asked::GroupInfo {
                        room: row.id,
                        change,
                    },
                );
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Whoever waited to be in a room is in it.
    pub(crate) fn joins_done(&mut self, room: RoomId) -> Result<()> {
        let here = self.db.room(room)?.and_then(|row| row.peer);
        for change in self.db.changes()? {
            let Intent::Join { peer } = change.intent else {
                continue;
            };
            if change.room == Some(room) {
                // Whoever asked for the room with one person is not given another's.
                let result = match peer.is_none() || peer == here {
                    true => Ok(Done::Room(room)),
                    false => Err(unexpected()),
                };
                self.change_ends(change.id, result)?;
            }
        }
        Ok(())
    }
}
