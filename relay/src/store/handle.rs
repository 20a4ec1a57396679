//! The handle to a store, whatever its back end.

use super::command::Command;
use super::command::Member;
use super::context::{Context, new_lineage};
use super::keys::StoreKeys;
use super::model::Tables;
use super::options::{Stats, StoreOptions};
use super::outcome::{AppendedBatch, Outcome, StoreError};
#[cfg(feature = "postgres")]
use super::postgres::{PgRows, Postgres, PostgresAddress};
use super::read::{
    Head, Page, PageLimit, Read, ReadAccounts, ReadIdle, ReadLogs, ReadObjects, ReadRooms,
};
use super::reading::Reading;
use super::record::{
    AccountRecord, DeviceRecord, IdleDevice, Interval, ListedRoom, MemberRecord, RoomRecord,
    Snapshot,
};
use super::sqlite::{BackupError, BackupNote, OpenError, SqlRows, Sqlite};
use bytes::Bytes;
use lacre_wire::answer::OpenedLog;
use lacre_wire::hello::{KeyPackageCount, LogHead};
use lacre_wire::ids::{
    AccountId, DeviceId, Epoch, Generation, Hash, Lineage, LogId, Millis, RoomId, Seq,
};
use lacre_wire::log::Entry;
use lacre_wire::request::OpenLog;
use std::convert::Infallible;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// A store. Cheap to clone; the last clone closes it.
#[derive(Clone)]
pub struct Store(Arc<AnyStore>);

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

/// One read for every back end: the same closure body is compiled for each.
macro_rules! read {
    ($self:ident, |$reading:ident| $read:expr) => {{
        let store = Arc::clone(&$self.0);
        async move {
            match &*store {
                AnyStore::Model(model) => Ok(model.read(|$reading| $read)),
                AnyStore::Sqlite(sqlite) => {
                    sqlite
                        .read(move |$reading: &mut Reading<'_, SqlRows<'_>>| $read)
                        .await
                }
                #[cfg(feature = "postgres")]
                AnyStore::Postgres(postgres) => {
                    postgres
                        .read(move |$reading: &mut Reading<'_, PgRows<'_>>| $read)
                        .await
                }
            }
        }
    }};
}

impl Store {
    /// A store in memory. Nothing is durable.
    ///
    /// # Errors
    /// When the system has no randomness for a lineage.
    pub fn model(keys: StoreKeys, options: &StoreOptions) -> Result<Self, OpenError> {
        let context = Context::new(keys, vec![new_lineage(options)?], options);
        Ok(Self(Arc::new(AnyStore::Model(Box::new(Model {
            tables: Mutex::default(),
            context,
        })))))
    }

    /// Opens the SQLite store at `path`, or creates it. Blocks while it recovers.
    ///
    /// # Errors
    /// [`OpenError`] says what is there instead, and what to do.
    pub fn open(path: &Path, keys: StoreKeys, options: &StoreOptions) -> Result<Self, OpenError> {
        Ok(Self(Arc::new(AnyStore::Sqlite(Box::new(Sqlite::open(
            path, keys, options,
        )?)))))
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
        Ok(Self(Arc::new(AnyStore::Postgres(Box::new(postgres)))))
    }

    /// Makes a command durable. Its outcome comes after the fsync. Dropping the future does not
    /// take the command back.
    ///
    /// # Errors
    /// [`StoreError`]; only after `Unknown` the command may have become durable.
    pub fn submit(
        &self,
        command: Command,
    ) -> impl Future<Output = Result<Outcome, StoreError>> + Send + 'static {
        let answer = match &*self.0 {
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
        match &*self.0 {
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
        let (store, path) = (Arc::clone(&self.0), path.to_path_buf());
        async move {
            match &*store {
                AnyStore::Model(_) => Err(BackupError::Memory),
                AnyStore::Sqlite(sqlite) => sqlite.backup(path, note).await,
                #[cfg(feature = "postgres")]
                AnyStore::Postgres(postgres) => postgres.backup(path, note).await,
            }
        }
    }

    /// Lets the writer finish what was submitted and closes the store. Blocks for as long.
    pub fn close(&self) {
        match &*self.0 {
            AnyStore::Model(_) => {}
            AnyStore::Sqlite(sqlite) => sqlite.close(),
            #[cfg(feature = "postgres")]
            AnyStore::Postgres(postgres) => postgres.close(),
        }
    }

    fn context(&self) -> &Context {
        match &*self.0 {
            AnyStore::Model(model) => &model.context,
            AnyStore::Sqlite(sqlite) => sqlite.context(),
            #[cfg(feature = "postgres")]
            AnyStore::Postgres(postgres) => postgres.context(),
        }
    }
}

impl ReadLogs for Store {
    fn head(&self, log: LogId) -> impl Future<Output = Read<Option<Head>>> + Send {
        read!(self, |reading| reading.head(log))
    }

    fn heads(&self, logs: Vec<LogId>) -> impl Future<Output = Read<Vec<Option<Head>>>> + Send {
        read!(self, |reading| logs
            .into_iter()
            .map(|log| reading.head(log))
            .collect())
    }

    fn entries(
        &self,
        log: LogId,
        after: Seq,
        until: Option<Seq>,
        limit: PageLimit,
    ) -> impl Future<Output = Read<Page>> + Send {
        read!(self, |reading| reading.entries(log, after, until, limit))
    }

    fn chain_at(&self, log: LogId, seq: Seq) -> impl Future<Output = Read<Option<Hash>>> + Send {
        read!(self, |reading| reading.chain_at(log, seq))
    }

    fn open(
        &self,
        device: DeviceId,
        logs: Vec<OpenLog>,
    ) -> impl Future<Output = Read<Vec<OpenedLog>>> + Send {
        read!(self, |reading| reading.open(&device, logs))
    }

    fn interval(
        &self,
        device: DeviceId,
        log: LogId,
    ) -> impl Future<Output = Read<Option<Interval>>> + Send {
        read!(self, |reading| reading.interval(&device, log))
    }

    fn logs_of(&self, device: DeviceId) -> impl Future<Output = Read<Vec<LogHead>>> + Send {
        read!(self, |reading| reading.logs_of(&device))
    }

    fn handshakes(
        &self,
        room: RoomId,
        generation: Generation,
        epoch: Epoch,
        max_bytes: usize,
    ) -> impl Future<Output = Read<Vec<Entry>>> + Send {
        read!(self, |reading| reading.handshakes(
            room,
            (generation, epoch),
            max_bytes
        ))
    }
}

impl ReadAccounts for Store {
    fn account(
        &self,
        account: AccountId,
    ) -> impl Future<Output = Read<Option<AccountRecord>>> + Send {
        read!(self, |reading| reading.account(&account))
    }

    fn account_by_handle(
        &self,
        handle: String,
    ) -> impl Future<Output = Read<Option<AccountRecord>>> + Send {
        read!(self, |reading| reading.account_by_handle(&handle))
    }

    fn device(&self, device: DeviceId) -> impl Future<Output = Read<Option<DeviceRecord>>> + Send {
        read!(self, |reading| reading.device(&device))
    }

    fn devices_of(
        &self,
        account: AccountId,
    ) -> impl Future<Output = Read<Vec<DeviceRecord>>> + Send {
        read!(self, |reading| reading.devices_of(&account))
    }

    fn key_package_counts(
        &self,
        device: DeviceId,
    ) -> impl Future<Output = Read<Vec<KeyPackageCount>>> + Send {
        read!(self, |reading| reading.key_package_counts(&device))
    }
}

impl ReadRooms for Store {
    fn room(&self, room: RoomId) -> impl Future<Output = Read<Option<RoomRecord>>> + Send {
        read!(self, |reading| reading.room(&room))
    }

    fn members(&self, room: RoomId) -> impl Future<Output = Read<Vec<MemberRecord>>> + Send {
        read!(self, |reading| reading.members(&room))
    }

    fn direct_room(
        &self,
        one: AccountId,
        other: AccountId,
    ) -> impl Future<Output = Read<Option<RoomId>>> + Send {
        read!(self, |reading| reading.direct_room(one, other))
    }

    fn listed_room(&self, name: String) -> impl Future<Output = Read<Option<ListedRoom>>> + Send {
        read!(self, |reading| reading.listed_room(&name))
    }

    fn listed_rooms(
        &self,
        after: Option<String>,
        limit: usize,
    ) -> impl Future<Output = Read<Vec<ListedRoom>>> + Send {
        read!(self, |reading| reading
            .listed_rooms(after.as_deref(), limit))
    }

    fn snapshot(&self, room: RoomId) -> impl Future<Output = Read<Option<Snapshot>>> + Send {
        read!(self, |reading| reading.snapshot(&room))
    }
}

impl ReadIdle for Store {
    fn inactive(
        &self,
        after: (Millis, DeviceId),
        before: Millis,
        limit: usize,
    ) -> impl Future<Output = Read<Vec<IdleDevice>>> + Send {
        read!(self, |reading| reading.inactive(after, before, limit))
    }

    fn owed(&self, limit: usize) -> impl Future<Output = Read<Vec<(RoomId, Member)>>> + Send {
        read!(self, |reading| reading.owed(limit))
    }
}

impl ReadObjects for Store {
    fn object(&self, hash: Hash) -> impl Future<Output = Read<Option<Bytes>>> + Send {
        read!(self, |reading| reading.object(&hash))
    }
}
