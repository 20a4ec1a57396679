//! The store as a file: encrypted, locked, and clear about what is wrong with it.

use super::{StoreKey, open_reader, open_writer};
use crate::error::ErrorKind;

const NEEDLE: &str = "a needle that must not be found";

#[test]
fn nothing_is_readable_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let (db, _lock) = open_writer(folder.path(), &StoreKey::new([7; 32])).unwrap();
    db.set_meta("note", NEEDLE.as_bytes()).unwrap();
    assert_eq!(db.meta("note").unwrap().unwrap(), NEEDLE.as_bytes());
    let mut scanned = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        scanned += bytes.len();
        assert!(
            !bytes
                .windows(NEEDLE.len())
                .any(|window| window == NEEDLE.as_bytes())
        );
        assert!(!bytes.starts_with(b"SQLite format 3"));
    }
    assert!(scanned > 4096, "the write-ahead log was scanned too");
}

#[test]
fn a_second_process_and_a_wrong_key_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let first = open_writer(folder.path(), &StoreKey::new([7; 32])).unwrap();
    let kind = |key| {
        open_writer(folder.path(), &StoreKey::new(key))
            .map(|_| ())
            .unwrap_err()
            .kind()
    };
    assert_eq!(kind([7; 32]), ErrorKind::InUse);
    drop(first);
    assert_eq!(kind([8; 32]), ErrorKind::WrongKey);
    assert!(open_writer(folder.path(), &StoreKey::new([7; 32])).is_ok());
}

#[test]
fn readers_see_what_was_committed() {
    let folder = tempfile::tempdir().unwrap();
    let key = StoreKey::new([7; 32]);
    let (db, _lock) = open_writer(folder.path(), &key).unwrap();
    db.set_meta("note", b"1").unwrap();
    let reader = open_reader(folder.path(), &key).unwrap();
    let read: Vec<u8> = reader
        .query_row("SELECT value FROM meta WHERE key = 'note'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(read, b"1");
    assert!(
        reader.execute("DELETE FROM meta", []).is_err(),
        "a reader cannot write"
    );
}

#[test]
fn a_store_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let key = StoreKey::new([7; 32]);
    let (db, lock) = open_writer(folder.path(), &key).unwrap();
    db.run("PRAGMA user_version = 99").unwrap();
    drop((db, lock));
    assert_eq!(
        open_writer(folder.path(), &key)
            .map(|_| ())
            .unwrap_err()
            .kind(),
        ErrorKind::Outdated
    );
}
