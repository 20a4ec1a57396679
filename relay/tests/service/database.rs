//! Two relays on one database, each with its own store, hub and connections.

use crate::people::remove;
use crate::postgres::Database;
use crate::relays::wake_each_other;
use crate::turns::share_turns;
use crate::world::{Room, accepted, builder, join, log_of, send_after, send_many, submit};
use lacre_relay::{Relay, RelayBuilder, RelayErrorKind};
use lacre_wire::push::ServerFrame;
use lacre_wire::request::Request;
use tempfile::TempDir;

/// Two relays on a database, with copies of one key file, and their folders.
async fn two(database: &Database) -> ([Relay; 2], [TempDir; 2]) {
    two_with(database, |builder| builder).await
}

async fn two_with(
    database: &Database,
    change: impl Fn(RelayBuilder) -> RelayBuilder,
) -> ([Relay; 2], [TempDir; 2]) {
    let folders = [(), ()].map(|()| tempfile::tempdir().unwrap());
    let start =
        |folder: &TempDir| change(builder().data_dir(folder.path()).store(database.url())).start();
    let one = start(&folders[0]).await.unwrap();
    let keys = |folder: &TempDir| folder.path().join("relay.keys");
    std::fs::copy(keys(&folders[0]), keys(&folders[1])).unwrap();
    let two = start(&folders[1]).await.unwrap();
    ([one, two], folders)
}

async fn shutdown(relays: [Relay; 2]) {
    for relay in relays {
        relay.shutdown().await;
    }
}

#[tokio::test]
async fn two_relays_on_one_database_wake_each_other() {
    let (relays, _folders) = two(&Database::new()).await;
    wake_each_other(&relays[0], &relays[1]).await;
    shutdown(relays).await;
}

#[tokio::test]
async fn two_relays_on_one_database_share_turns() {
    let (relays, _folders) = two(&Database::new()).await;
    share_turns(&relays[0], &relays[1]).await;
    shutdown(relays).await;
}

/// Every connection to the database ends, those for wake-ups too. What was said meanwhile arrives.
#[tokio::test]
async fn relays_find_each_other_again() {
    let database = Database::new();
    let (relays, _folders) = two(&database).await;
    let (ana, mut a) = join(&relays[0], "ana").await;
    let (bob, mut b) = join(&relays[1], "bob").await;
    let (room, _) = Room::create(&ana, &mut a, &[&bob]).await;
    let log = log_of(room.id);
    b.open(log, None).await;
    assert_eq!(b.entries(log, 1).await[0].seq, 1);
    let mut prev = None;
    for _ in 0..3 {
        assert!(database.cut() > 0);
        let message = submit(room.id, 1, prev, b"still there?");
        prev = Some(message.submit_id);
        let sent = accepted(a.request(Request::Submit(message)).await);
        while b.run(log).await.last().unwrap().seq < sent.seq {}
    }
    shutdown(relays).await;
}

#[tokio::test]
async fn who_was_removed_at_one_relay_is_sent_nothing_more_by_the_other() {
    let (relays, _folders) = two(&Database::new()).await;
    let (ana, mut a) = join(&relays[0], "ana").await;
    let (bob, mut b) = join(&relays[1], "bob").await;
    let (eve, mut e) = join(&relays[1], "eve").await;
    let (mut room, _) = Room::create(&ana, &mut a, &[&bob, &eve]).await;
    let log = log_of(room.id);
    b.open(log, None).await;
    e.open(log, None).await;
    assert_eq!(b.entries(log, 1).await[0].seq, 1);
    let removal = remove(&ana, &mut a, &mut room, &bob).await;
    let message = submit(room.id, 2, None, b"without Bob");
    accepted(a.request(Request::Submit(message)).await);
    assert_eq!(e.entries(log, 3).await.last().unwrap().seq, removal.seq + 1);
    b.request(Request::Ping).await;
    let sent = b.aside.iter().filter_map(|frame| match frame {
        ServerFrame::Entries { entries, .. } => entries.last().map(|entry| entry.seq),
        _ => None,
    });
    assert!(sent.max() <= Some(removal.seq), "{:?}", b.aside);
    shutdown(relays).await;
}

/// The relay of whoever is removed has not heard of it, and is just sending what came before: the store
/// says where that ends.
#[tokio::test]
async fn who_is_removed_while_catching_up_at_a_relay_that_hears_nothing_is_sent_nothing_more() {
    // Nobody answers there: until the next sweep no relay hears of the other.
    let deaf = |builder: RelayBuilder| builder.nats("nats://127.0.0.1:9");
    let (relays, _folders) = two_with(&Database::new(), deaf).await;
    let (ana, mut a) = join(&relays[0], "ana").await;
    let (bob, mut b) = join(&relays[1], "bob").await;
    let (mut room, _) = Room::create(&ana, &mut a, &[&bob]).await;
    let log = log_of(room.id);
    let last = send_many(&mut a, room.id, 1, 400, 40_000).await;
    // More than fits on the way, and Bob does not read it yet.
    b.open(log, None).await;
    while !matches!(b.next().await, ServerFrame::CatchUp { .. }) {}
    let removal = remove(&ana, &mut a, &mut room, &bob).await;
    send_after(&mut a, room.id, 2, last, 20, 40_000).await;
    let (runs, _) = b.catch_up(log).await;
    assert_eq!(
        runs.last().unwrap().last().unwrap().seq,
        removal.seq,
        "Bob reads until he was removed"
    );
    b.request(Request::Ping).await;
    let entries = |frame: &ServerFrame| matches!(frame, ServerFrame::Entries { .. });
    assert!(!b.aside.iter().any(entries), "{:?}", b.aside);
    shutdown(relays).await;
}

#[tokio::test]
async fn a_database_and_its_keys_belong_together() {
    let database = Database::new();
    let (relays, folders) = two(&database).await;
    shutdown(relays).await;
    let start = |folder: &TempDir| {
        builder()
            .data_dir(folder.path())
            .store(database.url())
            .start()
    };
    // The store of one folder, with the keys of nobody, and of somebody else.
    let empty = tempfile::tempdir().unwrap();
    let missing = start(&empty).await.unwrap_err();
    assert_eq!(missing.kind(), RelayErrorKind::Keys);
    assert!(missing.to_string().contains("missing"), "{missing}");
    let other = tempfile::tempdir().unwrap();
    let elsewhere = builder().data_dir(other.path()).start().await.unwrap();
    elsewhere.shutdown().await;
    let foreign = start(&other).await.unwrap_err();
    assert_eq!(foreign.kind(), RelayErrorKind::Keys, "{foreign}");
    start(&folders[1]).await.unwrap().shutdown().await;
    let typo = builder().data_dir(other.path()).store("postgres://?");
    assert_eq!(
        typo.start().await.unwrap_err().kind(),
        RelayErrorKind::Config
    );
}
