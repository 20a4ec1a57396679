//! The store in PostgreSQL: a few writers with group commit, a few readers, any number of relays.
//!
//! A relay has two writers unless told otherwise; the commands of one room always go to the same one,
//! so that they wait for each other in memory and not in the database. A batch is one transaction in four
//! round trips: lock, fetch, write, commit ([`locks`] says in which order, and why several relays do
//! not get into each other's way). The rules are those of every back end, run over rows that are
//! locked. Nothing is cached across batches: other relays write, too. Two writers, and not three: with
//! three, everything measured was slower (relays of a quarter of a core: one relay 9 900 messages a second
//! in place of 13 100, three together 23 000 in place of 24 800).
//!
//! Each thread owns a connection and drives it itself; that is the pool.

mod address;
mod apply;
mod cache;
mod connection;
mod convert;
mod entry;
mod error;
mod flush;
mod idle;
mod listing;
mod locks;
mod notify;
mod open;
mod readers;
mod rows;
mod schema;
mod sql;
mod tls;
mod transfer;
mod writer;

pub use address::PostgresAddress;
pub use error::PostgresError;
pub(crate) use notify::Ear;
pub(crate) use rows::PgRows;
pub(crate) use transfer::{Counts, Into};

use super::command::Command;
use super::context::Context;
use super::keys::StoreKeys;
use super::large::LargeObjects;
use super::options::{Durability, Stats, StoreOptions};
use super::outcome::StoreError;
use super::queue::{Queue, Reply};
use super::reading::Reading;
use super::sqlite::{BackupError, BackupNote};
use super::{OpenError, threads};
use lacre_wire::hash::sha256;
use lacre_wire::ids::{Lineage, Millis};
use readers::{Readers, Scope};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;
use writer::{Shared, Writer};

/// An open PostgreSQL store.
pub(crate) struct Postgres {
    shared: Arc<Shared>,
    queues: Vec<Arc<Queue>>,
    readers: Readers,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// Runs what blocks on a connection away from any runtime: a connection has its own.
fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, OpenError> {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("store-open".to_owned())
            .spawn_scoped(scope, work)
            .map_err(OpenError::Thread)?
            .join()
            .map_err(|_| OpenError::Thread(std::io::Error::other("it panicked")))
    })
}

/// Whose keys the store at an address was made with; none where there is no store yet. Blocks.
pub(crate) fn mark(
    address: &PostgresAddress,
    durability: Durability,
) -> Result<Option<String>, OpenError> {
    Ok(apart(|| open::mark(address, durability))??)
}

/// Carries the SQLite store at `from` into an empty database, and says under which lineage. Blocks.
pub(crate) fn bring(
    address: &PostgresAddress,
    from: &Path,
    into: &Into<'_>,
) -> Result<(Counts, Lineage), BackupError> {
    apart(|| transfer::bring(address, from, into))?
}

/// Carries the store of a database into a SQLite file, and says how many bytes it has. Blocks.
pub(crate) fn take(
    address: &PostgresAddress,
    to: &Path,
    made_ms: Millis,
    outside: Option<&LargeObjects>,
) -> Result<u64, BackupError> {
    apart(|| transfer::take(address, to, made_ms, outside))?
}

impl Postgres {
    pub(crate) fn open(
        address: &PostgresAddress,
        keys: StoreKeys,
        mark: Option<&str>,
        options: &StoreOptions,
    ) -> Result<Self, OpenError> {
        let lineages = apart(|| open::prepare(address, mark, options))??;
        let context = Arc::new(Context::new(keys, lineages, options));
        let writers = options.writers.clamp(1, 8);
        let shared = Arc::new(Shared {
            address: address.clone(),
            options: options.clone(),
            context: Arc::clone(&context),
            full: AtomicBool::new(false),
            full_refused: AtomicU64::new(0),
        });
        let readers = Readers::start(address, options, &context)?;
        let (mut queues, mut threads) = (Vec::new(), Vec::new());
        for _ in 0..writers {
            let part = |whole: usize| (whole / writers).max(1);
            let queue = Arc::new(Queue::new(
                part(options.queue_commands),
                part(options.queue_bytes),
            ));
            let connection = apart(|| writer::connect(address, options))??;
            let writer = Writer::new(connection, Arc::clone(&shared));
            let jobs = Arc::clone(&queue);
            threads.push(threads::spawn("store-writer", move || writer.run(&jobs))?);
            queues.push(queue);
        }
        Ok(Self {
            shared,
            queues,
            readers,
            threads: Mutex::new(threads),
        })
    }

    pub(crate) fn context(&self) -> &Context {
        &self.shared.context
    }

    /// What was counted. How much room the server's disk has, it does not say.
    pub(crate) fn stats(&self, counted: Stats) -> Stats {
        Stats {
            full: self.shared.full.load(Ordering::Relaxed),
            full_refused: self.shared.full_refused.load(Ordering::Relaxed),
            ..counted
        }
    }

    /// Queues a command at the writer of its room, account or device.
    pub(crate) fn submit(&self, command: Command) -> Result<Reply, StoreError> {
        let key = self.shared.context.key(&command);
        let at = usize::from(route(&command)) % self.queues.len().max(1);
        let Some(queue) = self.queues.get(at) else {
            return Err(StoreError::Closed);
        };
        let queued = queue.push(command, key);
        if matches!(queued, Err(StoreError::Busy { .. })) {
            self.shared.context.counters.busy();
        }
        queued
    }

    /// Runs a read on one of the read connections.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Reading<'_, PgRows<'_>>) -> convert::Found<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.run(Scope::Snapshot, read).await
    }

    /// As [`Self::read`] of one statement, which needs no transaction around it. A server that is away
    /// is an error at once.
    pub(crate) async fn glance<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Reading<'_, PgRows<'_>>) -> convert::Found<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.run(Scope::Statement, read).await
    }

    /// Copies the store into a SQLite file, on a thread of its own.
    pub(crate) async fn backup(
        &self,
        to: PathBuf,
        note: BackupNote,
        outside: Option<LargeObjects>,
    ) -> Result<u64, BackupError> {
        let (reply, answer) = oneshot::channel();
        let address = self.shared.address.clone();
        let copy = move || {
            // Whoever asked may have gone; the copy is there.
            let _asked = reply.send(transfer::take(
                &address,
                &to,
                note.made_ms,
                outside.as_ref(),
            ));
        };
        threads::spawn("store-backup", copy)?;
        answer.await.unwrap_or(Err(BackupError::CutShort))
    }

    /// Closes; what was queued is still written.
    pub(crate) fn close(&self) {
        self.queues.iter().for_each(|queue| queue.close());
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        threads.into_iter().for_each(|thread| drop(thread.join()));
        self.readers.close();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.close();
    }
}

/// Which writer: commands of one room, or of one account or device, wait for each other in memory.
fn route(command: &Command) -> u8 {
    let of = |id: &[u8]| sha256(&[id]).0.first().copied().unwrap_or(0);
    match command {
        Command::SignUp(c) => of(&c.account.0),
        Command::Login(c) => of(&c.account.0),
        Command::RequestDevice(c) => of(&c.account.0),
        Command::PutDeviceList(c) => of(&c.account.0),
        Command::PutKeyPackages(c) => of(&c.device.0),
        Command::ClaimKeyPackages(c) => c.accounts.first().map_or(0, |account| of(&account.0)),
        Command::Append(c) => of(&c.room.0),
        Command::Propose(c) => of(&c.room.0),
        Command::RelayPropose(c) => of(&c.room.0),
        Command::Commit(c) => of(&c.room.0),
        Command::CreateRoom(c) => of(&c.room.0),
        Command::OpenGeneration(c) => of(&c.room.0),
        Command::SendToDevice(c) => of(&c.account.0),
        Command::Ack(c) => of(&c.device.0),
        Command::ReportBadCommit(c) => of(&c.room.0),
        Command::PutObject(c) => of(&c.object.hash().0),
        Command::PutSnapshot(c) => of(&c.room.0),
        Command::Seen(_) | Command::Housekeep(_) => 0,
    }
}
