//! The relay's store: where an accepted envelope becomes durable.
//!
//! Writes are one enum of atomic intentions, [`Command`]; [`Store::submit`] groups them into
//! batches, one fsync each. Which rows a command needs is `view`, what becomes of them is `decide`:
//! pure, the only place with rules, run by every back end over rows it has locked. What a decision
//! changes is a list of `effect`s. A back end is a set of tables with look-ups (`rows`) and writes:
//! [`Store::model`] keeps them in memory and is the oracle, [`Store::open`] keeps them in SQLite,
//! `Store::postgres` (feature `postgres`) in PostgreSQL, where several relays may share them.
//! Reads are small traits by noun ([`read`]), written once over the same look-ups (`reading`).
//!
//! The secrets that stamp messages and seal senders ([`StoreKeys`]) never enter the database.

pub(crate) mod blame;
pub mod command;
#[doc(hidden)]
pub mod faults;
pub mod keys;
pub mod limits;
pub mod options;
pub mod outcome;
pub mod read;
pub mod record;

mod context;
mod decide;
mod effect;
mod handle;
mod large;
mod model;
mod numbers;
#[cfg(feature = "postgres")]
mod postgres;
mod queue;
mod reading;
mod rows;
mod runs;
mod seal;
mod space;
mod sqlite;
mod threads;
#[cfg(feature = "postgres")]
mod transfer;
mod view;

pub use command::Command;
pub use handle::Store;
pub use keys::StoreKeys;
pub(crate) use large::inline::complete;
pub use large::{LargeObjects, NoSuchPlace, ObjectPlace, PlaceError};
pub use options::{Durability, Stats, StoreOptions};
pub use outcome::{Appended, AppendedBatch, Outcome, ReaderChange, StoreError, Verdict};
#[cfg(feature = "postgres")]
pub(crate) use postgres::{Ear, Into as Bring, bring, mark as postgres_mark, take};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresAddress, PostgresError};
pub use space::Disk;
#[cfg(feature = "postgres")]
pub(crate) use sqlite::Source;
pub(crate) use sqlite::prepared;
pub use sqlite::{BackupError, BackupNote, OpenError, Restored, back_up, restore};
