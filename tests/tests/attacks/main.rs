//! Attacks: hostile members, outsiders, accomplices and relays, each with a program of its own against
//! real clients and a real relay. Each test fails when the defence it is about is removed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that panics has failed"
)]

mod accomplice;
mod commits;
mod handles;
mod messages;
mod outsiders;
mod relay_delays;
mod relay_identity;
mod relay_log;
mod relay_members;
mod relay_state;
mod rules;
mod welcomes;
