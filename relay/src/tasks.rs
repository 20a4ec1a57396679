//! The tasks of a relay, counted, so that a shutdown can wait for the last one.

use std::future::Future;
use tokio::sync::watch;

/// How far a relay has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Serves.
    Running,
    /// Takes no new sessions and has asked the present ones to go.
    Draining,
    /// Every task ends as soon as it can.
    Stopped,
}

/// Running tasks, and the signal that ends them.
pub(crate) struct Tasks {
    stage: watch::Sender<Stage>,
    running: watch::Sender<usize>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self {
            stage: watch::Sender::new(Stage::Running),
            running: watch::Sender::new(0),
        }
    }
}

struct Running(watch::Sender<usize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running -= 1);
    }
}

impl Tasks {
    /// Runs a task that a shutdown waits for. It must watch [`Tasks::stopped`] or end by itself.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.running.send_modify(|running| *running += 1);
        let running = Running(self.running.clone());
        tokio::spawn(async move {
            let _running = running;
            task.await;
        });
    }

    /// Moves on; never back.
    pub(crate) fn advance(&self, stage: Stage) {
        self.stage.send_if_modified(|now| {
            let later = stage > *now;
            *now = (*now).max(stage);
            later
        });
    }

    /// Where the relay stands.
    pub(crate) fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    /// Completes once the relay has come to `stage`.
    pub(crate) async fn reached(&self, stage: Stage) {
        let mut watching = self.stage.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _reached = watching.wait_for(|now| *now >= stage).await;
    }

    /// Completes once no task runs.
    pub(crate) async fn ended(&self) {
        let mut watching = self.running.subscribe();
        let _ended = watching.wait_for(|running| *running == 0).await;
    }
}
