//! The Lacre relay: it stores and forwards sealed envelopes it cannot open.
//!
//! A relay is started with [`Relay::builder`]. Everything durable goes through [`store`], everything
//! about MLS groups through [`groups`]; the rest is the service around them: the QUIC endpoint, the
//! sessions, and the hub that wakes them.

mod acks;
mod backup;
mod builder;
mod certificate;
mod checkpoint;
mod clock;
#[cfg(feature = "postgres")]
mod database;
mod durable;
mod endpoint;
mod error;
mod evict;
mod examine;
mod feed;
mod fill;
mod folder;
pub mod groups;
mod handle;
mod housekeep;
mod http;
mod hub;
mod identity;
mod idle;
mod keys;
mod metrics;
mod named;
mod objects;
mod peers;
mod proxy;
mod rates;
mod relay;
mod reset;
mod service;
mod session;
mod start;
pub mod store;
mod stream;
mod sweep;
mod tasks;
mod tidy;
mod tls;
mod upgrade;
pub mod wake;
mod watchers;

pub use backup::{BackedUp, RestoredStore, back_up, restore};
pub use builder::{Durability, RelayBuilder, SignUp};
pub use certificate::{Certificate, examine_certificate};
pub use clock::Clock;
#[cfg(feature = "postgres")]
pub use database::{Migrated, back_up_database, migrate, restore_database};
pub use error::{RelayError, RelayErrorKind};
#[cfg(feature = "postgres")]
pub use examine::examine_database;
pub use examine::{Examined, examine, examine_objects};
pub use identity::{Identity, identity, prepare_identity, rotate_identity};
pub use proxy::{BadNetwork, Network};
pub use rates::{Rate, Rates};
pub use relay::{Relay, RelayStatus};
pub use store::{NoSuchPlace, ObjectPlace};
