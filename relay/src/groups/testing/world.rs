//! A room at the relay that keeps its row the way the store does, with the devices in it.

use super::super::cache::{CACHE_BYTES, Groups};
use super::super::refused::Refused;
use super::super::step::{CommitBytes, Next, ValidCommit};
use super::{Person, ROOM, relay_key};
use crate::store::command::{GroupStep, Member, RelayRemove};
use crate::store::read::{Read, ReadObjects};
use crate::store::record::{PendingProposal, RoomRecord};
use bytes::Bytes;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{Hash, Millis};
use lacre_wire::room::RoomKind;
use std::collections::HashMap;
use std::sync::Mutex;

#[derive(Default)]
pub(in crate::groups) struct Objects(Mutex<HashMap<Hash, Bytes>>);

impl Objects {
    fn put(&self, bytes: &Bytes) {
        self.0
            .lock()
            .unwrap()
            .insert(sha256(&[bytes]), bytes.clone());
    }

    pub(in crate::groups) fn get(&self, hash: Hash) -> Bytes {
        self.0.lock().unwrap()[&hash].clone()
    }
}

impl ReadObjects for Objects {
    async fn object(&self, hash: Hash) -> Read<Option<Bytes>> {
        Ok(self.0.lock().unwrap().get(&hash).cloned())
    }
}

/// A room at the relay, with the devices in it.
pub(in crate::groups) struct World {
    pub(in crate::groups) groups: Groups,
    pub(in crate::groups) row: RoomRecord,
    pub(in crate::groups) objects: Objects,
    pub(in crate::groups) people: Vec<Person>,
    pub(in crate::groups) now: Millis,
    kind: RoomKind,
}

impl World {
    /// A room created by device 1 of account 1.
    pub(in crate::groups) async fn new(kind: RoomKind) -> Self {
        let mut creator = Person::new(1, 1);
        let bytes = creator.create(kind, None);
        let groups = Groups::new(relay_key(), CACHE_BYTES);
        let created = groups
            .validate_creation(creator.member(), bytes, 0)
            .await
            .unwrap();
        let command = created.command;
        let row = RoomRecord {
            room: ROOM,
            kind,
            generation: 0,
            epoch: 0,
            epoch_seq: 0,
            head: 0,
            chain: Hash([0; 32]),
            group_info: command.group_info.hash(),
            gi_mac: command.gi_mac,
            key_number: command.key_number,
            tree: command.tree.hash,
            frozen: false,
            join_open: command.summary.join_open,
            listed: command.summary.listed.clone(),
            pending: Vec::new(),
            cooling: Vec::new(),
        };
        let objects = Objects::default();
        objects.put(command.group_info.bytes());
        objects.put(command.tree.bytes.as_ref().unwrap().bytes());
        groups.keep(created.next);
        Self {
            groups,
            row,
            objects,
            people: vec![creator],
            now: 1_000,
            kind,
        }
    }

    /// The same with one device of each of these accounts.
    pub(in crate::groups) async fn with(kind: RoomKind, accounts: &[u8]) -> Self {
        let mut world = Self::new(kind).await;
        let joiners = accounts
            .iter()
            .map(|account| Person::new(*account, 1))
            .collect();
        world.add(0, joiners).await;
        world
    }

    /// Person `by` adds devices; they join with their own Welcomes.
    pub(in crate::groups) async fn add(&mut self, by: usize, mut joiners: Vec<Person>) {
        let packages: Vec<_> = joiners
            .iter()
            .map(|joiner| joiner.key_package(self.kind))
            .collect();
        let bytes = self.people[by].commit(true, &packages, &[]);
        let valid = self.submit(by, &bytes).await.unwrap();
        let step = self.accept(valid);
        for joiner in &mut joiners {
            let own = step
                .welcomes
                .iter()
                .find(|welcome| welcome.member == joiner.member())
                .unwrap();
            joiner.join(
                own.welcome.bytes(),
                step.tree.bytes.as_ref().unwrap().bytes(),
            );
        }
        self.people.extend(joiners);
    }

    pub(in crate::groups) async fn submit(
        &self,
        by: usize,
        bytes: &CommitBytes,
    ) -> Result<ValidCommit, Refused> {
        self.submit_as(self.people[by].member(), bytes).await
    }

    pub(in crate::groups) async fn submit_as(
        &self,
        by: Member,
        bytes: &CommitBytes,
    ) -> Result<ValidCommit, Refused> {
        self.groups
            .validate_commit(&self.objects, &self.row, by, bytes.clone(), self.now)
            .await
    }

    /// The commit becomes durable and everybody in the room reads it.
    pub(in crate::groups) fn accept(&mut self, valid: ValidCommit) -> GroupStep {
        let ValidCommit { command, next, .. } = valid;
        self.place(&command.step, &next);
        self.groups.keep(next);
        let pending = command
            .reproposals
            .iter()
            .map(|remove| pending(remove, self.now))
            .collect();
        self.row.pending = pending;
        for person in &mut self.people {
            // Who joined by this commit has applied it already.
            if person.group.as_ref().unwrap().epoch().as_u64() < self.row.epoch {
                person.read(command.step.body.bytes());
            }
        }
        self.people
            .retain(|person| person.group.as_ref().unwrap().is_active());
        let reproposed: Vec<_> = self
            .row
            .pending
            .iter()
            .map(|waiting| waiting.body.clone())
            .collect();
        for body in reproposed {
            self.people.iter_mut().for_each(|person| person.read(&body));
        }
        command.step
    }

    fn place(&mut self, step: &GroupStep, next: &Next) {
        (self.row.generation, self.row.epoch) = next.at();
        self.row.group_info = step.group_info.hash();
        self.row.tree = step.tree.hash;
        self.row.join_open = step.summary.join_open;
        self.row.listed.clone_from(&step.summary.listed);
        self.objects.put(step.group_info.bytes());
        self.objects.put(step.tree.bytes.as_ref().unwrap().bytes());
    }

    /// The relay proposes to remove devices; everybody reads it.
    pub(in crate::groups) async fn evict(&mut self, members: &[Member]) -> usize {
        let removes = self.evict_unread(members).await;
        for remove in &removes {
            self.people
                .iter_mut()
                .for_each(|person| person.read(remove.body.bytes()));
        }
        removes.len()
    }

    /// The relay proposes to remove devices; nobody has read it yet.
    pub(in crate::groups) async fn evict_unread(&mut self, members: &[Member]) -> Vec<RelayRemove> {
        let World {
            groups,
            objects,
            row,
            now,
            ..
        } = self;
        let command = groups
            .propose_removes(objects, row, members.to_vec(), *now)
            .await
            .unwrap();
        let removes = command.map(|command| command.removes).unwrap_or_default();
        row.pending
            .extend(removes.iter().map(|remove| pending(remove, *now)));
        removes
    }

    /// A SelfRemove becomes durable and everybody else reads it.
    pub(in crate::groups) fn propose(&mut self, by: usize, body: &Bytes) {
        let hash = sha256(&[body]);
        self.row.pending.push(PendingProposal {
            seq: 9,
            hash,
            body: body.clone(),
            accepted_ms: self.now,
            evicts: None,
        });
        for (index, person) in self.people.iter_mut().enumerate() {
            if index != by {
                person.read(body);
            }
        }
    }
}

fn pending(remove: &RelayRemove, accepted_ms: Millis) -> PendingProposal {
    let body = remove.body.bytes().clone();
    PendingProposal {
        seq: 9,
        hash: remove.body.hash(),
        body,
        accepted_ms,
        evicts: Some(remove.device),
    }
}
