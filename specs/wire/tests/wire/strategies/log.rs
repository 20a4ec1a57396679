//! Entries, cursors, checkpoints, and the bodies that the relay writes.

use super::session::stamp;
use super::{account, bytes, device, hash, lineage, log_id, payload, public_key, room, text};
use lacre_wire::checkpoint::Checkpoint;
use lacre_wire::codec;
use lacre_wire::log::{Body, Cursor, Entry, EntryKind, GoneReason, SenderOpening};
use lacre_wire::push::{
    ApprovalRequested, DeviceMessage, Evicted, GenerationOpened, WelcomeNotice,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

fn kind() -> impl Strategy<Value = EntryKind> {
    use EntryKind as K;
    select(
        &[
            K::Message,
            K::Commit,
            K::Proposal,
            K::Generation,
            K::Welcome,
            K::Evicted,
            K::DeviceMessage,
            K::ApprovalRequested,
        ][..],
    )
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        bytes().prop_map(Body::Inline),
        (hash(), any::<u64>()).prop_map(|(hash, size)| Body::ByHash { hash, size }),
        (
            hash(),
            select(&[GoneReason::Expired, GoneReason::Deleted][..])
        )
            .prop_map(|(hash, reason)| Body::Gone { hash, reason }),
    ]
}

pub(crate) fn entry() -> impl Strategy<Value = Entry> {
    let head = (
        any::<u64>(),
        kind(),
        any::<u32>(),
        any::<u64>(),
        any::<u64>(),
    );
    let opening = (account(), hash()).prop_map(|(account, r)| SenderOpening { account, r });
    (head, body(), option::of(stamp()), option::of(opening)).prop_map(
        |((seq, kind, generation, epoch, accepted_ms), body, stamp, sender)| Entry {
            seq,
            kind,
            generation,
            epoch,
            accepted_ms,
            body,
            stamp,
            sender,
        },
    )
}

pub(crate) fn cursor() -> impl Strategy<Value = Cursor> {
    (lineage(), any::<u64>(), hash()).prop_map(|(lineage, seq, chain)| Cursor {
        lineage,
        seq,
        chain,
    })
}

pub(crate) fn checkpoint() -> impl Strategy<Value = Checkpoint> {
    (lineage(), log_id(), any::<u64>(), hash(), any::<u64>()).prop_map(
        |(lineage, log, seq, chain, signed_ms)| Checkpoint {
            lineage,
            log,
            seq,
            chain,
            signed_ms,
        },
    )
}

/// A body that the relay writes, with the CDDL rule it follows.
pub(crate) fn inbox_body() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let welcome = (
        room(),
        any::<u32>(),
        any::<u64>(),
        any::<u64>(),
        payload(),
        hash(),
    )
        .prop_map(|(room, generation, epoch, from_seq, welcome, tree)| {
            let notice = WelcomeNotice {
                room,
                generation,
                epoch,
                from_seq,
                welcome,
                tree,
            };
            ("welcome-notice", codec::to_vec(&notice))
        });
    let evicted = (room(), any::<u64>())
        .prop_map(|(room, until_seq)| ("evicted", codec::to_vec(&Evicted { room, until_seq })));
    let message = (device(), bytes()).prop_map(|(from, sealed)| {
        (
            "device-message",
            codec::to_vec(&DeviceMessage { from, sealed }),
        )
    });
    let approval = (public_key(), bytes(), text()).prop_map(|(device_key, init_key, name)| {
        (
            "approval-requested",
            codec::to_vec(&ApprovalRequested {
                device_key,
                init_key,
                name,
            }),
        )
    });
    let generation = (any::<u32>(), any::<u64>(), payload(), hash()).prop_map(
        |(generation, last_good, group_info, tree)| {
            let opened = GenerationOpened {
                generation,
                last_good,
                group_info,
                tree,
            };
            ("generation-opened", codec::to_vec(&opened))
        },
    );
    prop_oneof![welcome, evicted, message, approval, generation]
}
