//! A way back for one device: where only this one could not follow a room, it comes in again from
//! outside, in place of its old leaf.
//!
//! Whoever could not verify one commit must not believe whatever comes after it. So the state that is
//! entered has to be vouched for: its GroupInfo carries a MAC under the room's key, which the relay
//! has not, and it has to be the same kind of room, in a direct one between the same two.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::live::Asked;
use crate::mls::{External, join_from_outside};
use crate::profile;
use crate::session::unexpected;
use crate::store::changes::ChangeRow;
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::answer::{Answer, GroupInfoAnswer};
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{Millis, RoomId};
use lacre_wire::log::Entry;
use lacre_wire::request::Request;
use lacre_wire::room::{RoomKind, RoomView};
use std::collections::BTreeSet;

/// Patience where the relay names none.
const RETRY_MS: Millis = 500;
/// How long the log is read before a commit that was not met in it counts as lost.
const LOST_MS: Millis = 5_000;

impl Engine {
    pub(crate) fn start_rejoin(&mut self, change: &ChangeRow, now: Millis) -> Result<()> {
        let row = change
            .room
            .map(|room| self.db.room(room))
            .transpose()?
            .flatten();
        let Some(row) = row.filter(|row| row.status == Status::Stopped && row.healing.is_some())
        else {
            return self.change_done(change.id);
        };
        let live = self.live.room(row.id);
        if live.frozen {
            // An owner opens the next generation, and takes this device along.
            return self.change_done(change.id);
        }
        if live.not_before > now || !live.open {
            return Ok(());
        }
        live.not_before = 0;
        if row.commit_hash.is_some() {
            // From an earlier session: read to the head, the log would have had it.
            live.not_before = now + LOST_MS;
            self.db.set_commit(row.r, None)?;
            return Ok(());
        }
        self.live.busy_changes.insert(change.id);
        let (room, change) = (row.id, change.id);
        self.ask(Request::GroupInfo { room }, Asked::Rejoin { room, change });
        Ok(())
    }

    pub(crate) fn on_rejoin_info(
        &mut self,
        room: RoomId,
        change: i64,
        answer: Answer,
        now: Millis,
    ) -> Result<()> {
        match answer {
            Answer::GroupInfo(info) => {
                self.live.rejoining.insert(room, (change, info));
                self.rejoin_prepared()
            }
            // It was told when this device did not listen: the way back is another.
            Answer::Failed(error) if error.code == ErrorCode::RoomFrozen => {
                self.change_done(change)?;
                self.room_frozen(room)
            }
            Answer::Failed(error) if error.code.is_retryable() => {
                self.live.busy_changes.remove(&change);
                self.live.room(room).not_before =
                    now + error.retry_after_ms.unwrap_or(RETRY_MS).max(1);
                Ok(())
            }
            Answer::Failed(error) => self.change_failed(change, error.into()),
            _ => Err(unexpected()),
        }
    }

    /// Goes on where the objects have come.
    pub(crate) fn rejoin_prepared(&mut self) -> Result<()> {
        let waiting: Vec<_> = self
            .live
            .rejoining
            .iter()
            .map(|(room, (change, info))| (*room, *change, info.clone()))
            .collect();
        for (room, change, info) in waiting {
            let (group_info, tree) = (self.payload(&info.group_info), self.object(info.tree));
            let (Some(group_info), Some(tree)) = (group_info, tree) else {
                continue;
            };
            self.live.rejoining.remove(&room);
            let sent = self.atomically(|e| e.send_rejoin(room, &info, &group_info, &tree));
            if let Err(error) = sent {
                tracing::warn!(%room, %error, "the way back into a room is not open");
                self.change_failed(change, error.clone())?;
                self.report(error);
            }
        }
        Ok(())
    }

    fn send_rejoin(
        &mut self,
        room: RoomId,
        info: &GroupInfoAnswer,
        group_info: &[u8],
        tree: &[u8],
    ) -> Result<()> {
        let Some(row) = self.db.room(room)? else {
            return Ok(());
        };
        self.check_vouched(&row, info, group_info)?;
        let before = self.view(&row)?;
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
        check_same_room(&before, &built.next)?;
        let mut replaced = row.clone();
        replaced.generation = info.generation;
        self.forget_group(&replaced)?;
        self.absorb(scratch)?;
        let (number, key) = self
            .db
            .room_key(row.r)?
            .ok_or_else(|| Error::internal("a vouched room without a key"))?;
        self.commit_external(room, row.r, built, (number, &key))
    }

    /// Whether somebody who holds the room's key stands by a GroupInfo.
    fn check_vouched(
        &self,
        row: &RoomRow,
        info: &GroupInfoAnswer,
        group_info: &[u8],
    ) -> Result<()> {
        let refused = |text: &str| Err(Error::new(ErrorKind::Security, "NotVouched", text));
        if info.generation < row.generation {
            return refused("the relay offers a group that the room has left behind");
        }
        match self.db.room_key_numbered(row.r, info.key_number)? {
            Some(key) if profile::gi_mac(&key, group_info) == info.gi_mac => Ok(()),
            Some(_) => refused(
                "the room's present state is not vouched for by any member; the relay may have made it up",
            ),
            None => refused(
                "this device lacks the key under which the room's present state is vouched for; ask a member to remove and invite you again",
            ),
        }
    }

    /// The own external commit did not make it: it is built again on the present state.
    pub(crate) fn rejoin_lost(&mut self, row: &RoomRow, now: Millis) -> Result<()> {
        self.db.set_commit(row.r, None)?;
        self.live.room(row.id).not_before = now + RETRY_MS;
        for change in self.db.changes()? {
            if change.room == Some(row.id) && change.intent.is_repair() {
                self.live.busy_changes.remove(&change.id);
            }
        }
        Ok(())
    }

    /// The own external commit was reached in the log: this device is back.
    pub(crate) fn rejoined(&mut self, row: &RoomRow, entry: &Entry) -> Result<()> {
        let mut next = row.clone();
        next.generation = entry.generation;
        let view = self.view(&next)?;
        // Who was in the room when it stopped has not just come.
        let before: BTreeSet<_> = self.db.member_accounts(row.r)?.into_iter().collect();
        self.go_on(row, entry, &before, &view, false)
    }
}

/// A room stays what it is, whoever vouches for it.
fn check_same_room(before: &RoomView, next: &RoomView) -> Result<()> {
    let pair = |view: &RoomView| view.state.roles.keys().copied().collect::<Vec<_>>();
    let same = before.state.kind == next.state.kind
        && (before.state.kind != RoomKind::Direct || pair(before) == pair(next));
    match same {
        true => Ok(()),
        false => Err(Error::new(
            ErrorKind::Security,
            "NotVouched",
            "what is offered as the room is another one",
        )),
    }
}
