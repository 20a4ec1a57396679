//! A store moves from a file into a database, into a backup, and back: nothing is lost on the way.

use super::super::ops::{Universe, op};
use super::super::world::{all_outside, keys, options};
use super::open;
use crate::postgres::Database;
use lacre_relay::store::{Store, StoreOptions};
use lacre_relay::{ObjectPlace, RelayErrorKind, back_up_database, migrate, restore_database};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

#[tokio::test]
async fn a_store_moves_without_loss() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relay.db");
    let store = Store::open(&path, keys(), &options()).unwrap();
    let store = store.with_large(all_outside(folder.path()));
    let mut universe = Universe::new(store.clone(), &mut Vec::new()).await;
    let ops = prop::collection::vec(op(), 400)
        .new_tree(&mut TestRunner::deterministic())
        .unwrap();
    for op in ops.current() {
        let command = universe.command(&op).await;
        universe.world.submit(command).await;
    }
    let expected = universe.shown(&store).await;
    let database = Database::new();
    let in_use = migrate(folder.path(), &ObjectPlace::Auto, &database.url()).unwrap_err();
    assert_eq!(in_use.kind(), RelayErrorKind::InUse, "{in_use}");
    universe.world.store = Store::model(keys(), &options()).unwrap();
    drop(store);

    let moved = migrate(folder.path(), &ObjectPlace::Auto, &database.url()).unwrap();
    assert!(
        moved.entries > 50 && moved.accounts == 3 && moved.logs > 6,
        "{moved:?}"
    );
    let again = migrate(folder.path(), &ObjectPlace::Auto, &database.url()).unwrap_err();
    assert_eq!(again.kind(), RelayErrorKind::NotEmpty, "{again}");
    let store = open(&database, &StoreOptions::default());
    assert_eq!(store.lineage(), moved.lineage);
    assert_eq!(universe.shown(&store).await, expected);
    // It goes on: numbers that were given are not given again.
    universe.world.store = store.clone();
    for op in ops.current().iter().take(60) {
        let command = universe.command(op).await;
        universe.world.submit(command).await;
    }
    let expected = universe.shown(&store).await;

    let backup = folder.path().join("backup.db");
    back_up_database(folder.path(), &database.url(), &ObjectPlace::Auto, &backup).unwrap();
    let copy = Store::open(&backup, keys(), &options()).unwrap();
    assert_eq!(universe.shown(&copy).await, expected);
    drop(copy);

    let other = Database::new();
    let restored = restore_database(folder.path(), &backup, &other.url(), false).unwrap();
    assert_ne!(restored.lineage, moved.lineage);
    let back = open(&other, &StoreOptions::default());
    assert_eq!(back.lineage(), restored.lineage);
    let refused = restore_database(folder.path(), &backup, &other.url(), true).unwrap_err();
    assert_eq!(refused.kind(), RelayErrorKind::InUse, "{refused}");
    drop(back);
    let refused = restore_database(folder.path(), &backup, &other.url(), false).unwrap_err();
    assert_eq!(refused.kind(), RelayErrorKind::NotEmpty, "{refused}");
    let again = restore_database(folder.path(), &backup, &other.url(), true).unwrap();
    assert_ne!(again.lineage, restored.lineage);
    let kept = again.kept.unwrap().display().to_string();
    let lineages = format!("SELECT count(*) FROM {kept}.lineage");
    assert_eq!(other.sql(&lineages), "2");
}
