//! From one device to others: durable, in order, complete.

use crate::client::PATIENCE;
use crate::world::{
    Room, accepted, again, builder, join, log_of, relay, send_after, send_many, submit,
};
use lacre_relay::{Clock, Rate, Rates};
use lacre_wire::answer::{Answer, OpenState};
use lacre_wire::error::ErrorCode;
use lacre_wire::identity::{Label, verify};
use lacre_wire::ids::{Lineage, SubmitId};
use lacre_wire::log::{Cursor, EntryKind, chain_start};
use lacre_wire::push::ServerFrame;
use lacre_wire::request::{ClientFrame, Request};
use lacre_wire::stamp::commit_sender;

#[tokio::test]
async fn a_message_reaches_everybody_with_the_chain() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let (room, created) = Room::create(&ana, &mut a, &[&bob]).await;
    let log = log_of(room.id);
    let OpenState::Live { start, .. } = a.open(log, None).await else {
        panic!()
    };
    let OpenState::Live { start: begun, .. } = b.open(log, None).await else {
        panic!()
    };
    assert_eq!((start.seq, begun.seq), (0, 0));
    assert_eq!(b.entries(log, 1).await[0].kind, EntryKind::Commit);

    let first = submit(room.id, 1, None, b"hello");
    let sent = first.message.clone();
    let got = accepted(a.request(Request::Submit(first.clone())).await);
    assert_eq!(got.seq, created.seq + 1);
    let entry = b.entries(log, 1).await.remove(0);
    assert_eq!(
        (entry.seq, entry.kind, entry.epoch),
        (got.seq, EntryKind::Message, 1)
    );
    assert_eq!(entry.body.bytes().unwrap(), &sent[..]);
    assert_eq!(entry.accepted_ms, got.accepted_ms);
    let opening = entry.sender.unwrap();
    assert_eq!(opening.account, ana.account());
    assert_eq!(
        entry.stamp.as_ref().unwrap().sender_c,
        commit_sender(&opening.account, &opening.r)
    );
    assert_eq!(entry.chain(&created.chain), got.chain);
    // The sender reads its own entry too, after the commit, and can follow the chain from its start.
    let all = a.entries(log, 2).await;
    let chain = all
        .iter()
        .fold(chain_start(log), |chain, entry| entry.chain(&chain));
    assert_eq!(chain, got.chain);

    // The same submission again is the same acceptance, not a second message.
    assert_eq!(accepted(a.request(Request::Submit(first)).await), got);
    relay.shutdown().await;
}

#[tokio::test]
async fn refusals_say_where_the_room_stands() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let (_eve, mut e) = join(&relay, "eve").await;
    let (room, _) = Room::create(&ana, &mut a, &[&bob]).await;
    // An epoch that has passed: the answer has the commit in between.
    let Answer::WrongEpoch { epoch, missed, .. } = b
        .request(Request::Submit(submit(room.id, 0, None, b"x")))
        .await
    else {
        panic!()
    };
    assert_eq!(
        (epoch, missed.len(), missed[0].kind),
        (1, 1, EntryKind::Commit)
    );
    // A predecessor that was never accepted.
    let lost = Some(SubmitId([9; 16]));
    let answer = b
        .request(Request::Submit(submit(room.id, 1, lost, b"x")))
        .await;
    assert_eq!(answer, Answer::OutOfOrder { last: None });
    // Who is not in the room learns nothing.
    let log = log_of(room.id);
    let answer = e
        .request(Request::Submit(submit(room.id, 1, None, b"x")))
        .await;
    assert!(
        matches!(answer, Answer::Failed(error) if error.code == ErrorCode::NoSuchRoom || error.code == ErrorCode::NotAReader)
    );
    assert_eq!(e.open(log, None).await, OpenState::NotAReader);
    for request in [
        Request::GroupInfo { room: room.id },
        Request::Join { room: room.id },
    ] {
        let answer = e.request(request).await;
        let Answer::Failed(error) = answer else {
            panic!("{answer:?}")
        };
        assert!(matches!(
            error.code,
            ErrorCode::NoSuchRoom | ErrorCode::JoinRefused
        ));
    }
    relay.shutdown().await;
}

#[tokio::test]
async fn a_cursor_decides_where_a_log_flows_from() {
    let relay = relay().await;
    let (mut ana, mut a) = join(&relay, "ana").await;
    let (room, _) = Room::create(&ana, &mut a, &[]).await;
    let last = send_many(&mut a, room.id, 0, 10, 50).await;
    let log = log_of(room.id);
    a.open(log, None).await;
    let all = a.entries(log, 10).await;
    let lineage = a.ready().lineage;
    let mut chain = chain_start(log);
    let chains: Vec<_> = all
        .iter()
        .map(|entry| {
            chain = entry.chain(&chain);
            chain
        })
        .collect();

    let mut a = again(&relay, &mut ana).await;
    let head = a
        .ready()
        .logs
        .iter()
        .find(|head| head.log == log)
        .unwrap()
        .head;
    assert_eq!(head, 10);
    let cursor = Cursor {
        lineage,
        seq: 7,
        chain: chains[6],
    };
    let OpenState::Live {
        start,
        head,
        closed,
    } = a.open(log, Some(cursor)).await
    else {
        panic!()
    };
    assert_eq!((start, head, closed), (cursor, 10, false));
    assert_eq!(a.entries(log, 3).await, all[7..]);
    // Opened again from elsewhere: the flow starts over.
    let cursor = Cursor {
        lineage,
        seq: 9,
        chain: chains[8],
    };
    a.open(log, Some(cursor)).await;
    assert_eq!(a.entries(log, 1).await, all[9..]);
    // Another history or another lineage: nothing flows.
    let forked = Cursor {
        chain: chains[1],
        ..cursor
    };
    assert_eq!(
        a.open(log, Some(forked)).await,
        OpenState::LogReset { lineage }
    );
    let elsewhere = Cursor {
        lineage: Lineage([1; 16]),
        ..cursor
    };
    assert_eq!(
        a.open(log, Some(elsewhere)).await,
        OpenState::LogReset { lineage }
    );
    // Closed: what comes is not delivered, but is there when the log is opened again.
    a.open(
        log,
        Some(Cursor {
            lineage,
            seq: 10,
            chain: chains[9],
        }),
    )
    .await;
    a.send_frame(&ClientFrame::Close { logs: vec![log] }).await;
    send_after(&mut a, room.id, 0, last, 1, 50).await;
    a.request(Request::Ping).await;
    assert!(
        !a.aside
            .iter()
            .any(|frame| matches!(frame, ServerFrame::Entries { .. }))
    );
    a.open(
        log,
        Some(Cursor {
            lineage,
            seq: 10,
            chain: chains[9],
        }),
    )
    .await;
    assert_eq!(a.entries(log, 1).await[0].seq, 11);
    relay.shutdown().await;
}

#[tokio::test]
async fn many_senders_and_many_readers_see_one_order() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let mut others = Vec::new();
    for n in 0..5 {
        others.push(join(&relay, &format!("user{n}")).await);
    }
    let devices: Vec<_> = others.iter().map(|(device, _)| device).collect();
    let (room, _) = Room::create(&ana, &mut a, &devices).await;
    let log = log_of(room.id);
    let mut readers = Vec::new();
    for (_, mut client) in others {
        client.open(log, None).await;
        readers.push(tokio::spawn(async move {
            send_many(&mut client, room.id, 1, 200, 100).await;
            client.entries(log, 1 + 5 * 200).await
        }));
    }
    let mut seen = Vec::new();
    for reader in readers {
        seen.push(reader.await.unwrap());
    }
    assert_eq!(seen[0].len(), 1001);
    assert!(seen.iter().all(|entries| *entries == seen[0]));
    assert!(relay.status().deliveries >= 5 * 1001);
    relay.shutdown().await;
}

#[tokio::test]
async fn a_slow_reader_blocks_nobody() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let (eve, mut e) = join(&relay, "eve").await;
    let (room, _) = Room::create(&ana, &mut a, &[&bob, &eve]).await;
    let log = log_of(room.id);
    b.open(log, None).await;
    e.open(log, None).await;
    // Eve reads nothing for 6 MB, more than every window; Bob gets it all meanwhile.
    let reading = tokio::spawn(async move { b.entries(log, 301).await.len() });
    send_many(&mut a, room.id, 1, 300, 20_000).await;
    assert_eq!(
        tokio::time::timeout(PATIENCE, reading)
            .await
            .unwrap()
            .unwrap(),
        301
    );
    // And Eve has missed nothing when she comes back to it.
    assert_eq!(e.entries(log, 301).await.last().unwrap().seq, 301);
    relay.shutdown().await;
}

#[tokio::test]
async fn too_fast_is_told_when_to_go_on() {
    let clock = Clock::manual(1_700_000_000_000);
    let rates = Rates {
        device: Rate {
            per_second: 10,
            burst: 15,
        },
        ..Rates::default()
    };
    let relay = builder()
        .in_memory()
        .rates(rates)
        .clock(clock.clone())
        .start()
        .await
        .unwrap();
    let (ana, mut a) = join(&relay, "ana").await;
    // A room costs 10 of the 15.
    let (room, _) = Room::create(&ana, &mut a, &[]).await;
    send_many(&mut a, room.id, 0, 5, 10).await;
    let answer = a
        .request(Request::Submit(submit(room.id, 0, None, b"x")))
        .await;
    let Answer::Failed(error) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(
        (error.code, error.retry_after_ms),
        (ErrorCode::RateLimited, Some(100))
    );
    clock.advance(100);
    let answer = a
        .request(Request::Submit(submit(room.id, 0, None, b"x")))
        .await;
    assert!(!matches!(answer, Answer::Failed(_)), "{answer:?}");
    assert!(
        relay
            .metrics()
            .contains("lacre_refused_total{code=\"RateLimited\"} 1")
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn checkpoints_sign_the_chain_that_was_shown() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (room, _) = Room::create(&ana, &mut a, &[]).await;
    let log = log_of(room.id);
    a.open(log, None).await;
    send_many(&mut a, room.id, 0, 300, 10).await;
    let (mut entries, mut checkpoint) = (Vec::new(), None);
    while checkpoint.is_none() || entries.len() < 300 {
        match a.next().await {
            ServerFrame::Entries { entries: run, .. } => entries.extend(run),
            ServerFrame::Checkpoint(signed) => checkpoint = Some(signed),
            _ => {}
        }
    }
    let signed = checkpoint.unwrap();
    let key = a.ready().statement.read().unwrap().checkpoint_key;
    verify(
        &key,
        Label::Checkpoint,
        &signed.checkpoint,
        &signed.signature,
    )
    .unwrap();
    let stated = signed.read().unwrap();
    assert_eq!(
        (stated.lineage, stated.log, stated.seq),
        (a.ready().lineage, log, 256)
    );
    let covered = entries.iter().take_while(|entry| entry.seq <= stated.seq);
    assert_eq!(
        covered.fold(chain_start(log), |chain, entry| entry.chain(&chain)),
        stated.chain
    );
    relay.shutdown().await;
}
