//! What moves the engine: a thread for it, tasks for the network, and what handles share.
//!
//! The engine is synchronous and does no I/O. One thread owns it and works off two mailboxes: calls
//! from handles, and what came from the network; calls go first, so that sending stays quick while
//! a long absence is caught up with. What the engine wants done goes the other way: frames and
//! objects to the session's tasks, events to the subscribers.
//!
//! ```text
//!  handles ──calls──▶ engine thread ──frames, objects──▶ session tasks ──▶ relay
//!     ▲                 │      ▲                              │
//!     └──── events ─────┘      └───────────── net ────────────┘
//! ```

mod backoff;
mod engine_loop;
mod frames;
mod gather;
mod lanes;
mod mail;
mod network;
mod objects;
mod publish;
mod session;
mod shared;
mod start;
#[cfg(test)]
mod tests;

pub(crate) use shared::{RoomCell, Shared};
pub(crate) use start::{Beginning, start};

use crate::engine::{Done, Engine, Error, ErrorKind, LocalId, Result};
use crate::platform::{EngineThread, Tasks};
use crate::queue::lock;
use lacre_wire::ids::Millis;
use mail::Call;
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, oneshot};

/// The way of handles to the engine. Dropping it closes the client in the background.
pub(crate) struct Driver {
    pub(crate) shared: Arc<Shared>,
    calls: mpsc::UnboundedSender<Call>,
    /// `None` once closed, so that an idle handle keeps nothing of the pool.
    tasks: Mutex<Option<Tasks>>,
    thread: Mutex<Option<EngineThread>>,
}

impl Driver {
    /// Runs `work` on the engine's thread.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Engine, Millis) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let work = Call::Work(Box::new(move |engine, now| {
            // The caller may have stopped waiting; what it asked for is done all the same.
            let _ = reply.send(work(engine, now));
        }));
        self.calls.send(work).map_err(|_| closed())?;
        answer.await.map_err(|_| self.shared.absent())?
    }

    /// Runs `work` on the engine's thread, then waits until what it began is done.
    pub(crate) async fn perform(
        &self,
        work: impl FnOnce(&mut Engine, Millis) -> Result<LocalId> + Send + 'static,
    ) -> Result<Done> {
        let done = self
            .perform_all(move |engine, now| Ok(vec![work(engine, now)?]))
            .await?;
        done.into_iter()
            .next()
            .ok_or_else(|| Error::internal("nothing was begun"))
    }

    /// As [`Driver::perform`], for several things at once; their ends come in the same order.
    pub(crate) async fn perform_all(
        &self,
        work: impl FnOnce(&mut Engine, Millis) -> Result<Vec<LocalId>> + Send + 'static,
    ) -> Result<Vec<Done>> {
        let shared = Arc::clone(&self.shared);
        let begun = self.call(move |engine, now| {
            // Registered on the engine's thread, before its events go out: no end can be missed.
            Ok(work(engine, now)?
                .into_iter()
                .map(|id| shared.expect(id))
                .collect::<Vec<_>>())
        });
        let mut done = Vec::new();
        for end in begun.await? {
            done.push(end.await.map_err(|_| self.shared.absent())??);
        }
        Ok(done)
    }

    /// Runs blocking work beside the engine.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let tasks = lock(&self.tasks).clone().ok_or_else(closed)?;
        tasks.blocking(work).await.unwrap_or_else(|| Err(closed()))
    }

    /// Disconnects, and closes the store.
    pub(crate) async fn pause(&self) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        self.calls.send(Call::Pause(reply)).map_err(|_| closed())?;
        answer.await.map_err(|_| closed())
    }

    /// Opens the store again, and connects now.
    pub(crate) async fn resume(&self) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        self.calls.send(Call::Resume(reply)).map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Closes everything and waits for it.
    pub(crate) async fn close(&self) {
        // An error means that the thread has ended already.
        let _ = self.calls.send(Call::Close);
        self.shared.ended().await;
        lock(&self.tasks).take();
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread {
            // It has said that it is done: this waits for its last instructions. A panic in it was
            // reported by its hook, and every call since answers `Closed`.
            let _ = thread.join();
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.calls.send(Call::Close);
    }
}

/// What calls on a closed client get.
pub(crate) fn closed() -> Error {
    Error::new(
        ErrorKind::Offline,
        "Closed",
        "the client is closed; open it again",
    )
}

/// What calls on a resting client get.
pub(crate) fn paused() -> Error {
    Error::new(
        ErrorKind::Offline,
        "Paused",
        "the client is paused; call resume() first",
    )
}
