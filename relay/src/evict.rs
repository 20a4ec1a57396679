//! Removals the relay proposes: revoked devices, and the other devices of an account that leaves.

use crate::service::Service;
use crate::store::command::{Command, Member};
use crate::store::outcome::{StoreError, Verdict};
use crate::store::read::ReadRooms;
use lacre_wire::ids::RoomId;
use std::sync::Arc;

/// Tries against a room that moves on between reading it and proposing.
const TRIES: usize = 8;

impl Service {
    /// As [`Service::evict`], in a task of its own.
    pub(crate) fn evict_later(self: &Arc<Self>, room: RoomId, members: Vec<Member>) {
        let service = self.clone();
        self.tasks
            .spawn(async move { service.evict(room, members).await });
    }

    /// Proposes to remove devices from a room. Delivery to them ends at once; a member is asked to
    /// commit.
    pub(crate) async fn evict(&self, room: RoomId, members: Vec<Member>) {
        for _ in 0..TRIES {
            match self.try_evict(room, &members).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => return tracing::warn!(%room, %error, "cannot propose removals"),
            }
        }
        tracing::warn!(%room, "gave up proposing removals: the room moves on too fast");
    }

    async fn has_members(&self, room: RoomId) -> Result<bool, StoreError> {
        let members = self.store.members(room).await?;
        Ok(members
            .iter()
            .any(|member| member.interval.until_seq.is_none()))
    }

    /// Whether it is done; false when the room has moved on meanwhile.
    async fn try_evict(&self, room: RoomId, members: &[Member]) -> Result<bool, StoreError> {
        let Some(row) = self.store.room(room).await? else {
            return Ok(true);
        };
        let now_ms = self.clock.now_ms();
        let proposed = self
            .groups
            .propose_removes(&self.store, &row, members.to_vec(), now_ms)
            .await;
        let command = match proposed {
            Ok(Some(command)) => command,
            Ok(None) => return Ok(true),
            Err(refused) => {
                tracing::warn!(%room, error = %refused, "cannot propose removals");
                return Ok(true);
            }
        };
        let devices: Vec<_> = command.removes.iter().map(|remove| remove.device).collect();
        let outcome = self.store.submit(Command::RelayPropose(command)).await?;
        self.apply_readers(&outcome.readers);
        match outcome.verdict {
            Verdict::Accepted(_) | Verdict::Done => {
                match self.has_members(room).await? {
                    true => self.nominations.proposals(room, devices),
                    // Everybody has left: nobody will ever commit, and nobody is to be asked.
                    false => self.nominations.moved(&room, [], 0),
                }
                Ok(true)
            }
            Verdict::WrongEpoch { .. } => Ok(false),
            other => {
                tracing::warn!(%room, ?other, "removals were not accepted");
                Ok(true)
            }
        }
    }
}
