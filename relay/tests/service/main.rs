//! The relay as a client sees it: everything here goes through QUIC and the wire crate.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

mod backups;
mod between;
mod catch_up;
mod certificates;
mod client;
#[cfg(feature = "postgres")]
mod database;
mod delivery;
mod device;
mod drain;
mod ephemerals;
mod frames;
mod identity;
mod idle;
mod life;
mod login;
mod objects;
#[cfg(feature = "postgres")]
#[path = "../support/packages.rs"]
mod packages;
mod people;
#[cfg(feature = "postgres")]
#[path = "../support/postgres.rs"]
mod postgres;
mod proxied;
mod relays;
mod rooms;
mod sockets;
mod turns;
mod websocket;
mod world;
