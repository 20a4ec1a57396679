//! The store in SQLite: one writer thread with group commit, a few readers, a checkpointer.
//!
//! WAL with `synchronous=FULL`: a batch costs one fsync, readers never wait for the writer. The
//! writer keeps the rows it uses again and again (logs, rooms, members) in memory and writes each
//! once a batch; nobody else writes, which a lock file ensures.

mod apply;
mod backup;
mod cache;
mod checkpoint;
mod convert;
mod entry;
mod files;
mod idle;
mod listing;
mod load;
mod memory;
mod open;
mod readers;
mod restore;
mod rows;
mod schema;
#[cfg(feature = "postgres")]
mod transfer;
mod writer;

pub use backup::{BackupError, BackupNote, back_up};
pub use open::OpenError;
pub(crate) use restore::prepared;
pub use restore::{Restored, restore};
pub(crate) use rows::SqlRows;
#[cfg(feature = "postgres")]
pub(crate) use transfer::{Source, Target};

// Links the one SQLite of this binary.
use lacre_sqlite as _;

use super::command::Command;
use super::context::Context;
use super::keys::StoreKeys;
use super::large::LargeObjects;
use super::options::Stats;
use super::options::StoreOptions;
use super::outcome::StoreError;
use super::queue::{Queue, Reply};
use super::reading::Reading;
use super::space::{self, Space};
use super::threads;
use checkpoint::Checkpointer;
use readers::Readers;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;
use writer::Writer;

/// An open SQLite store.
pub(crate) struct Sqlite {
    path: PathBuf,
    context: Arc<Context>,
    queue: Arc<Queue>,
    readers: Readers,
    space: Arc<Space>,
    checkpointer: Arc<Checkpointer>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Held for as long as the store is open.
    _lock: open::Lock,
}

impl Sqlite {
    pub(crate) fn open(
        path: &Path,
        keys: StoreKeys,
        options: &StoreOptions,
    ) -> Result<Self, OpenError> {
        let opened = open::open(path, options)?;
        let context = Arc::new(Context::new(keys, opened.lineages, options));
        let queue = Arc::new(Queue::new(options.queue_commands, options.queue_bytes));
        let (checkpointer, checkpoints) = Checkpointer::start(open::connect(path, options)?)?;
        let readers = Readers::start(path, options, &context)?;
        let space = Arc::new(Space::new(path, options));
        let writer = Writer::new(
            opened.connection,
            path.to_path_buf(),
            options.clone(),
            Arc::clone(&context),
            Arc::clone(&checkpointer),
            Arc::clone(&space),
        )?;
        let writes = {
            let queue = Arc::clone(&queue);
            threads::spawn("store-writer", move || writer.run(&queue))?
        };
        Ok(Self {
            path: path.to_path_buf(),
            context,
            queue,
            readers,
            space,
            checkpointer,
            threads: Mutex::new(vec![writes, checkpoints]),
            _lock: opened.lock,
        })
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    /// What was counted, with the room on the disk.
    pub(crate) fn stats(&self, counted: Stats) -> Stats {
        let disk = self.space.disk();
        Stats {
            free_bytes: disk.map(|disk| disk.free),
            headroom_bytes: disk.map(|disk| space::headroom(disk.total)),
            full: self.space.is_full(),
            full_refused: self.space.refused(),
            ..counted
        }
    }

    /// Queues a command.
    pub(crate) fn submit(&self, command: Command) -> Result<Reply, StoreError> {
        let key = self.context.key(&command);
        let queued = self.queue.push(command, key);
        if matches!(queued, Err(StoreError::Busy { .. })) {
            self.context.counters.busy();
        }
        queued
    }

    /// Runs a read on one of the read connections.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Reading<'_, SqlRows<'_>>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.run(read).await
    }

    /// Whether too little is free on the disk.
    pub(crate) fn is_full(&self) -> bool {
        self.space.is_full()
    }

    /// Copies the database on a thread of its own.
    pub(crate) async fn backup(
        &self,
        target: PathBuf,
        note: BackupNote,
        outside: Option<LargeObjects>,
    ) -> Result<u64, BackupError> {
        let (reply, answer) = oneshot::channel();
        let path = self.path.clone();
        let copy = move || {
            // Whoever asked may have gone; the copy is there.
            let _asked = reply.send(back_up(&path, &target, &note, outside.as_ref()));
        };
        threads::spawn("store-backup", copy)?;
        answer.await.unwrap_or(Err(BackupError::CutShort))
    }

    /// Closes; what was queued is still written.
    pub(crate) fn close(&self) {
        self.queue.close();
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let mut threads = threads.into_iter();
        // The writer ends first: it still asks for checkpoints.
        let _writer = threads.next().map(JoinHandle::join);
        self.checkpointer.close();
        threads.for_each(|thread| drop(thread.join()));
        self.readers.close();
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.close();
    }
}
