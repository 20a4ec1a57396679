//! Time, randomness, threads and tasks: all that the SDK asks of the platform beside the network.
//!
//! A browser build replaces what is behind this module and [`crate::transport`], and nothing else.

#[cfg(not(target_family = "wasm"))]
mod native;
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{EngineThread, Pool, Stopwatch, Tasks, now, sleep, spawn_engine};

#[cfg(target_family = "wasm")]
mod web;
#[cfg(target_family = "wasm")]
pub(crate) use web::{EngineThread, Pool, Stopwatch, Tasks, now, sleep, spawn_engine};

/// A random number. Falls back to the clock's low digits: it is only used to spread load.
pub(crate) fn entropy() -> u64 {
    getrandom::u64().unwrap_or_else(|_| now().wrapping_mul(0x9e37_79b9_7f4a_7c15))
}
