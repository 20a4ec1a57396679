//! Power cuts: what was promised is there when the machine comes back, whatever of the rest is.
//!
//! Stores of the relay and of a client work over a layer that notes what reaches the disk and what
//! is fsynced; images of many moments are opened with the product's own code and judged. The layer,
//! and what it models, is `tests/powercut`. `LACRE_CUTS` sets how many moments, `LACRE_SEED` replays.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that panics has failed"
)]

mod beginnings;
mod client;
mod relay;
mod rounds;

use lacre_tests::seed::Seed;

/// Moments that are tried when nothing else is said.
const DEFAULT_CUTS: usize = 6;

/// How many moments to try.
fn cuts() -> usize {
    std::env::var("LACRE_CUTS").map_or(DEFAULT_CUTS, |text| text.parse().unwrap())
}

/// Moments between two positions: the last one, and others at random.
fn moments(seed: &mut Seed, from: usize, until: usize) -> Vec<usize> {
    let mut moments: Vec<_> = (1..cuts())
        .map(|_| from + seed.index(until - from))
        .collect();
    moments.push(until);
    moments
}
