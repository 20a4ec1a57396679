//! Relays and rooms for tests.

use crate::client::Client;
use crate::device::Device;
use lacre_relay::{Relay, RelayBuilder};
use lacre_wire::answer::{Accepted, Answer};
use lacre_wire::codec;
use lacre_wire::hello::Purpose;
use lacre_wire::ids::{Generation, Hash, LogId, PublicKey, RoomId, SubmitId};
use lacre_wire::request::{CommitBundle, CreateRoom, Payload, Request, Submit};
use lacre_wire::room::mls::{create_config, credential, state_of, with_operations};
use lacre_wire::room::{Operation, RoomKind, RoomState};
use lacre_wire::stamp::MessageAad;
use openmls::prelude::*;
use tls_codec::Serialize as _;

pub(crate) fn builder() -> RelayBuilder {
    let drain = std::time::Duration::from_millis(100);
    Relay::builder()
        .listen("127.0.0.1:0".parse().unwrap())
        .drain(drain)
}

pub(crate) async fn relay() -> Relay {
    builder().in_memory().start().await.unwrap()
}

pub(crate) fn random_id() -> [u8; 16] {
    let mut id = [0; 16];
    getrandom::fill(&mut id).unwrap();
    id
}

/// A new account, online.
pub(crate) async fn join(relay: &Relay, handle: &str) -> (Device, Client) {
    let mut device = Device::new(handle);
    let purpose = device.sign_up();
    let client = Client::log_in(relay, &mut device, purpose).await.unwrap();
    (device, client)
}

pub(crate) async fn again(relay: &Relay, device: &mut Device) -> Client {
    Client::log_in(relay, device, Purpose::SignIn)
        .await
        .unwrap()
}

pub(crate) fn log_of(room: RoomId) -> LogId {
    LogId::Room(room)
}

/// A group created by one device with others added in its first commit; MLS by OpenMLS.
pub(crate) struct Room {
    pub(crate) id: RoomId,
    pub(crate) group: MlsGroup,
}

fn wire(message: MlsMessageOut) -> Vec<u8> {
    message.tls_serialize_detached().unwrap()
}

pub(crate) fn inline(bytes: Vec<u8>) -> Payload {
    Payload::Inline(bytes.into())
}

impl Room {
    /// The group at epoch 0, and the request that creates it with `others` in it.
    pub(crate) fn new(
        creator: &Device,
        relay_key: &PublicKey,
        others: &[&Device],
    ) -> (Self, CreateRoom) {
        let (id, kind) = (RoomId(random_id()), RoomKind::Space);
        let state = RoomState::template(kind, creator.account(), None);
        let config = create_config(relay_key, &state).unwrap();
        let group_id = GroupId::from_slice(&id.group_id(0));
        let with = credential(&creator.identity());
        let group =
            MlsGroup::new_with_group_id(&creator.provider, &creator.key, &config, group_id, with)
                .unwrap();
        let info = group
            .export_group_info(creator.provider.crypto(), &creator.key, false)
            .unwrap();
        let tree = group
            .export_ratchet_tree()
            .tls_serialize_detached()
            .unwrap();
        let mut room = Self { id, group };
        let bundle = (!others.is_empty()).then(|| room.commit(creator, others, kind));
        let request = CreateRoom {
            room: id,
            peer: None,
            group_info: inline(wire(info)),
            tree: inline(tree),
            bundle,
            gi_mac: Hash([1; 32]),
            submit_id: SubmitId(random_id()),
        };
        (room, request)
    }

    /// A commit that adds devices; the group waits for it to be merged.
    pub(crate) fn commit(&mut self, by: &Device, adds: &[&Device], kind: RoomKind) -> CommitBundle {
        self.commit_with(by, adds, kind, &[], &[])
    }

    /// As [`Room::commit`], with removals and operations on the room's state.
    pub(crate) fn commit_with(
        &mut self,
        by: &Device,
        adds: &[&Device],
        kind: RoomKind,
        removes: &[LeafNodeIndex],
        operations: &[Operation],
    ) -> CommitBundle {
        let state = state_of(self.group.extensions()).unwrap();
        let packages: Vec<_> = adds.iter().map(|device| device.key_package(kind)).collect();
        let builder = self.group.commit_builder().propose_adds(packages);
        let builder = builder.propose_removals(removes.iter().copied());
        let builder = with_operations(builder, by.provider.storage(), &state, operations).unwrap();
        let built = builder
            .create_group_info(true)
            .build(by.provider.rand(), by.provider.crypto(), &by.key, |_| true)
            .unwrap()
            .stage_commit(&by.provider)
            .unwrap();
        let (commit, welcome, info) = built.into_contents();
        let welcome = welcome
            .map(|welcome| wire(MlsMessageOut::from_welcome(welcome, ProtocolVersion::Mls10)));
        CommitBundle {
            submit_id: SubmitId(random_id()),
            commit: inline(wire(commit)),
            group_info: inline(wire(info.unwrap().into())),
            gi_mac: Hash([2; 32]),
            key_number: 1,
            welcome: welcome.map(inline),
        }
    }

    /// The leaf of a device.
    pub(crate) fn leaf(&self, device: &Device) -> LeafNodeIndex {
        let key = device.key.public().0;
        self.group
            .members()
            .find(|member| member.signature_key == key)
            .unwrap()
            .index
    }

    pub(crate) fn merge(&mut self, by: &Device) {
        self.group.merge_pending_commit(&by.provider).unwrap();
    }

    /// Creates the room at the relay.
    pub(crate) async fn create(
        creator: &Device,
        client: &mut Client,
        others: &[&Device],
    ) -> (Self, Accepted) {
        let relay_key = client.ready().statement.read().unwrap().sender_key;
        let (mut room, request) = Self::new(creator, &relay_key, others);
        let answer = client.request(Request::CreateRoom(request)).await;
        let Answer::Accepted(accepted) = answer else {
            panic!("{answer:?}")
        };
        if !others.is_empty() {
            room.merge(creator);
        }
        (room, accepted)
    }
}

/// A PrivateMessage whose clear header is right and whose sealed part is `sealed`.
pub(crate) fn message_at(
    room: RoomId,
    generation: Generation,
    epoch: u64,
    sealed: &[u8],
) -> Vec<u8> {
    let aad = MessageAad {
        tag: Hash([9; 32]),
        seen_seq: 0,
        seen_chain: Hash([0; 32]),
        channel: None,
    };
    let vector = |bytes: &[u8]| {
        let mut out = match bytes.len() {
            n @ 0..=63 => vec![n as u8],
            n @ 64..=16383 => (n as u16 | 0x4000).to_be_bytes().to_vec(),
            n => (n as u32 | 0x8000_0000).to_be_bytes().to_vec(),
        };
        out.extend(bytes);
        out
    };
    let head = [0, 1, 0, 2];
    let id = vector(&room.group_id(generation));
    let aad = vector(&codec::to_vec(&aad));
    [
        &head[..],
        &id,
        &epoch.to_be_bytes(),
        &[1],
        &aad,
        &vector(&[7; 20]),
        &vector(sealed),
    ]
    .concat()
}

pub(crate) fn submit(room: RoomId, epoch: u64, prev: Option<SubmitId>, sealed: &[u8]) -> Submit {
    let message = message_at(room, 0, epoch, sealed).into();
    Submit {
        room,
        submit_id: SubmitId(random_id()),
        prev,
        message,
    }
}

/// A device's first messages in a room: `count` of them, in order, many at a time. Returns the last.
pub(crate) async fn send_many(
    client: &mut Client,
    room: RoomId,
    epoch: u64,
    count: usize,
    size: usize,
) -> Option<SubmitId> {
    send_after(client, room, epoch, None, count, size).await
}

/// As [`send_many`], after a message that was accepted.
pub(crate) async fn send_after(
    client: &mut Client,
    room: RoomId,
    epoch: u64,
    mut prev: Option<SubmitId>,
    count: usize,
    size: usize,
) -> Option<SubmitId> {
    let mut asked = Vec::new();
    for n in 0..count {
        let message = submit(room, epoch, prev, &vec![n as u8; size]);
        prev = Some(message.submit_id);
        asked.push(client.ask(Request::Submit(message)).await);
        if asked.len() == 48 {
            for id in asked.drain(..) {
                accepted(client.answer(id).await);
            }
        }
    }
    for id in asked {
        accepted(client.answer(id).await);
    }
    prev
}

pub(crate) fn accepted(answer: Answer) -> Accepted {
    let Answer::Accepted(accepted) = answer else {
        panic!("{answer:?}")
    };
    accepted
}

/// The value of a metric, without the `lacre_` of its name.
pub(crate) fn metric(relay: &Relay, name: &str) -> u64 {
    let (page, start) = (relay.metrics(), format!("lacre_{name} "));
    let line = page.lines().find_map(|line| line.strip_prefix(&start));
    line.unwrap().parse().unwrap()
}

/// Waits until something the relay does by itself has happened.
pub(crate) async fn until(mut happened: impl FnMut() -> bool) {
    let waiting = async {
        while !happened() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::client::PATIENCE, waiting)
        .await
        .expect("it to happen in time");
}
