//! Read connections, each on a thread of its own. A read is one snapshot.

use super::address::PostgresAddress;
use super::cache::Cache;
use super::connection::Connection;
use super::convert::Found;
use super::error::{Fault, PostgresError};
use super::rows::PgRows;
use crate::store::context::Context;
use crate::store::options::{Durability, StoreOptions};
use crate::store::outcome::StoreError;
use crate::store::reading::Reading;
use crate::store::{OpenError, threads};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How long a read waits for a server that is away.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two attempts to reach it.
const PAUSE: Duration = Duration::from_millis(100);

/// What a read needs around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// A transaction: all its statements see the same.
    Snapshot,
    /// Nothing: it is one statement.
    Statement,
}

/// Done with a connection, or with the reason why there is none.
type Work = Box<dyn FnOnce(Result<&Connection, StoreError>) + Send>;

struct Task {
    scope: Scope,
    work: Work,
}

pub(super) struct Readers {
    context: Arc<Context>,
    tasks: Mutex<Option<Sender<Task>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Readers {
    pub(super) fn start(
        address: &PostgresAddress,
        options: &StoreOptions,
        context: &Arc<Context>,
    ) -> Result<Self, OpenError> {
        let (tasks, waiting) = channel::<Task>();
        let waiting = Arc::new(Mutex::new(waiting));
        let mut threads = Vec::new();
        for _ in 0..options.readers.clamp(1, 16) {
            let (address, waiting) = (address.clone(), Arc::clone(&waiting));
            threads.push(threads::spawn("store-reader", move || {
                work(&address, &waiting)
            })?);
        }
        Ok(Self {
            context: Arc::clone(context),
            tasks: Mutex::new(Some(tasks)),
            threads: Mutex::new(threads),
        })
    }

    /// Runs a read.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        scope: Scope,
        read: impl FnOnce(&mut Reading<'_, PgRows<'_>>) -> Found<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let context = Arc::clone(&self.context);
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let found = connection.and_then(|connection| {
                let mut cache = Cache::default();
                let mut rows = PgRows {
                    connection,
                    cache: &mut cache,
                    locking: false,
                };
                let found = read(&mut Reading {
                    rows: &mut rows,
                    opener: context.opener(),
                });
                found.map_err(|fault| StoreError::Failed(fault.to_string()))
            });
            // Whoever asked may have gone.
            let _asked = reply.send(found);
        });
        {
            let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
            let sent = tasks.as_ref();
            let sent = sent.is_some_and(|tasks| tasks.send(Task { scope, work }).is_ok());
            if !sent {
                return Err(StoreError::Closed);
            }
        }
        match answer.await {
            Ok(found) => found,
            Err(_) => Err(StoreError::Failed("a read was cut short".to_owned())),
        }
    }

    /// Ends the threads once they have done what was asked.
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

fn work(address: &PostgresAddress, waiting: &Mutex<Receiver<Task>>) {
    let mut connection = None;
    loop {
        let task = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(task) = task else { return };
        let Task { scope, work } = task;
        match begun(&mut connection, address, scope) {
            Ok(begun) => work(Ok(begun)),
            Err(error) => work(Err(error)),
        }
        let ended = |connection: &Connection| match scope {
            Scope::Snapshot => connection.batch("COMMIT").is_ok(),
            Scope::Statement => !connection.is_closed(),
        };
        if !connection.as_ref().is_some_and(ended) {
            connection = None;
        }
    }
}

/// A connection; with a snapshot, whose first statement also shows whether the server is there.
fn begun<'a>(
    connection: &'a mut Option<Connection>,
    address: &PostgresAddress,
    scope: Scope,
) -> Result<&'a Connection, StoreError> {
    const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    let began = Instant::now();
    loop {
        let tried = match connection.take() {
            Some(held) => Ok(held),
            None => Connection::open(address, Durability::Full),
        }
        .and_then(|held| {
            if scope == Scope::Snapshot {
                held.batch(BEGIN)
                    .map_err(|fault: Fault| PostgresError::Failed(fault.to_string()))?;
            }
            Ok(held)
        });
        match tried {
            Ok(held) => return Ok(connection.insert(held)),
            Err(error) if scope == Scope::Statement || began.elapsed() >= PATIENCE => {
                return Err(StoreError::Failed(error.to_string()));
            }
            // The first time the connection may just be an old one.
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
}
