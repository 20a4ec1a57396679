//! The transaction hooks: what they refuse and what they report.

use openmls::prelude::*;
use openmls_traits::OpenMlsProvider;

use super::super::{Provider, ScratchProvider, StorageError};
use super::device::{CLASSICAL, Device, Pair, SUITES};

#[test]
fn providers_move_between_threads() {
    fn send<T: Send>() {}
    send::<Provider>();
    send::<ScratchProvider>();
    send::<StorageError>();
}

#[test]
fn rows_are_written_only_in_a_transaction() {
    let device = Device::new("ana", CLASSICAL);
    device.key_package();
    let storage = device.provider.storage();
    assert!(matches!(storage.flush(), Err(StorageError::NoTransaction)));
    device.sql("BEGIN IMMEDIATE");
    assert!(matches!(
        storage.committed(),
        Err(StorageError::Unflushed { rows: 1 })
    ));
    assert_eq!(storage.flush().unwrap().rows, 1);
    assert_eq!(storage.flush().unwrap().rows, 0, "clean after the flush");
    device.sql("COMMIT");
    storage.committed().unwrap();
    assert_eq!(device.count("SELECT count(*) FROM mls"), 1);
}

#[test]
fn a_held_connection_is_an_error_and_no_deadlock() {
    let pair = Pair::new(CLASSICAL);
    let guard = pair.ana.database.lock().unwrap();
    let loaded = MlsGroup::load(pair.ana.provider.storage(), &pair.id);
    assert!(matches!(loaded, Err(StorageError::Borrowed)));
    drop(guard);
    assert!(
        MlsGroup::load(pair.ana.provider.storage(), &pair.id)
            .unwrap()
            .is_some()
    );
}

#[test]
fn a_failed_flush_keeps_the_rows() {
    let device = Device::new("ana", CLASSICAL);
    device.key_package();
    device.sql("ALTER TABLE mls RENAME TO away; BEGIN IMMEDIATE");
    let storage = device.provider.storage();
    assert!(matches!(storage.flush(), Err(StorageError::Database(_))));
    device.sql("ROLLBACK; ALTER TABLE away RENAME TO mls; BEGIN IMMEDIATE");
    assert_eq!(storage.flush().unwrap().rows, 1);
}

#[test]
fn an_unwritten_group_leaves_no_row() {
    let device = Device::new("ana", CLASSICAL);
    let id = GroupId::from_slice(b"never");
    device.create(&id);
    let storage = device.provider.storage();
    assert!(
        MlsGroup::load(storage, &id).unwrap().is_some(),
        "read from the overlay"
    );
    assert_eq!(storage.discard(), [id.clone()].into());
    assert!(MlsGroup::load(storage, &id).unwrap().is_none());
    device.run(|| ());
    assert_eq!(device.count("SELECT count(*) FROM mls"), 0);
}

#[test]
fn an_empty_group_id_is_refused() {
    let device = Device::new("ana", CLASSICAL);
    let id = GroupId::from_slice(b"");
    let config = super::device::config(CLASSICAL);
    let credential = device.credential.clone();
    let group = MlsGroup::new_with_group_id(
        &device.provider,
        &device.key,
        &config,
        id.clone(),
        credential,
    );
    assert!(group.is_err());
    let deleted = device.provider.storage().delete_group(&id);
    assert!(matches!(deleted, Err(StorageError::EmptyGroupId)));
}

#[test]
fn deleting_a_group_leaves_its_neighbours() {
    for suite in SUITES {
        let mut pair = Pair::new(suite);
        let neighbour = GroupId::from_slice(&[7; 37]);
        pair.ben.run(|| {
            pair.ben.create(&neighbour);
            pair.ben.key_package();
        });
        let device_rows = "SELECT count(*) FROM mls WHERE group_id = x''";
        assert_eq!(pair.ben.count(device_rows), 1);
        // Rows that are stored, and rows that only the overlay knows.
        let (deleted, _) = pair.ben.run(|| {
            pair.ben.renew(&mut pair.bens);
            let commit = pair.ana.renew(&mut pair.anas);
            pair.bens
                .clear_pending_commit(pair.ben.provider.storage())
                .unwrap();
            pair.ben.follow(&mut pair.bens, &commit);
            pair.ben.provider.storage().delete_group(&pair.id).unwrap()
        });
        assert!(deleted >= 10);
        let groups = "SELECT count(DISTINCT group_id) FROM mls WHERE group_id <> x''";
        assert_eq!(pair.ben.count(groups), 1);
        assert_eq!(pair.ben.count(device_rows), 1);
        let storage = pair.ben.provider.storage();
        assert!(MlsGroup::load(storage, &pair.id).unwrap().is_none());
        assert!(MlsGroup::load(storage, &neighbour).unwrap().is_some());
    }
}

#[test]
fn damaged_rows_are_named_and_not_quoted() {
    let pair = Pair::new(CLASSICAL);
    pair.ana.sql("UPDATE mls SET value = x'c0' WHERE label = 7");
    let mark = pair.ana.provider.storage().mark();
    let Err(error) = MlsGroup::load(pair.ana.provider.storage(), &pair.id) else {
        panic!("a damaged row was read");
    };
    let touched = pair.ana.provider.storage().rollback_to(mark).unwrap();
    assert!(
        touched.contains(&pair.id),
        "a failed read counts as a touch"
    );
    let text = error.to_string();
    assert!(text.contains("message secrets"), "{text}");
    pair.ana
        .sql("UPDATE mls SET value = substr(value, 1, 40) WHERE label = 7");
    assert!(MlsGroup::load(pair.ana.provider.storage(), &pair.id).is_err());
}
