//! The delivery contract at the store, line by line, for every back end.
//!
//! Three kinds of proof: named cases, run against each back end through one entry point; random
//! commands, whose outcomes and reads in SQLite must equal the model's, with and without failing
//! statements; and images of the files taken at every step of a batch, as a killed process leaves
//! them, which must hold everything that was accepted by then.

// The lints' exception for tests does not reach the helpers of an integration test.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

#[cfg(feature = "postgres")]
#[path = "support/packages.rs"]
mod packages;
#[cfg(feature = "postgres")]
#[path = "support/postgres.rs"]
mod postgres;
mod store;
