//! A cluster under faults: three relays, one PostgreSQL, one NATS server, all of them real processes,
//! and people at each relay who talk all the time. One kind of fault strikes in each test, when its
//! seed says. At the end the delivery contract has the last word: nothing accepted is lost, nothing is
//! shown twice, and everybody has the same order.
//!
//! `LACRE_CLUSTER_SEEDS` says how many seeds each fault is tried with (1), `LACRE_SEED` replays one. What
//! struck, and how often, is printed; a fault that never struck fails its test.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that panics has failed"
)]

mod clocks;
mod cuts;
mod disk;
mod kills;
#[path = "../../../relay/tests/support/nats.rs"]
mod nats;
#[path = "../../../relay/tests/support/packages.rs"]
mod packages;
#[path = "../../../relay/tests/support/postgres.rs"]
mod postgres;
mod restore;
mod rolling;
mod scene;
mod tally;

use lacre_tests::seed::Seed;
use scene::Scene;
use tally::Tally;

/// Plays a fault with each seed, and prints what struck. What is in `wanted` must have.
async fn play(fault: &str, wanted: &[&'static str], strike: impl AsyncFn(&mut Scene, &mut Seed)) {
    play_on(fault, wanted, Scene::enter, strike).await;
}

/// As [`play`], on a scene of one's own.
async fn play_on(
    fault: &str,
    wanted: &[&'static str],
    enter: impl AsyncFn(&mut Seed) -> Scene,
    strike: impl AsyncFn(&mut Scene, &mut Seed),
) {
    let sum = Tally::default();
    for mut seed in Seed::as_many("LACRE_CLUSTER_SEEDS", 1) {
        println!("{fault}: {seed}");
        let mut scene = enter(&mut seed).await;
        strike(&mut scene, &mut seed).await;
        let tally = scene.judge().await;
        println!("{fault}: {tally}");
        for what in wanted {
            assert!(tally.get(what) > 0, "{what}: it never struck");
        }
        sum.take(&tally);
    }
    println!("{fault}, in all: {sum}");
}
