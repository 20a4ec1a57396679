//! The writers: each takes batches from its queue, locks, decides, writes, commits, answers.
//!
//! A room's commands always go to the same writer of a relay, so that only relays wait for each
//! other. Nobody is answered before COMMIT. What another relay got in the way of begins anew; a
//! connection that is lost before COMMIT has stored nothing, and the batch begins anew on the next
//! one; one that is lost while it commits leaves an unknown outcome, and is answered so.

use super::address::PostgresAddress;
use super::cache::Cache;
use super::connection::{Connection, RUNNING};
use super::error::{Fault, PostgresError};
use super::rows::PgRows;
use super::{apply, flush, locks};
use crate::store::command::Command;
use crate::store::context::Context;
use crate::store::faults::Step;
use crate::store::options::StoreOptions;
use crate::store::outcome::{Appended, Outcome, StoreError};
use crate::store::queue::{Job, Queue};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When to try again after `Full`: space does not come back by itself.
const RETRY_FULL_MS: u64 = 5_000;
/// How often one command begins anew because of others.
const RACES: u32 = 10;
/// How long a batch waits for a server that is away.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two attempts to reach it.
const PAUSE: Duration = Duration::from_millis(100);

/// What a batch answers, and what it appended.
type Written = (Vec<Outcome>, Vec<Appended>);

/// Why a batch did not come about.
enum Failure {
    /// Rolled back or never begun: nothing was stored.
    Nothing(Fault),
    /// There is no way to the server; nothing was stored.
    Away(PostgresError),
    /// COMMIT was said and not answered.
    Unknown(String),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Nothing(fault)
    }
}

/// What the writers of one store share.
pub(super) struct Shared {
    pub(super) address: PostgresAddress,
    pub(super) options: StoreOptions,
    pub(super) context: Arc<Context>,
    /// The server has said that its disk is full.
    pub(super) full: AtomicBool,
    pub(super) full_refused: AtomicU64,
}

pub(super) struct Writer {
    connection: Option<Connection>,
    shared: Arc<Shared>,
}

/// Connects a writer: with its statements, and as one of the relays that run on the store.
pub(super) fn connect(
    address: &PostgresAddress,
    options: &StoreOptions,
) -> Result<Connection, PostgresError> {
    let connection = Connection::open(address, options.durability)?;
    let failed = |fault: Fault| PostgresError::Failed(fault.to_string());
    connection
        .batch(&format!("SELECT pg_advisory_lock_shared({RUNNING})"))
        .map_err(failed)?;
    connection.prepare(&locks::PREPARED).map_err(failed)?;
    connection.prepare(&flush::PREPARED).map_err(failed)?;
    connection.prepare(&apply::PREPARED).map_err(failed)?;
    Ok(connection)
}

impl Writer {
    pub(super) fn new(connection: Connection, shared: Arc<Shared>) -> Self {
        Self {
            connection: Some(connection),
            shared,
        }
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self, queue: &Queue) {
        let _closing = Closing(queue);
        while let Some(batch) = queue.take() {
            // Retention locks what it finds, which is in no order with what a batch names.
            let (alone, together): (Vec<Job>, Vec<Job>) = batch
                .into_iter()
                .partition(|job| matches!(job.command, Command::Housekeep(_)));
            if !together.is_empty() {
                self.batch(together);
            }
            alone.into_iter().for_each(|job| self.batch(vec![job]));
        }
    }

    fn batch(&mut self, batch: Vec<Job>) {
        let (began, mut races) = (Instant::now(), 0);
        loop {
            let fault = match self.attempt(&batch) {
                Ok((outcomes, appended)) => {
                    self.shared.context.publish(appended);
                    if batch.iter().any(|job| job.command.grows()) {
                        self.shared.full.store(false, Ordering::Relaxed);
                    }
                    for (job, outcome) in batch.into_iter().zip(outcomes) {
                        answer(job, Ok(outcome));
                    }
                    return;
                }
                Err(Failure::Unknown(reason)) => {
                    tracing::error!(%reason, commands = batch.len(), "a batch may or may not have become durable");
                    return refuse(batch, &StoreError::Unknown);
                }
                Err(Failure::Away(error)) => {
                    if began.elapsed() < PATIENCE {
                        std::thread::sleep(PAUSE);
                        continue;
                    }
                    tracing::error!(%error, commands = batch.len(), "there is no way to the database");
                    return refuse(batch, &StoreError::Failed(error.to_string()));
                }
                Err(Failure::Nothing(fault)) => fault,
            };
            let reason = fault.to_string();
            if fault.is_lost() {
                tracing::warn!(%reason, commands = batch.len(), "the database was lost; a batch begins anew");
                self.connection = None;
                if began.elapsed() < PATIENCE {
                    continue;
                }
                return refuse(batch, &StoreError::Failed(reason));
            }
            if batch.len() > 1 {
                tracing::debug!(%reason, commands = batch.len(), "a batch failed; its commands run one by one");
                self.shared.context.counters.retried();
                batch.into_iter().for_each(|job| self.batch(vec![job]));
                return;
            }
            if fault.is_race() && races < RACES {
                races += 1;
                continue;
            }
            if fault.is_full() {
                self.shared.full.store(true, Ordering::Relaxed);
                self.shared.full_refused.fetch_add(1, Ordering::Relaxed);
                tracing::error!(%reason, "the database's disk is full; free space on it, no restart is needed");
                let retry_after_ms = RETRY_FULL_MS;
                return refuse(batch, &StoreError::Full { retry_after_ms });
            }
            tracing::error!(%reason, "a command failed");
            return refuse(batch, &StoreError::Failed(reason));
        }
    }

    fn attempt(&mut self, batch: &[Job]) -> Result<Written, Failure> {
        if self.connection.as_ref().is_none_or(Connection::is_closed) {
            self.connection = None;
            let connection =
                connect(&self.shared.address, &self.shared.options).map_err(Failure::Away)?;
            super::open::check_same(&connection, &self.shared).map_err(Failure::Away)?;
            self.connection = Some(connection);
        }
        let Some(connection) = &self.connection else {
            return Err(Failure::Nothing(Fault::Damaged("no connection")));
        };
        let written = write(connection, &self.shared, batch);
        match &written {
            Ok(_) => {}
            Err(Failure::Nothing(fault)) if !fault.is_lost() => {
                if connection.batch("ROLLBACK").is_err() {
                    self.connection = None;
                }
            }
            Err(_) => self.connection = None,
        }
        written
    }
}

fn write(connection: &Connection, shared: &Shared, batch: &[Job]) -> Result<Written, Failure> {
    let mut cache = Cache::default();
    let (context, faults) = (&shared.context, &shared.options.faults);
    let strike = |step| match faults.strikes(step) {
        true => Err(Fault::Struck),
        false => Ok(()),
    };
    locks::begin(connection, batch, &context.keys, &mut cache)?;
    let (mut outcomes, mut appended, mut rows) = (Vec::with_capacity(batch.len()), Vec::new(), 0);
    let mut tables = PgRows {
        connection,
        cache: &mut cache,
        locking: true,
    };
    for job in batch {
        let decision = context.judge(&mut tables, &job.command, job.key)?;
        for effect in &decision.effects {
            strike(Step::Write)?;
            tables.apply(effect)?;
            context.note(effect, &mut appended);
        }
        rows += decision.effects.len();
        outcomes.push(decision.outcome);
    }
    tables.flush()?;
    strike(Step::BeforeCommit)?;
    if let Err(fault) = connection.batch("COMMIT") {
        return Err(match fault.is_rollback() {
            true => Failure::Nothing(fault),
            false => Failure::Unknown(fault.to_string()),
        });
    }
    strike(Step::AfterCommit)
        .map_err(|_| Failure::Unknown("a test struck after COMMIT".to_owned()))?;
    if rows > 0 {
        context.counters.batch(batch.len(), rows);
    }
    Ok((outcomes, appended))
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

fn refuse(batch: Vec<Job>, error: &StoreError) {
    batch
        .into_iter()
        .for_each(|job| answer(job, Err(error.clone())));
}

fn answer(job: Job, outcome: Result<Outcome, StoreError>) {
    // Whoever asked may have gone; what was decided stands.
    let _asked = job.reply.send(outcome);
}
