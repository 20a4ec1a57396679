//! A relay that stops finishes what it has taken.

use crate::world::{Room, again, builder, join, log_of, submit};
use lacre_wire::answer::Answer;
use lacre_wire::error::ErrorCode;
use lacre_wire::push::ServerFrame;
use lacre_wire::request::Request;
use std::time::Duration;

/// Messages on the way when the relay stops.
const ON_THE_WAY: usize = 60;

/// Whatever is in the log was answered: nobody has to ask again what became of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_is_answered_before_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut cut_short = 0;
    for round in 0..8u64 {
        let data = folder.path().join(round.to_string());
        // No grace at all: the end comes while messages are on the way.
        let start = || builder().data_dir(&data).drain(Duration::ZERO).start();
        let relay = start().await.unwrap();
        let (mut ana, mut client) = join(&relay, "ana").await;
        let (room, _) = Room::create(&ana, &mut client, &[]).await;
        let mut prev = None;
        let mut last = None;
        for n in 0..ON_THE_WAY {
            let message = submit(room.id, 0, prev, &[n as u8; 4000]);
            prev = Some(message.submit_id);
            last = Some(client.ask(Request::Submit(message)).await);
        }
        let stopping = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_micros(round * 700)).await;
            relay.shutdown().await;
        });
        let (mut accepted, mut told) = (0, false);
        loop {
            match client.next().await {
                ServerFrame::Answer {
                    answer: Answer::Accepted(_),
                    ..
                } => accepted += 1,
                ServerFrame::GoAway { .. } => told = true,
                ServerFrame::Closing(error) => {
                    assert_eq!(error.code, ErrorCode::GoingAway);
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(told && last.is_some());
        drop(client);
        stopping.await.unwrap();
        let relay = start().await.unwrap();
        let client = again(&relay, &mut ana).await;
        let log = log_of(room.id);
        let head = client.ready().logs.iter().find(|head| head.log == log);
        let stored = head.map_or(0, |head| head.head);
        assert_eq!(accepted, stored, "round {round}");
        cut_short += u64::from(accepted < ON_THE_WAY as u64);
        drop(client);
        relay.shutdown().await;
    }
    println!("{cut_short} of 8 ends came while messages were on the way");
}
