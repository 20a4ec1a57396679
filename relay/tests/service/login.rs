//! Who gets in, and who does not.

use crate::client::Client;
use crate::device::Device;
use crate::world::{again, builder, join, relay};
use lacre_relay::{Rate, Rates, SignUp};
use lacre_wire::answer::{Answer, OpenState};
use lacre_wire::error::ErrorCode;
use lacre_wire::frame;
use lacre_wire::hello::{Hello, Purpose};
use lacre_wire::identity::{Label, verify};
use lacre_wire::ids::{Hash, LogId, Signature};
use lacre_wire::log::EntryKind;
use lacre_wire::push::ServerFrame;
use lacre_wire::relay::fingerprint;
use lacre_wire::request::{ClientFrame, Request, Who};

#[tokio::test]
async fn a_new_account_gets_in_and_comes_back() {
    let relay = relay().await;
    let (mut ana, client) = join(&relay, "ana").await;
    let ready = client.ready();
    assert!(ready.listed && ready.version == 1 && ready.list_version == 1);
    assert!(
        ready
            .logs
            .iter()
            .any(|head| head.log == LogId::Inbox(ana.id()))
    );
    let statement = ready.statement.read().unwrap();
    assert_eq!(
        fingerprint(&statement.identity),
        relay.address().fingerprints[0]
    );
    let signed = &ready.statement;
    verify(
        &statement.identity,
        Label::RelayKeys,
        &signed.statement,
        &signed.signature,
    )
    .unwrap();
    drop(client);

    let mut client = again(&relay, &mut ana).await;
    let Answer::Account(info) = client
        .request(Request::Lookup(Who::Handle("ana".into())))
        .await
    else {
        panic!()
    };
    assert_eq!((info.account, info.aik), (ana.account(), ana.aik.public()));
    let answer = client
        .request(Request::Lookup(Who::Handle("bob".into())))
        .await;
    assert!(matches!(answer, Answer::Failed(error) if error.code == ErrorCode::NoSuchAccount));
    let Answer::Pong { server_ms } = client.request(Request::Ping).await else {
        panic!()
    };
    assert!(server_ms > 1_600_000_000_000);
    assert_eq!(relay.status().logins, 2);
    relay.shutdown().await;
}

async fn refused(relay: &lacre_relay::Relay, device: &mut Device, purpose: Purpose) -> ErrorCode {
    match Client::log_in(relay, device, purpose).await {
        Err(error) => error.code,
        Ok(_) => panic!("the login was good"),
    }
}

#[tokio::test]
async fn a_counter_that_does_not_rise_is_a_copied_store() {
    let relay = relay().await;
    let (mut ana, _client) = join(&relay, "ana").await;
    ana.counter = 0;
    assert_eq!(
        refused(&relay, &mut ana, Purpose::SignIn).await,
        ErrorCode::CopiedStore
    );
    let _in = again(&relay, &mut ana).await;
    relay.shutdown().await;
}

#[tokio::test]
async fn sign_up_has_rules() {
    let relay = relay().await;
    let (ana, _client) = join(&relay, "ana").await;

    let mut other = Device::new("ana");
    let purpose = other.sign_up();
    assert_eq!(
        refused(&relay, &mut other, purpose).await,
        ErrorCode::HandleTaken
    );
    for handle in ["A", "Ana", "ana!", "a", &"a".repeat(33)] {
        let mut other = Device::new(handle);
        let purpose = other.sign_up();
        assert_eq!(
            refused(&relay, &mut other, purpose).await,
            ErrorCode::BadHandle,
            "{handle}"
        );
    }
    // Somebody else's identity key, a list with another device, a list signed by another key.
    let mut thief = Device::new("thief");
    let list = thief.first_list().sign(&thief.dsk);
    let purpose = Purpose::SignUp {
        aik: ana.aik.public(),
        list,
        handle: "thief".into(),
    };
    assert_eq!(
        refused(&relay, &mut thief, purpose).await,
        ErrorCode::BadIdentity
    );
    let list = thief.sibling().first_list().sign(&thief.dsk);
    let purpose = Purpose::SignUp {
        aik: thief.aik.public(),
        list,
        handle: "thief".into(),
    };
    assert_eq!(
        refused(&relay, &mut thief, purpose).await,
        ErrorCode::BadIdentity
    );
    let list = thief.first_list().sign(&ana.dsk);
    let purpose = Purpose::SignUp {
        aik: thief.aik.public(),
        list,
        handle: "thief".into(),
    };
    assert_eq!(
        refused(&relay, &mut thief, purpose).await,
        ErrorCode::BadIdentity
    );
    assert_eq!(
        refused(&relay, &mut thief, Purpose::SignIn).await,
        ErrorCode::NoSuchDevice
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn a_closed_relay_takes_nobody_new_and_an_open_one_takes_them_slowly() {
    let closed = builder()
        .in_memory()
        .sign_up(SignUp::Closed)
        .start()
        .await
        .unwrap();
    let mut ana = Device::new("ana");
    let purpose = ana.sign_up();
    assert_eq!(
        refused(&closed, &mut ana, purpose).await,
        ErrorCode::SignUpClosed
    );
    closed.shutdown().await;

    let rates = Rates {
        sign_up: Rate {
            per_second: 1,
            burst: 1,
        },
        ..Rates::default()
    };
    let slow = builder()
        .in_memory()
        .rates(rates)
        .clock(lacre_relay::Clock::manual(5))
        .start()
        .await
        .unwrap();
    let (_ana, _client) = join(&slow, "ana").await;
    let mut bob = Device::new("bob");
    let purpose = bob.sign_up();
    let Err(error) = Client::log_in(&slow, &mut bob, purpose).await else {
        panic!()
    };
    assert_eq!(
        (error.code, error.retry_after_ms),
        (ErrorCode::RateLimited, Some(1000))
    );
    slow.shutdown().await;
}

#[tokio::test]
async fn a_login_counts_for_one_connection_and_one_relay() {
    let relay = relay().await;
    let (mut ana, _client) = join(&relay, "ana").await;

    // Signed for another relay.
    let mut client = Client::connect(&relay).await;
    let open = ana.open(Purpose::SignIn, &Hash([1; 32]), &client.connection);
    client.send_frame(&open).await;
    assert_eq!(client.closing().await.code, ErrorCode::BadSignature);

    // Signed for another connection.
    let first = Client::connect(&relay).await;
    let open = ana.open(Purpose::SignIn, &first.fingerprint, &first.connection);
    let mut second = Client::connect(&relay).await;
    second.send_frame(&open).await;
    assert_eq!(second.closing().await.code, ErrorCode::BadSignature);

    // A hello that was changed under its signature.
    let mut client = Client::connect(&relay).await;
    let ClientFrame::Open { hello, signature } =
        ana.open(Purpose::SignIn, &client.fingerprint, &client.connection)
    else {
        panic!()
    };
    let mut changed: Hello = lacre_wire::codec::from_slice(&hello).unwrap();
    changed.counter += 1;
    let hello = lacre_wire::codec::to_vec(&changed).into();
    client
        .send_frame(&ClientFrame::Open { hello, signature })
        .await;
    assert_eq!(client.closing().await.code, ErrorCode::BadSignature);

    // No version in common.
    let mut client = Client::connect(&relay).await;
    changed.versions = vec![7];
    let open = ana.sign(&changed, &client.fingerprint, &client.connection);
    client.send_frame(&open).await;
    assert_eq!(client.closing().await.code, ErrorCode::UnsupportedVersion);
    relay.shutdown().await;
}

#[tokio::test]
async fn the_first_frame_must_be_a_hello() {
    let relay = relay().await;
    let mut client = Client::connect(&relay).await;
    client
        .send_frame(&ClientFrame::Request {
            id: 1,
            request: Request::Ping,
        })
        .await;
    assert_eq!(client.closing().await.code, ErrorCode::UnexpectedMessage);

    let open = ClientFrame::Open {
        hello: vec![0xff].into(),
        signature: Signature([0; 64]),
    };
    for (bytes, code) in [
        (frame::encode(&open), ErrorCode::Malformed),
        (vec![0, 0, 0, 2, 0xff, 0xff], ErrorCode::Malformed),
        (vec![0, 1, 0, 0], ErrorCode::TooLarge),
    ] {
        let mut client = Client::connect(&relay).await;
        client.send.write_all(&bytes).await.unwrap();
        assert_eq!(client.closing().await.code, code);
        // Nothing follows the last word, and the connection ends.
        assert!(client.try_next().await.is_none());
        client.connection.closed().await;
    }
    assert_eq!(relay.status().sessions, 0);
    relay.shutdown().await;
}

#[tokio::test]
async fn a_new_device_waits_for_approval_and_a_revoked_one_goes() {
    let relay = relay().await;
    let (ana, mut first) = join(&relay, "ana").await;
    first.open(LogId::Inbox(ana.id()), None).await;
    let mut phone = ana.sibling();
    let purpose = Purpose::RequestDevice {
        init_key: vec![5; 32].into(),
        name: "phone".into(),
    };
    let mut second = Client::log_in(&relay, &mut phone, purpose).await.unwrap();
    assert!(!second.ready().listed);
    let asked = first.entries(LogId::Inbox(ana.id()), 1).await;
    assert_eq!(asked[0].kind, EntryKind::ApprovalRequested);

    // It reads its inbox and nothing else.
    let inbox = LogId::Inbox(phone.id());
    assert!(matches!(
        second.open(inbox, None).await,
        OpenState::Live { .. }
    ));
    let answer = second
        .request(Request::Lookup(Who::Account(ana.account())))
        .await;
    assert!(matches!(answer, Answer::Failed(error) if error.code == ErrorCode::NoSuchDevice));
    let answer = first
        .request(Request::SendToDevice {
            device: phone.id(),
            sealed: vec![1, 2].into(),
        })
        .await;
    assert_eq!(answer, Answer::Ok);
    assert_eq!(
        second.entries(inbox, 1).await[0].kind,
        EntryKind::DeviceMessage
    );

    let version_1 = ana.first_list().sign(&ana.dsk);
    let version_2 = ana.next_list(&version_1, &[&phone], &[]);
    assert_eq!(
        first
            .request(Request::PutDeviceList(version_2.clone()))
            .await,
        Answer::Ok
    );
    // Approved: the same session may do everything now.
    let answer = second
        .request(Request::Lookup(Who::Account(ana.account())))
        .await;
    let Answer::Account(info) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(info.list, version_2);
    // A list that does not follow is refused, the same one again is not.
    assert_eq!(
        first
            .request(Request::PutDeviceList(version_2.clone()))
            .await,
        Answer::Ok
    );
    let answer = first.request(Request::PutDeviceList(version_1)).await;
    assert!(matches!(answer, Answer::Failed(error) if error.code == ErrorCode::StaleDeviceList));

    let version_3 = ana.next_list(&version_2, &[], &[phone.id()]);
    assert_eq!(
        first.request(Request::PutDeviceList(version_3)).await,
        Answer::Ok
    );
    assert_eq!(second.closing().await.code, ErrorCode::DeviceRevoked);
    assert_eq!(
        refused(&relay, &mut phone, Purpose::SignIn).await,
        ErrorCode::DeviceRevoked
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn a_second_session_of_a_device_ends_the_first() {
    let relay = relay().await;
    let (mut ana, mut first) = join(&relay, "ana").await;
    let mut second = again(&relay, &mut ana).await;
    assert_eq!(first.closing().await.code, ErrorCode::GoingAway);
    assert!(matches!(
        second.request(Request::Ping).await,
        Answer::Pong { .. }
    ));
    assert_eq!(relay.status().sessions, 1);
    let frame = ServerFrame::GoAway { spread_ms: 0 };
    assert!(!second.aside.contains(&frame));
    relay.shutdown().await;
}
