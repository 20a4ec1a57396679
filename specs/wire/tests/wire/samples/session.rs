//! Frames, the first flight and objects.

use super::identity::list;
use super::log::{checkpoint, commit, message};
use super::{
    AIK, DEVICE, NOW, RELAY, Sample, account, device, device_key, hash, key, lineage,
    other_account, room, sample,
};
use lacre_wire::answer::{Answer, ObjectAnswer};
use lacre_wire::codec;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::hello::{
    Hello, KeyPackageCount, LogHead, Purpose, Ready, VERSION, login_transcript,
};
use lacre_wire::identity::Label;
use lacre_wire::ids::{LogId, Ticket};
use lacre_wire::push::{CommitReason, ServerFrame};
use lacre_wire::relay::{RelayStatement, SignedRelayStatement, fingerprint};
use lacre_wire::request::{ClientFrame, LogSeq, ObjectRequest, Request};
use lacre_wire::room::{SUITE_CLASSICAL, SUITE_POST_QUANTUM};
use lacre_wire::socket::RelayHello;

pub(crate) fn hello(purpose: Purpose) -> Hello {
    Hello {
        versions: vec![VERSION],
        client: "lacre 0.1.0".into(),
        account: account(),
        device_key: device_key(),
        counter: 7,
        purpose,
    }
}

/// The TLS exporter of the vectors.
pub(crate) const EXPORTER: [u8; 32] = [0x77; 32];

fn open(purpose: Purpose) -> ClientFrame {
    let hello = codec::to_vec(&hello(purpose));
    let relay = fingerprint(&key(RELAY).public());
    let transcript = login_transcript(&hello, &relay, &EXPORTER, &account(), &device(), 7);
    ClientFrame::Open {
        hello: hello.into(),
        signature: key(DEVICE).sign(Label::Login, &transcript),
    }
}

pub(crate) fn relay_hello() -> RelayHello {
    RelayHello {
        versions: vec![VERSION],
        nonce: hash(0x78),
        ticket: Ticket([0x79; 16]),
    }
}

fn statement() -> SignedRelayStatement {
    let statement = RelayStatement {
        identity: key(RELAY).public(),
        sender_key: key(6).public(),
        checkpoint_key: key(7).public(),
        issued_ms: NOW,
        next: Some(fingerprint(&key(8).public())),
    };
    let statement = codec::to_vec(&statement);
    let signature = key(RELAY).sign(Label::RelayKeys, &statement);
    SignedRelayStatement {
        statement: statement.into(),
        signature,
    }
}

fn ready() -> Ready {
    let left = LogHead {
        log: LogId::Room(room()),
        head: 9,
        from_seq: 1,
        until_seq: Some(4),
    };
    Ready {
        version: VERSION,
        lineage: lineage(),
        server_ms: NOW,
        statement: statement(),
        reconnect_spread_ms: 2000,
        logs: vec![
            left,
            LogHead {
                log: LogId::Inbox(device()),
                head: 0,
                from_seq: 1,
                until_seq: None,
            },
        ],
        key_packages: vec![
            KeyPackageCount {
                suite: SUITE_CLASSICAL,
                left: 50,
                last_resort: true,
            },
            KeyPackageCount {
                suite: SUITE_POST_QUANTUM,
                left: 12,
                last_resort: false,
            },
        ],
        list_version: 1,
        listed: true,
    }
}

pub(super) fn samples() -> Vec<Sample> {
    let sign_up = Purpose::SignUp {
        aik: key(AIK).public(),
        list: list(),
        handle: "ana".into(),
    };
    let device_request = Purpose::RequestDevice {
        init_key: vec![6; 32].into(),
        name: "Laptop".into(),
    };
    let log = LogId::Room(room());
    let client = |name, frame: ClientFrame| sample(name, "client-frame", &frame);
    let server = |name, frame: ServerFrame| sample(name, "server-frame", &frame);
    let please = |reason| ServerFrame::CommitPlease {
        room: room(),
        reason,
    };
    vec![
        client("sign in", open(Purpose::SignIn)),
        client("sign up", open(sign_up)),
        client("ask to be approved", open(device_request)),
        client(
            "a request",
            ClientFrame::Request {
                id: 1,
                request: Request::Ping,
            },
        ),
        client(
            "an acknowledgement",
            ClientFrame::Ack {
                acks: vec![LogSeq { log, seq: 2 }],
            },
        ),
        client("a log is closed", ClientFrame::Close { logs: vec![log] }),
        sample("the relay's hello", "relay-hello", &relay_hello()),
        server("ready", ServerFrame::Ready(ready())),
        server(
            "an answer",
            ServerFrame::Answer {
                id: 1,
                answer: Answer::Pong { server_ms: NOW },
            },
        ),
        server(
            "entries",
            ServerFrame::Entries {
                log,
                entries: vec![commit(), message()],
            },
        ),
        server("catch-up begins", ServerFrame::CatchUp { log, from: 3 }),
        server("catch-up ends", ServerFrame::CatchUpEnd { log, next: 4000 }),
        server("a checkpoint", ServerFrame::Checkpoint(checkpoint())),
        server(
            "people wait",
            ServerFrame::JoinRequests {
                room: room(),
                accounts: vec![other_account()],
            },
        ),
        server("commit the proposals", please(CommitReason::ProposalsWait)),
        server("the epoch is long", please(CommitReason::LongEpoch)),
        server("go away", ServerFrame::GoAway { spread_ms: 30_000 }),
        server(
            "closing",
            ServerFrame::Closing(WireError::new(ErrorCode::GoingAway, "the relay restarts")),
        ),
        server(
            "frozen",
            ServerFrame::Frozen {
                room: room(),
                generation: 0,
            },
        ),
        sample(
            "fetch an object",
            "object-request",
            &ObjectRequest::Get { hash: hash(0x22) },
        ),
        sample(
            "upload an object",
            "object-request",
            &ObjectRequest::Put {
                hash: hash(0x22),
                size: 70_000,
            },
        ),
        sample(
            "found",
            "object-answer",
            &ObjectAnswer::Found { size: 70_000 },
        ),
        sample("stored", "object-answer", &ObjectAnswer::Stored),
        sample(
            "no such object",
            "object-answer",
            &ObjectAnswer::Failed(WireError::new(
                ErrorCode::NoSuchObject,
                "no object has this hash",
            )),
        ),
    ]
}
