//! Proposals: the relay's Removes come first, a member's own keep nobody waiting.

use super::world::{World, remove};
use lacre_relay::store::Verdict;
use lacre_relay::store::command::{Command, Hashed, Propose};
use lacre_relay::store::read::ReadLogs;
use lacre_relay::store::record::Interval;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::LogId;
use lacre_wire::log::EntryKind;

cases! {
    the_relays_removes_come_first
    an_external_commit_waits_and_brings_the_removes_anew
    a_leaving_member_keeps_nobody_waiting
}

async fn the_relays_removes_come_first(w: &mut World) {
    let (ana, ben, cleo) = (w.person(1).await, w.person(2).await, w.person(3).await);
    let room = w.room(1, &[&ana, &ben, &cleo]).await;
    let mut omitting = w.commit(room, ana.member(0), &[], &[]).await;
    let proposal = w.relay_remove(room, ben.member(0)).await;
    let body = proposal.removes[0].body.clone();
    let accepted = w.accept(Command::RelayPropose(proposal.clone())).await;
    assert_eq!(accepted.seq, 2);
    // Delivery ends at the proposal, at once.
    let interval = w
        .store
        .interval(ben.device(0), LogId::Room(room))
        .await
        .unwrap();
    assert_eq!(
        interval,
        Some(Interval {
            from_seq: 1,
            until_seq: Some(2)
        })
    );
    assert_eq!(w.inbox(ben.device(0)).await[1].kind, EntryKind::Evicted);
    // A second one for the same device changes nothing.
    assert_eq!(
        w.verdict(Command::RelayPropose(proposal)).await,
        Verdict::Done
    );

    let first = Verdict::CommitFirst {
        proposals: vec![body.bytes().to_vec().into()],
    };
    let message = w.message(room, ana.member(0), None, "wait").await;
    assert_eq!(w.verdict(Command::Append(message.clone())).await, first);
    assert_eq!(
        w.verdict(Command::Commit(Box::new(omitting.clone()))).await,
        first
    );
    omitting.consumed = vec![body.hash()];
    omitting.step.removes = vec![ben.member(0)];
    let outcome = w.submit(Command::Commit(Box::new(omitting))).await;
    assert!(matches!(outcome.verdict, Verdict::Accepted(_)));
    assert!(outcome.readers.is_empty(), "its reading ended before");
    assert!(w.state(room).await.pending.is_empty());
    let mut message = message;
    message.epoch = 2;
    w.accept(Command::Append(message)).await;
}

async fn an_external_commit_waits_and_brings_the_removes_anew(w: &mut World) {
    let (ana, ben, cleo) = (w.person(1).await, w.person(2).await, w.person(3).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let proposal = w.relay_remove(room, ben.member(0)).await;
    w.accept(Command::RelayPropose(proposal)).await;
    let mut join = w.commit(room, cleo.member(0), &[cleo.member(0)], &[]).await;
    join.external = true;
    join.step.welcomes.clear();
    join.reproposals = vec![remove(2, ben.member(0))];
    assert!(matches!(
        w.verdict(Command::Commit(Box::new(join.clone()))).await,
        Verdict::CommitFirst { .. }
    ));
    w.now += 2_000;
    join.now_ms = w.now;
    let mut without = join.clone();
    without.reproposals.clear();
    assert!(matches!(
        w.verdict(Command::Commit(Box::new(without))).await,
        Verdict::CommitFirst { .. }
    ));
    let mut back = w.commit(room, ben.member(0), &[ben.member(0)], &[]).await;
    (back.external, back.reproposals) = (true, join.reproposals.clone());
    assert_eq!(
        w.refused(Command::Commit(Box::new(back))).await,
        ErrorCode::NotAllowed
    );

    let accepted = w.accept(Command::Commit(Box::new(join))).await;
    let state = w.state(room).await;
    assert_eq!((accepted.seq, state.head, state.epoch), (3, 4, 2));
    assert_eq!(state.pending.len(), 1);
    assert_eq!(
        (state.pending[0].seq, state.pending[0].evicts),
        (4, Some(ben.device(0)))
    );
    let entries = w.log(LogId::Room(room)).await;
    assert_eq!(
        (entries[3].kind, entries[3].epoch),
        (EntryKind::Proposal, 2)
    );
    let message = w.message(room, cleo.member(0), None, "hello").await;
    assert!(matches!(
        w.verdict(Command::Append(message)).await,
        Verdict::CommitFirst { .. }
    ));
}

async fn a_leaving_member_keeps_nobody_waiting(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let leave = Propose {
        now_ms: w.now,
        room,
        account: ben.account,
        device: ben.device(0),
        generation: 0,
        epoch: 1,
        submit_id: w.submit_id(),
        body: Hashed::new(b"self remove".to_vec()),
    };
    let accepted = w.accept(Command::Propose(leave.clone())).await;
    assert_eq!(w.accept(Command::Propose(leave)).await, accepted);
    let pending = w.state(room).await.pending;
    assert_eq!(
        (pending.len(), pending[0].seq, pending[0].evicts),
        (1, 2, None)
    );
    w.say(room, ben.member(0), 1).await;
    w.say(room, ana.member(0), 1).await;
    let commit = w.commit(room, ana.member(0), &[], &[ben.member(0)]).await;
    w.accept(Command::Commit(Box::new(commit))).await;
    assert!(w.state(room).await.pending.is_empty());
}
