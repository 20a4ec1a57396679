//! Everything at once: people who talk, edit, delete and react, a room that changes under them, a
//! network that loses, repeats and breaks, clients that close and vanish, a relay that is stopped and
//! killed. What is done and when comes from one printed seed; the delivery contract has the last word.
//!
//! `LACRE_SEED` replays one seed, `LACRE_SIMULATIONS` says how many fresh ones are tried, `LACRE_DEEDS` how
//! many things happen in each. The sum of what happened is printed at the end, and with enough of
//! it, a fault that never struck fails the test: it would have shown nothing.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that panics has failed"
)]

mod cast;
mod deeds;

use cast::{Cast, Tally};
use deeds::Deed;
use lacre_tests::seed::Seed;
use tokio::task::JoinSet;

/// Seeds, unless told otherwise.
const SEEDS: usize = 2;
/// Deeds of one seed, unless told otherwise.
const DEEDS: usize = 120;
/// From so many deeds on in all, every kind must have happened.
const ENOUGH: usize = 2_000;

fn deeds() -> usize {
    std::env::var("LACRE_DEEDS").map_or(DEEDS, |text| text.parse().unwrap())
}

/// Seeds that play at the same time: most of a play is waiting.
const TOGETHER: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_whatever_happens_at_once() {
    let mut sum = Tally::default();
    let mut seeds = Seed::as_many("LACRE_SIMULATIONS", SEEDS);
    let in_all = seeds.len() * deeds();
    let mut playing = JoinSet::new();
    loop {
        while playing.len() < TOGETHER
            && let Some(seed) = seeds.pop()
        {
            playing.spawn(play(seed));
        }
        match playing.join_next().await {
            Some(Ok(tally)) => sum.add(&tally),
            Some(Err(failed)) => std::panic::resume_unwind(failed.into_panic()),
            None => break,
        }
    }
    println!("{sum}");
    let never = sum.never();
    assert!(
        in_all < ENOUGH || never.is_empty(),
        "these never happened: {never:?}"
    );
}

async fn play(mut seed: Seed) -> Tally {
    println!("{seed}");
    let mut cast = Cast::enter(seed.fork()).await;
    for _ in 0..deeds() {
        let deed = Deed::draw(&mut seed);
        cast.does(deed, &mut seed).await;
    }
    cast.finale().await
}
