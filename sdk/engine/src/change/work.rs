//! What can be done now, is done now: called after everything that may have changed something.

use super::Intent;
use super::readmit::readmitted_next;
use crate::engine::Engine;
use crate::error::Result;
use crate::live::{Asked, Turn};
use crate::store::changes::ChangeRow;
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::ids::{Millis, RoomId};
use lacre_wire::request::Request;
use lacre_wire::room::JoinRule;
use std::collections::HashSet;

impl Engine {
    /// Goes on with everything that can go on.
    pub(crate) fn work(&mut self, now: Millis) {
        let done = self.note_dropped(now).and_then(|()| self.try_work(now));
        if let Err(error) = done {
            self.report(error);
        }
    }

    fn try_work(&mut self, now: Millis) -> Result<()> {
        if !self.live.online || !self.live.listed {
            return Ok(());
        }
        self.welcomes_missed(now);
        self.use_welcomes(now)?;
        self.join_timers(now)?;
        self.pay_room_keys(now)?;
        self.pay_rooms(now)?;
        self.plan_repairs(now)?;
        self.rejoin_prepared()?;
        let mut changes = self.db.changes()?;
        changes.sort_by_key(|change| !change.intent.is_repair());
        let mut started = HashSet::new();
        for change in &changes {
            // One change of a room at a time, in the order they were asked for.
            if change.room.is_some_and(|room| !started.insert(room))
                || self.live.busy_changes.contains(&change.id)
            {
                continue;
            }
            if let Err(error) = self.start_change(change, now) {
                self.change_failed(change.id, error)?;
            }
        }
        let on_duty: Vec<RoomId> = self
            .live
            .rooms
            .iter()
            .filter(|(_, live)| live.has_duties())
            .map(|(room, _)| *room)
            .collect();
        for room in on_duty {
            if let Some(row) = self
                .db
                .room(room)?
                .filter(|row| row.status == Status::Joined)
            {
                self.room_duties(&row, &started, now)?;
            }
        }
        for r in self.db.rooms_with_outbox()? {
            if let Some(row) = self.db.room_by_ref(r)? {
                self.pump(&row, now)?;
            }
        }
        Ok(())
    }

    fn start_change(&mut self, change: &ChangeRow, now: Millis) -> Result<()> {
        match (&change.intent, change.room) {
            (Intent::CreateGroup { .. } | Intent::CreateDirect { .. }, Some(room)) => {
                self.start_creation(change, room, now)
            }
            (Intent::Join { .. }, Some(room)) => self.start_join(change, room, now),
            (Intent::Repair, Some(_)) => self.start_repair(change, now),
            (Intent::Rejoin, Some(_)) => self.start_rejoin(change, now),
            (Intent::Approve { device }, _) => {
                self.live.busy_changes.insert(change.id);
                self.approve(change.id, *device, now)
            }
            (Intent::Leave, Some(room)) => {
                // Where nobody stays who could commit it, the relay ends the room by itself.
                let row = self.joined_room(room)?;
                if self.may_send(&row, now)? {
                    self.live.busy_changes.insert(change.id);
                    self.propose_to_leave(&row, change.id)?;
                }
                Ok(())
            }
            (Intent::Invite { accounts, .. }, Some(room)) => {
                let row = self.joined_room(room)?;
                match self.live.claimed.contains_key(&change.id) {
                    true => self.want_turn(&row, false, now),
                    false => {
                        self.live.busy_changes.insert(change.id);
                        self.claim(change.id, row.kind.suite(), accounts.clone());
                        Ok(())
                    }
                }
            }
            (
                Intent::Readmit {
                    accounts,
                    now: these,
                },
                Some(room),
            ) => {
                let row = self.joined_room(room)?;
                match self.live.claimed.contains_key(&change.id) {
                    true => self.want_turn(&row, false, now),
                    false => {
                        self.live.busy_changes.insert(change.id);
                        let next = readmitted_next(accounts, these);
                        self.claim_each(change.id, row.kind.suite(), &next);
                        Ok(())
                    }
                }
            }
            (intent, Some(room)) => {
                let row = self.joined_room(room)?;
                let removal = match intent {
                    Intent::Remove { .. } => true,
                    Intent::Ban { account } => self.accounts(&row)?.contains(account),
                    _ => false,
                };
                self.want_turn(&row, removal, now)
            }
            (_, None) => Ok(()),
        }
    }

    /// What the relay asked this device to do for a room, when it has no change of its own under way.
    fn room_duties(&mut self, row: &RoomRow, started: &HashSet<RoomId>, now: Millis) -> Result<()> {
        if self.resend_commit(row, now)? {
            return Ok(());
        }
        let live = self.live.room(row.id);
        if !live.to_let_in.is_empty() && !started.contains(&row.id) {
            let accounts: Vec<_> = std::mem::take(&mut live.to_let_in).into_iter().collect();
            // Into a room that is not open the relay names nobody: it would be adding by itself.
            if self.view(row)?.state.join_rule != JoinRule::Open {
                tracing::warn!(room = %row.id, "the relay asks to let people into a closed room");
                return Ok(());
            }
            self.atomically(|e| {
                e.db.add_change(
                    Some(row.id),
                    &Intent::Invite {
                        accounts: accounts.clone(),
                        by_request: true,
                    },
                )
            })?;
            let changes = self.db.changes()?;
            if let Some(change) = changes.iter().find(|change| change.room == Some(row.id)) {
                self.start_change(change, now)?;
            }
            return Ok(());
        }
        if live.commit_wanted || live.renew_wanted {
            self.want_turn(row, true, now)?;
        }
        Ok(())
    }

    /// Asks for the turn to commit, if this device may use it now.
    fn want_turn(&mut self, row: &RoomRow, removal: bool, now: Millis) -> Result<()> {
        if !self.may_send(row, now)? {
            return Ok(());
        }
        let epoch = self
            .groups
            .get(&self.provider, row.id, row.generation)?
            .epoch()
            .as_u64();
        let live = self.live.room(row.id);
        if live.turn != Turn::None {
            return Ok(());
        }
        live.turn = Turn::Asked;
        let request = Request::CommitTurn {
            room: row.id,
            generation: row.generation,
            epoch,
            removal,
        };
        self.ask(request, Asked::Turn { room: row.id });
        Ok(())
    }
}
