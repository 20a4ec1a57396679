//! What Lacre must reach (design, "What it must reach"), measured.
//!
//! The relay is the real program, in a process of its own on core 0; the load runs on core 1. Raw
//! sessions carry hollow messages in rooms that real engines have made, so that what is measured is
//! the relay and not the sealing; what the SDK costs is measured with the SDK. Class D (an answer
//! only after an fsync) and class P (page cache) are never mixed, and the run's own fsync is printed
//! beside its results, because every durable number depends on it.

mod actors;
mod behind;
mod catch_up;
mod cluster;
mod crowd;
mod durable;
mod fan_out;
mod filled;
mod hall;
mod idle;
mod latency;
mod load;
mod meter;
mod open;
#[path = "../../../relay/tests/support/packages.rs"]
mod packages;
mod peers;
mod probe;
mod room_send;
mod search;
mod shown;
mod storm;
mod table;
mod timeline;

use hall::Hall;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use table::Table;

/// How large a run is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// A few seconds for each scenario: shows that it works, not how fast.
    pub(crate) quick: bool,
}

impl Scale {
    /// The number for a full run, or for a quick one.
    pub(crate) fn of<T>(self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

const HELP: &str = "bench [--quick] [--json PATH] [--page FOLDER] [SCENARIO…]
Scenarios: durable latency fan-out catch-up idle send behind open shown timeline search storm peers
cluster reconnect. Without one,
all of them. --page writes the figures beside the peers' into the folder of that page.";

/// The program.
pub fn main() {
    let (mut quick, mut json, mut page, mut wanted) = (false, None, None, Vec::new());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => quick = true,
            "--json" => json = words.next().map(PathBuf::from),
            "--page" => page = words.next().map(PathBuf::from),
            "--help" => return println!("{HELP}"),
            // What `cargo bench` says to every harness.
            "--bench" => {}
            word => wanted.push(word.to_owned()),
        }
    }
    let cores = pin();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let local = tokio::task::LocalSet::new();
    let table = local.block_on(
        &runtime,
        run(Scale { quick }, &cores, &wanted, page.as_deref()),
    );
    table.print();
    if let Some(path) = json {
        std::fs::write(&path, table.json()).unwrap();
        println!("written to {}", path.display());
    }
}

/// Moves this process to core 1, where that can be done. Returns how to start the relay on core 0.
fn pin() -> Vec<&'static str> {
    let pid = std::process::id().to_string();
    let pinned = Command::new("taskset").args(["-cp", "1", &pid]).output();
    match pinned {
        Ok(output) if output.status.success() => vec!["taskset", "-c", "0"],
        _ => {
            println!(
                "not pinned: taskset is not there, or there is one core; relay and load share what there is"
            );
            Vec::new()
        }
    }
}

async fn run(scale: Scale, launcher: &[&str], wanted: &[String], page: Option<&Path>) -> Table {
    let began = Instant::now();
    // Says when each begins: a run that takes long shows with what.
    let wants = |name: &str| {
        let is_wanted = wanted.is_empty() || wanted.iter().any(|word| word == name);
        if is_wanted {
            println!("-- {name} (at {} s)", began.elapsed().as_secs());
        }
        is_wanted
    };
    let mut table = Table::new(scale);
    let hall = Hall::open(scale, launcher);
    let probe = probe::fsync(hall.folder(), scale);
    println!("{probe}");
    table.probe(&probe);
    if wants("durable") || wants("latency") {
        let most = durable::run(&hall, &mut table).await;
        if wants("latency") {
            latency::run(&hall, &mut table, most).await;
        }
    }
    if wants("fan-out") {
        fan_out::run(&hall, &mut table).await;
    }
    if wants("catch-up") {
        catch_up::run(&hall, &mut table).await;
    }
    if wants("idle") {
        idle::run(&hall, &mut table).await;
    }
    if wants("send") {
        room_send::run(&hall, &mut table).await;
    }
    if wants("behind") {
        behind::run(&hall, &mut table).await;
    }
    if wants("open") {
        open::run(&hall, &mut table).await;
    }
    if wants("shown") {
        shown::run(&hall, &mut table).await;
    }
    if wants("timeline") {
        timeline::run(&hall, &mut table).await;
    }
    if wants("search") {
        search::run(&hall, &mut table).await;
    }
    if wants("storm") {
        storm::run(&hall, &mut table).await;
    }
    if wants("peers") {
        peers::run(&hall, &mut table, page).await;
    }
    if wants("cluster") {
        cluster::run(&hall, &mut table).await;
    }
    if wants("reconnect") {
        cluster::reconnect::run(&hall, &mut table).await;
    }
    table
}
