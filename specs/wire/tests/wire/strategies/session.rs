//! Frames, the first flight, objects and stamps.

use super::{
    account, answer, bytes, checkpoint, entry, hash, lineage, log_id, public_key, request, room,
    signature, signed_device_list, text, wire_error,
};
use lacre_wire::answer::ObjectAnswer;
use lacre_wire::checkpoint::SignedCheckpoint;
use lacre_wire::codec;
use lacre_wire::hello::{Hello, KeyPackageCount, LogHead, Purpose, Ready};
use lacre_wire::ids::Ticket;
use lacre_wire::push::{CommitReason, ServerFrame};
use lacre_wire::relay::{RelayStatement, SignedRelayStatement};
use lacre_wire::request::{ClientFrame, LogSeq, ObjectRequest};
use lacre_wire::socket::RelayHello;
use lacre_wire::stamp::{MessageAad, Stamp, StampContext};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) fn stamp() -> impl Strategy<Value = Stamp> {
    (
        any::<u32>(),
        hash(),
        hash(),
        hash(),
        option::of(any::<u64>()),
    )
        .prop_map(|(key_id, tag, sender_c, mac, channel)| Stamp {
            key_id,
            tag,
            sender_c,
            mac,
            channel,
        })
}

pub(crate) fn stamp_context() -> impl Strategy<Value = StampContext> {
    let place = (any::<u64>(), any::<u64>(), any::<u64>());
    (
        any::<u32>(),
        room(),
        any::<u32>(),
        option::of(any::<u64>()),
        place,
        hash(),
    )
        .prop_map(
            |(key_id, room, generation, channel, (seq, epoch, accepted_ms), sender_c)| {
                StampContext {
                    key_id,
                    room,
                    generation,
                    channel,
                    seq,
                    epoch,
                    accepted_ms,
                    sender_c,
                }
            },
        )
}

pub(crate) fn message_aad() -> impl Strategy<Value = MessageAad> {
    (hash(), any::<u64>(), hash(), option::of(any::<u64>())).prop_map(
        |(tag, seen_seq, seen_chain, channel)| MessageAad {
            tag,
            seen_seq,
            seen_chain,
            channel,
        },
    )
}

pub(crate) fn hello() -> impl Strategy<Value = Hello> {
    let purpose = prop_oneof![
        Just(Purpose::SignIn),
        (public_key(), signed_device_list(), text())
            .prop_map(|(aik, list, handle)| Purpose::SignUp { aik, list, handle }),
        (bytes(), text()).prop_map(|(init_key, name)| Purpose::RequestDevice { init_key, name }),
    ];
    (
        vec(any::<u32>(), 0..4),
        text(),
        account(),
        public_key(),
        any::<u64>(),
        purpose,
    )
        .prop_map(
            |(versions, client, account, device_key, counter, purpose)| Hello {
                versions,
                client,
                account,
                device_key,
                counter,
                purpose,
            },
        )
}

pub(crate) fn relay_hello() -> impl Strategy<Value = RelayHello> {
    (vec(any::<u32>(), 0..4), hash(), any::<[u8; 16]>()).prop_map(|(versions, nonce, ticket)| {
        RelayHello {
            versions,
            nonce,
            ticket: Ticket(ticket),
        }
    })
}

pub(crate) fn relay_statement() -> impl Strategy<Value = RelayStatement> {
    let keys = (public_key(), public_key(), public_key());
    (keys, any::<u64>(), option::of(hash())).prop_map(
        |((identity, sender_key, checkpoint_key), issued_ms, next)| RelayStatement {
            identity,
            sender_key,
            checkpoint_key,
            issued_ms,
            next,
        },
    )
}

pub(crate) fn ready() -> impl Strategy<Value = Ready> {
    let statement =
        (relay_statement(), signature()).prop_map(|(statement, signature)| SignedRelayStatement {
            statement: codec::to_vec(&statement).into(),
            signature,
        });
    let head = (
        log_id(),
        any::<u64>(),
        any::<u64>(),
        option::of(any::<u64>()),
    )
        .prop_map(|(log, head, from_seq, until_seq)| LogHead {
            log,
            head,
            from_seq,
            until_seq,
        });
    let count =
        (any::<u16>(), any::<u32>(), any::<bool>()).prop_map(|(suite, left, last_resort)| {
            KeyPackageCount {
                suite,
                left,
                last_resort,
            }
        });
    let lists = (vec(head, 0..4), vec(count, 0..3));
    let times = (any::<u64>(), any::<u64>());
    (
        any::<u32>(),
        lineage(),
        times,
        statement,
        lists,
        any::<u64>(),
        any::<bool>(),
    )
        .prop_map(
            |(
                version,
                lineage,
                (server_ms, reconnect_spread_ms),
                statement,
                lists,
                list_version,
                listed,
            )| Ready {
                version,
                lineage,
                server_ms,
                statement,
                reconnect_spread_ms,
                logs: lists.0,
                key_packages: lists.1,
                list_version,
                listed,
            },
        )
}

pub(crate) fn client_frame() -> impl Strategy<Value = ClientFrame> {
    let position = (log_id(), any::<u64>()).prop_map(|(log, seq)| LogSeq { log, seq });
    prop_oneof![
        (hello(), signature()).prop_map(|(hello, signature)| ClientFrame::Open {
            hello: codec::to_vec(&hello).into(),
            signature
        }),
        (any::<u32>(), request()).prop_map(|(id, request)| ClientFrame::Request { id, request }),
        vec(position, 0..4).prop_map(|acks| ClientFrame::Ack { acks }),
        vec(log_id(), 0..4).prop_map(|logs| ClientFrame::Close { logs }),
    ]
}

pub(crate) fn server_frame() -> impl Strategy<Value = ServerFrame> {
    let signed = (checkpoint(), signature()).prop_map(|(head, signature)| SignedCheckpoint {
        checkpoint: codec::to_vec(&head).into(),
        signature,
    });
    let reason = select(&[CommitReason::ProposalsWait, CommitReason::LongEpoch][..]);
    prop_oneof![
        ready().prop_map(ServerFrame::Ready),
        (any::<u32>(), answer()).prop_map(|(id, answer)| ServerFrame::Answer { id, answer }),
        (log_id(), vec(entry(), 0..4))
            .prop_map(|(log, entries)| ServerFrame::Entries { log, entries }),
        (log_id(), any::<u64>()).prop_map(|(log, from)| ServerFrame::CatchUp { log, from }),
        (log_id(), any::<u64>()).prop_map(|(log, next)| ServerFrame::CatchUpEnd { log, next }),
        signed.prop_map(ServerFrame::Checkpoint),
        (room(), vec(account(), 0..4))
            .prop_map(|(room, accounts)| ServerFrame::JoinRequests { room, accounts }),
        (room(), reason).prop_map(|(room, reason)| ServerFrame::CommitPlease { room, reason }),
        any::<u64>().prop_map(|spread_ms| ServerFrame::GoAway { spread_ms }),
        wire_error().prop_map(ServerFrame::Closing),
        (room(), any::<u32>())
            .prop_map(|(room, generation)| ServerFrame::Frozen { room, generation }),
    ]
}

pub(crate) fn object_request() -> impl Strategy<Value = ObjectRequest> {
    prop_oneof![
        hash().prop_map(|hash| ObjectRequest::Get { hash }),
        (hash(), any::<u64>()).prop_map(|(hash, size)| ObjectRequest::Put { hash, size }),
    ]
}

pub(crate) fn object_answer() -> impl Strategy<Value = ObjectAnswer> {
    prop_oneof![
        any::<u64>().prop_map(|size| ObjectAnswer::Found { size }),
        Just(ObjectAnswer::Stored),
        wire_error().prop_map(ObjectAnswer::Failed),
    ]
}
