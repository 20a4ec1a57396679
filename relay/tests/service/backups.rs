//! A relay that was put back from its backup: who connects learns that the logs may have gone back.

use crate::world::{Room, again, builder, join, log_of, send_after, send_many};
use lacre_relay::{ObjectPlace, RelayErrorKind, back_up, restore};
use lacre_wire::answer::OpenState;
use lacre_wire::ids::LogId;
use lacre_wire::log::Cursor;
use std::path::Path;

/// A name in a folder.
fn at(folder: &Path, name: &str) -> std::path::PathBuf {
    folder.join(name)
}

#[tokio::test]
async fn a_restored_relay_answers_old_cursors_with_log_reset() {
    let folder = tempfile::tempdir().unwrap();
    let data = at(folder.path(), "relay");
    let relay = builder().data_dir(&data).start().await.unwrap();
    let (mut ana, mut a) = join(&relay, "ana").await;
    let (ben, b) = join(&relay, "ben").await;
    let (room, _) = Room::create(&ana, &mut a, &[&ben]).await;
    let last = send_many(&mut a, room.id, 1, 10, 100).await;
    let inbox = LogId::Inbox(ben.id());

    // By another process than the relay's, as the command does, and from inside.
    let backup = at(folder.path(), "backup.db");
    assert!(back_up(&data, &ObjectPlace::Auto, &backup).unwrap().bytes > 4096);
    relay.backup(&at(folder.path(), "inside.db")).await.unwrap();
    let taken = back_up(&data, &ObjectPlace::Auto, &backup).unwrap_err();
    assert_eq!(taken.kind(), RelayErrorKind::Backup);
    send_after(&mut a, room.id, 1, last, 5, 100).await;

    a.open(log_of(room.id), None).await;
    let entries = a.entries(log_of(room.id), 16).await;
    assert_eq!(entries.last().unwrap().seq, 16);
    let old = a.ready().lineage;
    let running = restore(&data, &ObjectPlace::Auto, &backup, true).unwrap_err();
    assert_eq!(running.kind(), RelayErrorKind::InUse, "{running}");
    drop((a, b));
    relay.shutdown().await;
    let full = restore(&data, &ObjectPlace::Auto, &backup, false).unwrap_err();
    assert_eq!(full.kind(), RelayErrorKind::NotEmpty, "{full}");
    let restored = restore(&data, &ObjectPlace::Auto, &backup, true).unwrap();
    assert!(restored.has_keys && restored.kept.is_some() && restored.made_ms.is_some());

    let relay = builder().data_dir(&data).start().await.unwrap();
    let mut a = again(&relay, &mut ana).await;
    let mut ben = ben;
    let mut b = again(&relay, &mut ben).await;
    assert_eq!(a.ready().lineage, restored.lineage);
    let reset = OpenState::LogReset {
        lineage: restored.lineage,
    };
    let cursor = |lineage, seq, chain| {
        Some(Cursor {
            lineage,
            seq,
            chain,
        })
    };
    let chain = lacre_wire::ids::Hash([0; 32]);
    // Behind the restored head and before it, in a room and in an inbox.
    for seq in [16, 5] {
        let state = a.open(log_of(room.id), cursor(old, seq, chain)).await;
        assert_eq!(state, reset, "at {seq}");
    }
    assert_eq!(b.open(inbox, cursor(old, 1, chain)).await, reset);
    // Who comes without a cursor reads what there is.
    a.open(log_of(room.id), None).await;
    let entries = a.entries(log_of(room.id), 11).await;
    assert_eq!(entries.last().unwrap().seq, 11);
    send_after(&mut a, room.id, 1, last, 1, 100).await;
    drop((a, b));
    relay.shutdown().await;
}

#[tokio::test]
async fn a_backup_goes_with_its_key_file() {
    let folder = tempfile::tempdir().unwrap();
    let (data, other) = (at(folder.path(), "one"), at(folder.path(), "two"));
    let start = |data: &Path| builder().data_dir(data).start();
    start(&data).await.unwrap().shutdown().await;
    start(&other).await.unwrap().shutdown().await;
    let backup = at(folder.path(), "backup.db");
    back_up(&data, &ObjectPlace::Auto, &backup).unwrap();
    let error = restore(&other, &ObjectPlace::Auto, &backup, true).unwrap_err();
    assert_eq!(error.kind(), RelayErrorKind::BadBackup, "{error}");
    assert!(error.to_string().contains("another key file"), "{error}");

    // A new machine: the store alone does not start, and not with other keys either.
    let new = at(folder.path(), "new");
    assert!(
        !restore(&new, &ObjectPlace::Auto, &backup, false)
            .unwrap()
            .has_keys
    );
    assert_eq!(start(&new).await.unwrap_err().kind(), RelayErrorKind::Keys);
    std::fs::copy(other.join("relay.keys"), new.join("relay.keys")).unwrap();
    let error = start(&new).await.unwrap_err();
    assert!(error.to_string().contains("another store"), "{error}");
    std::fs::copy(data.join("relay.keys"), new.join("relay.keys")).unwrap();
    start(&new).await.unwrap().shutdown().await;
}

#[tokio::test]
async fn a_restore_that_was_cut_short_is_not_taken_for_an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    let data = at(folder.path(), "relay");
    let start = || builder().data_dir(&data).start();
    start().await.unwrap().shutdown().await;
    let backup = at(folder.path(), "backup.db");
    back_up(&data, &ObjectPlace::Auto, &backup).unwrap();
    // Between its last two steps.
    std::fs::rename(at(&data, "relay.db"), at(&data, "relay.db.restoring")).unwrap();
    let error = start().await.unwrap_err();
    assert_eq!(error.kind(), RelayErrorKind::Store);
    assert!(error.to_string().contains("run it again"), "{error}");
    restore(&data, &ObjectPlace::Auto, &backup, false).unwrap();
    start().await.unwrap().shutdown().await;
}
