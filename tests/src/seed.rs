//! Randomness that can be replayed: every random choice of a story comes from one printed number.
//!
//! `LACRE_SEED=<number>` replays one seed; `LACRE_SEEDS=<n>` sets how many fresh ones are tried.
//! A seed fixes what a story chooses to do. It does not fix keys, ports or the scheduler, so a
//! replay repeats the pressure, not every instruction.

use std::fmt;
use std::time::Duration;

/// How many seeds a story tries when nothing else is said.
const DEFAULT_SEEDS: usize = 2;

/// A stream of random numbers (SplitMix64, Steele et al. 2014): small, and good enough to schedule
/// faults with.
#[derive(Debug, Clone)]
pub struct Seed {
    origin: u64,
    state: u64,
}

impl Seed {
    /// The stream of this number.
    pub const fn new(origin: u64) -> Self {
        Self {
            origin,
            state: origin,
        }
    }

    /// A fresh stream, or the one `LACRE_SEED` names.
    pub fn fresh() -> Self {
        named().unwrap_or_else(|| Self::new(getrandom::u64().unwrap() >> 16))
    }

    /// The seeds a randomised story runs with.
    pub fn several() -> Vec<Self> {
        Self::as_many("LACRE_SEEDS", DEFAULT_SEEDS)
    }

    /// As many as a variable of the environment says, or so many; one if `LACRE_SEED` names it.
    pub fn as_many(variable: &str, usual: usize) -> Vec<Self> {
        if let Some(seed) = named() {
            return vec![seed];
        }
        let count = std::env::var(variable)
            .ok()
            .map_or(usual, |text| text.parse().unwrap());
        (0..count).map(|_| Self::fresh()).collect()
    }

    /// As [`Seed::several`], of both kinds: with an even number a story uses QUIC, with an odd one
    /// UDP is blocked ([`Seed::blocks_udp`]).
    pub fn both_ways() -> Vec<Self> {
        let mut seeds = Self::several();
        if named().is_none() {
            for (number, seed) in (0..).zip(&mut seeds) {
                *seed = Self::new(seed.origin & !1 | number & 1);
            }
        }
        seeds
    }

    /// Whether a story with this seed blocks UDP.
    pub fn blocks_udp(&self) -> bool {
        self.origin & 1 == 1
    }

    /// A stream of its own that does not disturb this one: for another thread or task.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self {
            origin: self.origin,
            state: self.draw(),
        }
    }

    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        u64::try_from((u128::from(self.draw()) * u128::from(limit)) >> 64).unwrap()
    }

    /// An index into something of this length.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap())).unwrap()
    }

    /// True so many times in a thousand.
    pub fn per_mille(&mut self, times: u16) -> bool {
        self.below(1000) < u64::from(times)
    }

    /// A time below `limit`.
    pub fn time(&mut self, limit: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(limit.as_micros()).unwrap().max(1)))
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LACRE_SEED={}", self.origin)
    }
}

fn named() -> Option<Seed> {
    let text = std::env::var("LACRE_SEED").ok()?;
    Some(Seed::new(text.parse().unwrap()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_itself() {
        let draw = |origin| {
            let mut seed = Seed::new(origin);
            (0..100).map(|_| seed.below(10)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).iter().all(|number| *number < 10));
    }
}
