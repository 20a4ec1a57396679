//! A commit of this device: built when the turn comes, kept until it is reached in the log.

use super::Intent;
use super::plan::clear_roles;
use crate::content::RoomKey;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Done;
use crate::live::{Asked, Turn};
use crate::mls::{BuiltCommit, Plan, build_commit, invalid, protocol_message};
use crate::session::{Uploads, unexpected};
use crate::store::changes::ChangeRow;
use crate::store::rooms::RoomRow;
use lacre_wire::answer::Answer;
use lacre_wire::codec;
use lacre_wire::error::ErrorCode;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{AccountId, DeviceId, Epoch, Millis, RoomId};
use lacre_wire::request::{CommitBundle, Request};
use lacre_wire::room::mls::{Judgement, Leaves, judge_member, state_of};
use lacre_wire::room::{Actor, Change, RoomView};
use minicbor::bytes::ByteVec;
use std::collections::BTreeSet;

/// Patience where the relay names none.
const RETRY_MS: Millis = 300;

impl Engine {
    /// The room as this device's group has it.
    pub(crate) fn view(&mut self, row: &RoomRow) -> Result<RoomView> {
        let group = self.groups.get(&self.provider, row.id, row.generation)?;
        // A commit that is pending shows what will be; before it, what is.
        let leaves =
            Leaves::known(group.members()).map_err(|e| invalid("the members cannot be read", e))?;
        let state = state_of(group.extensions())
            .map_err(|e| invalid("the room's state cannot be read", e))?;
        Ok(RoomView {
            state,
            members: leaves.members(),
        })
    }

    pub(crate) fn on_turn(&mut self, room: RoomId, answer: Answer, now: Millis) -> Result<()> {
        match answer {
            Answer::Turn { .. } => {
                self.live.room(room).turn = Turn::Mine;
                let Some(row) = self.db.room(room)? else {
                    return Ok(());
                };
                self.take_turn(&row, now)
            }
            Answer::WrongEpoch {
                generation, epoch, ..
            } => {
                let live = self.live.room(room);
                live.turn = Turn::None;
                live.behind = Some((generation, epoch));
                Ok(())
            }
            Answer::Failed(error) => {
                if error.code == ErrorCode::CoolingDown {
                    self.live.room(room).turn = Turn::None;
                    return self.commits_not_taken(room, error.into());
                }
                let live = self.live.room(room);
                live.turn = Turn::None;
                live.not_before = now + error.retry_after_ms.unwrap_or(RETRY_MS).max(1);
                if error.code == ErrorCode::RoomFrozen {
                    self.room_frozen(room)
                } else if error.code.is_retryable() {
                    Ok(())
                } else {
                    Err(error.into())
                }
            }
            _ => Err(unexpected()),
        }
    }

    fn take_turn(&mut self, row: &RoomRow, now: Millis) -> Result<()> {
        if row.commit_hash.is_some() {
            // One is under way: another beside it would do the same twice.
            self.give_turn_back(row.id);
            return Ok(());
        }
        let changes: Vec<ChangeRow> = self
            .db
            .changes()?
            .into_iter()
            .filter(|change| change.room == Some(row.id))
            .collect();
        let first = changes
            .first()
            .filter(|change| change.intent.needs_commit());
        let built = self.atomically(|e| e.build(row, first, now));
        match built {
            Ok(true) => {
                // Used up. Its answer may come when the next turn was asked for already.
                self.live.room(row.id).turn = Turn::None;
                Ok(())
            }
            Ok(false) => {
                self.give_turn_back(row.id);
                match first.map(|change| (change.id, &change.intent)) {
                    Some((id, Intent::Readmit { .. })) => self.readmission_goes_on(id, None)?,
                    Some((id, _)) => self.change_done(id)?,
                    None => {}
                }
                let live = self.live.room(row.id);
                (live.commit_wanted, live.renew_wanted) = (false, false);
                Ok(())
            }
            Err(error) => {
                self.give_turn_back(row.id);
                match first {
                    Some(change) if error.kind() != ErrorKind::Store => {
                        self.change_failed(change.id, error)
                    }
                    _ => {
                        let live = self.live.room(row.id);
                        (live.commit_wanted, live.renew_wanted) = (false, false);
                        Err(error)
                    }
                }
            }
        }
    }

    fn give_turn_back(&mut self, room: RoomId) {
        self.live.room(room).turn = Turn::None;
        self.ask(Request::ReleaseTurn { room }, Asked::Release);
    }

    /// Builds the commit for a change (or for proposals that wait) and sends it. False if there is
    /// nothing to commit.
    fn build(&mut self, row: &RoomRow, change: Option<&ChangeRow>, now: Millis) -> Result<bool> {
        let view = self.view(row)?;
        let epoch = self
            .groups
            .get(&self.provider, row.id, row.generation)?
            .epoch()
            .as_u64();
        let (proposals, leaving) = self.waiting(row, epoch, now)?;
        let me = self.me()?;
        if change.is_none() && leaving.contains(&(me.card.account, me.device())) {
            // Nobody commits their own going; another member does.
            return Ok(false);
        }
        let renew = std::mem::take(&mut self.live.room(row.id).renew_wanted);
        let mut plan = match change {
            Some(change) => self.plan(row, change, &view)?,
            None => Plan::default(),
        };
        plan.renew = renew;
        let nothing =
            plan.adds.is_empty() && plan.remove.is_empty() && plan.operations.is_empty() && !renew;
        if nothing && proposals.is_empty() {
            return Ok(false);
        }
        clear_roles(&view, &leaving, &mut plan);
        let me = self
            .me
            .as_ref()
            .ok_or_else(|| Error::internal("no account"))?;
        let group = self.groups.get(&self.provider, row.id, row.generation)?;
        let built = build_commit(&self.provider, &me.signer, group, &proposals, plan, now)?;
        // Without a K_room the MAC says nothing, and number 0 says so.
        let (number, key) = self
            .db
            .room_key(row.r)?
            .unwrap_or((0, RoomKey::new([0; 32])));
        self.send_commit(row, built, &key, number)?;
        Ok(true)
    }

    fn send_commit(
        &mut self,
        row: &RoomRow,
        built: BuiltCommit,
        key: &RoomKey,
        number: u32,
    ) -> Result<()> {
        let hash = sha256(&[&built.commit]);
        let mut uploads = Uploads::default();
        let bundle = self.bundle(
            &mut uploads,
            built.commit,
            built.group_info,
            built.welcome,
            key,
            number,
        )?;
        let saved = SavedCommit {
            bundle: bundle.clone(),
            uploads: uploads.saved(),
        };
        self.db
            .set_commit(row.r, Some((hash, &codec::to_vec(&saved))))?;
        self.ask_after(
            uploads,
            Request::Commit {
                room: row.id,
                bundle,
            },
            Asked::Commit { room: row.id, hash },
        );
        Ok(())
    }

    /// The proposals that wait in this epoch, and whom they take out. Of several that take out the
    /// same device only the first is used: MLS allows one.
    fn waiting(
        &mut self,
        row: &RoomRow,
        epoch: Epoch,
        now: Millis,
    ) -> Result<(Vec<Vec<u8>>, Gone)> {
        let (mut proposals, mut gone) = (Vec::new(), Gone::new());
        for bytes in self.db.proposals(row.r, epoch)? {
            let group = self.groups.get(&self.provider, row.id, row.generation)?;
            let judged = judge_member(group, &self.provider, protocol_message(&bytes)?, now);
            let Ok(Judgement::Proposal(judged)) = judged else {
                continue;
            };
            let removed = match (judged.proposed.change, judged.proposed.actor) {
                (Change::Remove { account, device }, _)
                | (Change::SelfRemove, Actor::Member { account, device }) => {
                    Some((account, device))
                }
                _ => None,
            };
            if removed.is_none_or(|removed| gone.insert(removed)) {
                proposals.push(bytes);
            }
        }
        Ok((proposals, gone))
    }

    /// An own commit was reached and merged: its change is done, and whoever came gets the room's key.
    pub(crate) fn own_commit_reached(
        &mut self,
        row: &RoomRow,
        next: &RoomView,
        before: &BTreeSet<AccountId>,
    ) -> Result<()> {
        let removed = before
            .iter()
            .any(|account| !next.members.has_account(account));
        let changes: Vec<ChangeRow> = self
            .db
            .changes()?
            .into_iter()
            .filter(|change| change.room == Some(row.id))
            .collect();
        let invited = changes
            .first()
            .is_some_and(|change| matches!(change.intent, Intent::Invite { .. }));
        let added = invited
            || next
                .members
                .accounts()
                .any(|account| !before.contains(account));
        match changes.first().map(|change| (change.id, &change.intent)) {
            Some((id, Intent::CreateGroup { .. } | Intent::CreateDirect { .. })) => {
                self.change_ends(id, Ok(Done::Room(row.id)))?;
            }
            None | Some((_, Intent::Leave | Intent::Join { .. })) => {}
            Some((
                id,
                Intent::Invite {
                    accounts,
                    by_request: false,
                },
            )) => {
                if self.invitation_goes_on(id, accounts, next)? {
                    self.change_done(id)?;
                }
            }
            Some((id, Intent::Readmit { .. })) => self.readmission_goes_on(id, Some(next))?,
            Some((id, intent)) if intent_is_met(intent, next) => self.change_done(id)?,
            Some(_) => {}
        }
        if removed {
            self.renew_room_key(row)?;
        }
        match (added, removed) {
            (true, _) => self.send_room_keys(row),
            (false, true) => self.send_newest_room_key(row),
            (false, false) => Ok(()),
        }
    }
}

/// Devices that waiting proposals take out.
pub(super) type Gone = BTreeSet<(AccountId, DeviceId)>;

/// Whether a room is as a change wanted it.
fn intent_is_met(intent: &Intent, next: &RoomView) -> bool {
    match intent {
        Intent::Invite { accounts, .. } => accounts
            .iter()
            .all(|account| next.members.has_account(account)),
        Intent::Remove { account } => !next.members.has_account(account),
        Intent::SetRole { account, role } => next.state.role(account) == *role,
        Intent::SetJoinRule { rule } => next.state.join_rule == *rule,
        Intent::Ban { account } => {
            next.state.bans.contains(account) && !next.members.has_account(account)
        }
        Intent::Unban { account } => !next.state.bans.contains(account),
        Intent::SetListed { name } => next.state.listed == *name,
        Intent::SetDisappearing { seconds } => next.state.disappearing_s == *seconds,
        _ => true,
    }
}

/// A commit under way, as kept in the store.
#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub(super) struct SavedCommit {
    #[n(0)]
    pub(super) bundle: CommitBundle,
    #[n(1)]
    pub(super) uploads: Vec<ByteVec>,
}
