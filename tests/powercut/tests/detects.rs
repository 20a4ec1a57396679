//! The layer itself: SQLite holds its promise over it, and a database that was told not to fsync is
//! caught.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use lacre_powercut::{Recording, install, position};
use rusqlite::Connection;
use std::path::Path;

/// A small generator: only its spread counts.
fn dice(mut state: u64) -> impl FnMut(u64) -> u64 {
    move |limit| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    }
}

fn open(folder: &Path, synchronous: &str) -> Connection {
    let connection = Connection::open(folder.join("a.db")).unwrap();
    let settings = format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA wal_autocheckpoint = 20;
         CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, body BLOB)"
    );
    connection.execute_batch(&settings).unwrap();
    connection
}

/// Commits a hundred rows one by one, cuts the power at many moments, and counts the images that
/// lack what was committed by then.
fn lossy_images(synchronous: &str) -> usize {
    install();
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::of(folder.path()).unwrap();
    let begin = position();
    let connection = open(folder.path(), synchronous);
    let mut promised = Vec::new();
    for n in 0..100 {
        connection
            .execute("INSERT INTO t VALUES (?1, zeroblob(3000))", [n])
            .unwrap();
        promised.push(position());
    }
    let end = position();
    let first = *promised.first().unwrap();
    let mut lossy = 0;
    let mut draw = dice(7);
    for cut in (first..end).step_by((end - first) / 80) {
        let image = tempfile::tempdir().unwrap();
        recording.image(cut, image.path(), &mut draw).unwrap();
        let opened = open(image.path(), synchronous);
        let ok: String = opened
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        let count: i64 = opened
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .unwrap();
        let wanted = promised.iter().filter(|at| **at <= cut).count();
        let count = usize::try_from(count).unwrap();
        lossy += usize::from(ok != "ok" || count < wanted);
    }
    assert!(recording.syncs("a.db-wal", begin, end) > 0);
    lossy
}

#[test]
fn what_was_fsynced_survives_and_what_was_not_is_missed() {
    assert_eq!(lossy_images("FULL"), 0);
    assert!(lossy_images("NORMAL") > 10);
}

#[test]
fn without_power_nothing_is_promised() {
    install();
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::of(folder.path()).unwrap();
    let connection = open(folder.path(), "FULL");
    let insert = "INSERT INTO t (body) VALUES (zeroblob(10))";
    connection.execute(insert, []).unwrap();
    recording.fail_at(position());
    assert!(connection.execute(insert, []).is_err());
}
