//! Threads of the system, and tasks and timers of tokio.

use crate::engine::{Error, ErrorKind, Result};
use crate::queue::lock;
use lacre_wire::ids::Millis;
use std::io;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

/// Threads for the network of all clients of the process together. A client's share of the work is
/// small: its ciphers for messages run on its engine thread.
const NETWORK_THREADS: usize = 2;

/// The wall clock.
pub(crate) fn now() -> Millis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// Measures a time that has passed.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Waits. To be awaited inside a task of a [`Pool`] or on an engine thread.
pub(crate) async fn sleep(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Tasks of this process's clients. Lives as long as a client does.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Runtime>);

/// The pool of the clients that are open now.
static POOL: Mutex<Weak<Runtime>> = Mutex::new(Weak::new());

impl Pool {
    /// The process's pool, started if no client is open.
    pub(crate) fn get() -> Result<Self> {
        let mut pool = lock(&POOL);
        if let Some(running) = pool.upgrade() {
            return Ok(Self(running));
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(NETWORK_THREADS)
            .thread_name("lacre-net")
            .enable_all()
            .build()
            .map(Arc::new)
            .map_err(no_threads)?;
        *pool = Arc::downgrade(&runtime);
        Ok(Self(runtime))
    }

    /// A reference that does not keep the pool alive, so that it may be dropped anywhere.
    pub(crate) fn handle(&self) -> Tasks {
        Tasks(self.0.handle().clone())
    }
}

/// Starts tasks in a [`Pool`].
#[derive(Clone)]
pub(crate) struct Tasks(Handle);

impl Tasks {
    /// Starts a task.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        self.0.spawn(task)
    }

    /// Runs a short blocking piece of work; `None` if the pool ended first.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        self.0.spawn_blocking(work).await.ok()
    }
}

/// The engine's thread.
pub(crate) type EngineThread = std::thread::JoinHandle<()>;

/// Starts a thread that drives the future which `body` makes there; it need not be `Send`. The
/// thread keeps the pool alive, and drops it and then the future's output at its very end.
pub(crate) fn spawn_engine<F: Future>(
    pool: Pool,
    body: impl FnOnce(Tasks) -> F + Send + 'static,
) -> Result<EngineThread> {
    let clock = Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(no_threads)?;
    std::thread::Builder::new()
        .name("lacre-engine".to_owned())
        .spawn(move || {
            let last = clock.block_on(body(pool.handle()));
            drop(clock);
            drop(pool);
            drop(last);
        })
        .map_err(no_threads)
}

fn no_threads(error: io::Error) -> Error {
    Error::new(
        ErrorKind::Internal,
        "NoThreads",
        "the system gives no more threads",
    )
    .with_source(error)
}
