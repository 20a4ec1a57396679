//! Groups of real OpenMLS members whose state goes through the overlay into SQLite.

mod absorb;
mod codec;
mod device;
mod groups;
mod hooks;
mod journal;
mod rollback;
