//! The writer: takes batches from the queue, decides, writes, commits, answers.
//!
//! Nobody is answered before COMMIT. A batch that fails is rolled back and run one by one, so that
//! one bad command hurts no other; when COMMIT itself fails, nobody knows what the disk holds, and
//! the answer is `Unknown`.
//!
//! While the disk is short, what would grow the store is decided like everything else and then not
//! written: a repetition of what was accepted is answered as before, and only what is new is refused.

use super::cache::Cache;
use super::checkpoint::{Checkpointer, HELP};
use super::open::{OpenError, connect};
use super::rows::SqlRows;
use crate::store::context::Context;
use crate::store::faults::Step;
use crate::store::options::StoreOptions;
use crate::store::outcome::{Appended, Outcome, StoreError};
use crate::store::queue::{Job, Queue};
use crate::store::space::Space;
use rusqlite::{Connection, ErrorCode};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// When to try again after `Full`: space does not come back by itself.
const RETRY_FULL_MS: u64 = 5_000;

/// What a batch answers, and what it appended.
type Written = (Vec<Result<Outcome, StoreError>>, Vec<Appended>);

/// Why a batch did not come about.
enum Failure {
    /// Rolled back because the disk is full: nothing was stored.
    Full(String),
    /// Rolled back: nothing was stored.
    Nothing(String),
    /// COMMIT failed: something may have been stored.
    Unknown(String),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(error.to_string()),
            _ => Self::Nothing(error.to_string()),
        }
    }
}

pub(super) struct Writer {
    connection: Connection,
    cache: Cache,
    path: PathBuf,
    options: StoreOptions,
    context: Arc<Context>,
    checkpointer: Arc<Checkpointer>,
    space: Arc<Space>,
    /// Pages in the write-ahead log after the last commit.
    wal_pages: Arc<AtomicUsize>,
    /// The connection after a failed COMMIT is not to be trusted.
    broken: bool,
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        path: PathBuf,
        options: StoreOptions,
        context: Arc<Context>,
        checkpointer: Arc<Checkpointer>,
        space: Arc<Space>,
    ) -> Result<Self, OpenError> {
        let wal_pages = Arc::new(AtomicUsize::new(0));
        let mut this = Self {
            connection,
            cache: Cache::default(),
            path,
            options,
            context,
            checkpointer,
            space,
            wal_pages,
            broken: false,
        };
        this.listen()?;
        Ok(this)
    }

    fn listen(&mut self) -> Result<(), OpenError> {
        let pages = Arc::clone(&self.wal_pages);
        let hook = move |_: &mut rusqlite::hooks::Wal, count: std::ffi::c_int| {
            pages.store(usize::try_from(count).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        };
        Ok(self.connection.wal_hook(Some(hook))?)
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self, queue: &Queue) {
        let _closing = Closing(queue);
        while let Some(batch) = queue.take() {
            self.batch(batch);
            self.cache.shrink();
            let pages = self.wal_pages.load(Ordering::Relaxed);
            self.checkpointer.grown(pages);
            if pages >= HELP || self.space.is_full() {
                self.checkpointer.help(&self.connection);
            }
        }
    }

    fn batch(&mut self, batch: Vec<Job>) {
        match self.attempt(&batch) {
            Ok((outcomes, appended)) => {
                self.context.publish(appended);
                for (job, outcome) in batch.into_iter().zip(outcomes) {
                    answer(job, outcome);
                }
            }
            Err(Failure::Full(_)) if batch.len() == 1 => {
                self.space.struck();
                self.space.refuse();
                batch.into_iter().for_each(|job| answer(job, Err(full())));
            }
            Err(Failure::Full(reason)) => {
                // One by one, what frees space may still get through.
                self.space.struck();
                tracing::warn!(%reason, commands = batch.len(), "a batch did not fit on the disk");
                self.context.counters.retried();
                batch.into_iter().for_each(|job| self.batch(vec![job]));
            }
            Err(Failure::Nothing(reason)) if batch.len() == 1 => {
                tracing::error!(%reason, "a command failed");
                batch
                    .into_iter()
                    .for_each(|job| answer(job, Err(StoreError::Failed(reason.clone()))));
            }
            Err(Failure::Nothing(reason)) => {
                tracing::warn!(%reason, commands = batch.len(), "a batch failed; its commands run one by one");
                self.context.counters.retried();
                batch.into_iter().for_each(|job| self.batch(vec![job]));
            }
            Err(Failure::Unknown(reason)) => {
                tracing::error!(%reason, commands = batch.len(), "a batch may or may not have become durable");
                batch
                    .into_iter()
                    .for_each(|job| answer(job, Err(StoreError::Unknown)));
            }
        }
    }

    fn attempt(&mut self, batch: &[Job]) -> Result<Written, Failure> {
        self.mend()?;
        let written = self.write(batch);
        if written.is_err() {
            self.cache = Cache::default();
            if !self.connection.is_autocommit()
                && self.connection.execute_batch("ROLLBACK").is_err()
            {
                self.broken = true;
            }
        }
        written
    }

    /// Opens a new connection after one broke.
    fn mend(&mut self) -> Result<(), Failure> {
        if self.broken {
            let reopened =
                connect(&self.path, &self.options).map_err(|e| Failure::Nothing(e.to_string()))?;
            self.connection = reopened;
            self.listen().map_err(|e| Failure::Nothing(e.to_string()))?;
            self.broken = false;
        }
        Ok(())
    }

    fn write(&mut self, batch: &[Job]) -> Result<Written, Failure> {
        let (mut outcomes, mut appended, mut rows) =
            (Vec::with_capacity(batch.len()), Vec::new(), 0);
        self.connection
            .prepare_cached("BEGIN IMMEDIATE")?
            .execute([])?;
        let is_full = self.space.look(|| reusable(&self.connection));
        let mut tables = SqlRows::new(&self.connection, &mut self.cache);
        for job in batch {
            let decision = self.context.judge(&mut tables, &job.command, job.key)?;
            if is_full && job.command.grows() && !decision.effects.is_empty() {
                self.space.refuse();
                outcomes.push(Err(full()));
                continue;
            }
            for effect in &decision.effects {
                strike(&self.options, Step::Write)?;
                tables.apply(effect)?;
                self.context.note(effect, &mut appended);
            }
            rows += decision.effects.len();
            outcomes.push(Ok(decision.outcome));
        }
        tables.flush()?;
        strike(&self.options, Step::BeforeCommit)?;
        let committed = self
            .connection
            .prepare_cached("COMMIT")
            .and_then(|mut commit| commit.execute([]));
        if let Err(error) = committed {
            // Still inside the transaction, as with a full disk: nothing was stored.
            let open = !self.connection.is_autocommit();
            self.broken = !open;
            return Err(if open {
                error.into()
            } else {
                Failure::Unknown(error.to_string())
            });
        }
        strike(&self.options, Step::AfterCommit).map_err(|_| {
            self.broken = true;
            Failure::Unknown("a test struck after COMMIT".to_owned())
        })?;
        if rows > 0 {
            self.context.counters.batch(batch.len(), rows);
        }
        Ok((outcomes, appended))
    }
}

fn full() -> StoreError {
    StoreError::Full {
        retry_after_ms: RETRY_FULL_MS,
    }
}

/// Bytes of pages that deletions left in the database; none when it does not say.
fn reusable(connection: &Connection) -> u64 {
    const PAGE: u64 = 4096;
    let pages: rusqlite::Result<i64> = connection
        .prepare_cached("PRAGMA freelist_count")
        .and_then(|mut count| count.query_row([], |row| row.get(0)));
    u64::try_from(pages.unwrap_or(0))
        .unwrap_or(0)
        .saturating_mul(PAGE)
}

fn strike(options: &StoreOptions, step: Step) -> Result<(), Failure> {
    if options.faults.strikes(step) {
        Err(Failure::Nothing("a test struck".to_owned()))
    } else {
        Ok(())
    }
}

/// Closes the queue when the writer ends, however it ends: nobody waits for a thread that is gone.
struct Closing<'a>(&'a Queue);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
        // Unanswered jobs are answered `Unknown` by being dropped.
        while self.0.take().is_some() {}
    }
}

fn answer(job: Job, outcome: Result<Outcome, StoreError>) {
    // Whoever asked may have gone; what was decided stands.
    let _asked = job.reply.send(outcome);
}
