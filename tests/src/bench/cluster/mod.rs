//! Relays on PostgreSQL: one that shares a core with its database, and one, two, three that have a
//! quarter of a core each, and an eighth: where three quarters, their database and the load need more
//! than the machine has, only the eighths show how relays add up.
//!
//! All are the real program, the database is a real server with fsync, NATS is between relays where there
//! are several. Each sender is at one relay and its receiver at the next, so that what is counted has
//! gone from relay to relay. Each relay has as many senders: with the same few for all, each of several
//! relays would have less on the way, and smaller batches, than one alone.

pub(crate) mod reconnect;
mod share;

use super::durable::{Pairs, SENDERS, WINDOW, pairs};
use super::hall::Hall;
use super::load::{Load, send_closed};
use super::meter::median;
use super::packages;
use super::table::{Goal, Table};
use crate::process;
use crate::relay::Host;
use share::Share;
use std::process::Command;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[path = "../../../../relay/tests/support/nats.rs"]
mod nats;
#[path = "../../../../relay/tests/support/postgres.rs"]
mod postgres;

/// What a server of some size is given; the rest is as PostgreSQL comes.
const SETTINGS: [&str; 2] = ["shared_buffers=256MB", "max_wal_size=2GB"];

/// Relays with a part of a core each, in the order of the rows.
const NODES: [usize; 3] = [1, 2, 3];

/// What one round measured.
struct Round {
    /// Messages accepted a second.
    rate: f64,
    /// Messages received a second.
    received: f64,
    /// Microseconds of processor for each, of all relays and of the database.
    relays_us: f64,
    database_us: f64,
}

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let server = postgres::Server::start(&SETTINGS);
    let rounds = hall.scale.of(3, 1);
    let mut alone = Vec::new();
    for _ in 0..rounds {
        let launcher = hall.launcher().to_vec();
        alone.push(round(hall, &server, &[launcher], Some("0")).await);
    }
    let rate = median(&alone, |round| round.rate);
    table.add(
        "PostgreSQL: 1→1 durable, one relay",
        rate,
        "/s",
        Goal::AtLeast(4_000.0),
        Goal::None,
    );
    let relays = median(&alone, |round| round.relays_us);
    let database = median(&alone, |round| round.database_us);
    let each = relays + database;
    table.add(
        "PostgreSQL: CPU a message, relay and database",
        each,
        "µs",
        Goal::AtMost(120.0),
        Goal::None,
    );
    table.note("PostgreSQL: of this the database", database, "µs");
    for (divisor, name) in [(4, "¼"), (8, "⅛")] {
        parts(hall, &server, (divisor, name), table).await;
    }
}

/// Relays with a part of a core each; what else works has the rest of the machine.
async fn parts(
    hall: &Hall,
    server: &Arc<postgres::Server>,
    (divisor, part): (u32, &str),
    table: &mut Table,
) {
    let rounds = hall.scale.of(3, 1);
    let mut measured: [Vec<Round>; 3] = Default::default();
    for _ in 0..rounds {
        for (nodes, measured) in NODES.into_iter().zip(&mut measured) {
            let shares: Vec<_> = (0..nodes)
                .map_while(|number| Share::of_core(divisor, number))
                .collect();
            if shares.len() < nodes {
                return println!("cluster: no control groups can be made here; not measured");
            }
            let launchers: Vec<_> = shares.iter().map(Share::launcher).collect();
            measured.push(round(hall, server, &launchers, None).await);
        }
    }
    let rates = measured
        .each_ref()
        .map(|rounds| median(rounds, |round| round.rate));
    let goals = [Goal::None, Goal::AtLeast(1.7), Goal::AtLeast(2.4)];
    for ((nodes, rounds), (rate, goal)) in NODES.iter().zip(&measured).zip(rates.iter().zip(goals))
    {
        let name = |what: &str| format!("{nodes} × {part} core on PostgreSQL: {what}");
        table.note(name("accepted"), *rate, "/s");
        table.note(
            name("received"),
            median(rounds, |round| round.received),
            "/s",
        );
        let database = median(rounds, |round| round.database_us);
        table.note(
            name("CPU of the relays"),
            median(rounds, |round| round.relays_us),
            "µs",
        );
        table.note(name("CPU of the database"), database, "µs");
        if *nodes > 1 {
            table.add(name("times one"), rate / rates[0], "×", goal, Goal::None);
        }
    }
}

/// Relays on one fresh database.
struct Place {
    relays: Vec<Host>,
    /// Ends with the place.
    _nats: Option<nats::Nats>,
}

impl Place {
    /// Starts a relay through each launcher. `core` holds the database to a core.
    async fn open(
        hall: &Hall,
        server: &Arc<postgres::Server>,
        launchers: &[Vec<String>],
        core: Option<&str>,
    ) -> Self {
        let database = server.database();
        put(server.pid(), core.unwrap_or("0,1"));
        let nats = (launchers.len() > 1).then(nats::Nats::running);
        let wake = nats.as_ref().map(nats::Nats::url);
        let mut relays: Vec<Host> = Vec::with_capacity(launchers.len());
        for launcher in launchers {
            let folder = hall.room("relay");
            if let Some(first) = relays.first() {
                first.share_keys(&folder);
            }
            let url = database.url();
            relays.push(Host::launched_on(&folder, launcher, &url, wake.as_deref()).await);
        }
        let _nats = nats;
        Self { relays, _nats }
    }
}

/// One round on a fresh database.
async fn round(
    hall: &Hall,
    server: &Arc<postgres::Server>,
    launchers: &[Vec<String>],
    core: Option<&str>,
) -> Round {
    let mut place = Place::open(hall, server, launchers, core).await;
    let pairs = pairs(hall, &place.relays[0], SENDERS * launchers.len()).await;
    let round = talk(hall, server, &place.relays, &pairs).await;
    for relay in &mut place.relays {
        relay.stop().await;
    }
    round
}

async fn talk(hall: &Hall, server: &postgres::Server, relays: &[Host], pairs: &Pairs) -> Round {
    let load = Load::new();
    let before = pairs.entries(&relays[0]);
    let at = |pair: usize| &relays[pair % relays.len()];
    for (pair, room) in pairs.rooms.iter().enumerate() {
        pairs.receive_one(at(pair + 1), &load, pair, *room).await;
    }
    let send = |_, sender, press| send_closed(Rc::clone(&load), sender, press, WINDOW);
    let senders = pairs.send(at, send).await;
    tokio::time::sleep(Duration::from_millis(hall.scale.of(3000, 500))).await;
    let now = || {
        let relays: Duration = relays
            .iter()
            .map(|relay| process::cpu_time(relay.pid()))
            .sum();
        let counts = [load.accepted.get(), load.received.get()];
        (
            Instant::now(),
            relays,
            process::family_cpu_time(server.pid()),
            counts,
        )
    };
    let start = now();
    tokio::time::sleep(Duration::from_millis(hall.scale.of(8000, 2000))).await;
    let end = now();
    load.over.set(true);
    for sender in senders {
        sender.await.unwrap();
    }
    // What was accepted is in the store, neither less nor more.
    assert_eq!(pairs.entries(&relays[0]) - before, load.accepted.get());
    let seconds = (end.0 - start.0).as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "counts of one run")]
    let [accepted, received] = [0, 1].map(|which| (end.3[which] - start.3[which]) as f64);
    let each = |used: Duration| used.as_secs_f64() * 1e6 / accepted.max(1.0);
    let round = Round {
        rate: accepted / seconds,
        received: received / seconds,
        relays_us: each(end.1 - start.1),
        database_us: each(end.2 - start.2),
    };
    println!(
        "cluster: {} relays, {:.0}/s accepted, {:.0}/s received, {:.1} µs of relays, {:.1} µs of the database each",
        relays.len(),
        round.rate,
        round.received,
        round.relays_us,
        round.database_us
    );
    round
}

/// Holds a server and its processes to these cores, where that can be done.
fn put(server: u32, cores: &str) {
    for pid in process::children(server).into_iter().chain([server]) {
        // A process may just have ended.
        let _pinned = Command::new("taskset")
            .args(["-acp", cores, &pid.to_string()])
            .output();
    }
}
