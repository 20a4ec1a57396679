//! Answers.

use super::identity::list;
use super::log::{commit, cursor};
use super::{AIK, NOW, Sample, account, device, hash, key, lineage, room, sample, submit_id};
use lacre_wire::answer::{
    Accepted, AccountInfo, Answer, ClaimedAccount, ClaimedPackage, GroupInfoAnswer, JoinAnswer,
    Listed, OpenState, OpenedLog,
};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::LogId;
use lacre_wire::request::Payload;

fn info() -> AccountInfo {
    AccountInfo {
        account: account(),
        handle: "ana".into(),
        aik: key(AIK).public(),
        list: list(),
    }
}

pub(super) fn samples() -> Vec<Sample> {
    let answer = |name, answer: Answer| sample(name, "answer", &answer);
    let states = [
        OpenState::Live {
            start: cursor(),
            head: 5,
            closed: false,
        },
        OpenState::Trimmed {
            first: 100,
            chain: hash(0x55),
        },
        OpenState::LogReset { lineage: lineage() },
        OpenState::NotAReader,
    ];
    let opened = states.map(|state| OpenedLog {
        log: LogId::Room(room()),
        state,
    });
    let package = ClaimedPackage {
        device: device(),
        package: b"a KeyPackage".to_vec().into(),
        last_resort: false,
    };
    let group_info = GroupInfoAnswer {
        generation: 0,
        epoch: 3,
        group_info: Payload::ByHash(hash(0x24)),
        gi_mac: hash(0x25),
        key_number: 1,
        tree: hash(0x23),
    };
    vec![
        answer("ok", Answer::Ok),
        answer(
            "failed",
            Answer::Failed(WireError::new(ErrorCode::NoSuchRoom, "no such room")),
        ),
        answer(
            "failed, try again",
            Answer::Failed(WireError::retry(ErrorCode::Busy, "too much to do", 250)),
        ),
        answer("opened", Answer::Opened(opened.to_vec())),
        answer(
            "accepted",
            Answer::Accepted(Accepted {
                seq: 2,
                chain: hash(0x55),
                accepted_ms: NOW,
            }),
        ),
        answer(
            "wrong epoch",
            Answer::WrongEpoch {
                generation: 0,
                epoch: 1,
                missed: vec![commit()],
            },
        ),
        answer(
            "out of order",
            Answer::OutOfOrder {
                last: Some(submit_id(2)),
            },
        ),
        answer(
            "out of order, none is remembered",
            Answer::OutOfOrder { last: None },
        ),
        answer(
            "commit first",
            Answer::CommitFirst {
                proposals: vec![b"a Remove".to_vec().into()],
            },
        ),
        answer("turn", Answer::Turn { lease_ms: 5000 }),
        answer("exists", Answer::Exists { room: room() }),
        answer(
            "key packages",
            Answer::KeyPackages(vec![ClaimedAccount {
                info: info(),
                packages: vec![package],
            }]),
        ),
        answer("account", Answer::Account(info())),
        answer(
            "a member was asked",
            Answer::Join(JoinAnswer::Asked { wait_ms: 2000 }),
        ),
        answer("commit yourself", Answer::Join(JoinAnswer::CommitYourself)),
        answer("already in", Answer::Join(JoinAnswer::AlreadyIn)),
        answer("group info", Answer::GroupInfo(group_info)),
        answer("pong", Answer::Pong { server_ms: NOW }),
        answer(
            "listed rooms",
            Answer::ListedRooms {
                rooms: vec![Listed {
                    room: room(),
                    name: "álgebra 3".into(),
                    members: 12,
                    open: true,
                }],
                more: false,
            },
        ),
    ]
}
