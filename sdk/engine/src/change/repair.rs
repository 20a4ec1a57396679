//! Repairing a room whose group cannot be followed any more: an owner opens its next generation.
//!
//! A room is repaired so when the relay has frozen it, because several members could not apply a
//! commit, or when the relay's store was reset. Owners wait for each other, in the order of their
//! accounts: one of them is enough. The new group is made from the room as this device followed it
//! last, and entered where the log says that it was opened.

use super::Intent;
use super::gather::Gathered;
use super::readmit::taken_along;
use crate::content::RoomKey;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::live::Asked;
use crate::mls::{Plan, build_commit, create_group};
use crate::profile;
use crate::random;
use crate::session::{Uploads, unexpected};
use crate::store::changes::ChangeRow;
use crate::store::repair::Healing;
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::answer::{Answer, ClaimedAccount};
use lacre_wire::codec;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{Hash, LogId, Millis, RoomId, SubmitId};
use lacre_wire::push::GenerationOpened;
use lacre_wire::request::{OpenGeneration, Payload, Request};
use lacre_wire::room::Role;
use minicbor::bytes::ByteVec;

/// One who stopped waits so long for others to say the same, before it looks for its own way back.
const ALONE_MS: Millis = 3_000;
/// An owner waits so long for each owner before it.
const OWNER_MS: Millis = 2_000;
/// Devices of one account do not all begin at once.
const SPREAD_MS: Millis = 500;
/// Patience where the relay names none.
const RETRY_MS: Millis = 500;

/// A generation that this device asked for, as kept in the store.
#[derive(Debug, Clone, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub(crate) struct Opening {
    #[n(9)]
    request: OpenGeneration,
    #[n(10)]
    uploads: Vec<ByteVec>,
    /// SHA-256 of the GroupInfo that the generation begins with.
    #[n(11)]
    group_info: Hash,
}

impl Opening {
    /// What a room's kept request is, if it is one to open a generation.
    pub(crate) fn of(frame: &[u8]) -> Option<Self> {
        codec::from_slice(frame).ok()
    }

    /// Whether this is the generation that was opened.
    pub(crate) fn is(&self, opened: &GenerationOpened) -> bool {
        self.request.generation == opened.generation
            && opened.group_info == Payload::ByHash(self.group_info)
    }
}

impl Engine {
    /// What this device asked for to repair a room.
    fn opening_of(&self, r: i64) -> Result<Option<Opening>> {
        let frame = self.db.commit_frame(r)?;
        Ok(frame.and_then(|frame| Opening::of(&frame)))
    }

    /// A room stopped, or a session began with one that had: its log flows again, and soon it is
    /// decided how it comes back.
    pub(crate) fn begin_repair(&mut self, room: RoomId) -> Result<()> {
        let Some(row) = self.db.room(room)?.filter(|row| row.healing.is_some()) else {
            return Ok(());
        };
        if !self.live.online {
            return Ok(());
        }
        if row.healing == Some(Healing::Reset) {
            self.db.forget_log(LogId::Room(room))?;
        }
        self.open_room(room)?;
        self.plan_repair(&row, ALONE_MS)
    }

    /// The relay has frozen the room: its owners open the next generation.
    pub(crate) fn room_frozen(&mut self, room: RoomId) -> Result<()> {
        tracing::warn!(%room, "the room is frozen until its next generation");
        let Some(row) = self.db.room(room)?.filter(RoomRow::is_read) else {
            return Ok(());
        };
        if std::mem::replace(&mut self.live.room(room).frozen, true) {
            return Ok(());
        }
        self.plan_repair(&row, 0)
    }

    fn plan_repair(&mut self, row: &RoomRow, patience: Millis) -> Result<()> {
        let [byte] = random::bytes::<1>()?;
        let spread = SPREAD_MS * Millis::from(byte) / 256;
        let turn = self.place_among_owners(row)?.unwrap_or(0);
        let at = self.later.now + patience + turn * OWNER_MS + spread;
        self.live.room(row.id).repair_at = Some(at);
        Ok(())
    }

    /// How many owners come before this account; `None` if it is none.
    fn place_among_owners(&mut self, row: &RoomRow) -> Result<Option<Millis>> {
        let me = self.me()?.card.account;
        let view = self.view(row)?;
        let owners = view
            .members
            .accounts()
            .filter(|account| view.state.role(account) == Role::Owner);
        let before = owners.take_while(|account| **account < me).count();
        let is_owner = view.members.has_account(&me) && view.state.role(&me) == Role::Owner;
        Ok(is_owner.then_some(u64::try_from(before).unwrap_or(u64::MAX)))
    }

    /// Decides how rooms come back whose time has come.
    pub(crate) fn plan_repairs(&mut self, now: Millis) -> Result<()> {
        let due: Vec<RoomId> = self
            .live
            .rooms
            .iter_mut()
            .filter(|(_, live)| live.repair_at.is_some_and(|at| at <= now))
            .map(|(room, live)| {
                live.repair_at = None;
                *room
            })
            .collect();
        for room in due {
            let Some(row) = self.db.room(room)?.filter(RoomRow::is_read) else {
                continue;
            };
            let reset = row.healing == Some(Healing::Reset);
            let intent = match reset || self.live.room(room).frozen {
                true if self.place_among_owners(&row)?.is_some() => Intent::Repair,
                // An owner will.
                true => continue,
                false if row.status == Status::Stopped => Intent::Rejoin,
                false => continue,
            };
            self.atomically(|e| e.want_repair(&row, &intent))?;
        }
        Ok(())
    }

    /// Notes how a room comes back. A way for all takes the place of a way for this device alone.
    fn want_repair(&mut self, row: &RoomRow, intent: &Intent) -> Result<()> {
        for change in self.db.changes()? {
            if change.room != Some(row.id) || !change.intent.is_repair() {
                continue;
            }
            if change.intent == *intent || *intent == Intent::Rejoin {
                return Ok(());
            }
            self.live.rejoining.remove(&row.id);
            self.db.set_commit(row.r, None)?;
            self.change_done(change.id)?;
        }
        self.db.add_change(Some(row.id), intent).map(|_id| ())
    }

    /// The room goes on: nothing is left to repair.
    pub(crate) fn repairs_done(&mut self, room: RoomId) -> Result<()> {
        for change in self.db.changes()? {
            if change.room == Some(room) && change.intent.is_repair() {
                self.live.claiming.remove(&change.id);
                self.change_done(change.id)?;
            }
        }
        Ok(())
    }

    pub(crate) fn start_repair(&mut self, change: &ChangeRow, now: Millis) -> Result<()> {
        let Some(row) = change
            .room
            .map(|room| self.db.room(room))
            .transpose()?
            .flatten()
        else {
            return self.change_done(change.id);
        };
        let opening = self.opening_of(row.r)?;
        let live = self.live.room(row.id);
        let needed = row.status == Status::Stopped || live.frozen || opening.is_some();
        if !needed || !row.is_read() {
            return self.change_done(change.id);
        }
        // What stands in the log is read first: another owner may have been faster.
        let here = self.db.position(LogId::Room(row.id))?;
        let live = self.live.room(row.id);
        let read = here.is_some_and(|here| here.seq >= live.head_at_open);
        if live.not_before > now || !live.open || !read {
            return Ok(());
        }
        live.not_before = 0;
        self.live.busy_changes.insert(change.id);
        if let Some(opening) = opening {
            self.ask_opening(row.id, change.id, opening);
            return Ok(());
        }
        let Some(claimed) = self.live.claimed.remove(&change.id) else {
            let view = self.view(&row)?;
            let accounts = taken_along(&view, self.generation_batch);
            self.claim_each(change.id, row.kind.suite(), &accounts);
            return Ok(());
        };
        let opening = self.atomically(|e| e.build_opening(&row, &claimed, now))?;
        self.ask_opening(row.id, change.id, opening);
        Ok(())
    }

    /// The next group of a room, with everybody of the present one who can be added.
    fn build_opening(
        &mut self,
        row: &RoomRow,
        claimed: &[ClaimedAccount],
        now: Millis,
    ) -> Result<Opening> {
        let view = self.view(row)?;
        let last_good = self
            .groups
            .get(&self.provider, row.id, row.generation)?
            .epoch()
            .as_u64();
        let me = self.me()?;
        let (account, device, identity) = (me.card.account, me.device(), me.leaf()?);
        let Gathered { packages, coming } = self.gather(&view, claimed, (account, device))?;
        let mut state = view.state.clone();
        // A role belongs to somebody who is there.
        state.roles.retain(|account, _| coming.contains(account));
        let generation = row.generation + 1;
        let relay_key = self
            .live
            .relay_key
            .ok_or_else(|| Error::internal("repairing a room without a session"))?;
        let signer = &self
            .me
            .as_ref()
            .ok_or_else(|| Error::internal("no account"))?
            .signer;
        let mut created = create_group(
            &self.provider,
            signer,
            &identity,
            (row.id, generation),
            &relay_key,
            &state,
        )?;
        // Without a K_room the MAC says nothing, and number 0 says so.
        let (key_number, key) = self
            .db
            .room_key(row.r)?
            .unwrap_or((0, RoomKey::new([0; 32])));
        let gi_mac = profile::gi_mac(&key, &created.group_info);
        let mut group_info = sha256(&[&created.group_info]);
        let mut uploads = Uploads::default();
        let mut bundle = None;
        if !packages.is_empty() {
            let plan = Plan {
                adds: packages,
                ..Plan::default()
            };
            let built = build_commit(&self.provider, signer, &mut created.group, &[], plan, now)?;
            group_info = sha256(&[&built.group_info]);
            bundle = Some(self.bundle(
                &mut uploads,
                built.commit,
                built.group_info,
                built.welcome,
                &key,
                key_number,
            )?);
        }
        let request = OpenGeneration {
            room: row.id,
            generation,
            last_good,
            group_info: uploads.payload(created.group_info),
            tree: uploads.payload(created.tree),
            bundle,
            gi_mac,
            key_number,
            submit_id: SubmitId(random::bytes()?),
        };
        let opening = Opening {
            request,
            uploads: uploads.saved(),
            group_info,
        };
        self.groups.put(row.id, generation, created.group);
        self.db
            .set_commit(row.r, Some((group_info, &codec::to_vec(&opening))))?;
        Ok(opening)
    }

    fn ask_opening(&mut self, room: RoomId, change: i64, opening: Opening) {
        self.ask_after(
            Uploads::from_saved(opening.uploads),
            Request::OpenGeneration(opening.request),
            Asked::Generation { room, change },
        );
    }

    pub(crate) fn on_generation(
        &mut self,
        room: RoomId,
        change: i64,
        answer: Answer,
        now: Millis,
    ) -> Result<()> {
        match answer {
            // The room goes on when that is reached in the log.
            Answer::Accepted(_) => Ok(()),
            // Another owner was faster.
            Answer::WrongEpoch { .. } => {
                self.drop_opening(room)?;
                self.change_done(change)
            }
            Answer::Failed(error) if error.code.is_retryable() => {
                self.live.busy_changes.remove(&change);
                self.live.room(room).not_before =
                    now + error.retry_after_ms.unwrap_or(RETRY_MS).max(1);
                Ok(())
            }
            Answer::Failed(error) => {
                self.drop_opening(room)?;
                self.change_failed(change, error.clone().into())?;
                Err(error.into())
            }
            _ => Err(unexpected()),
        }
    }

    /// The own new group was not taken.
    fn drop_opening(&mut self, room: RoomId) -> Result<()> {
        let Some(row) = self.db.room(room)? else {
            return Ok(());
        };
        let Some(opening) = self.opening_of(row.r)? else {
            return Ok(());
        };
        let mut attempt = row.clone();
        attempt.generation = opening.request.generation;
        self.atomically(|e| {
            e.forget_group(&attempt)?;
            e.db.set_commit(row.r, None)
        })
    }
}
