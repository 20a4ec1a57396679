//! The network's task against the other end of real connections. The engine's part is played by
//! hand.

use super::mail::{Net, Outgoing};
use super::network::{self, Wish};
use crate::engine::ErrorKind;
use crate::transport::Transport;
use crate::transport::testing::{Kind, Relay};
use lacre_wire::answer::{Answer, ObjectAnswer};
use lacre_wire::frame::{self, Deframer};
use lacre_wire::hash::sha256;
use lacre_wire::hello::Ready;
use lacre_wire::ids::{Hash, Lineage, LogId, RoomId, Seq, Signature};
use lacre_wire::log::{Body, Entry, EntryKind};
use lacre_wire::push::ServerFrame;
use lacre_wire::relay::SignedRelayStatement;
use lacre_wire::request::{ClientFrame, ObjectRequest, Request};
use minicbor::{Decode, Encode};
use quinn::{Connection, RecvStream, SendStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

const LOG: LogId = LogId::Room(RoomId([1; 16]));

/// A client's network task, with the engine's ends of its mailboxes.
struct Client {
    mail: mpsc::UnboundedReceiver<Net>,
    wish: watch::Sender<Wish>,
    task: JoinHandle<()>,
}

impl Client {
    fn start(relay: &Relay) -> Self {
        let (sender, mail) = mpsc::unbounded_channel();
        let wish = watch::Sender::new(Wish::Connect);
        let transport = Transport::new(relay.address()).unwrap();
        let task = tokio::spawn(network::run(transport, sender, wish.subscribe()));
        Self { mail, wish, task }
    }

    /// Answers the request for a hello; what goes into the session.
    async fn hello(&mut self) -> mpsc::UnboundedSender<Outgoing> {
        match self.mail.recv().await.unwrap() {
            Net::Hello { out, reply, .. } => {
                assert!(reply.send(Ok(hello())).is_ok());
                out
            }
            _ => panic!("something came before the hello"),
        }
    }

    async fn frames(&mut self) -> Vec<ServerFrame> {
        match self.mail.recv().await.unwrap() {
            Net::Frames { frames, .. } => frames,
            _ => panic!("expected frames"),
        }
    }

    async fn lost(&mut self) {
        while !matches!(self.mail.recv().await.unwrap(), Net::Lost) {}
    }
}

/// The relay's end of a session.
struct Session {
    connection: Connection,
    send: SendStream,
    receive: Reader,
}

impl Session {
    async fn accept(relay: &Relay) -> Self {
        let connection = relay.accept().await;
        let (send, receive) = connection.accept_bi().await.unwrap();
        let mut receive = Reader::new(receive);
        assert_eq!(receive.next::<ClientFrame>().await, Some(hello()));
        Self {
            connection,
            send,
            receive,
        }
    }

    async fn say(&mut self, frame: &ServerFrame) {
        self.send.write_all(&frame::encode(frame)).await.unwrap();
    }
}

/// Frames of a stream.
struct Reader(RecvStream, Deframer);

impl Reader {
    fn new(stream: RecvStream) -> Self {
        Self(stream, Deframer::default())
    }

    async fn next<T: for<'b> Decode<'b, ()>>(&mut self) -> Option<T> {
        loop {
            if let Some(frame) = self.1.next_message().unwrap() {
                return Some(frame);
            }
            self.1
                .push(&self.0.read_chunk(4096, true).await.unwrap()?.bytes);
        }
    }
}

async fn put<T: Encode<()>>(stream: &mut SendStream, frame: &T) {
    stream.write_all(&frame::encode(frame)).await.unwrap();
}

fn hello() -> ClientFrame {
    ClientFrame::Open {
        hello: vec![1, 2, 3].into(),
        signature: Signature([9; 64]),
    }
}

fn ping(id: u32) -> ClientFrame {
    ClientFrame::Request {
        id,
        request: Request::Ping,
    }
}

fn ready() -> ServerFrame {
    let statement = SignedRelayStatement {
        statement: Vec::new().into(),
        signature: Signature([0; 64]),
    };
    ServerFrame::Ready(Ready {
        version: 1,
        lineage: Lineage([0; 16]),
        server_ms: 0,
        statement,
        reconnect_spread_ms: 0,
        logs: Vec::new(),
        key_packages: Vec::new(),
        list_version: 1,
        listed: true,
    })
}

fn entries(seqs: std::ops::RangeInclusive<Seq>) -> ServerFrame {
    let entry = |seq| Entry {
        seq,
        kind: EntryKind::Message,
        generation: 0,
        epoch: 0,
        accepted_ms: 0,
        body: Body::Inline(vec![7; 1000].into()),
        stamp: None,
        sender: None,
    };
    ServerFrame::Entries {
        log: LOG,
        entries: seqs.map(entry).collect(),
    }
}

/// The entries among frames.
fn seqs(frames: Vec<ServerFrame>) -> Vec<Seq> {
    let of = |frame| match frame {
        ServerFrame::Entries { entries, .. } => {
            entries.into_iter().map(|entry| entry.seq).collect()
        }
        _ => Vec::new(),
    };
    frames.into_iter().flat_map(of).collect()
}

#[tokio::test]
async fn what_was_handed_to_a_session_goes_out_before_it_ends() {
    let relay = Relay::start(Kind::default());
    let mut client = Client::start(&relay);
    let (out, mut session) = tokio::join!(client.hello(), Session::accept(&relay));
    session.say(&ready()).await;
    assert_eq!(client.frames().await, [ready()]);
    for id in 0..500 {
        out.send(Outgoing::Frame(frame::encode(&ping(id)))).unwrap();
    }
    drop(out);
    client.wish.send_replace(Wish::End);
    for id in 0..500 {
        assert_eq!(session.receive.next::<ClientFrame>().await, Some(ping(id)));
    }
    assert_eq!(session.receive.next::<ClientFrame>().await, None);
    session.connection.closed().await;
    client.lost().await;
    client.task.await.unwrap();
}

#[tokio::test]
async fn a_log_keeps_its_order_over_streams() {
    let relay = Relay::start(Kind::default());
    let mut client = Client::start(&relay);
    let (_out, mut session) = tokio::join!(client.hello(), Session::accept(&relay));
    // Everything as early as the relay could have said it: the catch-up stream before its
    // announcement, what follows it before it has ended.
    let mut catch_up = session.connection.open_uni().await.unwrap();
    put(&mut catch_up, &entries(3..=100)).await;
    session.say(&ready()).await;
    session.say(&entries(1..=2)).await;
    session
        .say(&ServerFrame::CatchUp { log: LOG, from: 3 })
        .await;
    session.say(&entries(151..=152)).await;
    session
        .say(&ServerFrame::CatchUp {
            log: LOG,
            from: 153,
        })
        .await;
    put(&mut catch_up, &entries(101..=150)).await;
    put(
        &mut catch_up,
        &ServerFrame::CatchUpEnd {
            log: LOG,
            next: 151,
        },
    )
    .await;
    catch_up.finish().unwrap();
    let mut again = session.connection.open_uni().await.unwrap();
    put(&mut again, &entries(153..=200)).await;
    put(
        &mut again,
        &ServerFrame::CatchUpEnd {
            log: LOG,
            next: 201,
        },
    )
    .await;
    again.finish().unwrap();
    session.say(&entries(201..=201)).await;

    let mut got = Vec::new();
    while got.len() < 201 {
        got.extend(seqs(client.frames().await));
    }
    assert_eq!(got, (1..=201).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_stream_that_waits_holds_up_no_answer() {
    let relay = Relay::start(Kind::default());
    let mut client = Client::start(&relay);
    let (_out, mut session) = tokio::join!(client.hello(), Session::accept(&relay));
    let mut early = session.connection.open_uni().await.unwrap();
    put(&mut early, &entries(1..=1)).await;
    session
        .say(&ServerFrame::Answer {
            id: 1,
            answer: Answer::Ok,
        })
        .await;
    assert_eq!(
        client.frames().await,
        [ServerFrame::Answer {
            id: 1,
            answer: Answer::Ok
        }]
    );
}

#[tokio::test]
async fn the_client_comes_back_and_mail_of_the_old_session_stays_before() {
    let relay = Relay::start(Kind::default());
    let mut client = Client::start(&relay);
    for _ in 0..3 {
        let (_out, mut session) = tokio::join!(client.hello(), Session::accept(&relay));
        session.say(&ready()).await;
        assert_eq!(client.frames().await, [ready()]);
        session.connection.close(1u32.into(), b"restart");
        client.lost().await;
    }
    client.wish.send_replace(Wish::End);
    client.task.await.unwrap();
}

#[tokio::test]
async fn a_session_ended_for_good_is_not_tried_again_until_asked() {
    let relay = Relay::start(Kind::default());
    let mut client = Client::start(&relay);
    let (out, session) = tokio::join!(client.hello(), Session::accept(&relay));
    out.send(Outgoing::Disconnect {
        reason: "refused".to_owned(),
        fatal: true,
    })
    .unwrap();
    session.connection.closed().await;
    client.lost().await;
    client.wish.send_replace(Wish::Connect);
    let (_out, _session) = tokio::join!(client.hello(), Session::accept(&relay));
}

#[tokio::test]
async fn objects_are_what_their_hash_says() {
    let relay = Relay::start(Kind::default());
    let mut client = Client::start(&relay);
    let (out, session) = tokio::join!(client.hello(), Session::accept(&relay));
    let object = vec![5; 300_000];
    let hash = sha256(&[&object]);

    out.send(Outgoing::Fetch(hash)).unwrap();
    serve_object(&session.connection, hash, &object).await;
    match client.mail.recv().await.unwrap() {
        Net::Fetched(of, Ok(bytes)) => assert_eq!((of, bytes), (hash, object.clone())),
        _ => panic!("the object did not come"),
    }

    out.send(Outgoing::Fetch(hash)).unwrap();
    serve_object(&session.connection, hash, &[6; 300_000]).await;
    match client.mail.recv().await.unwrap() {
        Net::Fetched(_, Err(error)) => assert_eq!(error.kind(), ErrorKind::Security),
        _ => panic!("another object passed"),
    }

    out.send(Outgoing::Upload(hash, object.clone())).unwrap();
    let (mut send, receive) = session.connection.accept_bi().await.unwrap();
    let mut receive = Reader::new(receive);
    let size = object.len() as u64;
    assert_eq!(
        receive.next::<ObjectRequest>().await,
        Some(ObjectRequest::Put { hash, size })
    );
    let mut bytes = receive.1.rest().to_vec();
    while bytes.len() < object.len() {
        bytes.extend(
            receive
                .0
                .read_chunk(65_536, true)
                .await
                .unwrap()
                .unwrap()
                .bytes,
        );
    }
    assert_eq!(bytes, object);
    put(&mut send, &ObjectAnswer::Stored).await;
    assert!(matches!(client.mail.recv().await.unwrap(), Net::Uploaded(of, Ok(())) if of == hash));
}

async fn serve_object(connection: &Connection, hash: Hash, object: &[u8]) {
    let (mut send, receive) = connection.accept_bi().await.unwrap();
    assert_eq!(
        Reader::new(receive).next::<ObjectRequest>().await,
        Some(ObjectRequest::Get { hash })
    );
    put(
        &mut send,
        &ObjectAnswer::Found {
            size: object.len() as u64,
        },
    )
    .await;
    send.write_all(object).await.unwrap();
    send.finish().unwrap();
}

#[tokio::test]
async fn a_relay_of_another_identity_is_reported() {
    let relay = Relay::start(Kind::default());
    let mut address = relay.address();
    address.fingerprints = vec![Hash([7; 32])];
    let (sender, mut mail) = mpsc::unbounded_channel();
    let wish = watch::Sender::new(Wish::Connect);
    let task = tokio::spawn(network::run(
        Transport::new(address).unwrap(),
        sender,
        wish.subscribe(),
    ));
    assert!(relay.try_accept().await.is_none());
    match mail.recv().await.unwrap() {
        Net::Unreachable(error) => assert_eq!(error.code(), "WrongFingerprint"),
        _ => panic!("the wrong relay was spoken to"),
    }
    wish.send_replace(Wish::End);
    task.await.unwrap();
}
