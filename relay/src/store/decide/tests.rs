//! The rules by themselves: what is decided from which rows, without a back end.

use super::*;
use crate::store::command::{Append, Hashed};
use crate::store::rows::{LogRow, MemberRow, Remembered};
use lacre_wire::hash::sha256;
use lacre_wire::ids::{DeviceId, Hash, LogId, RoomId, SubmitId};
use lacre_wire::room::RoomKind;
use lacre_wire::stamp::commit_sender;

const ROOM: RoomId = RoomId([1; 16]);
const DEVICE: DeviceId = DeviceId([2; 16]);
const ACCOUNT: AccountId = AccountId([3; 32]);

fn keys() -> StoreKeys {
    StoreKeys {
        stamp_id: 1,
        stamp: [1; 32],
        rest: [2; 32],
        submit: [3; 32],
    }
}

fn env(keys: &StoreKeys) -> Env<'_> {
    Env {
        keys,
        lineage: Lineage([9; 16]),
        lineage_number: 0,
        retention_ms: 1000,
    }
}

/// A room at epoch 4 with five entries; the device reads it and has sent nothing.
fn view() -> View {
    let log = LogRow {
        head: 5,
        last_ms: 100,
        ..LogRow::new(LogId::Room(ROOM))
    };
    let room = RoomRow {
        kind: RoomKind::Group,
        generation: 0,
        epoch: 4,
        epoch_seq: 5,
        group_info: Hash([0; 32]),
        gi_mac: Hash([0; 32]),
        key_number: 0,
        tree: Hash([0; 32]),
        frozen: false,
        join_open: false,
        listed: None,
        retention_ms: None,
        snapshot: None,
        pending: Vec::new(),
        reports: Vec::new(),
        blame: Default::default(),
    };
    let member = MemberRow {
        account: ACCOUNT,
        from_seq: 1,
        until_seq: None,
        acked: 0,
        earlier: None,
        last: None,
        owed: false,
    };
    View {
        room: Some(room),
        log: Some(log),
        member: Some(member),
        ..View::default()
    }
}

fn message() -> Append {
    Append {
        now_ms: 50,
        room: ROOM,
        account: ACCOUNT,
        device: DEVICE,
        generation: 0,
        epoch: 4,
        submit_id: SubmitId([7; 16]),
        prev: None,
        tag: Hash([8; 32]),
        channel: None,
        body: Hashed::new(b"sealed".to_vec()),
    }
}

fn judge(view: &View, message: Append) -> Decision {
    decide(
        view,
        &Command::Append(message),
        Some([6; 16]),
        &env(&keys()),
    )
}

#[test]
fn a_message_becomes_four_writes() {
    let before = view();
    let decision = judge(&before, message());
    let Verdict::Accepted(accepted) = decision.outcome.verdict else {
        panic!("{decision:?}")
    };
    // The clock stands before the log's last entry: time does not go back.
    assert_eq!((accepted.seq, accepted.accepted_ms), (6, 100));
    let [
        Effect::Append(log, entry),
        Effect::Log(_, row),
        Effect::Member(_, device, member),
        remembered,
    ] = decision.effects.as_slice()
    else {
        panic!("{decision:?}")
    };
    assert_eq!(
        (*log, row.head, row.chain, row.due_ms),
        (LogId::Room(ROOM), 6, accepted.chain, Some(1100))
    );
    assert_eq!((*device, member.last), (DEVICE, Some(SubmitId([7; 16]))));
    assert_eq!(*remembered, Effect::Remember([6; 16], 6, 100));
    // The row names nobody; the opening, which is not stored, does.
    let (sealed, opening) = (entry.sender.unwrap(), entry.opening.unwrap());
    assert_ne!(sealed.sealed, ACCOUNT.0);
    assert_eq!(
        entry.stamp.as_ref().unwrap().sender_c,
        commit_sender(&ACCOUNT, &opening.r)
    );
}

#[test]
fn what_was_accepted_is_answered_whatever_else_holds() {
    let mut view = view();
    let chain = sha256(&[b"chain"]);
    view.remembered = Some((
        Remembered {
            seq: 3,
            accepted_ms: 40,
        },
        chain,
    ));
    (view.room, view.log, view.member) = (None, None, None);
    let decision = judge(&view, message());
    assert_eq!(
        decision.outcome.verdict,
        Verdict::Accepted(Accepted {
            seq: 3,
            chain,
            accepted_ms: 40
        })
    );
    assert!(decision.effects.is_empty());
}

#[test]
fn refusals_write_nothing() {
    let wrong_epoch = Append {
        epoch: 3,
        ..message()
    };
    let out_of_order = Append {
        prev: Some(SubmitId([1; 16])),
        ..message()
    };
    let mut frozen = view();
    frozen.room.as_mut().unwrap().frozen = true;
    let mut closed = view();
    closed.member.as_mut().unwrap().until_seq = Some(5);
    let mut waiting = view();
    let pending = Pending {
        seq: 5,
        hash: Hash([0; 32]),
        body: vec![1].into(),
        accepted_ms: 0,
        evicts: Some(DEVICE),
    };
    waiting.room.as_mut().unwrap().pending.push(pending);
    let proposals = vec![vec![1].into()];
    for (view, message, expected) in [
        (
            view(),
            wrong_epoch,
            Some(Verdict::WrongEpoch {
                generation: 0,
                epoch: 4,
            }),
        ),
        (
            view(),
            out_of_order,
            Some(Verdict::OutOfOrder { last: None }),
        ),
        (waiting, message(), Some(Verdict::CommitFirst { proposals })),
        (frozen, message(), None),
        (closed, message(), None),
    ] {
        let decision = judge(&view, message);
        assert!(decision.effects.is_empty());
        match expected {
            Some(expected) => assert_eq!(decision.outcome.verdict, expected),
            None => assert!(matches!(decision.outcome.verdict, Verdict::Refused(_))),
        }
    }
}

#[test]
fn a_pair_has_one_key() {
    let (a, b) = (AccountId([1; 32]), AccountId([2; 32]));
    assert_eq!(pair(a, b), pair(b, a));
}
