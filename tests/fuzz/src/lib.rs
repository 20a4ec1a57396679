//! The bodies, shared with the tests that run on a stable toolchain.

#[path = "../../src/fuzz/mod.rs"]
mod bodies;

pub use bodies::*;
