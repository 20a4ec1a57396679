//! Moves the write-ahead log into the database, away from the writer.
//!
//! A checkpoint fsyncs the database; on the writer it would stall every answer. So a thread with a
//! connection of its own does it, passively. Under constant load it never quite catches up, and the
//! log restarts only when it has: above a bound the writer itself copies the little that is left.

use super::open::OpenError;
use crate::store::threads;
use rusqlite::Connection;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Pages in the log that are worth a checkpoint: 16 MiB. Pages that change often are copied once
/// for many changes.
const WORTH: usize = 4_000;
/// Pages at which the writer helps: 64 MiB.
pub(super) const HELP: usize = 16_000;

#[derive(Default)]
struct Wanted {
    pages: usize,
    closed: bool,
}

pub(super) struct Checkpointer {
    wanted: Mutex<Wanted>,
    changed: Condvar,
    /// Held during a checkpoint, so that writer and thread do not stand in each other's way.
    running: Mutex<()>,
}

impl Checkpointer {
    pub(super) fn start(connection: Connection) -> Result<(Arc<Self>, JoinHandle<()>), OpenError> {
        let this = Arc::new(Self {
            wanted: Mutex::default(),
            changed: Condvar::new(),
            running: Mutex::new(()),
        });
        let thread = {
            let this = Arc::clone(&this);
            threads::spawn("store-checkpoint", move || this.run(&connection))?
        };
        Ok((this, thread))
    }

    fn lock(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how many pages the log has after a commit.
    pub(super) fn grown(&self, pages: usize) {
        if pages >= WORTH {
            self.lock().pages = pages;
            self.changed.notify_one();
        }
    }

    /// Checkpoints on the writer's connection, unless the thread is at it.
    pub(super) fn help(&self, connection: &Connection) {
        if let Ok(_running) = self.running.try_lock() {
            passive(connection);
        }
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn run(&self, connection: &Connection) {
        loop {
            let mut wanted = self.lock();
            while wanted.pages == 0 && !wanted.closed {
                wanted = self
                    .changed
                    .wait(wanted)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            if wanted.closed {
                return;
            }
            wanted.pages = 0;
            drop(wanted);
            let _running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            passive(connection);
        }
    }
}

fn passive(connection: &Connection) {
    let done = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        row.get::<_, i64>(0)
    });
    if let Err(error) = done {
        // The log only grows; the next commit asks again.
        tracing::warn!(%error, "checkpoint failed");
    }
}
