//! Large objects outside the tables: there when they are named, gone when nothing names them, and a
//! clear error where they cannot be had.

use super::world::{World, all_outside, keys, options};
use bytes::Bytes;
use lacre_relay::store::command::{Command, Hashed, PutObject};
use lacre_relay::store::read::ReadObjects;
use lacre_relay::store::{BackupNote, ObjectPlace, Store, StoreError, Verdict};
use lacre_wire::ids::Hash;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn folder(w: &World) -> &Path {
    w.dir.as_ref().unwrap().path()
}

/// Every copy below a folder.
fn copies(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(copies(&path)),
            false => found.push(path),
        }
    }
    found
}

/// A store as relays have it: what fits a frame stays in the tables.
fn usual() -> World {
    let mut w = World::sqlite();
    let outside = ObjectPlace::Auto.open(folder(&w), false).unwrap();
    w.store = w.store.with_large(outside);
    w
}

async fn put(w: &World, size: usize, fill: u8) -> Hash {
    let object = Hashed::new(vec![fill; size]);
    let hash = object.hash();
    let put = PutObject {
        now_ms: w.now,
        object,
    };
    assert_eq!(w.verdict(Command::PutObject(put)).await, Verdict::Done);
    hash
}

#[tokio::test]
async fn only_what_is_large_is_outside() {
    let w = usual();
    let small = put(&w, 64 * 1024, 1).await;
    assert!(copies(&folder(&w).join("objects")).is_empty());
    let large = put(&w, 64 * 1024 + 1, 2).await;
    let kept = copies(&folder(&w).join("objects"));
    let name = kept[0].file_name().unwrap().to_str().unwrap();
    assert!(
        kept.len() == 1 && name.starts_with(&large.to_string()),
        "{kept:?}"
    );
    for (hash, size, fill) in [(small, 64 * 1024, 1), (large, 64 * 1024 + 1, 2)] {
        let read = w.store.object(hash).await.unwrap();
        assert_eq!(read, Some(Bytes::from(vec![fill; size])));
    }
}

#[tokio::test]
async fn the_place_may_change_and_must_be_named() {
    let mut w = usual();
    let hash = put(&w, 100_000, 3).await;
    let path = folder(&w).join("relay.db");
    w.store = Store::model(keys(), &options()).unwrap();
    // Nobody says where it is.
    let store = Store::open(&path, keys(), &options()).unwrap();
    let Err(StoreError::Failed(text)) = store.object(hash).await else {
        panic!("it was found");
    };
    assert!(text.contains("the relay's setting `objects`"), "{text}");
    // With the place all is as it was.
    let store = store.with_large(ObjectPlace::Folder.open(folder(&w), true).unwrap());
    assert_eq!(store.object(hash).await.unwrap().unwrap().len(), 100_000);
}

#[tokio::test]
async fn damage_is_told_and_never_delivered() {
    let w = usual();
    let (gone, broken) = (put(&w, 100_000, 4).await, put(&w, 100_000, 5).await);
    for copy in copies(&folder(&w).join("objects")) {
        match copy.to_str().unwrap().contains(&gone.to_string()) {
            true => std::fs::remove_file(copy).unwrap(),
            false => std::fs::write(copy, b"something else").unwrap(),
        }
    }
    for (hash, what) in [(gone, "is not in"), (broken, "is damaged")] {
        match w.store.object(hash).await {
            Err(StoreError::Failed(text)) => assert!(text.contains(what), "{text}"),
            other => panic!("{other:?}"),
        }
    }
    // Who brings it again mends it.
    put(&w, 100_000, 4).await;
    assert_eq!(w.store.object(gone).await.unwrap().unwrap().len(), 100_000);
}

#[tokio::test]
async fn a_place_that_fails_accepts_nothing() {
    let w = usual();
    let objects = folder(&w).join("objects");
    std::fs::remove_dir_all(&objects).unwrap();
    std::fs::write(&objects, b"in the way").unwrap();
    let object = Hashed::new(vec![6; 100_000]);
    let hash = object.hash();
    let put_it = Command::PutObject(PutObject {
        now_ms: w.now,
        object,
    });
    let failed = w.store.submit(put_it.clone()).await;
    assert!(matches!(failed, Err(StoreError::Failed(_))), "{failed:?}");
    assert_eq!(w.store.object(hash).await.unwrap(), None);
    // What is small goes on, and so does this one once the place is mended.
    put(&w, 1_000, 7).await;
    std::fs::remove_file(&objects).unwrap();
    std::fs::create_dir(&objects).unwrap();
    assert_eq!(w.verdict(put_it).await, Verdict::Done);
}

#[tokio::test]
async fn what_nothing_names_is_removed() {
    let mut w = World::outside();
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let state = w.state(room).await;
    // Twice the same: one of the copies is superfluous.
    let twice = put(&w, 500, 8).await;
    put(&w, 500, 8).await;
    let objects = folder(&w).join("objects");
    std::fs::write(objects.join("readme.txt"), b"not ours").unwrap();
    let before = copies(&objects).len();
    assert_eq!(w.store.sweep_large(Duration::from_secs(3600)).await, Ok(0));
    assert_eq!(copies(&objects).len(), before, "what is young stays");
    assert_eq!(w.store.sweep_large(Duration::ZERO).await, Ok(1));
    for hash in [twice, state.tree, state.group_info] {
        assert!(w.store.object(hash).await.unwrap().is_some());
    }
    assert!(objects.join("readme.txt").exists());
    // A copy whose row retention has deleted goes too.
    w.now += 400 * 24 * 3_600_000;
    w.housekeep().await;
    assert_eq!(w.store.object(twice).await.unwrap(), None);
    assert!(w.store.sweep_large(Duration::ZERO).await.unwrap() >= 1);
    assert!(w.store.object(state.tree).await.unwrap().is_some());
}

#[tokio::test]
async fn a_backup_holds_them() {
    let w = World::outside();
    let hash = put(&w, 200_000, 9).await;
    let target = folder(&w).join("backup.db");
    let note = BackupNote {
        made_ms: 5,
        mark: None,
    };
    w.store.backup(&target, note).await.unwrap();
    let copy = Store::open(&target, keys(), &options()).unwrap();
    assert_eq!(copy.object(hash).await.unwrap().unwrap().len(), 200_000);
    // Without one of them there is no backup, rather than one with a hole.
    copies(&folder(&w).join("objects"))
        .iter()
        .for_each(|copy| std::fs::remove_file(copy).unwrap());
    let target = folder(&w).join("second.db");
    let note = BackupNote {
        made_ms: 6,
        mark: None,
    };
    let error = w.store.backup(&target, note).await.unwrap_err();
    assert!(error.to_string().contains("is not in"), "{error}");
    assert!(!target.exists());
}

#[tokio::test]
async fn what_a_killed_relay_was_writing_is_cleared_away() {
    let w = World::outside();
    put(&w, 500, 10).await;
    let copy = copies(&folder(&w).join("objects")).remove(0);
    let half = PathBuf::from(format!("{}#1", copy.display()));
    std::fs::write(&half, b"half").unwrap();
    let _again = all_outside(folder(&w));
    assert!(!half.exists() && copy.exists());
}
