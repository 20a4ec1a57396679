//! Arbitrary values of every message, for the properties.

mod answer;
mod ephemeral;
mod identity;
mod log;
mod request;
mod room;
mod session;

pub(crate) use answer::answer;
pub(crate) use ephemeral::{ephemeral, hint};
pub(crate) use identity::{device_list, leaf_identity, signed_device_list};
pub(crate) use log::{checkpoint, cursor, entry, inbox_body};
pub(crate) use request::{bad_commit, commit_bundle, request};
pub(crate) use room::{operations, room_state};
pub(crate) use session::{
    client_frame, hello, message_aad, object_answer, object_request, ready, relay_hello,
    relay_statement, server_frame, stamp, stamp_context,
};

use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::{
    AccountId, DeviceId, Hash, Lineage, LogId, PublicKey, RoomId, Signature, SubmitId,
};
use lacre_wire::request::Payload;
use minicbor::bytes::ByteVec;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

macro_rules! ids {
    ($($name:ident $id:ident)*) => {
        $(pub(crate) fn $name() -> impl Strategy<Value = $id> {
            any::<[u8; $id::SIZE]>().prop_map($id)
        })*
    };
}

ids! {
    hash Hash
    account AccountId
    device DeviceId
    room RoomId
    submit_id SubmitId
    lineage Lineage
    public_key PublicKey
}

pub(crate) fn signature() -> impl Strategy<Value = Signature> {
    (any::<[u8; 32]>(), any::<[u8; 32]>())
        .prop_map(|(r, s)| Signature([r, s].concat().try_into().unwrap()))
}

pub(crate) fn log_id() -> impl Strategy<Value = LogId> {
    prop_oneof![
        room().prop_map(LogId::Room),
        device().prop_map(LogId::Inbox)
    ]
}

pub(crate) fn bytes() -> impl Strategy<Value = ByteVec> {
    vec(any::<u8>(), 0..80).prop_map(ByteVec::from)
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    "\\PC{0,20}"
}

pub(crate) fn payload() -> impl Strategy<Value = Payload> {
    prop_oneof![
        bytes().prop_map(Payload::Inline),
        hash().prop_map(Payload::ByHash)
    ]
}

pub(crate) fn wire_error() -> impl Strategy<Value = WireError> {
    (select(ErrorCode::ALL), text(), option::of(any::<u64>())).prop_map(
        |(code, message, retry_after_ms)| WireError {
            code,
            message,
            retry_after_ms,
        },
    )
}
