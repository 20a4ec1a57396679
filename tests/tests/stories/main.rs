//! Stories, told through the public interface of the SDK with a real relay; the delivery contract
//! is checked at the end of each. `LACRE_SEED` replays a randomised one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that panics has failed"
)]

mod again;
mod bucket;
mod commits;
mod conversation;
mod crowd;
mod database;
mod devices;
mod drain;
mod durable;
mod everyday;
mod firewall;
mod full;
mod generations;
mod kills;
mod later;
mod lies;
mod listed;
mod live;
#[path = "../../../relay/tests/support/nats.rs"]
mod nats;
mod network;
mod networks;
mod objects;
mod order;
#[path = "../../../relay/tests/support/packages.rs"]
mod packages;
mod paging;
mod poison;
#[path = "../../../relay/tests/support/postgres.rs"]
mod postgres;
mod profiles;
mod proxied;
mod reading;
mod receipts;
mod restore;
mod rooms;
mod sealed;
mod search;
mod storm;
mod thief;
mod traces;
mod websocket;
