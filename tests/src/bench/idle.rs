//! What a connection costs that is there and says nothing, with 20 rooms open.
//!
//! Accounts and rooms are made first, then the relay is started anew, so that nothing of the making
//! is in its memory. The slope between two numbers of connections leaves out what the relay needs
//! anyway.

use super::actors::{Actor, Cast, caller};
use super::hall::Hall;
use super::table::{Goal, Table};
use crate::ledger::Ledger;
use crate::process;
use crate::relay::Host;
use crate::wire::Caller;
use lacre_wire::ids::LogId;
use lacre_wire::log::Cursor;
use lacre_wire::request::OpenLog;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Accounts that share their rooms.
const COHORT: usize = 100;

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let (connections, rooms) = hall.scale.of((1000, 20), (40, 3));
    let cohort = COHORT.min(connections / 2);
    let mut relay = hall.relay(false).await;
    let began = Instant::now();
    let cast = Cast::sign_up(hall, &relay, connections).await;
    let mut rooms_of = Vec::with_capacity(connections);
    for first in (0..connections).step_by(cohort) {
        let others: Vec<usize> = (first + 1..(first + cohort).min(connections)).collect();
        let made = cast.create_rooms(&relay, first, &others, rooms).await;
        rooms_of.extend(std::iter::repeat_n(made, others.len() + 1));
    }
    println!(
        "idle: {connections} accounts with {rooms} rooms each in {:?}",
        began.elapsed()
    );
    relay.stop().await;
    relay.start().await;

    let ends = Ledger::open(relay.folder())
        .places()
        .into_iter()
        .map(|(place, seq, chain)| (place.room, (seq, chain)));
    let ends: HashMap<_, _> = ends.collect();
    // One socket for all: it is the relay's memory that is looked at.
    let caller = caller(&relay, 0);
    let mut present = Vec::with_capacity(connections);
    let mut sizes = Vec::new();
    for (number, rooms) in rooms_of.iter().enumerate() {
        let mut actor = connect(&cast, &caller, number).await;
        let cursor = |room| {
            let (seq, chain) = ends[room];
            Some(Cursor {
                lineage: actor.ready.lineage,
                seq,
                chain,
            })
        };
        let logs = rooms
            .iter()
            .map(|room| OpenLog {
                log: LogId::Room(*room),
                cursor: cursor(room),
            })
            .collect();
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

async fn connect(cast: &Cast, caller: &Caller, number: usize) -> Actor {
    cast.actor_through(caller, number).await
}

/// Memory once the handshakes' buffers have been given back.
async fn settled(relay: &Host) -> u64 {
    tokio::time::sleep(Duration::from_secs(3)).await;
    process::resident(relay.pid())
}
