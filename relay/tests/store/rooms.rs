//! Contract 5 and the relay's Removes: commits, membership, Welcomes, creation.

use super::world::{Person, World};
use lacre_relay::store::Verdict;
use lacre_relay::store::command::{Command, Hashed};
use lacre_relay::store::read::{ReadLogs, ReadObjects, ReadRooms};
use lacre_relay::store::record::Interval;
use lacre_wire::codec;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{LogId, RoomId};
use lacre_wire::limits::MAX_INLINE_BODY;
use lacre_wire::log::Body;
use lacre_wire::push::{Evicted, WelcomeNotice};
use lacre_wire::request::Payload;

cases! {
    one_commit_wins_an_epoch
    a_commit_moves_everything_at_once
    membership_is_an_interval
    a_rejoin_reads_on
    a_device_that_may_not_is_not_added
    large_handshakes_go_by_hash
    a_room_is_created_once
    a_pair_has_one_direct_room
    direct_rooms_of_one_person_with_itself
    handshakes_are_found_by_epoch
}

async fn one_commit_wins_an_epoch(w: &mut World) {
    let (ana, ben, cleo) = (w.person(1).await, w.person(2).await, w.person(3).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let one = w.commit(room, ana.member(0), &[cleo.member(0)], &[]).await;
    let other = w.commit(room, ben.member(0), &[cleo.member(0)], &[]).await;
    let first = w.store.submit(Command::Commit(Box::new(one)));
    let second = w.store.submit(Command::Commit(Box::new(other)));
    let mut verdicts = [first.await.unwrap().verdict, second.await.unwrap().verdict];
    let late = Verdict::WrongEpoch {
        generation: 0,
        epoch: 2,
    };
    if !w.in_order && verdicts[0] == late {
        verdicts.reverse();
    }
    assert!(matches!(verdicts[0], Verdict::Accepted(_)), "{verdicts:?}");
    assert_eq!(verdicts[1], late);
    // The loser's Welcome is nowhere.
    assert_eq!(w.inbox(cleo.device(0)).await.len(), 1);
}

async fn a_commit_moves_everything_at_once(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana]).await;
    let commit = w.commit(room, ana.member(0), &[ben.member(0)], &[]).await;
    let outcome = w.submit(Command::Commit(Box::new(commit.clone()))).await;
    let Verdict::Accepted(accepted) = outcome.verdict else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        outcome.touched,
        [(LogId::Room(room), 1), (LogId::Inbox(ben.device(0)), 1)]
    );
    assert_eq!(outcome.readers.len(), 1);
    let state = w.state(room).await;
    assert_eq!((state.epoch, state.epoch_seq, state.head), (1, 1, 1));
    assert_eq!(
        (state.group_info, state.tree),
        (commit.step.group_info.hash(), commit.step.tree.hash)
    );
    assert_eq!((state.gi_mac, state.key_number), (commit.step.gi_mac, 1));
    assert_eq!(
        w.store.object(state.group_info).await.unwrap().as_ref(),
        Some(commit.step.group_info.bytes())
    );
    let inbox = w.inbox(ben.device(0)).await;
    let notice: WelcomeNotice = codec::from_slice(inbox[0].body.bytes().unwrap()).unwrap();
    assert_eq!(
        (notice.room, notice.epoch, notice.from_seq),
        (room, 1, accepted.seq)
    );
    assert_eq!(notice.tree, state.tree);
    assert!(matches!(notice.welcome, Payload::Inline(_)));
    assert_eq!(
        w.store.object(notice.tree).await.unwrap(),
        commit.step.tree.bytes.map(|tree| tree.bytes().clone())
    );
}

async fn membership_is_an_interval(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana]).await;
    w.say(room, ana.member(0), 2).await;
    let add = w.commit(room, ana.member(0), &[ben.member(0)], &[]).await;
    w.accept(Command::Commit(Box::new(add))).await;
    w.say(room, ana.member(0), 1).await;
    let out = w.commit(room, ana.member(0), &[], &[ben.member(0)]).await;
    w.accept(Command::Commit(Box::new(out))).await;
    w.say(room, ana.member(0), 1).await;
    let log = LogId::Room(room);
    let interval = w.store.interval(ben.device(0), log).await.unwrap();
    assert_eq!(
        interval,
        Some(Interval {
            from_seq: 3,
            until_seq: Some(5)
        })
    );
    let inbox = w.inbox(ben.device(0)).await;
    let evicted: Evicted = codec::from_slice(inbox[1].body.bytes().unwrap()).unwrap();
    assert_eq!(evicted, Evicted { room, until_seq: 5 });
    let message = w.message(room, ben.member(0), None, "still here?").await;
    assert_eq!(
        w.refused(Command::Append(message)).await,
        ErrorCode::NotAReader
    );
    let logs = w.store.logs_of(ben.device(0)).await.unwrap();
    assert_eq!(
        (logs[0].log, logs[0].head),
        (LogId::Inbox(ben.device(0)), 2)
    );
    assert_eq!(
        (
            logs[1].log,
            logs[1].head,
            logs[1].from_seq,
            logs[1].until_seq
        ),
        (log, 5, 3, Some(5))
    );

    // Added again, it starts anew.
    let again = w.commit(room, ana.member(0), &[ben.member(0)], &[]).await;
    w.accept(Command::Commit(Box::new(again))).await;
    let interval = w.store.interval(ben.device(0), log).await.unwrap();
    assert_eq!(
        interval,
        Some(Interval {
            from_seq: 7,
            until_seq: None
        })
    );
}

async fn a_rejoin_reads_on(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let mut rejoin = w
        .commit(room, ben.member(0), &[ben.member(0)], &[ben.member(0)])
        .await;
    rejoin.external = true;
    rejoin.step.welcomes.clear();
    let outcome = w.submit(Command::Commit(Box::new(rejoin))).await;
    assert!(matches!(outcome.verdict, Verdict::Accepted(_)) && outcome.readers.is_empty());
    let interval = w
        .store
        .interval(ben.device(0), LogId::Room(room))
        .await
        .unwrap();
    assert_eq!(
        interval,
        Some(Interval {
            from_seq: 1,
            until_seq: None
        })
    );
}

async fn a_device_that_may_not_is_not_added(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana]).await;
    let stranger = Person::new(8).member(0);
    let commit = w.commit(room, ana.member(0), &[stranger], &[]).await;
    assert_eq!(
        w.refused(Command::Commit(Box::new(commit))).await,
        ErrorCode::NoSuchDevice
    );
    let mut posing = ben.member(0);
    posing.account = ana.account;
    let commit = w.commit(room, ana.member(0), &[posing], &[]).await;
    assert_eq!(
        w.refused(Command::Commit(Box::new(commit))).await,
        ErrorCode::BadIdentity
    );
    let mut treeless = w.commit(room, ana.member(0), &[ben.member(0)], &[]).await;
    treeless.step.tree.bytes = None;
    assert_eq!(
        w.refused(Command::Commit(Box::new(treeless))).await,
        ErrorCode::NoSuchObject
    );
    let outside = w.commit(room, ben.member(0), &[], &[]).await;
    assert_eq!(
        w.refused(Command::Commit(Box::new(outside))).await,
        ErrorCode::NotAReader
    );
    assert_eq!(w.state(room).await.head, 0);
}

async fn large_handshakes_go_by_hash(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana]).await;
    let mut commit = w.commit(room, ana.member(0), &[ben.member(0)], &[]).await;
    let (body, welcome) = (
        Hashed::new(vec![5; MAX_INLINE_BODY + 1]),
        Hashed::new(vec![6; MAX_INLINE_BODY]),
    );
    commit.step.body = body.clone();
    commit.step.welcomes[0].welcome = welcome.clone();
    w.accept(Command::Commit(Box::new(commit))).await;
    let entries = w.log(LogId::Room(room)).await;
    assert_eq!(
        entries[0].body,
        Body::ByHash {
            hash: body.hash(),
            size: MAX_INLINE_BODY as u64 + 1
        }
    );
    assert_eq!(
        w.store.object(body.hash()).await.unwrap().as_ref(),
        Some(body.bytes())
    );
    let inbox = w.inbox(ben.device(0)).await;
    let notice: WelcomeNotice = codec::from_slice(inbox[0].body.bytes().unwrap()).unwrap();
    assert_eq!(notice.welcome, Payload::ByHash(welcome.hash()));
    assert_eq!(
        w.store.object(welcome.hash()).await.unwrap().as_ref(),
        Some(welcome.bytes())
    );
}

async fn a_room_is_created_once(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let create = w.create(RoomId([1; 16]), &[&ana, &ben]);
    let accepted = w
        .accept(Command::CreateRoom(Box::new(create.clone())))
        .await;
    assert_eq!(accepted.seq, 1);
    assert_eq!(
        w.accept(Command::CreateRoom(Box::new(create.clone())))
            .await,
        accepted
    );
    let mut other = create;
    other.submit_id = w.submit_id();
    assert_eq!(
        w.refused(Command::CreateRoom(Box::new(other))).await,
        ErrorCode::RoomExists
    );
    assert_eq!(w.inbox(ben.device(0)).await.len(), 1);

    let empty = w.create(RoomId([2; 16]), &[&ben]);
    let accepted = w.accept(Command::CreateRoom(Box::new(empty.clone()))).await;
    assert_eq!(
        (accepted.seq, accepted.chain),
        (0, lacre_wire::log::chain_start(LogId::Room(empty.room)))
    );
    assert_eq!(
        w.accept(Command::CreateRoom(Box::new(empty.clone()))).await,
        accepted
    );
    assert_eq!(
        w.store.object(empty.tree.hash).await.unwrap(),
        empty.tree.bytes.map(|tree| tree.bytes().clone())
    );
    w.say(empty.room, ben.member(0), 1).await;
}

async fn a_pair_has_one_direct_room(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let mut one = w.create(RoomId([1; 16]), &[&ana, &ben]);
    one.peer = Some(ben.account);
    let mut other = w.create(RoomId([2; 16]), &[&ben, &ana]);
    other.peer = Some(ana.account);
    let first = w.accept(Command::CreateRoom(Box::new(one.clone()))).await;
    let verdict = w.verdict(Command::CreateRoom(Box::new(other))).await;
    assert_eq!(verdict, Verdict::Exists { room: one.room });
    // The winner's own repetition is still an acceptance.
    assert_eq!(
        w.accept(Command::CreateRoom(Box::new(one.clone()))).await,
        first
    );
    let found = w.store.direct_room(ben.account, ana.account).await.unwrap();
    assert_eq!(found, Some(one.room));
}

async fn direct_rooms_of_one_person_with_itself(w: &mut World) {
    let ana = w.person(1).await;
    let mut one = w.create(RoomId([1; 16]), &[&ana]);
    one.peer = Some(ana.account);
    w.accept(Command::CreateRoom(Box::new(one.clone()))).await;
    one.submit_id = w.submit_id();
    one.room = RoomId([2; 16]);
    let verdict = w.verdict(Command::CreateRoom(Box::new(one))).await;
    assert_eq!(
        verdict,
        Verdict::Exists {
            room: RoomId([1; 16])
        }
    );
}

async fn handshakes_are_found_by_epoch(w: &mut World) {
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    for _ in 0..4 {
        w.say(room, ana.member(0), 3).await;
        let commit = w.commit(room, ana.member(0), &[], &[]).await;
        w.accept(Command::Commit(Box::new(commit))).await;
    }
    let seqs = |entries: Vec<lacre_wire::log::Entry>| {
        entries.iter().map(|entry| entry.seq).collect::<Vec<_>>()
    };
    assert_eq!(
        seqs(w.store.handshakes(room, 0, 0, 1 << 20).await.unwrap()),
        [4, 8, 12, 16]
    );
    assert_eq!(
        seqs(w.store.handshakes(room, 0, 2, 1 << 20).await.unwrap()),
        [12, 16]
    );
    assert_eq!(seqs(w.store.handshakes(room, 0, 2, 1).await.unwrap()), [12]);
    assert!(
        w.store
            .handshakes(room, 1, 0, 1 << 20)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        w.store
            .handshakes(room, 0, 4, 1 << 20)
            .await
            .unwrap()
            .is_empty()
    );
}
