//! Inboxes: messages between devices, limits, shares.

use super::world::{DAY, World};
use bytes::Bytes;
use lacre_relay::store::Verdict;
use lacre_relay::store::command::{Ack, Command, PutDeviceList, SendToDevice};
use lacre_relay::store::read::{ReadLogs, ReadObjects};
use lacre_wire::codec;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::LogId;
use lacre_wire::log::EntryKind;
use lacre_wire::push::DeviceMessage;
use lacre_wire::request::LogSeq;

cases! {
    devices_of_an_account_write_to_each_other
    one_sender_cannot_fill_an_inbox
    an_inbox_keeps_the_newest
    what_an_inbox_holds_keeps_its_objects
}

async fn two_devices(w: &mut World, number: u8) -> super::world::Person {
    let mut person = w.person(number).await;
    let entry = person.entry(1);
    let list = person.next_list(|list| list.devices.push(entry));
    let put = PutDeviceList {
        now_ms: w.now,
        account: person.account,
        list,
    };
    assert_eq!(
        w.verdict(Command::PutDeviceList(Box::new(put))).await,
        Verdict::Done
    );
    person
}

fn send(w: &World, person: &super::world::Person, sealed: Vec<u8>) -> Command {
    Command::SendToDevice(SendToDevice {
        now_ms: w.now,
        account: person.account,
        from: person.device(0),
        to: person.device(1),
        sealed: Bytes::from(sealed),
    })
}

async fn devices_of_an_account_write_to_each_other(w: &mut World) {
    let ana = two_devices(w, 1).await;
    let ben = w.person(2).await;
    let outcome = w.submit(send(w, &ana, vec![1, 2, 3])).await;
    assert_eq!(outcome.verdict, Verdict::Done);
    assert_eq!(outcome.touched, [(LogId::Inbox(ana.device(1)), 1)]);
    let inbox = w.inbox(ana.device(1)).await;
    assert_eq!(inbox[0].kind, EntryKind::DeviceMessage);
    let message: DeviceMessage = codec::from_slice(inbox[0].body.bytes().unwrap()).unwrap();
    assert_eq!(
        (message.from, message.sealed.as_slice()),
        (ana.device(0), &[1, 2, 3][..])
    );

    let Command::SendToDevice(mut foreign) = send(w, &ana, vec![]) else {
        unreachable!()
    };
    foreign.to = ben.device(0);
    assert_eq!(
        w.refused(Command::SendToDevice(foreign)).await,
        ErrorCode::NoSuchDevice
    );
    assert_eq!(
        w.refused(send(w, &ana, vec![0; 16 * 1024 + 1])).await,
        ErrorCode::TooLarge
    );
}

async fn one_sender_cannot_fill_an_inbox(w: &mut World) {
    let ana = two_devices(w, 1).await;
    for _ in 0..500 {
        assert_eq!(w.verdict(send(w, &ana, vec![0; 10])).await, Verdict::Done);
    }
    assert_eq!(
        w.refused(send(w, &ana, vec![0; 10])).await,
        ErrorCode::RateLimited
    );
    // Another sender's Welcome still finds room.
    let ben = w.person(2).await;
    let room = w.room(1, &[&ben]).await;
    let add = w.commit(room, ben.member(0), &[ana.member(1)], &[]).await;
    w.accept(Command::Commit(Box::new(add))).await;
    assert_eq!(w.inbox(ana.device(1)).await.len(), 501);
    // What was acked is free again.
    let acks = vec![LogSeq {
        log: LogId::Inbox(ana.device(1)),
        seq: 2,
    }];
    w.submit(Command::Ack(Ack {
        now_ms: w.now,
        device: ana.device(1),
        acks,
    }))
    .await;
    assert_eq!(w.verdict(send(w, &ana, vec![0; 10])).await, Verdict::Done);
    assert_eq!(w.verdict(send(w, &ana, vec![0; 10])).await, Verdict::Done);
    assert_eq!(
        w.refused(send(w, &ana, vec![0; 10])).await,
        ErrorCode::RateLimited
    );
}

async fn an_inbox_keeps_the_newest(w: &mut World) {
    let ana = w.person(1).await;
    let senders = [w.person(2).await, w.person(3).await, w.person(4).await];
    for (at, sender) in senders.iter().enumerate() {
        let room = w.room(10 + at as u8, &[sender]).await;
        for _ in 0..175 {
            // Two entries each: a Welcome of the sender's, an eviction of the relay's.
            let add = w
                .commit(room, sender.member(0), &[ana.member(0)], &[])
                .await;
            w.accept(Command::Commit(Box::new(add))).await;
            let out = w
                .commit(room, sender.member(0), &[], &[ana.member(0)])
                .await;
            w.accept(Command::Commit(Box::new(out))).await;
        }
    }
    let inbox = LogId::Inbox(ana.device(0));
    assert_eq!(w.store.head(inbox).await.unwrap().unwrap().seq, 1050);
    w.housekeep().await;
    let head = w.store.head(inbox).await.unwrap().unwrap();
    assert_eq!((head.first, head.seq), (51, 1050));
    w.now += 90 * DAY;
    w.housekeep().await;
    let head = w.store.head(inbox).await.unwrap().unwrap();
    assert_eq!((head.first, head.seq), (1051, 1050));
}

async fn what_an_inbox_holds_keeps_its_objects(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana]).await;
    let add = w.commit(room, ana.member(0), &[ben.member(0)], &[]).await;
    let tree = add.step.tree.hash;
    w.accept(Command::Commit(Box::new(add))).await;
    let next = w.commit(room, ana.member(0), &[], &[]).await;
    w.accept(Command::Commit(Box::new(next))).await;
    w.now += DAY;
    w.housekeep().await;
    assert!(
        w.store.object(tree).await.unwrap().is_some(),
        "the Welcome needs it"
    );
    let acks = vec![LogSeq {
        log: LogId::Inbox(ben.device(0)),
        seq: 1,
    }];
    w.submit(Command::Ack(Ack {
        now_ms: w.now,
        device: ben.device(0),
        acks,
    }))
    .await;
    w.housekeep().await;
    assert!(
        w.store.object(tree).await.unwrap().is_some(),
        "it stays for an hour"
    );
    w.now += DAY;
    w.housekeep().await;
    assert_eq!(w.store.object(tree).await.unwrap(), None);
}
