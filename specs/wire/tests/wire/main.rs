//! The wire against its specification: types, CDDL, vectors and prose say the same.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]

mod cbor;
mod cddl;
mod errors;
mod properties;
mod samples;
mod schema;
mod strategies;
mod vectors;
