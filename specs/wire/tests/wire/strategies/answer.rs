//! Answers.

use super::{
    account, bytes, cursor, device, entry, hash, lineage, log_id, payload, public_key, room,
    signed_device_list, submit_id, text, wire_error,
};
use lacre_wire::answer::{
    Accepted, AccountInfo, Answer, ClaimedAccount, ClaimedPackage, GroupInfoAnswer, JoinAnswer,
    Listed, OpenState, OpenedLog,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn open_state() -> impl Strategy<Value = OpenState> {
    prop_oneof![
        (cursor(), any::<u64>(), any::<bool>()).prop_map(|(start, head, closed)| OpenState::Live {
            start,
            head,
            closed
        }),
        (any::<u64>(), hash()).prop_map(|(first, chain)| OpenState::Trimmed { first, chain }),
        lineage().prop_map(|lineage| OpenState::LogReset { lineage }),
        Just(OpenState::NotAReader),
    ]
}

fn account_info() -> impl Strategy<Value = AccountInfo> {
    (account(), text(), public_key(), signed_device_list()).prop_map(
        |(account, handle, aik, list)| AccountInfo {
            account,
            handle,
            aik,
            list,
        },
    )
}

fn claimed_account() -> impl Strategy<Value = ClaimedAccount> {
    let package = (device(), bytes(), any::<bool>()).prop_map(|(device, package, last_resort)| {
        ClaimedPackage {
            device,
            package,
            last_resort,
        }
    });
    (account_info(), vec(package, 0..3))
        .prop_map(|(info, packages)| ClaimedAccount { info, packages })
}

fn group_info() -> impl Strategy<Value = GroupInfoAnswer> {
    (
        any::<u32>(),
        any::<u64>(),
        payload(),
        hash(),
        any::<u32>(),
        hash(),
    )
        .prop_map(
            |(generation, epoch, group_info, gi_mac, key_number, tree)| GroupInfoAnswer {
                generation,
                epoch,
                group_info,
                gi_mac,
                key_number,
                tree,
            },
        )
}

pub(crate) fn answer() -> impl Strategy<Value = Answer> {
    let opened = (log_id(), open_state()).prop_map(|(log, state)| OpenedLog { log, state });
    let accepted =
        (any::<u64>(), hash(), any::<u64>()).prop_map(|(seq, chain, accepted_ms)| Accepted {
            seq,
            chain,
            accepted_ms,
        });
    let wrong_epoch = (any::<u32>(), any::<u64>(), vec(entry(), 0..3));
    let listed =
        (room(), text(), any::<u32>(), any::<bool>()).prop_map(|(room, name, members, open)| {
            Listed {
                room,
                name,
                members,
                open,
            }
        });
    let join = prop_oneof![
        any::<u64>().prop_map(|wait_ms| JoinAnswer::Asked { wait_ms }),
        Just(JoinAnswer::CommitYourself),
        Just(JoinAnswer::AlreadyIn),
    ];
    prop_oneof![
        Just(Answer::Ok),
        wire_error().prop_map(Answer::Failed),
        vec(opened, 0..4).prop_map(Answer::Opened),
        accepted.prop_map(Answer::Accepted),
        wrong_epoch.prop_map(|(generation, epoch, missed)| Answer::WrongEpoch {
            generation,
            epoch,
            missed
        }),
        option::of(submit_id()).prop_map(|last| Answer::OutOfOrder { last }),
        vec(bytes(), 0..3).prop_map(|proposals| Answer::CommitFirst { proposals }),
        any::<u64>().prop_map(|lease_ms| Answer::Turn { lease_ms }),
        room().prop_map(|room| Answer::Exists { room }),
        vec(claimed_account(), 0..3).prop_map(Answer::KeyPackages),
        account_info().prop_map(Answer::Account),
        join.prop_map(Answer::Join),
        group_info().prop_map(Answer::GroupInfo),
        any::<u64>().prop_map(|server_ms| Answer::Pong { server_ms }),
        (vec(listed, 0..3), any::<bool>())
            .prop_map(|(rooms, more)| Answer::ListedRooms { rooms, more }),
    ]
}
