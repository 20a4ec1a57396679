//! A commit: judged by the same rules as at the relay, then merged. An own commit is merged here,
//! when it is reached in the log, and nowhere else.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::mls::{invalid, protocol_message, store_proposals};
use crate::profile;
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::ids::AccountId;
use lacre_wire::log::{Body, Entry};
use lacre_wire::room::mls::{JudgeError, Judgement, Leaves, Staged, judge_member, state_of};
use lacre_wire::room::{RoomKind, RoomView};
use openmls_traits::OpenMlsProvider;
use std::collections::BTreeSet;

impl Engine {
    pub(crate) fn apply_commit(&mut self, row: &RoomRow, entry: &Entry) -> Result<()> {
        // The commit that added this device was applied through its Welcome.
        if entry.seq <= row.from_seq {
            return self.db.time_notices(row.r, entry.seq, entry.accepted_ms);
        }
        let own = row.commit_hash == Some(entry.body.hash());
        // An external commit of this device: the group is at its epoch already.
        if own && row.status == Status::Joining {
            return self.joined_from_outside(row, entry);
        }
        let bytes = match &entry.body {
            Body::Inline(bytes) => bytes.to_vec(),
            Body::ByHash { hash, .. } => match self.live.objects.get(hash) {
                Some(bytes) => bytes.clone(),
                None => {
                    return Err(Error::new(
                        ErrorKind::Relay,
                        "BodyMissing",
                        "a commit's body has not been fetched",
                    ));
                }
            },
            Body::Gone { .. } => {
                return Err(Error::new(
                    ErrorKind::NotFound,
                    "Trimmed",
                    "the relay no longer holds a commit that this device needs",
                ));
            }
        };
        let proposals = self.db.proposals(row.r, entry.epoch)?;
        let before = self.accounts(row)?;
        let now = entry.accepted_ms;
        let group = self.groups.get(&self.provider, row.id, row.generation)?;
        if group.epoch().as_u64() != entry.epoch {
            return Err(invalid(
                "a commit stands at the wrong place",
                format!(
                    "it is for epoch {}, the room is at {}",
                    entry.epoch,
                    group.epoch().as_u64()
                ),
            ));
        }
        if !own {
            // Somebody else was first: the own attempt is void, and will be planned again.
            group
                .clear_pending_commit(self.provider.storage())
                .map_err(|e| invalid("a pending commit could not be dropped", e))?;
        }
        store_proposals(&self.provider, group, &proposals, now)?;
        let judged =
            judge_member(group, &self.provider, protocol_message(&bytes)?, now).map_err(refused)?;
        let Judgement::Commit(judged) = judged else {
            return Err(invalid("a commit was expected", "a proposal came"));
        };
        let removed = match judged.staged {
            Staged::OwnPending => {
                group
                    .merge_pending_commit(&self.provider)
                    .map_err(|e| invalid("the own commit could not be merged", e))?;
                false
            }
            Staged::Commit(staged) => {
                let removed = staged.self_removed();
                group
                    .merge_staged_commit(&self.provider, *staged)
                    .map_err(|e| invalid("a commit could not be merged", e))?;
                removed
            }
        };
        group
            .clear_pending_proposals(self.provider.storage())
            .map_err(|e| invalid("proposals could not be cleared", e))?;
        self.db.drop_proposals(row.r, entry.epoch + 1)?;
        self.db.set_commit(row.r, None)?;
        let live = self.live.room(row.id);
        (live.commit_open, live.commit_wanted) = (false, false);
        live.renew_wanted &= !own;
        self.note_view(row, &judged.next, &before, entry)?;
        self.note_commit(row, &judged.facts, &before, &judged.next, entry)?;
        if judged.facts.is_external() && self.db.room_key(row.r)?.is_some() {
            self.owe_room_keys(row.id, entry.accepted_ms)?;
        }
        if removed {
            let banned = judged.next.state.bans.contains(&self.me()?.card.account);
            tracing::debug!(room = %row.id, seq = entry.seq, banned, "this device is out of the room");
            return self.depart(row, banned);
        }
        if own {
            self.own_commit_reached(row, &judged.next, &before)?;
        }
        Ok(())
    }

    /// The accounts in a room's group, as MLS has them.
    pub(crate) fn accounts(&mut self, row: &RoomRow) -> Result<BTreeSet<AccountId>> {
        let group = self.groups.get(&self.provider, row.id, row.generation)?;
        let leaves =
            Leaves::known(group.members()).map_err(|e| invalid("the members cannot be read", e))?;
        Ok(leaves.devices().map(|device| device.account).collect())
    }

    /// Writes what readers show of a room, and tells who came and went.
    pub(crate) fn note_view(
        &mut self,
        row: &RoomRow,
        view: &RoomView,
        before: &BTreeSet<AccountId>,
        entry: &Entry,
    ) -> Result<()> {
        let me = self.me()?.card.account;
        let after: BTreeSet<AccountId> = view.members.accounts().copied().collect();
        self.db.keep_view(row.r, view)?;
        self.db.touch_room(row.r, entry.accepted_ms)?;
        self.open_profile_of(row, view)?;
        self.members_came(row, after.difference(before).copied(), entry.seq)?;
        let joined = after.difference(before).map(|account| (*account, true));
        let gone = before.difference(&after).map(|account| (*account, false));
        for (account, joined) in joined.chain(gone).filter(|(account, _)| *account != me) {
            let known = self.db.person(account)?;
            let handle = known.map(|info| info.handle).unwrap_or_default();
            let named = self.db.named(row.r, account)?;
            let name = if named.name == named.handle {
                handle.clone()
            } else {
                named.name
            };
            self.tell(Event::Member {
                room: row.id,
                account,
                handle,
                name,
                joined,
                at_ms: entry.accepted_ms,
            });
        }
        self.tell(Event::RoomChanged(row.id));
        self.look_up_members(row.r)
    }

    /// Opens the name again: a key has come.
    pub(crate) fn open_profile(&mut self, row: &RoomRow) -> Result<()> {
        let group = self.groups.get(&self.provider, row.id, row.generation)?;
        let state = state_of(group.extensions())
            .map_err(|e| invalid("the room's state cannot be read", e))?;
        let view = RoomView {
            state,
            members: Default::default(),
        };
        self.open_profile_of(row, &view)?;
        self.tell(Event::RoomChanged(row.id));
        Ok(())
    }

    pub(crate) fn open_profile_of(&mut self, row: &RoomRow, view: &RoomView) -> Result<()> {
        let Some(sealed) = view
            .state
            .profile
            .as_ref()
            .filter(|_| view.state.kind != RoomKind::Direct)
        else {
            return Ok(());
        };
        let Some(key) = self.db.room_key_numbered(row.r, sealed.key_number)? else {
            return Ok(());
        };
        match profile::open(sealed, row.id, &key) {
            Ok(profile) => self.db.set_room_name(row.r, Some(&profile.name)),
            Err(error) => {
                self.report(error);
                Ok(())
            }
        }
    }
}

/// Why a commit was not followed: it is not allowed, or this program is too old to tell.
fn refused(error: JudgeError) -> Error {
    match error {
        JudgeError::Refused(refusal) if refusal.needs_newer_version() => {
            let text = "the room was changed in a way this version does not know; update Lacre";
            Error::new(ErrorKind::Outdated, "NeedsNewerVersion", text).with_source(refusal)
        }
        other => invalid("a commit was refused", other),
    }
}
