//! A relay whose clock jumps, hours forward and back, under traffic. The clock is the system's as its
//! process sees it: a library of the distribution (`libfaketime`) stands between, and reads the hour
//! from a file. What measures spans, and not moments, is left as it is, as on a machine whose clock
//! is set.

use crate::packages;
use crate::play_on;
use crate::postgres::Server;
use crate::scene::{Back, Scene};
use lacre_tests::puppet::now;
use lacre_tests::seed::Seed;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often the clock jumps.
const JUMPS: u64 = 4;
/// At most so far, in seconds.
const FAR: u64 = 6 * 3600;

/// The library, out of its package if it is not there yet.
fn library() -> PathBuf {
    let find = || {
        let folders = std::fs::read_dir("/usr/lib").unwrap();
        let mut found = folders
            .flatten()
            .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
        found.find(|path| path.is_file())
    };
    find().unwrap_or_else(|| {
        let said = packages::install(&["faketime"]);
        find().unwrap_or_else(|| panic!("these tests set the clock by libfaketime: {said:?}"))
    })
}

/// Variables under which a process's clock is off by as many seconds as stand in a file.
fn off_by(file: &Path) -> Vec<(String, String)> {
    let library = library();
    let pairs = [
        ("LD_PRELOAD", library.to_str().unwrap()),
        ("FAKETIME_TIMESTAMP_FILE", file.to_str().unwrap()),
        ("FAKETIME_CACHE_DURATION", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
    ];
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    pairs.map(own).to_vec()
}

/// Sets the clock in one step: a file that is half written would be no hour.
fn set(file: &Path, seconds: i64) {
    let next = file.with_extension("next");
    std::fs::write(&next, format!("{seconds:+}\n")).unwrap();
    std::fs::rename(next, file).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_of_a_relay_jumps() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clock");
    let wanted = &["jumps of a clock", "messages stamped with a future hour"];
    let enter = async |seed: &mut Seed| {
        set(&file, 0);
        let back = Back::start(Server::start(&[]));
        let variables = [Vec::new(), off_by(&file)];
        Scene::on(back, seed, &variables).await
    };
    play_on("clock jumps", wanted, enter, async |scene, seed| {
        let mut moments = seed.fork();
        let Scene {
            cast, nodes, tally, ..
        } = scene;
        let jumping = async {
            for number in 0..JUMPS {
                // The library looks into the file once a second.
                let pause = Duration::from_millis(1600) + moments.time(Duration::from_millis(600));
                tokio::time::sleep(pause).await;
                let far = i64::try_from(moments.below(FAR)).unwrap();
                // Forward first, or the log's own time would hide that something happened.
                set(&file, if number % 2 == 0 { 3600 + far } else { -far });
                tally.add(wanted[0], 1);
            }
            tokio::time::sleep(Duration::from_millis(1500)).await;
            set(&file, 0);
        };
        cast.talk_during(jumping, seed, tally).await;
        let future = now() + 1_800_000;
        let stamped = nodes[0].host.ledger().rooms();
        let stamped = stamped.iter().flat_map(|room| &room.entries);
        let stamped = stamped.filter(|entry| entry.link.accepted_ms > future);
        tally.add(wanted[1], u64::try_from(stamped.count()).unwrap());
    })
    .await;
}
