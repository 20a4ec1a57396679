//! What a connection costs that is there and says nothing, with 20 rooms open.
//!
//! Accounts and rooms are made first, then the relay is started anew, so that nothing of the making
//! is in its memory. The slope between two numbers of connections leaves out what the relay needs
//! anyway.

use super::actors::caller;
use super::crowd::{Crowd, ends};
use super::hall::Hall;
use super::table::{Goal, Table};
use crate::process;
use crate::relay::Host;
use std::time::Duration;

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let (connections, rooms) = hall.scale.of((10_000, 20), (40, 3));
    let mut relay = hall.relay(false).await;
    let mut crowd = Crowd::gather(hall, &relay, connections, rooms).await;
    relay.stop().await;
    relay.start().await;

    let ends = ends(&relay);
    // One socket for all: it is the relay's memory that is looked at.
    let caller = caller(&relay, 0);
    let mut present = Vec::with_capacity(connections);
    let mut sizes = Vec::new();
    for number in 0..connections {
        let mut actor = crowd.connect(&caller, number).await;
        let logs = crowd.logs_of(number, actor.ready.lineage, &ends);
        actor.open(logs).await;
        present.push(actor);
        if (number + 1) * 2 == connections || number + 1 == connections {
            sizes.push(settled(&relay).await);
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "bytes of one process")]
    let each = (sizes[1].saturating_sub(sizes[0])) as f64 / (connections / 2) as f64 / 1024.0;
    let name = format!("idle connection, {rooms} rooms (slope to {connections})");
    table.add(name, each, "KiB", Goal::AtMost(48.0), Goal::AtMost(36.0));
    #[allow(clippy::cast_precision_loss, reason = "bytes of one process")]
    table.note(
        format!("relay with {connections} idle connections"),
        sizes[1] as f64 / 1024.0 / 1024.0,
        "MiB",
    );
    drop(present);
    relay.stop().await;
}

/// Memory once the handshakes' buffers have been given back.
async fn settled(relay: &Host) -> u64 {
    tokio::time::sleep(Duration::from_secs(3)).await;
    process::resident(relay.pid())
}
