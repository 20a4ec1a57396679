//! What a power cut leaves of a database.
//!
//! A killed process keeps the page cache, so kills find no missing fsync. Here a layer under SQLite
//! notes every write, every fsync and every name that comes or goes, in the order in which they
//! happened, while everything also reaches real files. From the notes an **image** can be built for
//! any moment: each file as of its last fsync, and of what was written later any part, torn between
//! the sectors of a page, or nothing. Stores opened from an image must hold all they had promised.
//!
//! Why here: whole-machine cuts (a virtual disk that forgets its cache) test the same, but need root
//! and seconds for each; tracing system calls from outside sees paths but slows a store down too
//! much to keep it busy. SQLite's own file system layer (`sqlite3_vfs`) is what it offers for this.
//! It is the same code for relay and client: the layer lies below the ciphers, and the product knows
//! nothing of it.
//!
//! What is modelled: loss and any order of what was not fsynced; sectors of 512 bytes, of which a
//! disk writes each whole or not at all (SQLite assumes as much, `SQLITE_IOCAP_POWERSAFE_OVERWRITE`);
//! names that are not durable before their folder is. What is not: disks that lie about fsync.

mod image;
mod record;
mod vfs;

pub use record::{Recording, position};
pub use vfs::install;
