//! Who is let in when, on a clock that a test moves.

use crate::groups::joins::{ALONE_MS, Joins};
use lacre_wire::answer::JoinAnswer;
use lacre_wire::ids::{AccountId, DeviceId, RoomId};

const ROOM: RoomId = RoomId([1; 16]);
const A: DeviceId = DeviceId([1; 16]);
const B: DeviceId = DeviceId([2; 16]);

fn account(n: u8) -> AccountId {
    AccountId([n; 32])
}

#[test]
fn a_hundred_joiners_are_two_batches() {
    let mut joins = Joins::default();
    // They come over 40 ms, all before the first member is named.
    let waits: Vec<_> = (0..100)
        .map(|n| joins.ask(ROOM, account(n), 10, true, u64::from(n) * 40 / 100))
        .collect();
    assert_eq!(waits[0], JoinAnswer::Asked { wait_ms: 2_000 });
    assert_eq!(waits[99], JoinAnswer::Asked { wait_ms: 3_000 });
    assert_eq!((joins.due(49), joins.wake()), (vec![], Some(50)));
    assert_eq!(joins.due(50), [ROOM]);
    let first = joins.name(ROOM, &[A, B], 50).unwrap();
    assert_eq!((first.device, first.accounts.len()), (A, 50));
    assert_eq!(joins.name(ROOM, &[A, B], 51), None);
    joins.settled(&ROOM, &first.accounts, 60, 300);
    // The member that did it is asked again, and gets the rest.
    let second = joins.name(ROOM, &[A, B], 300).unwrap();
    assert_eq!((second.device, second.accounts.len()), (A, 50));
    assert!(
        second
            .accounts
            .iter()
            .all(|account| !first.accounts.contains(account))
    );
    joins.settled(&ROOM, &second.accounts, 110, 900);
    assert_eq!((joins.due(900), joins.wake()), (vec![], None));
}

#[test]
fn a_member_that_does_not_answer_is_passed_over() {
    let mut joins = Joins::default();
    joins.ask(ROOM, account(1), 10, true, 0);
    assert_eq!(joins.name(ROOM, &[A, B], 50).unwrap().device, A);
    joins.ask(ROOM, account(2), 10, true, 60);
    assert_eq!(joins.due(1_049), []);
    let next = joins.name(ROOM, &[A, B], 1_050).unwrap();
    assert_eq!(
        (next.device, next.accounts),
        (B, vec![account(1), account(2)])
    );
}

#[test]
fn who_is_not_added_in_time_commits_alone() {
    let mut joins = Joins::default();
    assert!(!joins.may_commit_alone(&ROOM, &account(1), 5_000));
    joins.ask(ROOM, account(1), 10, true, 0);
    assert_eq!(
        joins.ask(ROOM, account(1), 10, true, 500),
        JoinAnswer::Asked { wait_ms: 1_500 }
    );
    assert!(!joins.may_commit_alone(&ROOM, &account(1), 1_999));
    assert!(joins.may_commit_alone(&ROOM, &account(1), 2_000));
    assert_eq!(
        joins.ask(ROOM, account(1), 10, true, 2_000),
        JoinAnswer::CommitYourself
    );
    // Nobody online: at once, but one after the other.
    assert_eq!(
        joins.ask(ROOM, account(2), 10, false, 2_500),
        JoinAnswer::Asked { wait_ms: 1_500 }
    );
    assert!(!joins.may_commit_alone(&ROOM, &account(2), 2_500));
    assert_eq!(
        joins.ask(ROOM, account(2), 10, false, 4_000),
        JoinAnswer::CommitYourself
    );
    assert!(joins.may_commit_alone(&ROOM, &account(2), 4_000));
    assert!(!joins.may_commit_alone(&ROOM, &account(1), 4_000));
    // Long after, both are forgotten.
    assert_eq!(joins.due(14_000), []);
    assert!(!joins.may_commit_alone(&ROOM, &account(1), 14_000));
}

#[test]
fn while_people_are_let_in_the_others_wait_for_their_place() {
    let mut joins = Joins::default();
    for n in 0..60 {
        joins.ask(ROOM, account(n), 10, true, 0);
    }
    let first = joins.name(ROOM, &[A, B], 50).unwrap();
    // The member asks for the turn: it is at work, and no other is named beside it.
    joins.answers(&ROOM, &B, 900);
    assert_eq!(joins.wake(), Some(1_050));
    joins.answers(&ROOM, &A, 900);
    assert_eq!(joins.wake(), Some(6_400));
    assert!(!joins.may_commit_alone(&ROOM, &account(1), 7_000));
    joins.settled(&ROOM, &first.accounts, 60, 5_000);
    assert_eq!(joins.due(5_000), [ROOM]);
    assert_eq!(joins.name(ROOM, &[A, B], 5_000).unwrap().accounts.len(), 10);
    assert!(!joins.may_commit_alone(&ROOM, &account(59), 6_999));
    // Nobody waits for ever, whoever is let in before them.
    for second in 5..190 {
        joins.ask(ROOM, account(200), 60, true, second * 1_000);
        joins.settled(&ROOM, &[account(200)], 61, second * 1_000);
    }
    assert!(joins.may_commit_alone(&ROOM, &account(59), 180_000));
}

#[test]
fn from_outside_one_comes_in_after_the_other() {
    let mut joins = Joins::default();
    let alone = JoinAnswer::CommitYourself;
    assert_eq!(joins.ask(ROOM, account(1), 1, false, 0), alone);
    let waits = JoinAnswer::Asked { wait_ms: ALONE_MS };
    assert_eq!(joins.ask(ROOM, account(2), 1, false, 0), waits);
    // Asking again is not another's business.
    assert_eq!(joins.ask(ROOM, account(1), 1, false, 10), alone);
    // Who came in lets the others in.
    joins.settled(&ROOM, &[account(1)], 2, 100);
    assert_eq!(joins.due(100), [ROOM]);
    assert_eq!(joins.name(ROOM, &[A], 100).unwrap().accounts, [account(2)]);
    let waits = JoinAnswer::Asked { wait_ms: 1_100 };
    assert_eq!(joins.ask(ROOM, account(2), 2, true, 1_000), waits);
}

#[test]
fn large_rooms_give_their_members_more_time() {
    let mut joins = Joins::default();
    assert_eq!(
        joins.ask(ROOM, account(1), 2_000, true, 0),
        JoinAnswer::Asked { wait_ms: 5_500 }
    );
}
