//! No threads and no clock for browsers yet: the pool says so, and what cannot be made has no values.

use crate::engine::{Error, ErrorKind, Result};
use lacre_wire::ids::Millis;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Cannot be made.
pub(crate) enum Pool {}
/// Cannot be made.
#[derive(Clone)]
pub(crate) enum Tasks {}
/// Cannot be made.
pub(crate) enum EngineThread {}

/// Never asked: only clients read the clock, and none starts without a pool.
pub(crate) fn now() -> Millis {
    0
}

/// Never asked, as [`now`].
pub(crate) struct Stopwatch;

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self
    }

    pub(crate) fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// Never over, for want of a clock; only clients wait, and none starts without a pool.
pub(crate) async fn sleep(_: Duration) {
    std::future::pending().await
}

impl Pool {
    pub(crate) fn get() -> Result<Self> {
        Err(Error::new(
            ErrorKind::Invalid,
            "Unsupported",
            "this build cannot run a client in a browser; use a native build",
        ))
    }

    pub(crate) fn handle(&self) -> Tasks {
        match *self {}
    }
}

impl Tasks {
    pub(crate) fn spawn(&self, _: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        match *self {}
    }

    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        _: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        match *self {}
    }
}

impl EngineThread {
    pub(crate) fn join(self) -> std::thread::Result<()> {
        match self {}
    }
}

pub(crate) fn spawn_engine<F: Future>(
    pool: Pool,
    _: impl FnOnce(Tasks) -> F + Send + 'static,
) -> Result<EngineThread> {
    match pool {}
}
