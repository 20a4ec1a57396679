//! The groups at hand, and everything that needs one.
//!
//! A group is checked on a thread for blocking work, never on the store's writer; what panics there
//! is refused and its group dropped. Groups live in a cache bounded by bytes: one that was dropped
//! is rebuilt from the room's row. A commit takes its group along; when the store has accepted the
//! commit, [`Groups::keep`] brings the next epoch's group back.

use super::create::{CreationBytes, ValidCreation, create};
use super::generation::{GenerationBytes, ValidGeneration, open};
use super::public::{Group, GroupSource};
use super::refused::Refused;
use super::remove::{RelayKey, ValidProposal, check_proposal, propose_removes, relay_propose};
use super::states::States;
use super::step::{CommitBytes, Next, Submitter, ValidCommit};
use super::turn_queue::At;
use super::validate::{advance, check};
use crate::store::command::{Member, RelayPropose};
use crate::store::read::ReadObjects;
use crate::store::record::RoomRecord;
use bytes::Bytes;
use lacre_wire::identity::Device;
use lacre_wire::ids::{Hash, Millis, PublicKey, RoomId, SubmitId};
use lacre_wire::room::RoomState;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of groups kept in memory, unless told otherwise.
pub const CACHE_BYTES: usize = 256 * 1024 * 1024;

/// The groups of a relay. Cheap to clone; clones share the cache.
#[derive(Clone)]
pub struct Groups(Arc<Shared>);

struct Shared {
    relay: RelayKey,
    cached: Mutex<Cached>,
    states: Mutex<States>,
    /// Checking is all computation: more at once than there are cores only makes each slower.
    cores: Arc<Semaphore>,
}

#[derive(Default)]
struct Cached {
    limit: usize,
    bytes: usize,
    clock: u64,
    groups: HashMap<RoomId, (u64, Group)>,
    by_use: BTreeMap<u64, RoomId>,
}

/// A result with the group it was computed on, if that is to be kept.
type WithGroup<T> = (Result<T, Refused>, Option<Group>);

impl Groups {
    /// No groups yet. `relay` is the relay's external sender key; about `limit` bytes are kept.
    pub fn new(relay: RelayKey, limit: usize) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let cached = Mutex::new(Cached {
            limit,
            ..Cached::default()
        });
        Self(Arc::new(Shared {
            relay,
            cached,
            states: Mutex::default(),
            cores: Arc::new(Semaphore::new(cores)),
        }))
    }

    /// The public half of the relay's external sender key.
    pub fn relay_key(&self) -> PublicKey {
        self.0.relay.public()
    }

    /// Checks a commit submitted for a room whose row is `row`. Whether the submitter holds the
    /// commit turn, and whether a joiner may come in by itself yet, is the caller's to ask.
    ///
    /// # Errors
    /// [`Refused`] says why it may not enter the log.
    pub async fn validate_commit(
        &self,
        store: &(impl ReadObjects + Sync),
        row: &RoomRecord,
        submitter: Submitter,
        bytes: CommitBytes,
        now_ms: Millis,
    ) -> Result<ValidCommit, Refused> {
        let pending = row.pending.clone();
        let relay = self.0.relay.clone();
        self.with(store, row, move |group| {
            match check(&group, &pending, submitter, &bytes, now_ms) {
                Ok(checked) => (
                    advance(group, checked, submitter, &bytes, &relay, now_ms),
                    None,
                ),
                Err(refused) => (Err(refused), Some(group)),
            }
        })
        .await
    }

    /// Checks a new room with its first commit.
    ///
    /// # Errors
    /// [`Refused`] says why it may not begin.
    pub async fn validate_creation(
        &self,
        creator: Submitter,
        bytes: CreationBytes,
        now_ms: Millis,
    ) -> Result<ValidCreation, Refused> {
        let relay = self.0.relay.clone();
        let permit = self.permit().await?;
        blocking(permit, move || create(creator, &bytes, &relay, now_ms)).await?
    }

    /// Checks a new generation of the room whose row is `row`, with its first commit.
    ///
    /// # Errors
    /// [`Refused`] says why it may not begin.
    pub async fn validate_generation(
        &self,
        store: &(impl ReadObjects + Sync),
        row: &RoomRecord,
        opener: Submitter,
        bytes: GenerationBytes,
        now_ms: Millis,
    ) -> Result<ValidGeneration, Refused> {
        let relay = self.0.relay.clone();
        self.with(store, row, move |group| {
            (open(&group, opener, &bytes, &relay, now_ms), Some(group))
        })
        .await
    }

    /// Checks a member's SelfRemove.
    ///
    /// # Errors
    /// [`Refused`] says why it may not enter the log.
    pub async fn validate_proposal(
        &self,
        store: &(impl ReadObjects + Sync),
        row: &RoomRecord,
        submitter: Submitter,
        submit_id: SubmitId,
        body: Bytes,
        now_ms: Millis,
    ) -> Result<ValidProposal, Refused> {
        self.with(store, row, move |group| {
            (
                check_proposal(&group, submitter, submit_id, body, now_ms),
                Some(group),
            )
        })
        .await
    }

    /// Signs Removes of these devices by the relay: for an account that leaves, revoked devices and
    /// evictions. None if no device is left to propose.
    ///
    /// # Errors
    /// [`Refused::Store`] or [`Refused::Broken`].
    pub async fn propose_removes(
        &self,
        store: &(impl ReadObjects + Sync),
        row: &RoomRecord,
        members: Vec<Member>,
        now_ms: Millis,
    ) -> Result<Option<RelayPropose>, Refused> {
        let relay = self.0.relay.clone();
        self.with(store, row, move |group| {
            let removes = propose_removes(&group, &relay, &members);
            let command = removes.map(|removes| {
                (!removes.is_empty()).then(|| relay_propose(&group, removes, now_ms))
            });
            (command, Some(group))
        })
        .await
    }

    /// The devices in a room as its group says, in the order of their leaves.
    ///
    /// # Errors
    /// [`Refused::Store`] or [`Refused::Broken`].
    pub async fn devices(
        &self,
        store: &(impl ReadObjects + Sync),
        row: &RoomRecord,
    ) -> Result<Vec<Device>, Refused> {
        self.with(store, row, |group| {
            (
                group.leaves().map(|leaves| leaves.devices().collect()),
                Some(group),
            )
        })
        .await
    }

    /// The state of a room whose row is `row`.
    ///
    /// # Errors
    /// [`Refused::Store`] or [`Refused::Broken`].
    pub async fn state(
        &self,
        store: &(impl ReadObjects + Sync),
        row: &RoomRecord,
    ) -> Result<Arc<RoomState>, Refused> {
        let at = (row.generation, row.epoch);
        if let Some(state) = self.states().get(&row.room, at) {
            return Ok(state);
        }
        let state = self
            .with(store, row, |group| (group.state(), Some(group)))
            .await?;
        let state = Arc::new(state);
        self.states().put(row.room, at, Arc::clone(&state));
        Ok(state)
    }

    /// Brings back the group of a commit or creation that the store has accepted.
    pub fn keep(&self, next: Next) {
        if let Ok(state) = next.0.state() {
            self.states().put(next.room(), next.at(), Arc::new(state));
        }
        self.lock().put(next.0);
    }

    /// Drops a room's group; it is rebuilt when needed.
    pub fn forget(&self, room: &RoomId) {
        self.lock().remove(room);
    }

    /// Bytes of groups in memory, about.
    pub fn memory(&self) -> usize {
        self.lock().bytes
    }

    /// Runs `work` on the room's group, off the async threads.
    async fn with<T: Send + 'static>(
        &self,
        store: &(impl ReadObjects + Sync),
        row: &RoomRecord,
        work: impl FnOnce(Group) -> WithGroup<T> + Send + 'static,
    ) -> Result<T, Refused> {
        let permit = self.permit().await?;
        let cached = self.lock().take(&row.room, (row.generation, row.epoch));
        let source = match &cached {
            Some(_) => None,
            None => Some(read_source(store, row).await?),
        };
        let (place, pending) = ((row.room, (row.generation, row.epoch)), row.pending.clone());
        let run = move || {
            let group = match (cached, source) {
                (Some(group), _) => Ok(group),
                (None, Some(source)) => rebuild(&source, place),
                (None, None) => Err(Refused::Broken("no group".into())),
            };
            let synced = group.and_then(|mut group| group.sync(&pending).map(|()| group));
            match synced {
                Ok(group) => work(group),
                Err(refused) => (Err(refused), None),
            }
        };
        let (result, group) = blocking(permit, run).await?;
        if let Some(group) = group {
            self.lock().put(group);
        }
        result
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, Refused> {
        let permit = self.0.cores.clone().acquire_owned().await;
        permit.map_err(|_| Refused::Broken("the relay is closing".into()))
    }

    fn states(&self) -> MutexGuard<'_, States> {
        self.0.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Cached> {
        self.0.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cached {
    fn take(&mut self, room: &RoomId, at: At) -> Option<Group> {
        // A group elsewhere is of no use: an older one cannot come back, a newer one is rebuilt.
        self.remove(room).filter(|group| group.at() == at)
    }

    fn remove(&mut self, room: &RoomId) -> Option<Group> {
        let (used, group) = self.groups.remove(room)?;
        self.by_use.remove(&used);
        self.bytes = self.bytes.saturating_sub(group.memory());
        Some(group)
    }

    fn put(&mut self, group: Group) {
        let room = group.room();
        if self
            .groups
            .get(&room)
            .is_some_and(|(_, cached)| cached.at() > group.at())
        {
            return;
        }
        self.remove(&room);
        self.clock += 1;
        self.bytes = self.bytes.saturating_add(group.memory());
        self.by_use.insert(self.clock, room);
        self.groups.insert(room, (self.clock, group));
        while self.bytes > self.limit
            && let Some((_, oldest)) = self.by_use.pop_first()
        {
            self.remove(&oldest);
        }
    }
}

async fn read_source(
    store: &(impl ReadObjects + Sync),
    row: &RoomRecord,
) -> Result<GroupSource, Refused> {
    let missing =
        |what: &str, hash: Hash| Refused::Broken(format!("{what} {hash} of the room is not kept"));
    let group_info = store
        .object(row.group_info)
        .await?
        .ok_or_else(|| missing("GroupInfo", row.group_info))?;
    let tree = store
        .object(row.tree)
        .await?
        .ok_or_else(|| missing("tree", row.tree))?;
    Ok(GroupSource { group_info, tree })
}

/// What does not build here was let in by this relay, so it is the relay that is broken.
fn rebuild(source: &GroupSource, place: (RoomId, At)) -> Result<Group, Refused> {
    let group = Group::build(source).map_err(|refused| Refused::Broken(refused.to_string()))?;
    if (group.room(), group.at()) == place {
        Ok(group)
    } else {
        Err(Refused::Broken(
            "the kept GroupInfo is of another epoch".into(),
        ))
    }
}

/// Runs `work` on a thread that may block. A panic ends the work, not the relay.
async fn blocking<T: Send + 'static>(
    permit: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refused> {
    let run = move || {
        let _permit = permit;
        work()
    };
    tokio::task::spawn_blocking(run).await.map_err(|e| {
        tracing::error!(error = %e, "checking a handshake panicked");
        Refused::Panicked
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_refusal() {
        let groups = Groups::new(RelayKey::from_seed(&[1; 32]), 0);
        let permit = groups.permit().await.unwrap();
        let result: Result<(), _> = blocking(permit, || panic!("on purpose")).await;
        assert_eq!(result, Err(Refused::Panicked));
        // The permit came back: as many can be taken as there are cores.
        let cores = groups.0.cores.available_permits();
        assert_eq!(
            cores,
            std::thread::available_parallelism().map_or(1, usize::from)
        );
    }
}
