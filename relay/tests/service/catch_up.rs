//! A log that is far behind comes on a stream of its own, and goes back.

use crate::world::{Room, again, builder, join, log_of, relay, send_after, send_many};
use lacre_wire::answer::{Answer, OpenState};
use lacre_wire::ids::LogId;
use lacre_wire::push::ServerFrame;
use lacre_wire::request::{ClientFrame, OpenLog, Request};

#[tokio::test]
async fn a_log_far_behind_catches_up_and_goes_on_live() {
    let folder = tempfile::tempdir().unwrap();
    let relay = builder().data_dir(folder.path()).start().await.unwrap();
    let (mut ana, mut a) = join(&relay, "ana").await;
    let (mut bob, _) = join(&relay, "bob").await;
    let (room, _) = Room::create(&ana, &mut a, &[&bob]).await;
    let last = send_many(&mut a, room.id, 1, 1000, 1000).await;
    relay.shutdown().await;

    // A restart: nothing is in memory.
    let relay = builder().data_dir(folder.path()).start().await.unwrap();
    let mut a = again(&relay, &mut ana).await;
    let mut b = again(&relay, &mut bob).await;
    let log = log_of(room.id);
    assert!(matches!(
        b.open(log, None).await,
        OpenState::Live { head: 1001, .. }
    ));
    // Meanwhile more comes.
    let sending =
        tokio::spawn(async move { send_after(&mut a, room.id, 1, last, 200, 1000).await });
    // The session stream says where it leaves.
    let from = loop {
        match b.next().await {
            ServerFrame::CatchUp { log: named, from } if named == log => break from,
            ServerFrame::Entries { .. } => panic!("entries on the session stream first"),
            _ => {}
        }
    };
    assert_eq!(from, 1);
    let (runs, next) = b.catch_up(log).await;
    let seqs: Vec<_> = runs.iter().flatten().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (1..next).collect::<Vec<_>>());
    assert!(next > 1000);
    // And the session stream goes on exactly there.
    if next < 1202 {
        let live = b.entries(log, 1202 - next as usize).await;
        assert_eq!(live[0].seq, next);
        assert_eq!(live.last().unwrap().seq, 1201);
    }
    sending.await.unwrap();
    assert_eq!(relay.status().catch_ups, 1);
    relay.shutdown().await;
}

#[tokio::test]
async fn a_little_behind_stays_on_the_session_stream() {
    let folder = tempfile::tempdir().unwrap();
    let relay = builder().data_dir(folder.path()).start().await.unwrap();
    let (mut ana, mut a) = join(&relay, "ana").await;
    let (room, _) = Room::create(&ana, &mut a, &[]).await;
    send_many(&mut a, room.id, 0, 100, 1000).await;
    relay.shutdown().await;

    let relay = builder().data_dir(folder.path()).start().await.unwrap();
    let mut a = again(&relay, &mut ana).await;
    let log = log_of(room.id);
    a.open(log, None).await;
    let mut seen = 0;
    while seen < 100 {
        let run = a.run(log).await;
        assert_eq!(run[0].seq, seen + 1);
        // One turn is 16 KiB; a run is cut there.
        assert!(run.len() <= 16, "{} entries at once", run.len());
        seen = run.last().unwrap().seq;
    }
    assert_eq!(
        (relay.status().catch_ups, relay.status().store_reads > 0),
        (0, true)
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn a_log_closed_while_it_catches_up_stops() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let (room, _) = Room::create(&ana, &mut a, &[&bob]).await;
    let other = Room::create(&bob, &mut b, &[]).await.0;
    // Far more than the tail keeps of it and than QUIC's windows hold.
    send_many(&mut a, room.id, 1, 400, 40_000).await;
    let (log, quick) = (log_of(room.id), log_of(other.id));
    let asked = [log, quick]
        .map(|log| OpenLog { log, cursor: None })
        .to_vec();
    let Answer::Opened(_) = b.request(Request::Open(asked)).await else {
        panic!()
    };
    loop {
        if let ServerFrame::CatchUp { log: named, .. } = b.next().await {
            assert_eq!(named, log);
            break;
        }
    }
    b.send_frame(&ClientFrame::Close { logs: vec![log] }).await;
    let mut stream = b.connection.accept_uni().await.unwrap();
    let reset = loop {
        match stream.read_chunk(usize::MAX, true).await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the stream came to its end"),
            Err(error) => break error,
        }
    };
    assert!(matches!(reset, quinn::ReadError::Reset(_)));
    // The session goes on: another log still flows.
    send_many(&mut b, other.id, 0, 3, 10).await;
    assert_eq!(b.entries(quick, 3).await.len(), 3);
    assert!(matches!(
        b.open(LogId::Inbox(bob.id()), None).await,
        OpenState::Live { .. }
    ));
    relay.shutdown().await;
}
