//! Stories end to end, faults, architecture, fuzz bodies and benches of Lacre.
//!
//! A story plays in a [`world::World`]: a relay and the [`device::Device`]s of people. Whatever
//! happens to them (a [`proxy::Proxy`] between them, a killed process, a damaged file), at the end one
//! checker, [`contract`], judges what everybody has.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a story that panics has failed, and says where"
)]

pub mod balancer;
pub mod bench;
pub mod binaries;
pub mod child;
pub mod contract;
pub mod device;
pub mod fuzz;
pub mod gate;
pub mod hostile;
pub mod journal;
pub mod ledger;
pub mod light;
pub mod process;
pub mod proxy;
pub mod puppet;
pub mod relay;
pub mod scan;
pub mod seed;
pub mod stage;
pub mod storm;
pub mod wire;
pub mod world;
