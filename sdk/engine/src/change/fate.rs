//! The fate of an own commit: accepted, lost, refused, or not known after a broken connection.

use super::commit::SavedCommit;
use super::repair::Opening;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::live::Asked;
use crate::mls::invalid;
use crate::session::{Uploads, unexpected};
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::answer::Answer;
use lacre_wire::codec;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{Hash, LogId, Millis, RoomId};
use lacre_wire::request::Request;
use openmls_traits::OpenMlsProvider;

/// Patience where the relay names none.
const RETRY_MS: Millis = 300;

impl Engine {
    pub(crate) fn on_committed(
        &mut self,
        room: RoomId,
        hash: Hash,
        answer: Answer,
        now: Millis,
    ) -> Result<()> {
        let Some(row) = self.db.room(room)? else {
            return Ok(());
        };
        if row.commit_hash != Some(hash) {
            // The log was faster: it was reached there, or another was first.
            return Ok(());
        }
        match answer {
            // It is merged when it is reached in the log.
            Answer::Accepted(_) => {
                if row.status == Status::Joining {
                    self.open_room(room)?;
                }
                Ok(())
            }
            Answer::WrongEpoch {
                generation, epoch, ..
            } => {
                self.live.room(room).behind = Some((generation, epoch));
                self.drop_commit(&row)
            }
            Answer::CommitFirst { .. } => {
                self.live.room(room).commit_wanted = true;
                self.drop_commit(&row)
            }
            Answer::Failed(error) if error.code == ErrorCode::NotYourTurn => {
                self.live.room(room).not_before = now + RETRY_MS;
                self.drop_commit(&row)
            }
            Answer::Failed(error) if error.code == ErrorCode::RoomFrozen => {
                self.drop_commit(&row)?;
                self.room_frozen(room)
            }
            // A way back is built anew on the present state.
            Answer::Failed(error) if row.status == Status::Stopped && error.code.is_retryable() => {
                self.rejoin_lost(&row, now)?;
                let wait = error.retry_after_ms.unwrap_or_default();
                let live = self.live.room(room);
                live.not_before = live.not_before.max(now + wait);
                Ok(())
            }
            Answer::Failed(error) if error.code == ErrorCode::CoolingDown => {
                // Nothing is asked again for a newcomer.
                self.live.joining.remove(&room);
                self.drop_commit(&row)?;
                self.commits_not_taken(room, error.into())
            }
            // The fate of this very commit is open: the same bytes go out again.
            Answer::Failed(error) if error.code.is_retryable() => {
                let live = self.live.room(room);
                live.not_before = now + error.retry_after_ms.unwrap_or(RETRY_MS).max(1);
                live.commit_open = true;
                Ok(())
            }
            Answer::Failed(error) => {
                self.drop_commit(&row)?;
                let change = self
                    .db
                    .changes()?
                    .into_iter()
                    .find(|change| change.room == Some(room));
                match change {
                    Some(change) => self.change_failed(change.id, error.into()),
                    None => Err(error.into()),
                }
            }
            _ => Err(unexpected()),
        }
    }

    /// The relay takes no commit of this account for a while. Messages are not concerned, so nothing
    /// waits for that: who asked for the change is told, and what members are asked to do others do.
    pub(super) fn commits_not_taken(&mut self, room: RoomId, error: Error) -> Result<()> {
        let live = self.live.room(room);
        (live.commit_wanted, live.renew_wanted) = (false, false);
        let changes = self.db.changes()?;
        match changes.iter().find(|change| change.room == Some(room)) {
            Some(change) => self.change_failed(change.id, error),
            None => Ok(()),
        }
    }

    /// The own commit is void; what it was for will be planned again.
    fn drop_commit(&mut self, row: &RoomRow) -> Result<()> {
        if row.status == Status::Joining {
            return self.external_commit_lost(row);
        }
        if row.status == Status::Stopped {
            return self.rejoin_lost(row, self.later.now);
        }
        self.atomically(|e| {
            e.db.set_commit(row.r, None)?;
            e.live.room(row.id).commit_open = false;
            let group = e.groups.get(&e.provider, row.id, row.generation)?;
            group
                .clear_pending_commit(e.provider.storage())
                .map_err(|error| invalid("a pending commit could not be dropped", error))
        })
    }

    /// A commit whose fate is not known, once the log was read to its head: it did not arrive, so the
    /// same bytes go out again. True while that is so.
    pub(crate) fn resend_commit(&mut self, row: &RoomRow, now: Millis) -> Result<bool> {
        let here = self
            .db
            .position(LogId::Room(row.id))?
            .map_or(0, |position| position.seq);
        let live = self.live.room(row.id);
        if !live.commit_open || live.not_before > now || !live.open || here < live.head_at_open {
            return Ok(live.commit_open);
        }
        live.commit_open = false;
        let (Some(hash), Some(frame)) = (row.commit_hash, self.db.commit_frame(row.r)?) else {
            return Ok(false);
        };
        // Sent again by the repair it belongs to.
        if Opening::of(&frame).is_some() {
            return Ok(false);
        }
        let saved: SavedCommit = codec::from_slice(&frame).map_err(|e| {
            Error::new(
                ErrorKind::Store,
                "StoreDamaged",
                "a commit under way cannot be read",
            )
            .with_source(e)
        })?;
        let request = Request::Commit {
            room: row.id,
            bundle: saved.bundle,
        };
        self.ask_after(
            Uploads::from_saved(saved.uploads),
            request,
            Asked::Commit { room: row.id, hash },
        );
        Ok(true)
    }
}
