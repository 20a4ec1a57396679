//! Frames that are not what they should be end the session with a word about why.

use crate::client::Client;
use crate::world::{join, message_at, relay, submit};
use lacre_wire::answer::Answer;
use lacre_wire::error::ErrorCode;
use lacre_wire::frame;
use lacre_wire::ids::{LogId, RoomId, Signature};
use lacre_wire::limits::{MAX_FRAME, MAX_MESSAGE, MAX_OPEN};
use lacre_wire::request::{ClientFrame, LogSeq, OpenLog, Request, Submit};

async fn ends(mut client: Client, bytes: &[u8]) -> ErrorCode {
    client.send.write_all(bytes).await.unwrap();
    let code = client.closing().await.code;
    assert!(client.try_next().await.is_none());
    code
}

#[tokio::test]
async fn broken_frames_end_the_session() {
    let relay = relay().await;
    let ping = frame::encode(&ClientFrame::Request {
        id: 1,
        request: Request::Ping,
    });
    // `[1, [1, [15, []]]]` with the request's number in a long form.
    let long_form = [
        &[0, 0, 0, 8][..],
        &[0x82, 0x01, 0x82, 0x18, 0x01, 0x82, 0x0f, 0x80],
    ]
    .concat();
    let trailing = {
        let mut bytes = ping.clone();
        bytes[3] += 1;
        bytes.push(0);
        bytes
    };
    let again = frame::encode(&ClientFrame::Open {
        hello: vec![].into(),
        signature: Signature([0; 64]),
    });
    let acks = vec![
        LogSeq {
            log: LogId::Room(RoomId([0; 16])),
            seq: 1
        };
        MAX_OPEN + 1
    ];
    let too_large = u32::try_from(MAX_FRAME + 1).unwrap().to_be_bytes();
    for (n, (bytes, code)) in [
        (vec![0, 0, 0, 3, 1, 2, 3], ErrorCode::Malformed),
        (vec![0, 0, 0, 0], ErrorCode::Malformed),
        (vec![0, 0, 0, 2, 0x82, 0x19], ErrorCode::Malformed),
        (long_form, ErrorCode::Malformed),
        (trailing, ErrorCode::Malformed),
        (vec![0, 0, 0, 3, 0x82, 0x09, 0x80], ErrorCode::Malformed),
        (too_large.to_vec(), ErrorCode::TooLarge),
        (again, ErrorCode::UnexpectedMessage),
        (
            frame::encode(&ClientFrame::Ack { acks }),
            ErrorCode::TooLarge,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let (_device, client) = join(&relay, &format!("user{n}")).await;
        assert_eq!(ends(client, &bytes).await, code, "case {n}");
    }
    relay.shutdown().await;
}

#[tokio::test]
async fn a_frame_may_come_byte_by_byte() {
    let relay = relay().await;
    let (_ana, mut client) = join(&relay, "ana").await;
    for byte in frame::encode(&ClientFrame::Request {
        id: 9,
        request: Request::Ping,
    }) {
        client.send.write_all(&[byte]).await.unwrap();
    }
    assert!(matches!(client.answer(9).await, Answer::Pong { .. }));
    relay.shutdown().await;
}

#[tokio::test]
async fn requests_that_are_too_large_or_foreign_are_refused_alone() {
    let relay = relay().await;
    let (_ana, mut client) = join(&relay, "ana").await;
    let room = RoomId([3; 16]);
    let failed = |answer: Answer| match answer {
        Answer::Failed(error) => error.code,
        other => panic!("{other:?}"),
    };
    let open = vec![
        OpenLog {
            log: LogId::Room(room),
            cursor: None
        };
        MAX_OPEN + 1
    ];
    assert_eq!(
        failed(client.request(Request::Open(open)).await),
        ErrorCode::TooLarge
    );
    let large = submit(room, 0, None, &vec![0; MAX_MESSAGE]);
    assert_eq!(
        failed(client.request(Request::Submit(large)).await),
        ErrorCode::TooLarge
    );
    let with = |message: Vec<u8>| Submit {
        message: message.into(),
        ..submit(room, 0, None, b"")
    };
    let not_mls = with(vec![0; 40]);
    assert_eq!(
        failed(client.request(Request::Submit(not_mls)).await),
        ErrorCode::Malformed
    );
    let other_room = with(message_at(RoomId([4; 16]), 0, 0, b"x"));
    assert_eq!(
        failed(client.request(Request::Submit(other_room)).await),
        ErrorCode::WrongGroup
    );
    let mut commit = message_at(room, 0, 0, b"x");
    // The content type stands behind version, format, group and epoch.
    commit[4 + 21 + 8] = 3;
    assert_eq!(
        failed(client.request(Request::Submit(with(commit))).await),
        ErrorCode::NotAllowed
    );
    let nowhere = submit(room, 0, None, b"x");
    assert_eq!(
        failed(client.request(Request::Submit(nowhere)).await),
        ErrorCode::NoSuchRoom
    );
    // None of it ended the session.
    assert!(matches!(
        client.request(Request::Ping).await,
        Answer::Pong { .. }
    ));
    assert_eq!(relay.status().in_flight, 0);
    relay.shutdown().await;
}
