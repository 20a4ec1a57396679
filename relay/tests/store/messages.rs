//! Contract 2, 4, 6 and the stamp: messages.

use super::world::World;
use lacre_relay::store::Verdict;
use lacre_relay::store::command::{Command, Hashed};
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{LogId, RoomId};
use lacre_wire::limits::MAX_MESSAGE;
use lacre_wire::log::{Body, EntryKind};
use lacre_wire::stamp::{StampContext, commit_sender};

cases! {
    seqs_count_without_a_gap_and_time_never_goes_back
    the_same_submission_is_accepted_once
    an_acceptance_is_answered_before_any_other_check
    a_refusal_is_not_remembered
    an_acceptance_is_forgotten_after_seven_days
    a_refused_message_is_not_overtaken
    another_epoch_is_refused
    strangers_cannot_write
    a_stamp_proves_what_the_relay_saw
    a_message_that_is_too_large_is_refused
}

async fn seqs_count_without_a_gap_and_time_never_goes_back(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let start = w.now;
    w.say(room, ana.member(0), 5).await;
    w.now -= 5_000; // The clock steps back.
    w.say(room, ben.member(0), 5).await;
    let entries = w.log(LogId::Room(room)).await;
    assert_eq!(entries.len(), 11);
    assert!(entries.iter().all(|entry| entry.accepted_ms == start));
    assert_eq!(entries[0].kind, EntryKind::Commit);
    assert_eq!(entries[10].body, Body::Inline(b"message 4".to_vec().into()));
}

async fn the_same_submission_is_accepted_once(w: &mut World) {
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let message = w.message(room, ana.member(0), None, "once").await;
    let first = w.accept(Command::Append(message.clone())).await;
    let mut resealed = message.clone();
    resealed.body = Hashed::new(b"the same, sealed again".to_vec());
    let again = w.submit(Command::Append(resealed)).await;
    assert_eq!(again.verdict, Verdict::Accepted(first));
    assert!(again.touched.is_empty());
    assert_eq!(w.log(LogId::Room(room)).await.len(), 1);

    // The same id of another device is another submission.
    let ben = w.person(2).await;
    let commit = w.commit(room, ana.member(0), &[ben.member(0)], &[]).await;
    w.accept(Command::Commit(Box::new(commit))).await;
    let mut other = w.message(room, ben.member(0), None, "twice").await;
    other.submit_id = message.submit_id;
    assert_eq!(w.accept(Command::Append(other)).await.seq, 3);
}

async fn an_acceptance_is_answered_before_any_other_check(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let message = w.message(room, ben.member(0), None, "early").await;
    let accepted = w.accept(Command::Append(message.clone())).await;
    // The epoch moves and the sender is thrown out; the answer stays.
    let commit = w.commit(room, ana.member(0), &[], &[ben.member(0)]).await;
    let committed = w.accept(Command::Commit(Box::new(commit.clone()))).await;
    assert_eq!(w.accept(Command::Append(message)).await, accepted);
    assert_eq!(w.accept(Command::Commit(Box::new(commit))).await, committed);
}

async fn a_refusal_is_not_remembered(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana]).await;
    let mut message = w.message(room, ana.member(0), None, "late").await;
    let commit = w.commit(room, ana.member(0), &[ben.member(0)], &[]).await;
    w.accept(Command::Commit(Box::new(commit))).await;
    let verdict = w.verdict(Command::Append(message.clone())).await;
    assert_eq!(
        verdict,
        Verdict::WrongEpoch {
            generation: 0,
            epoch: 1
        }
    );
    message.epoch = 1;
    assert_eq!(w.accept(Command::Append(message)).await.seq, 2);
}

async fn an_acceptance_is_forgotten_after_seven_days(w: &mut World) {
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let message = w.message(room, ana.member(0), None, "old").await;
    w.accept(Command::Append(message.clone())).await;
    w.now += 7 * super::world::DAY;
    w.housekeep().await;
    assert_eq!(w.accept(Command::Append(message.clone())).await.seq, 1);
    w.now += 1;
    w.housekeep().await;
    // Forgotten; but the predecessor it names is no longer the last.
    let verdict = w.verdict(Command::Append(message.clone())).await;
    assert_eq!(
        verdict,
        Verdict::OutOfOrder {
            last: Some(message.submit_id)
        }
    );
}

async fn a_refused_message_is_not_overtaken(w: &mut World) {
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let one = w.message(room, ana.member(0), None, "one").await;
    let mut two = w
        .message(room, ana.member(0), Some(one.submit_id), "two")
        .await;
    let three = w
        .message(room, ana.member(0), Some(two.submit_id), "three")
        .await;
    w.accept(Command::Append(one.clone())).await;
    two.epoch = 7;
    assert!(matches!(
        w.verdict(Command::Append(two.clone())).await,
        Verdict::WrongEpoch { .. }
    ));
    let verdict = w.verdict(Command::Append(three.clone())).await;
    assert_eq!(
        verdict,
        Verdict::OutOfOrder {
            last: Some(one.submit_id)
        }
    );
    two.epoch = 0;
    w.accept(Command::Append(two)).await;
    w.accept(Command::Append(three)).await;
}

async fn another_epoch_is_refused(w: &mut World) {
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let message = w.message(room, ana.member(0), None, "hello").await;
    for (generation, epoch) in [(0, 1), (1, 0), (0, u64::MAX)] {
        let mut wrong = message.clone();
        (wrong.generation, wrong.epoch) = (generation, epoch);
        let verdict = w.verdict(Command::Append(wrong)).await;
        assert_eq!(
            verdict,
            Verdict::WrongEpoch {
                generation: 0,
                epoch: 0
            }
        );
    }
}

async fn strangers_cannot_write(w: &mut World) {
    let (ana, eve) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana]).await;
    let message = w.message(room, eve.member(0), None, "let me in").await;
    assert_eq!(
        w.refused(Command::Append(message.clone())).await,
        ErrorCode::NotAReader
    );
    let mut elsewhere = message;
    elsewhere.room = RoomId([9; 16]);
    assert_eq!(
        w.refused(Command::Append(elsewhere)).await,
        ErrorCode::NoSuchRoom
    );
}

async fn a_stamp_proves_what_the_relay_saw(w: &mut World) {
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let mut message = w.message(room, ana.member(0), None, "stamped").await;
    message.channel = Some(4);
    let accepted = w.accept(Command::Append(message.clone())).await;
    let entries = w.log(LogId::Room(room)).await;
    let (stamp, sender) = (
        entries[0].stamp.clone().unwrap(),
        entries[0].sender.unwrap(),
    );
    assert_eq!(sender.account, ana.account);
    assert_eq!(stamp.sender_c, commit_sender(&ana.account, &sender.r));
    let context = StampContext {
        key_id: 9,
        room,
        generation: 0,
        channel: Some(4),
        seq: accepted.seq,
        epoch: 0,
        accepted_ms: accepted.accepted_ms,
        sender_c: stamp.sender_c,
    };
    // The next message of the same sender cannot be linked to this one.
    let next = w
        .message(room, ana.member(0), Some(message.submit_id), "next")
        .await;
    w.accept(Command::Append(next)).await;
    let other = w.log(LogId::Room(room)).await[1].clone();
    assert_ne!(other.sender.unwrap().r, sender.r);
    assert_ne!(other.stamp.unwrap().sender_c, stamp.sender_c);
    assert_eq!(stamp.tag, message.tag);
    assert!(context.verify(&[1; 32], &stamp));
    assert!(!StampContext { seq: 2, ..context }.verify(&[1; 32], &stamp));
}

async fn a_message_that_is_too_large_is_refused(w: &mut World) {
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let mut message = w.message(room, ana.member(0), None, "").await;
    message.body = Hashed::new(vec![0; MAX_MESSAGE]);
    let mut larger = message.clone();
    larger.body = Hashed::new(vec![0; MAX_MESSAGE + 1]);
    assert_eq!(
        w.refused(Command::Append(larger)).await,
        ErrorCode::TooLarge
    );
    w.accept(Command::Append(message)).await;
}
