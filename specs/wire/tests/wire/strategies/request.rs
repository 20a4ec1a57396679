//! Requests and what they carry.

use super::{
    account, bytes, cursor, device, hash, log_id, payload, room, signature, signed_device_list,
    submit_id, text,
};
use lacre_wire::codec;
use lacre_wire::request::{
    BadCommit, CommitBundle, CreateRoom, OpenGeneration, OpenLog, Request, SignedBadCommit, Submit,
    Who,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

pub(crate) fn commit_bundle() -> impl Strategy<Value = CommitBundle> {
    (
        submit_id(),
        payload(),
        payload(),
        hash(),
        any::<u32>(),
        option::of(payload()),
    )
        .prop_map(
            |(submit_id, commit, group_info, gi_mac, key_number, welcome)| CommitBundle {
                submit_id,
                commit,
                group_info,
                gi_mac,
                key_number,
                welcome,
            },
        )
}

fn create_room() -> impl Strategy<Value = CreateRoom> {
    let rest = (hash(), submit_id());
    (
        room(),
        option::of(account()),
        payload(),
        payload(),
        option::of(commit_bundle()),
        rest,
    )
        .prop_map(
            |(room, peer, group_info, tree, bundle, (gi_mac, submit_id))| CreateRoom {
                room,
                peer,
                group_info,
                tree,
                bundle,
                gi_mac,
                submit_id,
            },
        )
}

fn open_generation() -> impl Strategy<Value = OpenGeneration> {
    let numbers = (any::<u32>(), any::<u64>(), any::<u32>());
    let group = (payload(), payload(), option::of(commit_bundle()));
    (room(), numbers, group, hash(), submit_id()).prop_map(
        |(
            room,
            (generation, last_good, key_number),
            (group_info, tree, bundle),
            gi_mac,
            submit_id,
        )| {
            OpenGeneration {
                room,
                generation,
                last_good,
                group_info,
                tree,
                bundle,
                gi_mac,
                key_number,
                submit_id,
            }
        },
    )
}

fn submit() -> impl Strategy<Value = Submit> {
    (room(), submit_id(), option::of(submit_id()), bytes()).prop_map(
        |(room, submit_id, prev, message)| Submit {
            room,
            submit_id,
            prev,
            message,
        },
    )
}

pub(crate) fn bad_commit() -> impl Strategy<Value = BadCommit> {
    (
        room(),
        any::<u32>(),
        any::<u64>(),
        any::<u64>(),
        hash(),
        text(),
        option::of(hash()),
    )
        .prop_map(
            |(room, generation, epoch, seq, commit, reason, external_pub)| BadCommit {
                room,
                generation,
                epoch,
                seq,
                commit,
                reason,
                external_pub,
            },
        )
}

pub(crate) fn request() -> impl Strategy<Value = Request> {
    let open = (log_id(), option::of(cursor())).prop_map(|(log, cursor)| OpenLog { log, cursor });
    let turn = (room(), any::<u32>(), any::<u64>(), any::<bool>());
    let packages = (any::<u16>(), vec(bytes(), 0..4), option::of(bytes()));
    let who = prop_oneof![
        text().prop_map(Who::Handle),
        account().prop_map(Who::Account)
    ];
    let report = (bad_commit(), signature()).prop_map(|(report, signature)| SignedBadCommit {
        statement: codec::to_vec(&report).into(),
        signature,
    });
    prop_oneof![
        vec(open, 0..4).prop_map(Request::Open),
        submit().prop_map(Request::Submit),
        turn.prop_map(|(room, generation, epoch, removal)| Request::CommitTurn {
            room,
            generation,
            epoch,
            removal
        }),
        room().prop_map(|room| Request::ReleaseTurn { room }),
        (room(), commit_bundle()).prop_map(|(room, bundle)| Request::Commit { room, bundle }),
        (room(), submit_id(), bytes()).prop_map(|(room, submit_id, proposal)| Request::Propose {
            room,
            submit_id,
            proposal
        }),
        create_room().prop_map(Request::CreateRoom),
        packages.prop_map(|(suite, one_time, last_resort)| Request::PutKeyPackages {
            suite,
            one_time,
            last_resort
        }),
        (any::<u16>(), vec(account(), 0..4))
            .prop_map(|(suite, accounts)| Request::ClaimKeyPackages { suite, accounts }),
        who.prop_map(Request::Lookup),
        signed_device_list().prop_map(Request::PutDeviceList),
        (device(), bytes()).prop_map(|(device, sealed)| Request::SendToDevice { device, sealed }),
        room().prop_map(|room| Request::Join { room }),
        room().prop_map(|room| Request::GroupInfo { room }),
        report.prop_map(Request::BadCommit),
        Just(Request::Ping),
        vec(room(), 0..4).prop_map(Request::Focus),
        text().prop_map(|name| Request::FindListed { name }),
        option::of(text()).prop_map(|after| Request::Listed { after }),
        open_generation().prop_map(Request::OpenGeneration),
    ]
}
