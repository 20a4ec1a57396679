//! The rules of the house, read from `cargo metadata` and from the tree: which crate sees which,
//! what may be in the dependency graph, how large a file grows, what the top level holds.
//! Each test names what breaks its rule.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]

mod dependencies;
mod graph;
mod guides;
mod languages;
mod licences;
mod secrets;
mod tree;
