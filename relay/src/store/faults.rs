//! Where tests break the writer: each step of a batch asks whether to go on.

use super::space::Disk;
use std::fmt;
use std::sync::Arc;

/// A step of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Before a row is written.
    Write,
    /// All rows are written, COMMIT has not been said.
    BeforeCommit,
    /// COMMIT has succeeded, nobody was answered.
    AfterCommit,
}

/// What happens there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Goes on.
    Continue,
    /// The step fails, as if the disk were full.
    Fail,
}

type Judge = dyn Fn(Step) -> Fate + Send + Sync;

/// Says how full a disk is, in place of the system.
#[derive(Clone)]
pub struct Measure(Arc<dyn Fn() -> Disk + Send + Sync>);

impl Measure {
    /// Asks `disk` each time.
    pub fn new(disk: impl Fn() -> Disk + Send + Sync + 'static) -> Self {
        Self(Arc::new(disk))
    }

    pub(crate) fn now(&self) -> Disk {
        (self.0)()
    }
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Measure({:?})", self.now())
    }
}

/// Decides over each step. The default lets everything pass.
#[derive(Clone, Default)]
pub struct Faults(Option<Arc<Judge>>);

impl Faults {
    /// Asks `judge` at every step.
    pub fn new(judge: impl Fn(Step) -> Fate + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(judge)))
    }

    pub(crate) fn strikes(&self, step: Step) -> bool {
        self.0
            .as_ref()
            .is_some_and(|judge| judge(step) == Fate::Fail)
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Faults(armed)"
        } else {
            "Faults(none)"
        })
    }
}
