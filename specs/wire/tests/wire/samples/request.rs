//! Requests.

use super::identity::list;
use super::log::cursor;
use super::{DEVICE, Sample, account, device, hash, key, other_account, room, sample, submit_id};
use lacre_wire::codec;
use lacre_wire::identity::Label;
use lacre_wire::ids::LogId;
use lacre_wire::request::{
    BadCommit, CommitBundle, CreateRoom, OpenGeneration, OpenLog, Payload, Request,
    SignedBadCommit, Submit, Who,
};
use lacre_wire::room::SUITE_POST_QUANTUM;

fn inline(text: &str) -> Payload {
    Payload::Inline(text.as_bytes().to_vec().into())
}

fn bundle(welcome: bool) -> CommitBundle {
    CommitBundle {
        submit_id: submit_id(2),
        commit: inline("a commit"),
        group_info: Payload::ByHash(hash(0x24)),
        gi_mac: hash(0x25),
        key_number: 1,
        welcome: welcome.then(|| inline("a Welcome")),
    }
}

fn create(peer: bool) -> CreateRoom {
    CreateRoom {
        room: room(),
        peer: peer.then(other_account),
        group_info: inline("a GroupInfo"),
        tree: inline("a tree"),
        bundle: peer.then(|| bundle(true)),
        gi_mac: hash(0x26),
        submit_id: submit_id(1),
    }
}

fn generation(alone: bool) -> OpenGeneration {
    OpenGeneration {
        room: room(),
        generation: 1,
        last_good: 3,
        group_info: inline("a GroupInfo"),
        tree: inline("a tree"),
        bundle: (!alone).then(|| bundle(true)),
        gi_mac: hash(0x28),
        key_number: 2,
        submit_id: submit_id(5),
    }
}

fn report() -> SignedBadCommit {
    let report = BadCommit {
        room: room(),
        generation: 0,
        epoch: 3,
        seq: 12,
        commit: hash(0x27),
        reason: "the confirmation tag is wrong".into(),
        external_pub: Some(hash(0x28)),
    };
    let statement = codec::to_vec(&report);
    let signature = key(DEVICE).sign(Label::BadCommit, &statement);
    SignedBadCommit {
        statement: statement.into(),
        signature,
    }
}

pub(super) fn samples() -> Vec<Sample> {
    let request = |name, request: Request| sample(name, "request", &request);
    let open = vec![
        OpenLog {
            log: LogId::Room(room()),
            cursor: Some(cursor()),
        },
        OpenLog {
            log: LogId::Inbox(device()),
            cursor: None,
        },
    ];
    let submit = |prev| Submit {
        room: room(),
        submit_id: submit_id(3),
        prev,
        message: vec![0, 1, 0, 2].into(),
    };
    let packages = |last: bool| Request::PutKeyPackages {
        suite: SUITE_POST_QUANTUM,
        one_time: vec![b"one".to_vec().into(), b"two".to_vec().into()],
        last_resort: last.then(|| b"last".to_vec().into()),
    };
    vec![
        request("open", Request::Open(open)),
        request("submit the first", Request::Submit(submit(None))),
        request(
            "submit the next",
            Request::Submit(submit(Some(submit_id(2)))),
        ),
        request(
            "commit turn",
            Request::CommitTurn {
                room: room(),
                generation: 0,
                epoch: 3,
                removal: true,
            },
        ),
        request("release turn", Request::ReleaseTurn { room: room() }),
        request(
            "commit",
            Request::Commit {
                room: room(),
                bundle: bundle(false),
            },
        ),
        request(
            "commit with a Welcome",
            Request::Commit {
                room: room(),
                bundle: bundle(true),
            },
        ),
        request(
            "propose",
            Request::Propose {
                room: room(),
                submit_id: submit_id(4),
                proposal: b"a SelfRemove".to_vec().into(),
            },
        ),
        request("create a room", Request::CreateRoom(create(false))),
        request("create a direct room", Request::CreateRoom(create(true))),
        request(
            "open a generation",
            Request::OpenGeneration(generation(false)),
        ),
        request(
            "open a generation alone",
            Request::OpenGeneration(generation(true)),
        ),
        request("put key packages", packages(false)),
        request("put key packages and a last resort", packages(true)),
        request(
            "claim key packages",
            Request::ClaimKeyPackages {
                suite: SUITE_POST_QUANTUM,
                accounts: vec![other_account()],
            },
        ),
        request(
            "look up a handle",
            Request::Lookup(Who::Handle("ana".into())),
        ),
        request(
            "look up an account",
            Request::Lookup(Who::Account(account())),
        ),
        request("put a device list", Request::PutDeviceList(list())),
        request(
            "send to a device",
            Request::SendToDevice {
                device: device(),
                sealed: b"sealed".to_vec().into(),
            },
        ),
        request("join", Request::Join { room: room() }),
        request("ask for the GroupInfo", Request::GroupInfo { room: room() }),
        request("report a bad commit", Request::BadCommit(report())),
        request("ping", Request::Ping),
        request("focus", Request::Focus(vec![room()])),
        request(
            "find a listed room",
            Request::FindListed {
                name: "álgebra 3".into(),
            },
        ),
        request("list rooms", Request::Listed { after: None }),
        request(
            "list more rooms",
            Request::Listed {
                after: Some("álgebra 3".into()),
            },
        ),
    ]
}
