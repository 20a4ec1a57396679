//! What "accepted" means: an fsync, and a log whose chain everybody can recompute.
//!
//! A killed process keeps the page cache, so kills never find a missing fsync. Here the kernel is
//! asked: how often did the relay's process really call for one?

use lacre_tests::world::World;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// Messages sent one after the other, each when the one before was accepted.
const MESSAGES: usize = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acceptance_follows_an_fsync() {
    let world = World::real_process(Duration::from_secs(60)).await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    ana.says(room, "before anybody looks").await;

    let traced = world.stage().path("calls");
    let mut strace = Command::new("strace");
    strace
        .args([
            "-f",
            "-e",
            "trace=fsync,fdatasync",
            "-p",
            &world.relay.pid().to_string(),
            "-o",
        ])
        .arg(&traced);
    let Ok(mut strace) = strace.stderr(Stdio::piped()).kill_on_drop(true).spawn() else {
        println!("skipped: there is no strace here to count with");
        return;
    };
    let mut lines = BufReader::new(strace.stderr.take().unwrap()).lines();
    let attached = ana
        .within("strace attaches", lines.next_line())
        .await
        .unwrap();
    if !attached
        .as_ref()
        .is_some_and(|line| line.contains("attached"))
    {
        println!("skipped: strace may not look at a process here: {attached:?}");
        return;
    }
    let batches = async || world.relay.metrics().await.get("lacre_store_batches_total");
    let before = batches().await;
    for number in 0..MESSAGES {
        ana.says(room, &format!("number {number}")).await;
    }
    let batches = usize::try_from(batches().await - before).unwrap();
    let told = Command::new("kill")
        .args(["-INT", &strace.id().unwrap().to_string()])
        .status()
        .await
        .unwrap();
    assert!(told.success());
    ana.within("strace ends", strace.wait()).await.unwrap();
    let calls = std::fs::read_to_string(&traced).unwrap();
    let calls = calls
        .lines()
        .filter(|line| line.contains("sync(") && line.contains("= 0"))
        .count();
    println!("{calls} calls of fsync, {batches} batches, {MESSAGES} messages one after the other");
    assert!(
        batches >= MESSAGES && calls >= batches,
        "{MESSAGES} messages were accepted one by one in {batches} batches with {calls} calls of fsync"
    );
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// The relay's store is changed while a member is away: another moment for every message. The
/// checker sees it, and so does the member, from the chains the others had seen: nothing that was
/// tampered with is shown as if it were genuine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_was_tampered_with_is_seen() {
    let mut world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    let before = ana.says(room, "genuine").await;
    bruno.sees(room, &[before]).await;
    bruno.close().await;
    for number in 0..5 {
        ana.says(room, &format!("number {number}")).await;
    }
    ana.close().await;
    assert_eq!(world.logged(room).flaws(), Vec::<String>::new());
    let seq = world.logged(room).head - 4;
    world.relay.stop().await;
    let store = rusqlite::Connection::open(world.relay.folder().join("relay.db")).unwrap();
    let sql = "UPDATE entry SET accepted_ms = accepted_ms + 1 WHERE kind = 0 AND (id & 0xFFFFFFFFF) >= ?1";
    let changed = store.execute(sql, [i64::try_from(seq).unwrap()]).unwrap();
    assert!(changed >= 5);
    drop(store);
    let flaws = world.logged(room).flaws();
    assert!(flaws.iter().any(|flaw| flaw.contains("chain")), "{flaws:?}");

    world.relay.start().await;
    bruno.open().await;
    bruno
        .until("the forgery is noticed", |told| {
            told.stopped.contains_key(&room) || !told.errors.is_empty()
        })
        .await;
    let error = bruno
        .look(|told| told.stopped.get(&room).or(told.errors.first()).cloned())
        .unwrap();
    println!("{}: {error}", error.code());
    let shown = bruno.texts(room).await;
    assert!(!shown.contains(&"number 4".to_owned()), "{shown:?}");
}
