//! How changes end, and how a room is left.

use super::Intent;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Done, Event, LocalId};
use crate::live::Asked;
use crate::mls::{failed, invalid};
use crate::random;
use crate::session::unexpected;
use crate::store::rooms::RoomRow;
use lacre_wire::answer::Answer;
use lacre_wire::ids::{Millis, RoomId, SubmitId};
use lacre_wire::request::Request;
use openmls::group::GroupId;
use openmls::prelude::tls_codec::Serialize;
use openmls_traits::OpenMlsProvider;

impl Engine {
    /// A change is done.
    pub(crate) fn change_done(&mut self, id: LocalId) -> Result<()> {
        self.change_ends(id, Ok(Done::Changed))
    }

    /// A change cannot be done; who asked for it is told.
    pub(crate) fn change_failed(&mut self, id: LocalId, error: Error) -> Result<()> {
        self.change_ends(id, Err(error))
    }

    /// A change ends.
    pub(crate) fn change_ends(&mut self, id: LocalId, result: Result<Done>) -> Result<()> {
        self.db.drop_change(id)?;
        self.live.busy_changes.remove(&id);
        self.live.claimed.remove(&id);
        self.tell(Event::Done { id, result });
        Ok(())
    }

    /// Whether this person asked to leave a room.
    pub(crate) fn leaving(&self, room: RoomId) -> Result<bool> {
        Ok(self
            .db
            .changes()?
            .iter()
            .any(|change| change.room == Some(room) && change.intent == Intent::Leave))
    }

    /// A room was left: what was still asked of it is over.
    pub(crate) fn changes_end_with_room(&mut self, room: RoomId, left: bool) -> Result<()> {
        for change in self
            .db
            .changes()?
            .into_iter()
            .filter(|change| change.room == Some(room))
        {
            match (&change.intent, left) {
                (
                    Intent::Join { .. } | Intent::CreateDirect { .. } | Intent::CreateGroup { .. },
                    _,
                ) => {}
                (Intent::Leave, true) => self.change_done(change.id)?,
                _ => self.change_failed(
                    change.id,
                    Error::new(
                        ErrorKind::NotAllowed,
                        "NotInRoom",
                        "you are no longer in this room",
                    ),
                )?,
            }
        }
        Ok(())
    }

    /// Forgets the keys of a room's group.
    pub(crate) fn forget_group(&mut self, row: &RoomRow) -> Result<()> {
        self.groups.forget(row.id, row.generation);
        let id = GroupId::from_slice(&row.id.group_id(row.generation));
        self.provider
            .storage()
            .delete_group(&id)
            .map_err(|e| failed("a room's keys could not be deleted", e))?;
        Ok(())
    }

    /// Proposes to leave: a SelfRemove that another member commits.
    pub(crate) fn propose_to_leave(&mut self, row: &RoomRow, change: LocalId) -> Result<()> {
        let proposal = self.atomically(|e| {
            let me = e.me.as_ref().ok_or_else(|| Error::internal("no account"))?;
            let group = e.groups.get(&e.provider, row.id, row.generation)?;
            let message = group
                .leave_group_via_self_remove(&e.provider, &me.signer)
                .map_err(|e| failed("leaving could not be proposed", e))?;
            // It waits in our own table like any other, once it is reached in the log.
            group
                .clear_pending_proposals(e.provider.storage())
                .map_err(|e| invalid("proposals could not be cleared", e))?;
            message
                .tls_serialize_detached()
                .map_err(|e| failed("leaving could not be written", e))
        })?;
        let submit_id = SubmitId(random::bytes()?);
        self.ask(
            Request::Propose {
                room: row.id,
                submit_id,
                proposal: proposal.into(),
            },
            Asked::Propose {
                room: row.id,
                change,
            },
        );
        Ok(())
    }

    pub(crate) fn on_proposed(
        &mut self,
        room: RoomId,
        change: LocalId,
        answer: Answer,
        now: Millis,
    ) -> Result<()> {
        match answer {
            // Done when a commit takes this device out, or the relay stops delivery.
            Answer::Accepted(_) => Ok(()),
            Answer::WrongEpoch {
                generation, epoch, ..
            } => {
                self.live.busy_changes.remove(&change);
                self.live.room(room).behind = Some((generation, epoch));
                Ok(())
            }
            Answer::Failed(error) if error.code.is_retryable() => {
                self.live.busy_changes.remove(&change);
                self.live.room(room).not_before = now + error.retry_after_ms.unwrap_or(500).max(1);
                Ok(())
            }
            Answer::Failed(error) => self.change_failed(change, error.into()),
            _ => Err(unexpected()),
        }
    }
}
