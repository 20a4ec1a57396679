//! Which relays are accepted.

use super::testing::{Kind, Relay};
use super::{Link, Transport};
use crate::engine::{ErrorKind, Result};
use lacre_wire::ids::Hash;
use lacre_wire::relay::{EXPORTER_LABEL, RelayAddress, format_fingerprint};
use quinn::Connection;
use tokio::net::TcpListener;

/// Connects; also what the relay sees of it.
async fn connect(relay: &Relay, address: RelayAddress) -> (Result<Link>, Option<Connection>) {
    let transport = Transport::new(address).unwrap();
    tokio::join!(transport.connect(), relay.try_accept())
}

#[tokio::test]
async fn both_ends_of_a_pinned_connection_share_a_secret() {
    let relay = Relay::start(Kind::default());
    let (link, accepted) = connect(&relay, relay.address()).await;
    let link = link.unwrap();
    assert_eq!(link.fingerprint(), relay.fingerprint);
    let mut exporter = [0; 32];
    accepted
        .unwrap()
        .export_keying_material(&mut exporter, EXPORTER_LABEL, &[])
        .unwrap();
    assert_eq!(link.binding().unwrap(), exporter);
    assert_ne!(exporter, [0; 32]);
    link.close().await;
}

#[tokio::test]
async fn the_next_fingerprint_counts_too() {
    let relay = Relay::start(Kind::default());
    let mut address = relay.address();
    address.fingerprints.insert(0, Hash([7; 32]));
    let (link, _accepted) = connect(&relay, address).await;
    assert_eq!(link.unwrap().fingerprint(), relay.fingerprint);
}

#[tokio::test]
async fn another_identity_is_refused_by_name() {
    let relay = Relay::start(Kind::default());
    let mut address = relay.address();
    address.fingerprints = vec![Hash([7; 32])];
    let error = connect(&relay, address).await.0.err().unwrap();
    assert_eq!(
        (error.kind(), error.code(), error.is_retryable()),
        (ErrorKind::Relay, "WrongFingerprint", false)
    );
    let text = error.to_string();
    assert!(text.contains(&format_fingerprint(&Hash([7; 32]))), "{text}");
    assert!(
        text.contains(&format_fingerprint(&relay.fingerprint)),
        "{text}"
    );
}

/// The second connection resumes the first, and no certificate is looked at.
#[tokio::test]
async fn a_resumed_session_is_of_a_relay_that_is_trusted_now() {
    let relay = Relay::start(Kind::default());
    let transport = Transport::new(relay.address()).unwrap();
    let meet = || async { tokio::join!(transport.connect(), relay.try_accept()) };
    let (link, accepted) = meet().await;
    // The ticket has come when something has come that was sent behind it.
    let mut greeting = accepted.unwrap().open_uni().await.unwrap();
    greeting.write_all(b"hello").await.unwrap();
    let link = link.unwrap();
    link.accept().await.unwrap().read().await.unwrap();
    link.close().await;
    transport.trust(vec![Hash([7; 32])]);
    let refused = meet().await.0.err().unwrap();
    assert_eq!(refused.code(), "WrongFingerprint");
    transport.trust(vec![Hash([7; 32]), relay.fingerprint]);
    assert!(meet().await.0.is_ok());
}

#[tokio::test]
async fn a_certificate_that_the_identity_did_not_sign_is_refused() {
    let relay = Relay::start(Kind {
        forged: true,
        ..Kind::default()
    });
    let error = connect(&relay, relay.address()).await.0.err().unwrap();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Relay, "BadIdentity")
    );
}

#[tokio::test]
async fn dates_play_no_part() {
    for years in [(1980, 1990), (3000, 3001)] {
        let relay = Relay::start(Kind {
            years,
            ..Kind::default()
        });
        let (link, _accepted) = connect(&relay, relay.address()).await;
        assert_eq!(link.unwrap().fingerprint(), relay.fingerprint, "{years:?}");
    }
}

#[tokio::test]
async fn a_relay_of_another_protocol_is_named_as_such() {
    let relay = Relay::start(Kind {
        protocol: b"lacre/99",
        ..Kind::default()
    });
    let error = connect(&relay, relay.address()).await.0.err().unwrap();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Outdated, "NoProtocol")
    );
}

#[tokio::test]
async fn a_name_that_does_not_exist_can_be_tried_again() {
    let relay = Relay::start(Kind::default());
    let address = RelayAddress {
        host: "no-such-host.invalid".to_owned(),
        ..relay.address()
    };
    let error = Transport::new(address)
        .unwrap()
        .connect()
        .await
        .err()
        .unwrap();
    assert!(error.is_retryable(), "{error}");
}

/// Who is told that there is no room does not knock at the other door.
#[tokio::test]
async fn a_relay_that_refuses_is_not_tried_over_tcp() {
    let relay = Relay::start(Kind::default());
    let address = relay.address();
    let door = TcpListener::bind((address.host.as_str(), address.port));
    let door = door.await.unwrap();
    let transport = Transport::new(address).unwrap();
    let error = tokio::select! {
        link = transport.connect() => link.err().unwrap(),
        () = relay.refuse() => unreachable!("its endpoint stays open"),
        knocked = door.accept() => panic!("a second way was tried: {knocked:?}"),
    };
    assert_eq!(
        (error.kind(), error.code(), error.is_retryable()),
        (ErrorKind::Busy, "Busy", true)
    );
}
