//! Beginning and end: of sessions, and of the relay.

use crate::client::Client;
use crate::device::Device;
use crate::world::{Room, again, builder, join, log_of, relay, send_many, until};
use lacre_relay::{Relay, RelayErrorKind};
use lacre_wire::answer::Answer;
use lacre_wire::error::ErrorCode;
use lacre_wire::push::ServerFrame;
use lacre_wire::relay::RelayAddress;
use lacre_wire::request::Request;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn an_address_is_what_people_paste() {
    let relay = builder()
        .in_memory()
        .advertise("chat.example", 4433)
        .start()
        .await
        .unwrap();
    let text = relay.address().to_string();
    assert!(
        text.starts_with("lacre://") && text.ends_with("@chat.example:4433"),
        "{text}"
    );
    assert_eq!(text.parse::<RelayAddress>().unwrap(), relay.address());
    relay.shutdown().await;
    let relay = builder().in_memory().start().await.unwrap();
    assert_eq!(relay.address().port, relay.local_addr().port());
    relay.shutdown().await;
}

#[tokio::test]
async fn settings_that_cannot_be_say_so() {
    let error = Relay::builder().start().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (RelayErrorKind::Config, "relay-config")
    );
    let first = relay().await;
    let error = Relay::builder()
        .in_memory()
        .listen(first.local_addr())
        .start()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), RelayErrorKind::Network);
    assert!(
        error
            .to_string()
            .contains("is another relay running there?"),
        "{error}"
    );
    first.shutdown().await;

    let folder = tempfile::tempdir().unwrap();
    builder()
        .data_dir(folder.path())
        .start()
        .await
        .unwrap()
        .shutdown()
        .await;
    std::fs::rename(folder.path().join("relay.keys"), folder.path().join("kept")).unwrap();
    let error = builder().data_dir(folder.path()).start().await.unwrap_err();
    assert_eq!(error.kind(), RelayErrorKind::Keys);
    assert!(
        error
            .to_string()
            .contains("restore the key file from its backup"),
        "{error}"
    );
    // Another relay's keys do not fit this store.
    let other = tempfile::tempdir().unwrap();
    builder()
        .data_dir(other.path())
        .start()
        .await
        .unwrap()
        .shutdown()
        .await;
    let error = builder()
        .data_dir(folder.path())
        .key_file(other.path().join("relay.keys"))
        .start()
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("belongs to another store"),
        "{error}"
    );
    std::fs::rename(folder.path().join("kept"), folder.path().join("relay.keys")).unwrap();
    builder()
        .data_dir(folder.path())
        .start()
        .await
        .unwrap()
        .shutdown()
        .await;
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let relay = builder().data_dir(folder.path()).start().await.unwrap();
    let fingerprint = relay.address().fingerprints;
    let (mut ana, mut a) = join(&relay, "ana").await;
    let (room, _) = Room::create(&ana, &mut a, &[]).await;
    send_many(&mut a, room.id, 0, 20, 100).await;
    relay.shutdown().await;
    let relay = builder().data_dir(folder.path()).start().await.unwrap();
    assert_eq!(relay.address().fingerprints, fingerprint);
    let mut a = again(&relay, &mut ana).await;
    a.open(log_of(room.id), None).await;
    assert_eq!(a.entries(log_of(room.id), 20).await.len(), 20);
    relay.shutdown().await;
}

#[tokio::test]
async fn a_shutdown_says_goodbye_first() {
    let relay = builder()
        .in_memory()
        .drain(Duration::from_millis(50))
        .start()
        .await
        .unwrap();
    let (_ana, mut client) = join(&relay, "ana").await;
    let mut stranger = Client::connect(&relay).await;
    let stopping = tokio::spawn(relay.shutdown());
    assert!(matches!(client.next().await, ServerFrame::GoAway { spread_ms } if spread_ms >= 2000));
    assert_eq!(client.closing().await.code, ErrorCode::GoingAway);
    assert!(client.try_next().await.is_none());
    client.connection.closed().await;
    stranger.connection.closed().await;
    assert!(stranger.try_next().await.is_none());
    stopping.await.unwrap();
}

#[tokio::test]
async fn a_peer_that_vanishes_leaves_every_list() {
    let relay = builder()
        .in_memory()
        .idle_timeout(Duration::from_millis(300))
        .start()
        .await
        .unwrap();
    let fingerprint = relay.address().fingerprints[0];
    // Between them stands a wire that can be cut: nobody says goodbye.
    let wire = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let front = wire.local_addr().unwrap();
    let back = relay.local_addr();
    let carrying = tokio::spawn(async move {
        let (mut bytes, mut client) = (vec![0; 65536], None);
        loop {
            let (n, from) = wire.recv_from(&mut bytes).await.unwrap();
            let to = if from == back { client } else { Some(back) };
            if from != back {
                client = Some(from);
            }
            if let Some(to) = to {
                wire.send_to(&bytes[..n], to).await.unwrap();
            }
        }
    });
    let mut ana = Device::new("ana");
    let mut client = Client::connect_with(fingerprint, front, Duration::from_secs(20)).await;
    let open = ana.open(ana.sign_up(), &fingerprint, &client.connection);
    client.send_frame(&open).await;
    assert!(matches!(client.next().await, ServerFrame::Ready(_)));
    until(|| relay.status().sessions == 1).await;
    carrying.abort();
    assert!(carrying.await.is_err());
    until(|| relay.status().sessions == 0).await;
    relay.shutdown().await;
}

#[tokio::test]
async fn many_requests_at_once_are_all_answered() {
    let relay = relay().await;
    let (_ana, mut client) = join(&relay, "ana").await;
    let mut asked = Vec::new();
    for _ in 0..500 {
        asked.push(
            client
                .ask(Request::Lookup(lacre_wire::request::Who::Handle(
                    "ana".into(),
                )))
                .await,
        );
    }
    for id in asked {
        assert!(matches!(client.answer(id).await, Answer::Account(_)));
    }
    until(|| relay.status().in_flight == 0).await;
    relay.shutdown().await;
}

async fn http_get(relay: &Relay, path: &str) -> String {
    let mut stream = TcpStream::connect(relay.http_addr().unwrap())
        .await
        .unwrap();
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn metrics_and_health_are_served() {
    let address = "127.0.0.1:0".parse().unwrap();
    let relay = builder()
        .in_memory()
        .http(Some(address))
        .start()
        .await
        .unwrap();
    let (_ana, _client) = join(&relay, "ana").await;
    let metrics = http_get(&relay, "/metrics").await;
    assert!(metrics.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(
        metrics.contains("\nlacre_sessions 1\n") && metrics.contains("\nlacre_logins_total 1\n"),
        "{metrics}"
    );
    assert!(http_get(&relay, "/health").await.ends_with("\r\n\r\nok\n"));
    assert!(http_get(&relay, "/else").await.starts_with("HTTP/1.1 404"));
    // A request without an end is given up, not waited for.
    let mut endless = TcpStream::connect(relay.http_addr().unwrap())
        .await
        .unwrap();
    endless.write_all(&[b'x'; 5000]).await.unwrap();
    let mut answer = Vec::new();
    let _reset = endless.read_to_end(&mut answer).await;
    assert!(answer.is_empty());
    relay.shutdown().await;
}

#[cfg(target_os = "linux")]
#[test]
fn a_relay_leaves_no_open_file_behind() {
    let files = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let run = || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let before = files();
            let folder = tempfile::tempdir().unwrap();
            let address = "127.0.0.1:0".parse().unwrap();
            let relay = builder()
                .data_dir(folder.path())
                .http(Some(address))
                .start()
                .await
                .unwrap();
            let (ana, mut client) = join(&relay, "ana").await;
            let (room, _) = Room::create(&ana, &mut client, &[]).await;
            client.open(log_of(room.id), None).await;
            send_many(&mut client, room.id, 0, 10, 100).await;
            assert!(files() > before);
            relay.shutdown().await;
            drop(client);
            // The sockets' own tasks end a moment after their last handle.
            (before, files)
        })
    };
    // In a process of its own, because other tests open files too.
    if std::env::var_os("LACRE_COUNT_FILES").is_some() {
        let (before, files) = run();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(until(|| files() <= before));
        return;
    }
    let test = std::env::current_exe().unwrap();
    let status = std::process::Command::new(test)
        .args([
            "--exact",
            "life::a_relay_leaves_no_open_file_behind",
            "--nocapture",
        ])
        .env("LACRE_COUNT_FILES", "1")
        .status()
        .unwrap();
    assert!(status.success());
}
