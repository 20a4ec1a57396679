//! The network: connections to the pinned relay, and byte streams on them.
//!
//! Native builds speak QUIC, and WebSocket where UDP does not get through. A browser build puts a
//! module with the same four types here.

#[cfg(not(target_family = "wasm"))]
mod connect;
#[cfg(not(target_family = "wasm"))]
mod dial;
#[cfg(not(target_family = "wasm"))]
mod endpoint;
#[cfg(not(target_family = "wasm"))]
mod memory;
#[cfg(not(target_family = "wasm"))]
mod native;
#[cfg(not(target_family = "wasm"))]
mod pin;
#[cfg(not(target_family = "wasm"))]
mod probe;
#[cfg(not(target_family = "wasm"))]
mod quic;
#[cfg(not(target_family = "wasm"))]
mod socket;
#[cfg(not(target_family = "wasm"))]
pub(crate) use connect::Transport;
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{Link, Receiver, Sender};

#[cfg(target_family = "wasm")]
mod web;
#[cfg(target_family = "wasm")]
pub(crate) use web::{Link, Receiver, Sender, Transport};

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
