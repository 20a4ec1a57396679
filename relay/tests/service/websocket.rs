//! WebSocket as a client speaks it by hand: what a session is, and everything it must not be.

use crate::device::Device;
use crate::sockets::{PATIENCE, Session, Socket, is_hung_up, join_with, tls};
use crate::world::{builder, join, relay};
use futures_util::SinkExt;
use lacre_wire::answer::ObjectAnswer;
use lacre_wire::error::ErrorCode;
use lacre_wire::frame;
use lacre_wire::hash::sha256;
use lacre_wire::hello::Purpose;
use lacre_wire::ids::Ticket;
use lacre_wire::limits::{MAX_OBJECT_STREAMS, MAX_PIECE};
use lacre_wire::push::ServerFrame;
use lacre_wire::request::{ClientFrame, ObjectRequest, Request};
use lacre_wire::socket::{ALPN, Message, SESSION_PATH, STREAM_PATH};
use rustls::NamedGroup;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::{Error, Message as Frame};

#[tokio::test]
async fn a_session_is_the_same_as_on_quic() {
    let relay = relay().await;
    let (mut ana, mut session) = Session::sign_up(&relay, "ana").await;
    session.answers().await;
    // A whole object there and back, larger than a message.
    let object = vec![7; 3 * MAX_PIECE + 5];
    let (hash, size) = (sha256(&[&object]), object.len() as u64);
    let mut put = join_with(&relay, session.hello.ticket).await;
    put.say(&ObjectRequest::Put { hash, size }).await;
    put.bytes(&object).await;
    assert_eq!(put.next().await, Some(ObjectAnswer::Stored));
    let mut get = join_with(&relay, session.hello.ticket).await;
    get.say(&ObjectRequest::Get { hash }).await;
    assert_eq!(get.next().await, Some(ObjectAnswer::Found { size }));
    let mut got = get.deframer.rest().to_vec();
    while let Some(message) = get.message().await {
        got.extend_from_slice(&message[1..]);
    }
    assert!(got == object);
    // The counter rises over both transports together.
    let mut again = Session::open(&relay).await;
    again.log_in(&relay, &mut ana, Purpose::SignIn).await;
    again.answers().await;
    assert_eq!(relay.status().logins, 2);
    relay.shutdown().await;
}

#[tokio::test]
async fn tls_is_as_on_quic() {
    let relay = relay().await;
    let stream = tls(&relay).await.unwrap();
    let (_, connection) = stream.get_ref();
    assert_eq!(connection.alpn_protocol(), Some(ALPN));
    let group = connection.negotiated_key_exchange_group().unwrap().name();
    assert_eq!(group, NamedGroup::X25519MLKEM768);
    let version = connection.protocol_version();
    assert_eq!(version, Some(rustls::ProtocolVersion::TLSv1_3));
}

#[tokio::test]
async fn other_paths_are_not_there() {
    let relay = relay().await;
    for path in ["/", "/lacre/2/session", "/lacre/1/session/", "/metrics"] {
        match Socket::open(&relay, path).await {
            Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), 404, "{path}"),
            _ => panic!("{path} was served"),
        }
    }
}

#[tokio::test]
async fn a_relay_may_leave_tcp_alone() {
    let relay = builder().in_memory().websocket(false);
    let relay = relay.start().await.unwrap();
    assert!(TcpStream::connect(relay.local_addr()).await.is_err());
}

#[tokio::test]
async fn a_login_is_worth_nothing_on_another_socket_or_relay() {
    let relay = relay().await;
    let mut ana = Device::new("ana");
    let purpose = ana.sign_up();
    let (one, mut other) = (Session::open(&relay).await, Session::open(&relay).await);
    assert_ne!(one.hello.nonce, other.hello.nonce);
    assert_ne!(one.hello.ticket, other.hello.ticket);
    let fingerprint = relay.address().fingerprints[0];
    let open = ana.open_bound(purpose.clone(), &fingerprint, one.binding);
    other.socket.say(&open).await;
    assert_eq!(other.refusal().await.code, ErrorCode::BadSignature);
    let mut third = Session::open(&relay).await;
    let elsewhere = sha256(&[b"another relay"]);
    let open = ana.open_bound(purpose, &elsewhere, third.binding);
    third.socket.say(&open).await;
    assert_eq!(third.refusal().await.code, ErrorCode::BadSignature);
    // And a binding of QUIC's kind is none here.
    let mut fourth = Session::open(&relay).await;
    let purpose = ana.sign_up();
    let open = ana.open_bound(purpose, &fingerprint, [0; 32]);
    fourth.socket.say(&open).await;
    assert_eq!(fourth.refusal().await.code, ErrorCode::BadSignature);
}

#[tokio::test]
async fn tickets_are_for_their_session_alone() {
    let relay = relay().await;
    let hash = sha256(&[b"nothing"]);
    // A guess.
    let mut socket = join_with(&relay, Ticket([0; 16])).await;
    assert!(is_hung_up(&mut socket).await);
    // A session that is not logged in.
    let outsider = Session::open(&relay).await;
    let mut socket = join_with(&relay, outsider.hello.ticket).await;
    assert!(is_hung_up(&mut socket).await);
    // As many as there may be, and not one more.
    let (_ana, mut session) = Session::sign_up(&relay, "ana").await;
    let mut streams = Vec::new();
    for _ in 0..MAX_OBJECT_STREAMS {
        streams.push(join_with(&relay, session.hello.ticket).await);
    }
    for stream in &mut streams {
        stream.say(&ObjectRequest::Get { hash }).await;
    }
    for mut stream in streams {
        let answer = stream.next().await;
        assert!(
            matches!(answer, Some(ObjectAnswer::Failed(_))),
            "{answer:?}"
        );
    }
    session.answers().await;
    // A session that is over, however it ended.
    let ticket = session.hello.ticket;
    session.socket.raw.close(None).await.unwrap();
    while session.socket.message().await.is_some() {}
    let mut socket = join_with(&relay, ticket).await;
    assert!(is_hung_up(&mut socket).await);
}

#[tokio::test]
async fn what_is_no_message_ends_the_socket_and_nothing_else() {
    let relay = relay().await;
    let (_bruno, mut witness) = Session::sign_up(&relay, "bruno").await;
    let offer = Message::Offer(Ticket([1; 16])).write();
    let join = Message::Join(Ticket([1; 16])).write();
    let hello = Message::Hello(&[0xa0]).write();
    let long = vec![0; MAX_PIECE + 2];
    let odd: [(&str, Frame); 8] = [
        ("text", Frame::text("hello")),
        ("empty", Frame::binary(vec![])),
        ("an unknown kind", Frame::binary(vec![5, 1, 2])),
        ("an offer", Frame::binary(offer)),
        ("a ticket", Frame::binary(join)),
        ("a relay's hello", Frame::binary(hello)),
        ("a half ticket", Frame::binary(vec![3, 1])),
        ("too much at once", Frame::binary(long)),
    ];
    for (number, (what, message)) in odd.into_iter().enumerate() {
        // Before the login, and in a session.
        let mut early = Session::open(&relay).await;
        early.socket.raw.send(message.clone()).await.unwrap();
        assert!(
            is_hung_up(&mut early.socket).await,
            "{what}, before the login"
        );
        let (_, mut late) = Session::sign_up(&relay, &format!("ana{number}")).await;
        late.socket.raw.send(message).await.unwrap();
        assert!(is_hung_up(&mut late.socket).await, "{what}, in a session");
    }
    witness.answers().await;
}

#[tokio::test]
async fn broken_frames_are_named() {
    let relay = relay().await;
    let mut early = Session::open(&relay).await;
    early.socket.bytes(&(17 * 1024_u32).to_be_bytes()).await;
    assert_eq!(early.refusal().await.code, ErrorCode::TooLarge);
    let (_, mut session) = Session::sign_up(&relay, "ana").await;
    session.socket.bytes(&u32::MAX.to_be_bytes()).await;
    assert_eq!(session.refusal().await.code, ErrorCode::TooLarge);
    // One byte a message is a strange way to speak, and no wrong one.
    let (_, mut slow) = Session::sign_up(&relay, "bruno").await;
    let request = Request::Ping;
    for byte in frame::encode(&ClientFrame::Request { id: 9, request }) {
        slow.socket.bytes(&[byte]).await;
    }
    let answer = slow.socket.next().await;
    assert!(matches!(answer, Some(ServerFrame::Answer { id: 9, .. })));
}

/// Sockets that say nothing, or begin no login, fill the room of their own address and no other.
#[tokio::test]
async fn a_crowd_of_silent_sockets_leaves_others_room() {
    /// As the relay has it.
    const PER_ADDRESS: usize = 64;
    let relay = relay().await;
    let (_bruno, mut inside) = Session::sign_up(&relay, "bruno").await;
    let mut silent = Vec::new();
    for _ in 0..PER_ADDRESS {
        silent.push(TcpStream::connect(relay.local_addr()).await.unwrap());
    }
    // The next one is hung up on, before a byte is read.
    let mut refused = TcpStream::connect(relay.local_addr()).await.unwrap();
    let read = tokio::time::timeout(PATIENCE, refused.read(&mut [0; 1])).await;
    assert!(matches!(read.unwrap(), Ok(0) | Err(_)));
    // Another address, another room.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut elsewhere = socket.connect(relay.local_addr()).await.unwrap();
    let word = &mut [0; 1];
    let nothing = tokio::time::timeout(Duration::from_millis(200), elsewhere.read(word)).await;
    assert!(nothing.is_err(), "it was hung up on");
    // QUIC and whoever is inside go on.
    inside.answers().await;
    let (_ana, _client) = join(&relay, "ana").await;
    drop(silent);
    // The relay notices each end by itself; then there is room again.
    let open = async { while Socket::open(&relay, SESSION_PATH).await.is_err() {} };
    tokio::time::timeout(PATIENCE, open).await.unwrap();
}

/// Ten seconds for TLS and upgrade, ten for the login, and not for ever.
#[tokio::test]
async fn whoever_never_logs_in_is_hung_up_on() {
    let relay = relay().await;
    let mut silent = TcpStream::connect(relay.local_addr()).await.unwrap();
    let mut halfway = tls(&relay).await.unwrap();
    let mut waiting = Session::open(&relay).await;
    let mut stream = Socket::open(&relay, STREAM_PATH).await.unwrap();
    // Half a frame is no login either.
    let mut half = Session::open(&relay).await;
    half.socket.bytes(&[0, 0, 1]).await;
    let (word, other) = (&mut [0; 1], &mut [0; 1]);
    let (one, two, three, four, five) = tokio::join!(
        tokio::time::timeout(PATIENCE, silent.read(word)),
        tokio::time::timeout(PATIENCE, halfway.read(other)),
        is_hung_up(&mut waiting.socket),
        is_hung_up(&mut stream),
        is_hung_up(&mut half.socket),
    );
    assert!(matches!(one.unwrap(), Ok(0) | Err(_)));
    assert!(matches!(two.unwrap(), Ok(0) | Err(_)));
    assert!(three && four && five);
}

#[tokio::test]
async fn a_silent_session_is_given_up_and_a_living_one_is_not() {
    let idle = Duration::from_secs(1);
    let relay = builder().in_memory().idle_timeout(idle).start().await;
    let relay = relay.unwrap();
    let (_, mut silent) = Session::sign_up(&relay, "ana").await;
    let (_, mut living) = Session::sign_up(&relay, "bruno").await;
    let lives = async {
        for _ in 0..10 {
            tokio::time::sleep(idle / 3).await;
            let ping = Frame::Ping(Vec::new().into());
            living.socket.raw.send(ping).await.unwrap();
        }
        living.answers().await;
    };
    let (hung_up, ()) = tokio::join!(is_hung_up(&mut silent.socket), lives);
    assert!(hung_up);
    assert_eq!(relay.status().sessions, 1);
}
