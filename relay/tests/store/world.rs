//! A small world to test in: people with devices, rooms, a clock, and a store.

use bytes::Bytes;
use lacre_relay::store::command::{
    Append, Command, Commit, CreateRoom, GroupStep, Hashed, Housekeep, Member, RelayPropose,
    RelayRemove, RoomSummary, SignUp, Tree, Welcome,
};
use lacre_relay::store::read::{PageLimit, ReadLogs, ReadRooms};
use lacre_relay::store::record::RoomRecord;
use lacre_relay::store::{
    LargeObjects, ObjectPlace, Outcome, Store, StoreKeys, StoreOptions, Verdict,
};
use lacre_wire::answer::Accepted;
use lacre_wire::error::ErrorCode;
use lacre_wire::hash::sha256;
use lacre_wire::identity::{
    DeviceCertificate, DeviceEntry, DeviceList, DskStatement, SignedDeviceList, SigningKey,
};
use lacre_wire::ids::{
    AccountId, DeviceId, Epoch, Hash, Lineage, LogId, Millis, PublicKey, RoomId, Seq, SubmitId,
};
use lacre_wire::log::Entry;
use lacre_wire::room::RoomKind;
use std::path::Path;
use tempfile::TempDir;

pub(super) const DAY: Millis = 24 * 60 * 60 * 1000;

pub(super) fn keys() -> StoreKeys {
    StoreKeys {
        stamp_id: 9,
        stamp: [1; 32],
        rest: [2; 32],
        submit: [3; 32],
    }
}

pub(super) fn options() -> StoreOptions {
    StoreOptions {
        lineage: Some(Lineage([7; 16])),
        ..StoreOptions::default()
    }
}

/// Somebody with an identity; `number` tells people apart.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) number: u8,
    pub(super) account: AccountId,
    pub(super) list: DeviceList,
}

fn seeded(role: u8, number: u8, index: u8) -> SigningKey {
    SigningKey::from_seed(&sha256(&[&[role, number, index]]).0)
}

impl Person {
    pub(super) fn new(number: u8) -> Self {
        let account = AccountId::of(&seeded(0, number, 0).public());
        let dsk = DskStatement::issue(&seeded(0, number, 0), 1, seeded(1, number, 0).public());
        let list = DeviceList {
            account,
            version: 1,
            prev_hash: None,
            dsk,
            devices: vec![],
            revoked: vec![],
        };
        let mut person = Self {
            number,
            account,
            list,
        };
        person.list.devices.push(person.entry(0));
        person
    }

    pub(super) fn aik(&self) -> PublicKey {
        seeded(0, self.number, 0).public()
    }

    pub(super) fn key(&self, index: u8) -> PublicKey {
        seeded(2, self.number, index).public()
    }

    pub(super) fn device(&self, index: u8) -> DeviceId {
        DeviceId::of(&self.key(index))
    }

    pub(super) fn member(&self, index: u8) -> Member {
        Member {
            account: self.account,
            device: self.device(index),
        }
    }

    pub(super) fn entry(&self, index: u8) -> DeviceEntry {
        let dsk = seeded(1, self.number, 0);
        let certificate = DeviceCertificate::issue(&dsk, 1, self.account, self.key(index), 0);
        DeviceEntry {
            certificate,
            added_ms: 0,
        }
    }

    pub(super) fn signed(&self) -> SignedDeviceList {
        self.list.sign(&seeded(1, self.number, 0))
    }

    /// The next version, changed.
    pub(super) fn next_list(&mut self, change: impl FnOnce(&mut DeviceList)) -> SignedDeviceList {
        let before = self.signed().hash();
        self.list.version += 1;
        self.list.prev_hash = Some(before);
        change(&mut self.list);
        self.signed()
    }
}

pub(super) struct World {
    pub(super) store: Store,
    pub(super) now: Millis,
    serial: u64,
    pub(super) dir: Option<TempDir>,
    /// Whether commands are decided in the order in which they are submitted: not so where their objects
    /// are put away before.
    pub(super) in_order: bool,
}

impl World {
    pub(super) fn model() -> Self {
        Self::of(Store::model(keys(), &options()).unwrap(), None)
    }

    pub(super) fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("relay.db"), keys(), &options()).unwrap();
        Self::of(store, Some(dir))
    }

    /// In a file, with every object outside its tables.
    pub(super) fn outside() -> Self {
        let mut world = Self::sqlite();
        let folder = world.dir.as_ref().unwrap().path();
        let outside = all_outside(folder);
        world.store = world.store.with_large(outside);
        world.in_order = false;
        world
    }

    pub(super) fn of(store: Store, dir: Option<TempDir>) -> Self {
        Self {
            store,
            now: 1_000 * DAY,
            serial: 0,
            dir,
            in_order: true,
        }
    }

    pub(super) fn submit_id(&mut self) -> SubmitId {
        self.serial += 1;
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.serial.to_be_bytes());
        SubmitId(id)
    }

    pub(super) async fn submit(&self, command: Command) -> Outcome {
        self.store.submit(command).await.unwrap()
    }

    pub(super) async fn verdict(&self, command: Command) -> Verdict {
        self.submit(command).await.verdict
    }

    pub(super) async fn accept(&self, command: Command) -> Accepted {
        match self.verdict(command).await {
            Verdict::Accepted(accepted) => accepted,
            other => panic!("expected Accepted, got {other:?}"),
        }
    }

    pub(super) async fn refused(&self, command: Command) -> ErrorCode {
        match self.verdict(command).await {
            Verdict::Refused(error) => error.code,
            other => panic!("expected a refusal, got {other:?}"),
        }
    }

    /// A person who has signed up with device 0.
    pub(super) async fn person(&self, number: u8) -> Person {
        let person = Person::new(number);
        let verdict = self.verdict(self.sign_up(&person)).await;
        assert_eq!(
            verdict,
            Verdict::LoggedIn {
                listed: true,
                list_version: 1
            }
        );
        person
    }

    pub(super) fn sign_up(&self, person: &Person) -> Command {
        Command::SignUp(Box::new(SignUp {
            now_ms: self.now,
            account: person.account,
            aik: person.aik(),
            handle: format!("person{}", person.number),
            list: person.signed(),
            device: person.device(0),
            device_key: person.key(0),
            counter: 1,
        }))
    }

    /// A group room of these people's first devices, made by the first of them.
    pub(super) async fn room(&mut self, number: u8, people: &[&Person]) -> RoomId {
        let room = RoomId([number; 16]);
        let create = self.create(room, people);
        self.accept(Command::CreateRoom(Box::new(create))).await;
        room
    }

    pub(super) fn create(&mut self, room: RoomId, people: &[&Person]) -> CreateRoom {
        let adds: Vec<Member> = people[1..].iter().map(|person| person.member(0)).collect();
        let first = (!adds.is_empty()).then(|| step(&format!("create {room}"), &adds, &[]));
        let public = step(&format!("epoch 0 of {room}"), &[], &[]);
        CreateRoom {
            now_ms: self.now,
            room,
            account: people[0].account,
            device: people[0].device(0),
            submit_id: self.submit_id(),
            peer: None,
            group_info: public.group_info,
            gi_mac: public.gi_mac,
            key_number: 0,
            tree: public.tree,
            summary: public.summary,
            first,
        }
    }

    pub(super) async fn state(&self, room: RoomId) -> RoomRecord {
        self.store.room(room).await.unwrap().unwrap()
    }

    /// A message in the room's present epoch, after `prev`.
    pub(super) async fn message(
        &mut self,
        room: RoomId,
        by: Member,
        prev: Option<SubmitId>,
        text: &str,
    ) -> Append {
        let state = self.state(room).await;
        Append {
            now_ms: self.now,
            room,
            account: by.account,
            device: by.device,
            generation: state.generation,
            epoch: state.epoch,
            submit_id: self.submit_id(),
            prev,
            tag: sha256(&[text.as_bytes()]),
            channel: None,
            body: Hashed::new(text.as_bytes().to_vec()),
        }
    }

    /// Appends `count` messages, one after the other, and returns the last.
    pub(super) async fn say(&mut self, room: RoomId, by: Member, count: usize) -> Append {
        let mut prev = None;
        let mut last = None;
        for n in 0..count {
            let mut message = self.message(room, by, prev, &format!("message {n}")).await;
            let mut verdict = self.verdict(Command::Append(message.clone())).await;
            if let Verdict::OutOfOrder { last } = verdict {
                message.prev = last;
                verdict = self.verdict(Command::Append(message.clone())).await;
            }
            assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
            prev = Some(message.submit_id);
            last = Some(message);
        }
        last.unwrap()
    }

    /// A commit on the room's present epoch.
    pub(super) async fn commit(
        &mut self,
        room: RoomId,
        by: Member,
        adds: &[Member],
        removes: &[Member],
    ) -> Commit {
        let state = self.state(room).await;
        let submit_id = self.submit_id();
        Commit {
            now_ms: self.now,
            room,
            account: by.account,
            device: by.device,
            submit_id,
            generation: state.generation,
            epoch: state.epoch,
            external: false,
            consumed: state.pending.iter().map(|pending| pending.hash).collect(),
            reproposals: vec![],
            step: step(&format!("commit {submit_id}"), adds, removes),
        }
    }

    pub(super) async fn relay_remove(&self, room: RoomId, whom: Member) -> RelayPropose {
        let state = self.state(room).await;
        RelayPropose {
            now_ms: self.now,
            room,
            generation: state.generation,
            epoch: state.epoch,
            removes: vec![remove(state.epoch, whom)],
        }
    }

    /// Housekeeping until nothing is left to do; how many rows it touched.
    pub(super) async fn housekeep(&self) -> u32 {
        let mut total = 0;
        loop {
            match self
                .verdict(Command::Housekeep(Housekeep {
                    now_ms: self.now,
                    limit: 500,
                }))
                .await
            {
                Verdict::Housekept { more: false, .. } => return total,
                Verdict::Housekept { rows, .. } => total += rows,
                other => panic!("{other:?}"),
            }
        }
    }

    /// Every entry that is kept, with the chain checked from end to end.
    pub(super) async fn log(&self, log: LogId) -> Vec<Entry> {
        let head = self.store.head(log).await.unwrap().unwrap();
        let mut after = head.first - 1;
        let mut chain = self.store.chain_at(log, after).await.unwrap().unwrap();
        let (mut entries, mut time) = (Vec::new(), 0);
        loop {
            let limit = PageLimit {
                entries: 3,
                bytes: 2000,
            };
            let page = self.store.entries(log, after, None, limit).await.unwrap();
            if page.entries.is_empty() {
                break;
            }
            for entry in page.entries {
                assert_eq!(entry.seq, after + 1, "a gap");
                assert!(entry.accepted_ms >= time, "time goes back");
                chain = entry.chain(&chain);
                (after, time) = (entry.seq, entry.accepted_ms);
                entries.push(entry);
            }
            assert_eq!(page.chain, Some(chain));
        }
        assert_eq!((head.seq, head.chain), (after, chain));
        entries
    }

    pub(super) async fn inbox(&self, device: DeviceId) -> Vec<Entry> {
        self.log(LogId::Inbox(device)).await
    }

    pub(super) async fn chain(&self, log: LogId, seq: Seq) -> Hash {
        self.store.chain_at(log, seq).await.unwrap().unwrap()
    }
}

/// The relay's Remove of a device, made for an epoch.
pub(super) fn remove(epoch: Epoch, whom: Member) -> RelayRemove {
    let body = Hashed::new(format!("remove {} at {epoch}", whom.device).into_bytes());
    RelayRemove {
        account: whom.account,
        device: whom.device,
        body,
    }
}

/// A step with everything it needs, told apart by `name`.
pub(super) fn step(name: &str, adds: &[Member], removes: &[Member]) -> GroupStep {
    let bytes = |what: &str| Hashed::new(Bytes::from(format!("{what} of {name}")));
    let welcomes = adds.iter().map(|member| Welcome {
        member: *member,
        welcome: bytes("welcome"),
    });
    GroupStep {
        body: bytes("commit"),
        group_info: bytes("group info"),
        gi_mac: sha256(&[name.as_bytes(), b"gi_mac"]),
        key_number: 1,
        tree: Tree::new(&bytes("tree")),
        welcomes: welcomes.collect(),
        adds: adds.to_vec(),
        removes: removes.to_vec(),
        external_pub: None,
        summary: RoomSummary {
            kind: RoomKind::Group,
            join_open: false,
            retention_ms: None,
            listed: None,
        },
    }
}

/// Every object, however small, in a folder of this one.
pub(super) fn all_outside(folder: &Path) -> Option<LargeObjects> {
    let place = ObjectPlace::Folder.open(folder, false).unwrap();
    place.map(|place| place.from_size(0))
}
