//! Beside and behind a relay: a second one on the same store, and what is written at its end.

use crate::client::Client;
use crate::world::{Room, accepted, again, builder, join, log_of, submit, until};
use lacre_relay::Relay;
use lacre_wire::answer::OpenState;
use lacre_wire::hello::Purpose;
use lacre_wire::ids::LogId;
use lacre_wire::log::{Cursor, chain_start};
use lacre_wire::request::{ClientFrame, LogSeq, Request};

#[tokio::test]
async fn two_relays_on_one_store_wake_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let one = builder().data_dir(folder.path()).start().await.unwrap();
    let two = builder().beside(&one).start().await.unwrap();
    wake_each_other(&one, &two).await;
    two.shutdown().await;
    one.shutdown().await;
}

/// People at two relays on one store talk, and no sweep has to help.
pub(crate) async fn wake_each_other(one: &Relay, two: &Relay) {
    assert_eq!(one.address().fingerprints, two.address().fingerprints);
    let (ana, mut a) = join(one, "ana").await;
    let (bob, mut b) = join(two, "bob").await;
    let (room, _) = Room::create(&ana, &mut a, &[&bob]).await;
    let log = log_of(room.id);
    a.open(log, None).await;
    b.open(log, None).await;
    assert_eq!(b.entries(log, 1).await[0].seq, 1);
    // Both ways, and interleaved.
    let (mut prev_a, mut prev_b) = (None, None);
    for round in 0..20 {
        let (client, other, prev) = if round % 2 == 0 {
            (&mut a, &mut b, &mut prev_a)
        } else {
            (&mut b, &mut a, &mut prev_b)
        };
        let message = submit(room.id, 1, *prev, b"x");
        *prev = Some(message.submit_id);
        let sent = accepted(client.request(Request::Submit(message)).await);
        while other.run(log).await.last().unwrap().seq < sent.seq {}
    }
    // It was the wake-ups that carried it: no sweep had to find anything.
    for relay in [one, two] {
        assert!(relay.metrics().contains("lacre_sweep_finds_total 0\n"));
    }
}

#[tokio::test]
async fn acknowledgements_are_written_when_the_relay_stops() {
    let folder = tempfile::tempdir().unwrap();
    let relay = builder().data_dir(folder.path()).start().await.unwrap();
    let (ana, mut a) = join(&relay, "ana").await;
    let mut phone = ana.sibling();
    let list = ana.next_list(&ana.first_list().sign(&ana.dsk), &[&phone], &[]);
    let purpose = Purpose::RequestDevice {
        init_key: vec![1].into(),
        name: String::new(),
    };
    let mut p = Client::log_in(&relay, &mut phone, purpose).await.unwrap();
    a.request(Request::PutDeviceList(list)).await;
    let inbox = LogId::Inbox(phone.id());
    for n in 0..4u8 {
        a.request(Request::SendToDevice {
            device: phone.id(),
            sealed: vec![n].into(),
        })
        .await;
    }
    p.open(inbox, None).await;
    let all = p.entries(inbox, 4).await;
    let chain = all[..3]
        .iter()
        .fold(chain_start(inbox), |chain, entry| entry.chain(&chain));
    p.send_frame(&ClientFrame::Ack {
        acks: vec![LogSeq { log: inbox, seq: 3 }],
    })
    .await;
    // The answer comes after the acknowledgement was read.
    p.request(Request::Ping).await;
    relay.shutdown().await;

    let relay = builder().data_dir(folder.path()).start().await.unwrap();
    let mut p = again(&relay, &mut phone).await;
    // What was applied is gone: the inbox begins behind it.
    let OpenState::Live { start, head, .. } = p.open(inbox, None).await else {
        panic!()
    };
    assert_eq!((start.seq, start.chain, head), (3, chain, 4));
    assert_eq!(p.entries(inbox, 1).await, all[3..]);
    let lineage = p.ready().lineage;
    p.open(
        inbox,
        Some(Cursor {
            lineage,
            seq: 3,
            chain,
        }),
    )
    .await;
    assert_eq!(p.entries(inbox, 1).await, all[3..]);
    until(|| relay.status().in_flight == 0).await;
    relay.shutdown().await;
}
