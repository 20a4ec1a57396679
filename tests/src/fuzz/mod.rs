//! The bodies of the fuzz targets: every decoder that meets bytes from outside, and what must hold
//! of whatever it lets through.
//!
//! `tests/fuzz` runs them under libFuzzer, `tests/tests/fuzz.rs` under proptest with every test run.
//! A body returns nothing and panics on a finding. It must not depend on anything but its input.

mod client;
mod handshake;
mod wire;

pub use client::{content, text};
pub use handshake::mls_handshake;
pub use wire::{
    address, client_frame, device_list, entries, ephemeral, frames, hello, leaf_identity,
    message_header, objects, operations, room_state, server_frame, socket_message,
};

/// A fuzz target.
pub type Body = fn(&[u8]);

/// Every target by name. `tests/fuzz` has one program for each.
pub const TARGETS: &[(&str, Body)] = &[
    ("address", address),
    ("client_frame", client_frame),
    ("content", content),
    ("device_list", device_list),
    ("entries", entries),
    ("ephemeral", ephemeral),
    ("frames", frames),
    ("hello", hello),
    ("leaf_identity", leaf_identity),
    ("message_header", message_header),
    ("mls_handshake", mls_handshake),
    ("objects", objects),
    ("operations", operations),
    ("room_state", room_state),
    ("server_frame", server_frame),
    ("socket_message", socket_message),
    ("text", text),
];
