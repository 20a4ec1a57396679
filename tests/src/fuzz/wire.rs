//! What travels between relay and clients.

use lacre_wire::answer::ObjectAnswer;
use lacre_wire::checkpoint::SignedCheckpoint;
use lacre_wire::codec;
use lacre_wire::ephemeral::{Ephemeral, Hint};
use lacre_wire::frame::Deframer;
use lacre_wire::hello::{Hello, Purpose};
use lacre_wire::identity::{LeafIdentity, SignedDeviceList, SigningKey};
use lacre_wire::ids::{AccountId, Hash, LogId, PublicKey, RoomId};
use lacre_wire::limits::MAX_FRAME;
use lacre_wire::log::{Entry, chain_start};
use lacre_wire::push::{
    ApprovalRequested, DeviceMessage, Evicted, GenerationOpened, ServerFrame, WelcomeNotice,
};
use lacre_wire::relay::RelayAddress;
use lacre_wire::request::{ClientFrame, ObjectRequest};
use lacre_wire::room::{Operation, PrivateMessageHeader, RoomState};
use lacre_wire::socket::{Message, RelayHello};
use lacre_wire::stamp::MessageAad;
use minicbor::{Decode, Encode};
use std::fmt::Debug;

/// Reads a `T`. What is read can be written and read again, and is the same.
fn read<T>(bytes: &[u8]) -> Option<T>
where
    T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + Debug,
{
    let value = codec::from_slice::<T>(bytes).ok()?;
    let written = codec::to_vec(&value);
    assert_eq!(
        codec::check(&written),
        Ok(()),
        "a value was not written canonically"
    );
    assert_eq!(
        codec::from_slice::<T>(&written).as_ref(),
        Ok(&value),
        "a value changed on its way"
    );
    // Keys of later versions are passed over, so writing may lose some, never add.
    assert!(written.len() <= bytes.len(), "writing added something");
    Some(value)
}

/// A byte stream cut anywhere: the first byte says where, the rest is the stream.
pub fn frames(bytes: &[u8]) {
    let Some((cut, stream)) = bytes.split_first() else {
        return;
    };
    let whole = cut_into_frames(&[stream]);
    let (before, after) = stream.split_at(usize::from(*cut).min(stream.len()));
    assert_eq!(
        cut_into_frames(&[before, after]),
        whole,
        "a cut changed the frames"
    );
}

/// The payloads of a stream that comes in parts, and whether it broke.
fn cut_into_frames(parts: &[&[u8]]) -> (Vec<Vec<u8>>, bool) {
    let mut deframer = Deframer::default();
    let mut payloads = Vec::new();
    for part in parts {
        deframer.push(part);
        loop {
            match deframer.next_payload() {
                Ok(Some(payload)) => {
                    assert!(
                        payload.len() <= MAX_FRAME,
                        "a frame over the limit came through"
                    );
                    payloads.push(payload.to_vec());
                }
                Ok(None) => break,
                Err(_) => return (payloads, true),
            }
        }
    }
    (payloads, false)
}

/// A client's first flight.
pub fn hello(bytes: &[u8]) {
    if let Some(hello) = read::<Hello>(bytes)
        && let Purpose::SignUp { aik, list, .. } = hello.purpose
    {
        let _ = list.verify(&aik);
    }
}

/// Anything a client sends on its session stream.
pub fn client_frame(bytes: &[u8]) {
    if let Some(ClientFrame::Open { hello: inner, .. }) = read::<ClientFrame>(bytes) {
        hello(&inner);
    }
}

/// Anything a relay sends on a session or catch-up stream.
pub fn server_frame(bytes: &[u8]) {
    match read::<ServerFrame>(bytes) {
        Some(ServerFrame::Ready(ready)) => drop(ready.statement.read()),
        Some(ServerFrame::Checkpoint(SignedCheckpoint { checkpoint, .. })) => {
            let _ = read::<lacre_wire::checkpoint::Checkpoint>(&checkpoint);
        }
        _ => {}
    }
}

/// A message of a WebSocket, either way, and the hello it may hold.
pub fn socket_message(bytes: &[u8]) {
    let Ok(message) = Message::read(bytes) else {
        return;
    };
    assert_eq!(message.write(), bytes, "a message changed on its way");
    if let Message::Hello(hello) = message {
        let _ = read::<RelayHello>(hello);
    }
}

/// The first frame of an object stream, either way.
pub fn objects(bytes: &[u8]) {
    let _ = read::<ObjectRequest>(bytes);
    let _ = read::<ObjectAnswer>(bytes);
}

/// A datagram with a hint, and a hint as it is opened.
pub fn ephemeral(bytes: &[u8]) {
    let _ = read::<Hint>(bytes);
    if let Ok(hint) = Hint::unpad(bytes) {
        assert_eq!(
            Hint::unpad(&hint.pad()),
            Ok(hint),
            "a hint changed on its way"
        );
    }
    let Some(ephemeral) = read::<Ephemeral>(bytes) else {
        return;
    };
    let moved = Ephemeral {
        counter: ephemeral.counter.wrapping_add(1),
        ..ephemeral.clone()
    };
    assert_ne!(ephemeral.aad(), moved.aad(), "the counter is not bound");
}

/// Entries, the bodies that the relay writes, and the chain over them.
pub fn entries(bytes: &[u8]) {
    let Some(entry) = read::<Entry>(bytes) else {
        let _ = read::<WelcomeNotice>(bytes);
        let _ = read::<Evicted>(bytes);
        let _ = read::<DeviceMessage>(bytes);
        let _ = read::<ApprovalRequested>(bytes);
        let _ = read::<GenerationOpened>(bytes);
        return;
    };
    let start = chain_start(LogId::Room(RoomId([0; 16])));
    let chain = entry.chain(&start);
    assert_ne!(
        chain,
        entry.chain(&Hash([0; 32])),
        "the chain forgets what came before"
    );
    let moved = Entry {
        seq: entry.seq.wrapping_add(1),
        ..entry.clone()
    };
    assert_ne!(chain, moved.chain(&start), "the chain forgets the position");
    // How a body travels, and who opened the stamp, are not part of the chain.
    let gone = lacre_wire::log::Body::Gone {
        hash: entry.body.hash(),
        reason: lacre_wire::log::GoneReason::Deleted,
    };
    assert_eq!(
        chain,
        Entry {
            body: gone,
            sender: None,
            ..entry
        }
        .chain(&start)
    );
}

/// The identity key of `specs/vectors`. The inputs may hold its signatures, and nobody else's.
fn known_key() -> PublicKey {
    SigningKey::from_seed(&[1; 32]).public()
}

/// A device list as somebody else publishes it.
pub fn device_list(bytes: &[u8]) {
    let Some(list) = read::<SignedDeviceList>(bytes) else {
        return;
    };
    let Ok(inner) = list.read() else { return };
    if let Ok(verified) = list.verify(&known_key()) {
        assert_eq!(verified, inner);
        assert_eq!(
            verified.account,
            AccountId::of(&known_key()),
            "a list of another account verifies"
        );
    }
    assert!(list.succeeds(&list).is_err(), "a list follows itself");
}

/// The credential of a leaf.
pub fn leaf_identity(bytes: &[u8]) {
    let Ok(leaf) = LeafIdentity::decode(bytes) else {
        return;
    };
    if let Ok(device) = leaf.verify(&leaf.certificate.key.0) {
        assert_eq!(leaf.aik, known_key(), "a forged leaf verifies");
        assert_eq!(device, leaf.claimed());
    }
}

/// A room's state: what is accepted comes out byte for byte, also what this version does not know.
pub fn room_state(bytes: &[u8]) {
    if let Ok(state) = RoomState::decode(bytes) {
        assert_eq!(state.encode(), bytes, "a room state changed on its way");
    }
}

/// The operations in a commit.
pub fn operations(bytes: &[u8]) {
    if let Ok(operations) = Operation::decode_all(bytes) {
        assert_eq!(
            Operation::encode_all(&operations),
            bytes,
            "operations changed on their way"
        );
    }
}

/// The clear header of a sealed message and what its sender authenticates there.
pub fn message_header(bytes: &[u8]) {
    let Ok(header) = PrivateMessageHeader::parse(bytes) else {
        return;
    };
    let _ = RoomId::from_group_id(header.group_id);
    let _ = read::<MessageAad>(header.authenticated_data);
    let held = header.group_id.len() + header.authenticated_data.len();
    assert!(held < bytes.len(), "the header holds more than the message");
}

/// A relay's address as people paste it.
pub fn address(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(address) = text.parse::<RelayAddress>() {
        assert_eq!(
            address.to_string().parse(),
            Ok(address),
            "an address changed on its way"
        );
    }
}
