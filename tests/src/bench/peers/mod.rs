//! Our relay beside Mosquitto and NATS JetStream: the same messages, the same machine, the same run,
//! the rounds in turn, each server alone on core 0 and the load on core 1.
//!
//! The peers run as packaged, which answers from the page cache or from memory (class P), without
//! TLS. Their clients are as lean as ours: raw frames, many acknowledgements in a write. So all that
//! differs in their favour is the missing encryption and fsync.

mod mqtt;
mod nats;
mod page;
mod server;
mod socket;

use super::hall::Hall;
use super::load::Load;
use super::meter::median;
use super::table::{Goal, Table};
use super::{durable, fan_out};
use crate::process;
use page::Page;
use server::Server;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Who sends to whom.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scene {
    /// So many senders, each with a receiver of its own.
    Pairs(usize),
    /// One sender, so many receivers.
    FanOut(usize),
}

impl Scene {
    fn topics(self) -> usize {
        match self {
            Self::Pairs(count) => count,
            Self::FanOut(_) => 1,
        }
    }

    fn receivers_each(self) -> usize {
        match self {
            Self::Pairs(_) => 1,
            Self::FanOut(count) => count,
        }
    }

    /// Messages a sender has on the way: as our own scenarios.
    fn window(self) -> usize {
        match self {
            Self::Pairs(_) => durable::WINDOW,
            Self::FanOut(_) => fan_out::WINDOW,
        }
    }
}

/// What one round measured.
#[derive(Debug, Clone, Copy)]
struct Round {
    /// Messages accepted a second, or deliveries.
    rate: f64,
    /// Microseconds of the server's processor for each.
    cpu_us: f64,
}

/// The servers, in the order of a row of rounds.
const NAMES: [&str; 4] = [
    "D: Lacre, QUIC, after fsync",
    "P: Lacre, QUIC, page cache",
    "P: Mosquitto, QoS 1, plain TCP",
    "P: NATS JetStream, file, plain TCP",
];

/// Measures both scenes, and writes the page with its figures if there is a folder for it.
pub(crate) async fn run(hall: &Hall, table: &mut Table, page: Option<&std::path::Path>) {
    let versions = match server::install() {
        Ok(versions) => versions,
        Err(missing) => return println!("peers: not measured: {missing}"),
    };
    let receivers = hall.scale.of(100, 20);
    let pairs = scene(hall, Scene::Pairs(durable::SENDERS)).await;
    let fan_out = scene(hall, Scene::FanOut(receivers)).await;
    let title = format!("1→1, {} senders, accepted", durable::SENDERS);
    report(table, &title, &pairs);
    report(table, &format!("1→{receivers}, deliveries"), &fan_out);
    let [durable, cached, mosquitto, _] = rates(&pairs);
    table.add(
        "P: Lacre against Mosquitto, 1→1",
        cached / mosquitto,
        "×",
        Goal::AtLeast(0.8),
        Goal::None,
    );
    table.note(
        "Lacre with fsync against the best without, 1→1",
        {
            let [_, _, mosquitto, nats] = rates(&pairs);
            durable / mosquitto.max(nats)
        },
        "×",
    );
    let [durable, _, mosquitto, _] = rates(&fan_out);
    table.add(
        "Lacre with fsync against Mosquitto, fan-out",
        durable / mosquitto,
        "×",
        Goal::AtLeast(1.0),
        Goal::None,
    );
    if let Some(folder) = page {
        let page = Page {
            versions,
            fsync: table.fsync(),
            receivers,
            pairs: &pairs,
            fan_out: &fan_out,
        };
        page.write(folder);
    }
}

/// Rounds in turn: by server, then by time.
type Rounds = [Vec<Round>; 4];

async fn scene(hall: &Hall, scene: Scene) -> Rounds {
    let mut rounds = Rounds::default();
    for _ in 0..hall.scale.of(3, 1) {
        rounds[0].push(lacre(hall, scene, true).await);
        rounds[1].push(lacre(hall, scene, false).await);
        rounds[2].push(peer(hall, scene, &server::MOSQUITTO).await);
        rounds[3].push(peer(hall, scene, &server::NATS).await);
    }
    rounds
}

async fn lacre(hall: &Hall, scene: Scene, durable: bool) -> Round {
    match scene {
        Scene::Pairs(_) => {
            let round = durable::round(hall, durable).await;
            Round {
                rate: round.rate,
                cpu_us: round.cpu_us,
            }
        }
        Scene::FanOut(receivers) => {
            let between = fan_out::round(hall, receivers, durable).await;
            Round {
                rate: between.received / between.seconds,
                cpu_us: between.cpu_each(between.received),
            }
        }
    }
}

async fn peer(hall: &Hall, scene: Scene, kind: &'static server::Kind) -> Round {
    let server = Server::start(hall, kind).await;
    let load = Load::new();
    let senders = (kind.play)(server.port(), scene, Rc::clone(&load)).await;
    let seen = || match scene {
        Scene::Pairs(_) => load.accepted.get(),
        Scene::FanOut(_) => load.received.get(),
    };
    tokio::time::sleep(Duration::from_millis(hall.scale.of(2000, 300))).await;
    let (began, cpu, before) = (Instant::now(), process::cpu_time(server.pid()), seen());
    tokio::time::sleep(Duration::from_millis(hall.scale.of(8000, 1000))).await;
    let seconds = began.elapsed().as_secs_f64();
    let cpu = process::cpu_time(server.pid()) - cpu;
    #[allow(clippy::cast_precision_loss, reason = "a count of one run")]
    let count = (seen() - before) as f64;
    load.over.set(true);
    for sender in senders {
        sender.await.unwrap();
    }
    tell_of_loss(kind, scene, &load).await;
    Round {
        rate: count / seconds,
        cpu_us: cpu.as_secs_f64() * 1e6 / count.max(1.0),
    }
}

/// A rate says little if what was accepted does not arrive: waits for the rest, as long as any comes.
async fn tell_of_loss(kind: &server::Kind, scene: Scene, load: &Load) {
    let due = load.accepted.get() * u64::try_from(scene.receivers_each()).unwrap();
    let mut before = u64::MAX;
    while load.received.get() < due && load.received.get() != before {
        before = load.received.get();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    if load.received.get() != due {
        let (name, received) = (kind.program, load.received.get());
        println!("! {name}: {received} of {due} deliveries came; the rest was dropped or is late");
    }
}

fn report(table: &mut Table, title: &str, rounds: &Rounds) {
    for (name, rounds) in NAMES.iter().zip(rounds) {
        let all: Vec<_> = rounds
            .iter()
            .map(|round| format!("{:.0}", round.rate))
            .collect();
        println!("{name}, {title}: rounds {}", all.join(", "));
        table.note(
            format!("{name}, {title}"),
            median(rounds, |round| round.rate),
            "/s",
        );
        table.note(
            "  server CPU each",
            median(rounds, |round| round.cpu_us),
            "µs",
        );
    }
}

fn rates(rounds: &Rounds) -> [f64; 4] {
    rounds
        .each_ref()
        .map(|rounds| median(rounds, |round| round.rate))
}
