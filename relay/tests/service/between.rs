//! From relay to relay: messages go to readers elsewhere as they became durable, without a read of the
//! store; what may end somebody's reading, and what is large, goes by the store.

use crate::client::Client;
use crate::people::remove;
use crate::world::{Room, builder, join, log_of, metric, send_after, send_many, until};
use lacre_relay::Relay;
use lacre_wire::ids::LogId;
use lacre_wire::log::EntryKind;
use lacre_wire::push::ServerFrame;

/// Reads of the store for those who read at a relay.
fn reads(relay: &Relay) -> u64 {
    metric(relay, "holes_total") + metric(relay, "store_reads_total")
}

/// The log's next entries, which must be in order.
async fn read(client: &mut Client, log: LogId, from: u64, many: usize) -> Vec<EntryKind> {
    let entries = client.entries(log, many).await;
    assert_eq!(entries.len(), many);
    assert_eq!(entries[0].seq, from);
    entries.iter().map(|entry| entry.kind).collect()
}

#[tokio::test]
async fn messages_reach_readers_at_another_relay_without_a_read_of_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let one = builder().data_dir(folder.path()).start().await.unwrap();
    let two = builder().beside(&one).start().await.unwrap();
    for relay in [&one, &two] {
        until(|| metric(relay, "peers") == 1).await;
    }
    let (ana, mut a) = join(&one, "ana").await;
    let (bob, mut b) = join(&two, "bob").await;
    let (carla, mut c) = join(&two, "carla").await;
    let (mut room, _) = Room::create(&ana, &mut a, &[&bob, &carla]).await;
    let log = log_of(room.id);
    for client in [&mut b, &mut c] {
        client.open(log, None).await;
        read(client, log, 1, 1).await;
    }

    let heard = || metric(&two, "entries_heard_total");
    let (before, read_before) = (heard(), reads(&two));
    let last = send_many(&mut a, room.id, 1, 20, 300).await;
    read(&mut b, log, 2, 20).await;
    read(&mut c, log, 2, 20).await;
    assert_eq!(heard() - before, 20);
    assert_eq!(reads(&two), read_before);

    // A large one waits for nobody, and nobody sees past it.
    let last = send_after(&mut a, room.id, 1, last, 1, 20_000).await;
    let last = send_after(&mut a, room.id, 1, last, 3, 300).await;
    read(&mut b, log, 22, 4).await;
    read(&mut c, log, 22, 4).await;
    assert!(reads(&two) > read_before);

    // Carla is removed: what comes after is not for her.
    let removed = remove(&ana, &mut a, &mut room, &carla).await;
    send_after(&mut a, room.id, 2, last, 10, 300).await;
    let kinds = read(&mut b, log, removed.seq, 11).await;
    assert_eq!(kinds[0], EntryKind::Commit);
    assert!(kinds[1..].iter().all(|kind| *kind == EntryKind::Message));
    let last = read(&mut c, log, removed.seq, 1).await;
    assert_eq!(last, [EntryKind::Commit]);
    two.shutdown().await;
    while let Some(frame) = c.try_next().await {
        assert!(!matches!(frame, ServerFrame::Entries { .. }), "{frame:?}");
    }
    one.shutdown().await;
}
