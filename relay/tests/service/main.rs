//! The relay as a client sees it: everything here goes through QUIC and the wire crate.

mod catch_up;
mod client;
mod delivery;
mod device;
mod frames;
mod identity;
mod life;
mod login;
mod objects;
mod rooms;
mod world;
