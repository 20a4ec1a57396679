//! Read connections, each on a thread of its own. A read is one snapshot.

use super::cache::Cache;
use super::open::{OpenError, connect};
use super::rows::SqlRows;
use crate::store::context::Context;
use crate::store::options::StoreOptions;
use crate::store::outcome::StoreError;
use crate::store::reading::Reading;
use crate::store::threads;
use rusqlite::Connection;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

type Task = Box<dyn FnOnce(&Connection) + Send>;

pub(super) struct Readers {
    context: Arc<Context>,
    tasks: Mutex<Option<Sender<Task>>>,
    /// Each gives its connection back.
    threads: Mutex<Vec<JoinHandle<Connection>>>,
}

impl Readers {
    pub(super) fn start(
        path: &Path,
        options: &StoreOptions,
        context: &Arc<Context>,
    ) -> Result<Self, OpenError> {
        let (tasks, waiting) = channel::<Task>();
        let waiting = Arc::new(Mutex::new(waiting));
        let mut threads = Vec::new();
        for _ in 0..options.readers.clamp(1, 16) {
            let connection = connect(path, options)?;
            connection.execute_batch("PRAGMA cache_size = -16384; PRAGMA query_only = ON;")?;
            let waiting = Arc::clone(&waiting);
            threads.push(threads::spawn("store-reader", move || {
                work(&connection, &waiting);
                connection
            })?);
        }
        Ok(Self {
            context: Arc::clone(context),
            tasks: Mutex::new(Some(tasks)),
            threads: Mutex::new(threads),
        })
    }

    /// Runs a read within one snapshot.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Reading<'_, SqlRows<'_>>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let context = Arc::clone(&self.context);
        let snapshot = move |connection: &Connection| {
            connection.prepare_cached("BEGIN DEFERRED")?.execute([])?;
            let mut cache = Cache::default();
            let mut rows = SqlRows::new(connection, &mut cache);
            let found = read(&mut Reading {
                rows: &mut rows,
                opener: context.opener(),
            });
            connection.prepare_cached("COMMIT")?.execute([])?;
            found
        };
        let (reply, answer) = oneshot::channel();
        let task: Task = Box::new(move |connection| {
            // Whoever asked may have gone.
            let _asked = reply.send(snapshot(connection));
        });
        {
            let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
            let sent = tasks.as_ref().is_some_and(|tasks| tasks.send(task).is_ok());
            if !sent {
                return Err(StoreError::Closed);
            }
        }
        match answer.await {
            Ok(found) => found.map_err(|error| StoreError::Failed(error.to_string())),
            Err(_) => Err(StoreError::Failed("a read was cut short".to_owned())),
        }
    }

    /// Ends the threads once they have done what was asked. The connections are closed one after the
    /// other: of two that close at once, neither is the last, which SQLite lets clear away the log.
    pub(super) fn close(&self) {
        drop(
            self.tasks
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        threads.into_iter().for_each(|thread| drop(thread.join()));
    }
}

fn work(connection: &Connection, waiting: &Mutex<Receiver<Task>>) {
    loop {
        let task = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(task) = task else { return };
        task(connection);
        if !connection.is_autocommit() {
            // A read that failed half way must not pin its snapshot.
            let _rolled_back = connection.execute_batch("ROLLBACK");
        }
    }
}
