//! Where OpenMLS keeps its state: a last-write-wins overlay above one SQLite table.
//!
//! OpenMLS writes on every change, several times per message and through `&self`. The
//! engine wants the opposite: one transaction for a run of envelopes, with the MLS rows,
//! the cursor and the timeline in it. So [`Overlay`] keeps the newest value of each row in
//! memory, and [`Overlay::flush`] writes each dirty row once into the open transaction.
//!
//! # How the database is reached
//!
//! The engine and the overlay share one connection, a [`Database`] (`Arc<Mutex<Connection>>`).
//! The engine opens transactions with statements (`BEGIN IMMEDIATE`, `SAVEPOINT`, `COMMIT`)
//! and not with `rusqlite::Transaction`: that guard borrows the connection, and its lifetime
//! would spread into every function that touches a group. Only the engine's thread uses the
//! connection, so the overlay never waits for the lock. A lock that is held means that the
//! caller kept a guard while calling into MLS; this is reported as [`StorageError::Borrowed`]
//! instead of hanging. The mutex is there to make [`Provider`] `Send`.
//!
//! Clean rows are not cached. Loaded groups are cached by the engine, SQLite caches pages,
//! and a second copy of key material would have to be erased as well. A rollback is
//! exact for the same reason: there is no clean copy that could be stale.
//!
//! # One run of envelopes
//!
//! ```text
//! BEGIN IMMEDIATE
//!   for each envelope:
//!     SAVEPOINT entry          mark()
//!     RELEASE entry            release(mark)        it worked
//!     ROLLBACK TO entry        rollback_to(mark)    it did not: drop the cached groups it names
//!   flush()
//! COMMIT                       committed()
//! ROLLBACK                     discard()            drop the cached groups it names
//! ```
//!
//! A cached `MlsGroup` has already advanced when a rollback happens. Its next message would
//! reuse or skip a key, so every group that a rollback names must be loaded again. A group
//! whose call failed with a [`StorageError`] is named as well. A panic must be caught inside
//! the savepoint, so that its mark is rolled back.

mod codec;
mod entity;
mod error;
mod label;
mod overlay;
mod pending;
mod provider;
mod row;
mod table;

#[cfg(test)]
mod tests;

pub use error::StorageError;
pub use overlay::{Overlay, Stats};
pub use pending::Mark;
pub use provider::{Provider, ScratchProvider};
pub use table::{Database, SCHEMA};
