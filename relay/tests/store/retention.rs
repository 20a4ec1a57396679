//! Contract 8: what is kept how long.

use super::world::{DAY, World};
use bytes::Bytes;
use lacre_relay::store::Verdict;
use lacre_relay::store::command::{Ack, Command, Hashed, Login, PutObject, PutSnapshot};
use lacre_relay::store::read::{ReadLogs, ReadObjects};
use lacre_wire::answer::OpenState;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{LogId, RoomId};
use lacre_wire::limits::MAX_OBJECT;
use lacre_wire::log::{Body, Cursor, EntryKind, GoneReason};
use lacre_wire::request::{LogSeq, OpenLog};

cases! {
    expired_messages_leave_their_hash
    a_small_room_waits_for_its_readers
    nobody_waits_for_ever
    a_front_that_nobody_needs_is_trimmed
    an_upload_lives_an_hour
    an_object_in_use_stays
}

async fn ack(w: &World, room: RoomId, device: lacre_wire::ids::DeviceId, seq: u64) {
    let acks = vec![LogSeq {
        log: LogId::Room(room),
        seq,
    }];
    w.submit(Command::Ack(Ack {
        now_ms: w.now,
        device,
        acks,
    }))
    .await;
}

async fn gone(w: &World, room: RoomId) -> Vec<u64> {
    let entries = w.log(LogId::Room(room)).await;
    entries
        .iter()
        .filter(|entry| matches!(entry.body, Body::Gone { .. }))
        .map(|entry| entry.seq)
        .collect()
}

async fn expired_messages_leave_their_hash(w: &mut World) {
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    w.say(room, ana.member(0), 2).await;
    let commit = w.commit(room, ana.member(0), &[], &[]).await;
    w.accept(Command::Commit(Box::new(commit))).await;
    w.now += DAY;
    w.say(room, ana.member(0), 1).await;
    ack(w, room, ana.device(0), 4).await;
    w.now += 29 * DAY - 1;
    w.housekeep().await;
    assert!(gone(w, room).await.is_empty());
    w.now += 1;
    w.housekeep().await;
    // The chain goes on (checked by `log`), and the handshake stays.
    assert_eq!(gone(w, room).await, [1, 2]);
    let entries = w.log(LogId::Room(room)).await;
    assert_eq!(
        entries[0].body,
        Body::Gone {
            hash: sha256(&[b"message 0"]),
            reason: GoneReason::Expired
        }
    );
    assert!(entries[0].stamp.is_some() && entries[0].sender.is_some());
    assert_eq!(
        (entries[2].kind, entries[2].body.bytes().is_some()),
        (EntryKind::Commit, true)
    );
    w.now += DAY;
    w.housekeep().await;
    assert_eq!(gone(w, room).await, [1, 2, 4]);
    assert_eq!(w.housekeep().await, 0);
}

async fn a_small_room_waits_for_its_readers(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &ben]).await;
    w.say(room, ana.member(0), 3).await;
    ack(w, room, ana.device(0), 4).await;
    ack(w, room, ben.device(0), 2).await;
    w.now += 31 * DAY;
    w.housekeep().await;
    assert_eq!(gone(w, room).await, [2]);
    ack(w, room, ben.device(0), 4).await;
    w.now += DAY;
    w.housekeep().await;
    assert_eq!(gone(w, room).await, [2, 3, 4]);
}

async fn nobody_waits_for_ever(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &ben]).await;
    w.say(room, ana.member(0), 1).await;
    w.now += 90 * DAY - 1;
    w.housekeep().await;
    assert!(gone(w, room).await.is_empty());
    w.now += DAY;
    w.housekeep().await;
    assert_eq!(gone(w, room).await, [2]);
}

async fn a_front_that_nobody_needs_is_trimmed(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let log = LogId::Room(room);
    w.say(room, ana.member(0), 3).await;
    let commit = w.commit(room, ana.member(0), &[], &[]).await;
    w.accept(Command::Commit(Box::new(commit))).await;
    w.now += 95 * DAY;
    let login = |device, account, counter| {
        Command::Login(Login {
            now_ms: w.now,
            account,
            device,
            counter,
        })
    };
    w.submit(login(ana.device(0), ana.account, 2)).await;
    w.submit(login(ben.device(0), ben.account, 2)).await;
    ack(w, room, ana.device(0), 5).await;
    ack(w, room, ben.device(0), 4).await;
    w.say(room, ana.member(0), 1).await;
    w.housekeep().await;
    assert_eq!(
        w.store.head(log).await.unwrap().unwrap().first,
        1,
        "the relay itself needs the handshakes"
    );

    let state = w.state(room).await;
    let snapshot = PutSnapshot {
        now_ms: w.now,
        room,
        generation: state.generation,
        epoch: state.epoch,
        snapshot: Bytes::from_static(b"tree"),
    };
    w.submit(Command::PutSnapshot(snapshot)).await;
    w.now += 31 * DAY;
    w.housekeep().await;
    let head = w.store.head(log).await.unwrap().unwrap();
    assert_eq!(
        (head.first, head.seq),
        (5, 6),
        "ben has not passed the commit"
    );
    let old = Cursor {
        lineage: w.store.lineage(),
        seq: 2,
        chain: lacre_wire::ids::Hash([0; 32]),
    };
    let opened = w
        .store
        .open(
            ana.device(0),
            vec![OpenLog {
                log,
                cursor: Some(old),
            }],
        )
        .await
        .unwrap();
    assert_eq!(
        opened[0].state,
        OpenState::Trimmed {
            first: 5,
            chain: w.chain(log, 4).await
        }
    );
}

async fn an_upload_lives_an_hour(w: &mut World) {
    let object = Hashed::new(vec![1; 1000]);
    let put = |w: &World| {
        Command::PutObject(PutObject {
            now_ms: w.now,
            object: object.clone(),
        })
    };
    assert_eq!(w.verdict(put(w)).await, Verdict::Done);
    w.now += 60 * 60 * 1000;
    w.housekeep().await;
    assert!(w.store.object(object.hash()).await.unwrap().is_some());
    w.submit(put(w)).await;
    w.now += 60 * 60 * 1000;
    w.housekeep().await;
    assert!(
        w.store.object(object.hash()).await.unwrap().is_some(),
        "uploaded again"
    );
    w.now += 1;
    w.housekeep().await;
    assert_eq!(w.store.object(object.hash()).await.unwrap(), None);
    let huge = Hashed::new(vec![0; MAX_OBJECT + 1]);
    let huge = Command::PutObject(PutObject {
        now_ms: w.now,
        object: huge,
    });
    assert_eq!(
        w.refused(huge).await,
        lacre_wire::error::ErrorCode::TooLarge
    );
}

async fn an_object_in_use_stays(w: &mut World) {
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let before = w.state(room).await;
    w.now += 200 * DAY;
    w.housekeep().await;
    assert!(w.store.object(before.group_info).await.unwrap().is_some());
    // A tree that was only named is kept from when it is put.
    let mut commit = w.commit(room, ana.member(0), &[], &[]).await;
    let tree = Hashed::new(b"the tree, later".to_vec());
    (commit.step.tree.hash, commit.step.tree.bytes) = (tree.hash(), None);
    w.accept(Command::Commit(Box::new(commit))).await;
    assert_eq!(w.store.object(tree.hash()).await.unwrap(), None);
    w.submit(Command::PutObject(PutObject {
        now_ms: w.now,
        object: tree.clone(),
    }))
    .await;
    w.now += DAY;
    w.housekeep().await;
    assert!(w.store.object(tree.hash()).await.unwrap().is_some());
    assert_eq!(w.store.object(before.group_info).await.unwrap(), None);
    assert_eq!(w.store.object(before.tree).await.unwrap(), None);
}
