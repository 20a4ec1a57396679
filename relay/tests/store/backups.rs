//! Backups: one moment of a store, taken beside its writer, and what may become a store again.

use super::world::{World, keys, options};
use lacre_relay::store::command::Command;
use lacre_relay::store::read::ReadLogs;
use lacre_relay::store::{
    BackupError, BackupNote, Restored, Store, StoreOptions, Verdict, back_up, restore,
};
use lacre_wire::ids::LogId;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn note() -> BackupNote {
    BackupNote {
        made_ms: 5,
        mark: Some("these keys".into()),
    }
}

fn path(w: &World, name: &str) -> PathBuf {
    w.dir.as_ref().unwrap().path().join(name)
}

fn put_back(backup: &Path, store: &Path, replace: bool) -> Result<Restored, BackupError> {
    restore(backup, store, replace, 77, |_| Ok(()))
}

/// What lies in a folder, without locks.
/// The files of a folder, without locks and what SQLite puts beside a store: that goes with the store's
/// last connection, which may close a moment after the store did.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let passing = |name: &String| {
        let beside = name.ends_with("-wal") || name.ends_with("-shm");
        name.ends_with(".lock") || name.starts_with("relay.db") && beside
    };
    let mut names: Vec<_> = names.filter(|name| !passing(name)).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_is_a_store() {
    let mut w = World::sqlite();
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    w.say(room, ana.member(0), 3).await;
    let target = path(&w, "backup.db");
    let bytes = w.store.backup(&target, note()).await.unwrap();
    assert_eq!(bytes, std::fs::metadata(&target).unwrap().len());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&target).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // One file, and nothing half beside it.
    assert!(!path(&w, "backup.db.partial").exists() && !path(&w, "backup.db-wal").exists());
    w.say(room, ana.member(0), 1).await;
    let copy = World::of(Store::open(&target, keys(), &options()).unwrap(), None);
    assert_eq!(copy.log(LogId::Room(room)).await.len(), 3);
    drop(copy);
    let kept = std::fs::read(&target).unwrap();
    let again = w.store.backup(&target, note()).await;
    assert!(matches!(again, Err(BackupError::Exists(_))), "{again:?}");
    assert_eq!(std::fs::read(&target).unwrap(), kept);
    let memory = World::model().store.backup(&target, note()).await;
    assert!(matches!(memory, Err(BackupError::Memory)));
    let nothing = back_up(&path(&w, "none.db"), &path(&w, "b"), &note(), None);
    assert!(matches!(nothing, Err(BackupError::NoStore(_))));
}

/// The writer never pauses, so a copy that began anew after each write would never end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_beside_a_busy_writer_is_one_moment() {
    let mut w = World::sqlite();
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    // A store of so many steps that a busy machine writes beside them, too.
    let mut last = None;
    for n in 0..400 {
        let message = w
            .message(
                room,
                ana.member(0),
                last,
                &format!("{n} {}", "x".repeat(60_000)),
            )
            .await;
        last = Some(message.submit_id);
        w.accept(Command::Append(message)).await;
    }
    let (store, target) = (w.store.clone(), path(&w, "backup.db"));
    let before = w.store.head(LogId::Room(room)).await.unwrap().unwrap().seq;
    let over = Arc::new(AtomicBool::new(false));
    let ending = Arc::clone(&over);
    let writing = tokio::spawn(async move {
        let mut accepted = Vec::new();
        while !ending.load(Ordering::SeqCst) {
            let message = w
                .message(room, ana.member(0), last, "while it is copied")
                .await;
            last = Some(message.submit_id);
            match w.verdict(Command::Append(message)).await {
                Verdict::Accepted(at) => accepted.push(at.seq),
                other => panic!("{other:?}"),
            }
        }
        (accepted, w)
    });
    store.backup(&target, note()).await.unwrap();
    over.store(true, Ordering::SeqCst);
    let (accepted, w) = writing.await.unwrap();
    assert!(accepted.len() > 5, "the writer stood still: {accepted:?}");
    let copy = World::of(Store::open(&target, keys(), &options()).unwrap(), None);
    // Checks the chain and that there is no gap.
    let copied = copy.log(LogId::Room(room)).await;
    let all = w.log(LogId::Room(room)).await;
    assert!(copied.len() as u64 >= before && copied.len() < all.len());
    assert_eq!(copied, all[..copied.len()]);
}

#[tokio::test]
async fn a_restored_store_has_a_new_lineage_and_the_old_one_is_kept() {
    let mut w = World::sqlite();
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    w.say(room, ana.member(0), 3).await;
    let (backup, store) = (path(&w, "backup.db"), path(&w, "relay.db"));
    let old = w.store.lineage();
    w.store.backup(&backup, note()).await.unwrap();
    w.say(room, ana.member(0), 2).await;

    let refused = put_back(&backup, &store, true).unwrap_err();
    assert!(matches!(refused, BackupError::InUse(_)), "{refused}");
    w.store.close();
    let dir = w.dir.take().unwrap();
    drop(w);
    let refused = put_back(&backup, &store, false).unwrap_err();
    assert!(matches!(refused, BackupError::NotEmpty(_)), "{refused}");
    assert_eq!(names(dir.path()), ["backup.db", "relay.db"]);

    let restored = put_back(&backup, &store, true).unwrap();
    assert_eq!(restored.note, Some(note()));
    assert_ne!(restored.lineage, old);
    assert_eq!(
        names(dir.path()),
        ["backup.db", "relay.db", "relay.db.replaced-77"]
    );
    let fresh = || StoreOptions::default();
    let new = World::of(Store::open(&store, keys(), &fresh()).unwrap(), None);
    assert_eq!(new.store.lineage(), restored.lineage);
    // Senders of the old lineage still open.
    assert_eq!(new.log(LogId::Room(room)).await.len(), 3);
    drop(new);
    let before = World::of(
        Store::open(&restored.kept.unwrap(), keys(), &fresh()).unwrap(),
        None,
    );
    assert_eq!(before.store.lineage(), old);
    assert_eq!(before.log(LogId::Room(room)).await.len(), 5);
    drop(before);
    // Each time another one.
    let again = put_back(&backup, &dir.path().join("other.db"), false).unwrap();
    assert_ne!(again.lineage, restored.lineage);
}

/// A relay was killed: what it accepted last stands in the write-ahead log alone, and goes with the
/// store it belongs to.
#[tokio::test]
async fn a_log_of_the_store_before_does_not_get_into_the_new_one() {
    let mut w = World::sqlite();
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    w.say(room, ana.member(0), 3).await;
    let backup = path(&w, "backup.db");
    w.store.backup(&backup, note()).await.unwrap();
    w.say(room, ana.member(0), 20).await;
    let killed = tempfile::tempdir().unwrap();
    let store = killed.path().join("relay.db");
    for end in ["", "-wal"] {
        let from = path(&w, &format!("relay.db{end}"));
        std::fs::copy(from, format!("{}{end}", store.display())).unwrap();
    }
    let restored = put_back(&backup, &store, true).unwrap();
    let new = World::of(Store::open(&store, keys(), &options()).unwrap(), None);
    assert_eq!(new.log(LogId::Room(room)).await.len(), 3);
    let kept = restored.kept.unwrap();
    let before = World::of(Store::open(&kept, keys(), &options()).unwrap(), None);
    assert_eq!(before.log(LogId::Room(room)).await.len(), 23);
}

#[tokio::test]
async fn what_is_no_backup_is_refused_and_changes_nothing() {
    let mut w = World::sqlite();
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    w.say(room, ana.member(0), 30).await;
    let good = path(&w, "good.db");
    w.store.backup(&good, note()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("relay.db");
    let refused = |backup: &Path| {
        let error = put_back(backup, &store, true).unwrap_err();
        assert!(matches!(error, BackupError::Bad { .. }), "{error}");
        assert_eq!(names(folder.path()), Vec::<String>::new(), "{error}");
        error.to_string()
    };
    let file = |name: &str, bytes: &[u8]| {
        let path = path(&w, name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    assert!(refused(&path(&w, "none")).contains("no such file"));
    refused(&file(
        "text",
        "not a database, only text".repeat(500).as_bytes(),
    ));
    refused(&file("empty", b""));
    let bytes = std::fs::read(&good).unwrap();
    refused(&file("half", &bytes[..bytes.len() / 2]));
    let mut torn = bytes.clone();
    let middle = torn.len() / 8192 * 4096;
    torn[middle..middle + 4096].fill(0xa5);
    assert!(refused(&file("torn", &torn)).contains("damaged"));
    // The very files of a store in use.
    assert!(refused(&path(&w, "relay.db")).contains("lacre relay backup"));
    let other = restore(&good, &store, true, 1, |note| {
        Err(format!("keys of {:?}", note.unwrap().mark))
    });
    assert!(other.unwrap_err().to_string().contains("these keys"));
    assert_eq!(names(folder.path()), Vec::<String>::new());
    put_back(&good, &store, false).unwrap();
}
