//! Bad commits, frozen groups, the next generation, snapshots.

use super::world::{Person, World, step};
use bytes::Bytes;
use lacre_relay::store::Verdict;
use lacre_relay::store::command::{Command, OpenGeneration, PutSnapshot, ReportBadCommit};
use lacre_relay::store::read::ReadRooms;
use lacre_relay::store::record::Snapshot;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{Hash, LogId, RoomId, Seq};
use lacre_wire::limits::MAX_GENERATION_STEP;
use lacre_wire::log::EntryKind;

cases! {
    two_accounts_freeze_a_group
    one_account_freezes_a_room_of_two
    a_report_names_a_commit_its_reporter_reads
    the_next_generation_heals
    who_is_to_blame_waits
    only_newer_snapshots_are_kept
}

async fn report(w: &World, room: RoomId, by: &Person, seq: Seq, epoch: u64) -> Command {
    let entries = w.log(LogId::Room(room)).await;
    Command::ReportBadCommit(ReportBadCommit {
        external_pub: None,
        now_ms: w.now,
        room,
        account: by.account,
        device: by.device(0),
        generation: 0,
        epoch,
        seq,
        commit: entries[seq as usize - 1].body.hash(),
    })
}

async fn bad_commit(w: &mut World, room: RoomId, by: &Person) -> Seq {
    let commit = w.commit(room, by.member(0), &[], &[]).await;
    w.accept(Command::Commit(Box::new(commit))).await.seq
}

async fn two_accounts_freeze_a_group(w: &mut World) {
    let (ana, ben, eve) = (w.person(1).await, w.person(2).await, w.person(3).await);
    let room = w.room(1, &[&ana, &ben, &eve]).await;
    let seq = bad_commit(w, room, &eve).await;
    let (first, second) = (
        report(w, room, &ana, seq, 1).await,
        report(w, room, &ben, seq, 1).await,
    );
    for _ in 0..2 {
        assert_eq!(
            w.verdict(first.clone()).await,
            Verdict::Reported { frozen: false }
        );
    }
    assert_eq!(w.verdict(second).await, Verdict::Reported { frozen: true });
    assert!(w.state(room).await.frozen);
    let message = w.message(room, ana.member(0), None, "hello").await;
    assert_eq!(
        w.refused(Command::Append(message)).await,
        ErrorCode::RoomFrozen
    );
    let commit = w.commit(room, ana.member(0), &[], &[]).await;
    assert_eq!(
        w.refused(Command::Commit(Box::new(commit))).await,
        ErrorCode::RoomFrozen
    );
}

async fn one_account_freezes_a_room_of_two(w: &mut World) {
    let (ana, eve) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &eve]).await;
    let seq = bad_commit(w, room, &eve).await;
    assert_eq!(
        w.verdict(report(w, room, &ana, seq, 1).await).await,
        Verdict::Reported { frozen: true }
    );
}

async fn a_report_names_a_commit_its_reporter_reads(w: &mut World) {
    let (ana, ben, eve) = (w.person(1).await, w.person(2).await, w.person(3).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let out = w.commit(room, ana.member(0), &[], &[ben.member(0)]).await;
    let seq = w.accept(Command::Commit(Box::new(out))).await.seq;
    // Neither a stranger nor whom the commit removes has a say.
    for by in [&ben, &eve] {
        assert_eq!(
            w.refused(report(w, room, by, seq, 1).await).await,
            ErrorCode::NotAReader
        );
    }
    let Command::ReportBadCommit(good) = report(w, room, &ana, seq, 1).await else {
        unreachable!()
    };
    for wrong in [
        ReportBadCommit { epoch: 0, ..good },
        ReportBadCommit {
            commit: Hash([0; 32]),
            ..good
        },
    ] {
        assert_eq!(
            w.refused(Command::ReportBadCommit(wrong)).await,
            ErrorCode::WrongGroup
        );
    }
    w.say(room, ana.member(0), 1).await;
    let on_message = report(w, room, &ana, seq + 1, 2).await;
    assert_eq!(w.refused(on_message).await, ErrorCode::WrongGroup);
}

/// Whoever made a bad commit makes no other for a while, in that room alone; whoever signed a false
/// `external_pub` stands for the newcomer who believed it.
async fn who_is_to_blame_waits(w: &mut World) {
    let (ana, ben, eve) = (w.person(1).await, w.person(2).await, w.person(3).await);
    let zoe = w.person(4).await;
    let room = w.room(1, &[&ana, &ben, &eve]).await;
    let other = w.room(2, &[&ana, &eve]).await;
    let mut lie = w.commit(room, eve.member(0), &[], &[]).await;
    lie.step.external_pub = Some(Hash([6; 32]));
    w.accept(Command::Commit(Box::new(lie))).await;
    let mut joins = w.commit(room, zoe.member(0), &[zoe.member(0)], &[]).await;
    (joins.external, joins.step.welcomes) = (true, vec![]);
    let seq = w.accept(Command::Commit(Box::new(joins))).await.seq;
    for by in [&ana, &ben] {
        let Command::ReportBadCommit(report) = report(w, room, by, seq, 2).await else {
            unreachable!()
        };
        let external_pub = Some(Hash([7; 32]));
        let report = ReportBadCommit {
            external_pub,
            ..report
        };
        w.submit(Command::ReportBadCommit(report)).await;
    }
    assert!(w.state(room).await.frozen);
    assert_eq!(w.state(room).await.cooling, []);
    let open = OpenGeneration {
        now_ms: w.now,
        room,
        account: ana.account,
        device: ana.device(0),
        submit_id: w.submit_id(),
        generation: 1,
        epoch: 1,
        step: step("generation 1", &[], &[]),
    };
    w.accept(Command::OpenGeneration(Box::new(open))).await;
    let until = w.now + 10 * 60 * 1000;
    assert_eq!(w.state(room).await.cooling, [(eve.account, until)]);
    let again = w.commit(room, eve.member(0), &[], &[]).await;
    let again = Command::Commit(Box::new(again));
    assert_eq!(w.refused(again).await, ErrorCode::CoolingDown);
    for (room, by) in [(other, &eve), (room, &ben), (room, &zoe)] {
        let commit = w.commit(room, by.member(0), &[], &[]).await;
        w.accept(Command::Commit(Box::new(commit))).await;
    }
    w.say(room, eve.member(0), 1).await;
    w.now = until;
    let commit = w.commit(room, eve.member(0), &[], &[]).await;
    w.accept(Command::Commit(Box::new(commit))).await;
}

async fn the_next_generation_heals(w: &mut World) {
    let (ana, eve) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &eve]).await;
    let seq = bad_commit(w, room, &eve).await;
    let bad = report(w, room, &ana, seq, 1).await;
    w.submit(bad.clone()).await;
    let mut open = OpenGeneration {
        now_ms: w.now,
        room,
        account: ana.account,
        device: ana.device(0),
        submit_id: w.submit_id(),
        generation: 0,
        epoch: 1,
        step: step("generation 1", &[], &[eve.member(0)]),
    };
    let verdict = w
        .verdict(Command::OpenGeneration(Box::new(open.clone())))
        .await;
    assert_eq!(
        verdict,
        Verdict::WrongEpoch {
            generation: 0,
            epoch: 2
        }
    );
    open.generation = MAX_GENERATION_STEP + 1;
    let refused = w
        .refused(Command::OpenGeneration(Box::new(open.clone())))
        .await;
    assert_eq!(refused, ErrorCode::NotAllowed);
    open.generation = 1;
    let accepted = w
        .accept(Command::OpenGeneration(Box::new(open.clone())))
        .await;
    assert_eq!(
        w.accept(Command::OpenGeneration(Box::new(open.clone())))
            .await,
        accepted
    );
    let state = w.state(room).await;
    assert_eq!((state.generation, state.epoch, state.frozen), (1, 1, false));
    assert_eq!(state.group_info, open.step.group_info.hash());
    let entries = w.log(LogId::Room(room)).await;
    assert_eq!(
        (entries[2].kind, entries[2].generation, entries[2].epoch),
        (EntryKind::Generation, 1, 1)
    );
    // Blame ended with the generation.
    assert_eq!(w.verdict(bad).await, Verdict::Reported { frozen: false });
    w.say(room, ana.member(0), 1).await;
    let message = w.message(room, eve.member(0), None, "hello").await;
    assert_eq!(
        w.refused(Command::Append(message)).await,
        ErrorCode::NotAReader
    );
}

async fn only_newer_snapshots_are_kept(w: &mut World) {
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    for _ in 0..3 {
        bad_commit(w, room, &ana).await;
    }
    let put = |epoch, text: &'static str| {
        let snapshot = Bytes::from_static(text.as_bytes());
        Command::PutSnapshot(PutSnapshot {
            now_ms: w.now,
            room,
            generation: 0,
            epoch,
            snapshot,
        })
    };
    for (epoch, text) in [(2, "two"), (1, "one"), (9, "nine")] {
        assert_eq!(w.verdict(put(epoch, text)).await, Verdict::Done);
    }
    let kept = |epoch, text: &'static str| {
        Some(Snapshot {
            generation: 0,
            epoch,
            bytes: Bytes::from_static(text.as_bytes()),
        })
    };
    assert_eq!(w.store.snapshot(room).await.unwrap(), kept(2, "two"));
    w.submit(put(3, "three")).await;
    assert_eq!(w.store.snapshot(room).await.unwrap(), kept(3, "three"));
}
