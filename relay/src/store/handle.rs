//! The handle to a store, whatever its back end.

mod reads;

use super::command::Command;
use super::context::{Context, new_lineage};
use super::keys::StoreKeys;
use super::large::{LargeObjects, sweep::sweep};
use super::model::Tables;
use super::options::{Stats, StoreOptions};
use super::outcome::{AppendedBatch, Outcome, StoreError};
#[cfg(feature = "postgres")]
use super::postgres::{Postgres, PostgresAddress};
use super::reading::Reading;
use super::sqlite::{BackupError, BackupNote, OpenError, Sqlite};
use lacre_wire::ids::Lineage;
use std::convert::Infallible;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;

/// A store. Cheap to clone; the last clone closes it.
#[derive(Clone)]
pub struct Store {
    any: Arc<AnyStore>,
    /// Where large objects are, if not in the tables.
    outside: Option<LargeObjects>,
}

enum AnyStore {
    Model(Box<Model>),
    Sqlite(Box<Sqlite>),
    #[cfg(feature = "postgres")]
    Postgres(Box<Postgres>),
}

struct Model {
    tables: Mutex<Tables>,
    context: Context,
}

impl Model {
    fn submit(&self, command: &Command) -> Outcome {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(decision) = self
            .context
            .judge(&mut *tables, command, self.context.key(command));
        let (mut appended, rows) = (Vec::new(), decision.effects.len());
        for effect in decision.effects {
            self.context.note(&effect, &mut appended);
            tables.apply(effect);
        }
        if rows > 0 {
            self.context.counters.batch(1, rows);
        }
        self.context.publish(appended);
        decision.outcome
    }

    fn read<T>(&self, read: impl FnOnce(&mut Reading<'_, Tables>) -> Result<T, Infallible>) -> T {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(found) = read(&mut Reading {
            rows: &mut tables,
            opener: self.context.opener(),
        });
        found
    }
}

impl Store {
    /// A store in memory. Nothing is durable.
    ///
    /// # Errors
    /// When the system has no randomness for a lineage.
    pub fn model(keys: StoreKeys, options: &StoreOptions) -> Result<Self, OpenError> {
        let context = Context::new(keys, vec![new_lineage(options)?], options);
        Ok(Self::of(AnyStore::Model(Box::new(Model {
            tables: Mutex::default(),
            context,
        }))))
    }

    /// Opens the SQLite store at `path`, or creates it. Blocks while it recovers.
    ///
    /// # Errors
    /// [`OpenError`] says what is there instead, and what to do.
    pub fn open(path: &Path, keys: StoreKeys, options: &StoreOptions) -> Result<Self, OpenError> {
        let sqlite = Sqlite::open(path, keys, options)?;
        Ok(Self::of(AnyStore::Sqlite(Box::new(sqlite))))
    }

    /// Opens the store in the PostgreSQL database at `address`, or creates it there. `mark` names the
    /// keys: a database made with others is refused. Blocks.
    ///
    /// # Errors
    /// [`OpenError::Postgres`] says what is wrong with the database, and what to do.
    #[cfg(feature = "postgres")]
    pub fn postgres(
        address: &PostgresAddress,
        keys: StoreKeys,
        mark: Option<&str>,
        options: &StoreOptions,
    ) -> Result<Self, OpenError> {
        let postgres = Postgres::open(address, keys, mark, options)?;
        Ok(Self::of(AnyStore::Postgres(Box::new(postgres))))
    }

    fn of(any: AnyStore) -> Self {
        Self {
            any: Arc::new(any),
            outside: None,
        }
    }

    /// The store with its large objects kept outside its tables, from now on.
    #[must_use]
    pub fn with_large(mut self, outside: Option<LargeObjects>) -> Self {
        self.outside = outside;
        self
    }

    /// Where large objects are, if not in the tables.
    pub(crate) fn outside(&self) -> Option<&LargeObjects> {
        self.outside.as_ref()
    }

    /// Removes copies of large objects that are older than `young` and that nothing names any more.
    /// Returns how many.
    ///
    /// # Errors
    /// When the place where they are does not answer.
    pub async fn sweep_large(&self, young: Duration) -> Result<usize, StoreError> {
        match &self.outside {
            Some(outside) => Ok(sweep(outside, self, young).await?),
            None => Ok(0),
        }
    }

    /// Makes a command durable. Its outcome comes after the fsync. Dropping the future does not
    /// take the command back.
    ///
    /// # Errors
    /// [`StoreError`]; only after `Unknown` the command may have become durable.
    pub fn submit(
        &self,
        mut command: Command,
    ) -> impl Future<Output = Result<Outcome, StoreError>> + Send + 'static {
        let outside = self.outside.as_ref();
        let outside = outside.filter(|outside| outside.concerns(&mut command) && !self.is_full());
        let now = match outside {
            None => Ok(self.write(command)),
            Some(outside) => {
                let (outside, store) = (outside.clone(), self.clone());
                // On its own, so that it is done whether or not somebody waits for it.
                Err(tokio::spawn(async move {
                    let command = outside.put_away(command).await?;
                    store.write(command).await
                }))
            }
        };
        async move {
            match now {
                Ok(written) => written.await,
                Err(spawned) => spawned.await.unwrap_or(Err(StoreError::Unknown)),
            }
        }
    }

    /// Makes a command durable in the tables.
    fn write(
        &self,
        command: Command,
    ) -> impl Future<Output = Result<Outcome, StoreError>> + Send + 'static {
        let answer = match &*self.any {
            AnyStore::Model(model) => Ok(model.submit(&command)),
            AnyStore::Sqlite(sqlite) => Err(sqlite.submit(command)),
            #[cfg(feature = "postgres")]
            AnyStore::Postgres(postgres) => Err(postgres.submit(command)),
        };
        async move {
            match answer {
                Ok(outcome) => Ok(outcome),
                // A writer that ends without a word may have committed.
                Err(queued) => queued?.await.unwrap_or(Err(StoreError::Unknown)),
            }
        }
    }

    /// Every entry from here on as it becomes durable, in the order of each log. A watcher that is
    /// too slow is told that it lagged; it reads heads and goes on.
    pub fn watch(&self) -> broadcast::Receiver<AppendedBatch> {
        self.context().watch()
    }

    /// The lineage of the store: what cursors belong to.
    pub fn lineage(&self) -> Lineage {
        self.context().opener().lineage()
    }

    /// What the store has done since it was opened.
    pub fn stats(&self) -> Stats {
        let counted = self.context().counters.read();
        match &*self.any {
            AnyStore::Model(_) => counted,
            AnyStore::Sqlite(sqlite) => sqlite.stats(counted),
            #[cfg(feature = "postgres")]
            AnyStore::Postgres(postgres) => postgres.stats(counted),
        }
    }

    /// Writes a consistent copy to `path`, which must not exist, with `note` in it. The store goes
    /// on meanwhile. Returns the copy's bytes.
    ///
    /// # Errors
    /// When the copy cannot be written; the model has nothing to copy.
    pub fn backup(
        &self,
        path: &Path,
        note: BackupNote,
    ) -> impl Future<Output = Result<u64, BackupError>> + Send + 'static {
        let (store, path) = (Arc::clone(&self.any), path.to_path_buf());
        let outside = self.outside.clone();
        async move {
            match &*store {
                AnyStore::Model(_) => Err(BackupError::Memory),
                AnyStore::Sqlite(sqlite) => sqlite.backup(path, note, outside).await,
                #[cfg(feature = "postgres")]
                AnyStore::Postgres(postgres) => postgres.backup(path, note, outside).await,
            }
        }
    }

    /// Lets the writer finish what was submitted and closes the store. Blocks for as long.
    pub fn close(&self) {
        match &*self.any {
            AnyStore::Model(_) => {}
            AnyStore::Sqlite(sqlite) => sqlite.close(),
            #[cfg(feature = "postgres")]
            AnyStore::Postgres(postgres) => postgres.close(),
        }
    }

    /// Whether what adds data is refused; whoever brings large objects then gets no further.
    fn is_full(&self) -> bool {
        match &*self.any {
            AnyStore::Sqlite(sqlite) => sqlite.is_full(),
            _ => false,
        }
    }

    fn context(&self) -> &Context {
        match &*self.any {
            AnyStore::Model(model) => &model.context,
            AnyStore::Sqlite(sqlite) => sqlite.context(),
            #[cfg(feature = "postgres")]
            AnyStore::Postgres(postgres) => postgres.context(),
        }
    }
}
