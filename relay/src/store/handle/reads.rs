//! What is read of a store, by noun.

use super::{AnyStore, Store};
use crate::store::command::Member;
use crate::store::large::{self, LargeError};
#[cfg(feature = "postgres")]
use crate::store::postgres::PgRows;
use crate::store::read::{
    Head, Page, PageLimit, Read, ReadAccounts, ReadIdle, ReadLogs, ReadObjects, ReadRooms, Run,
};
use crate::store::reading::Reading;
use crate::store::record::{
    AccountRecord, DeviceRecord, IdleDevice, Interval, ListedRoom, MemberRecord, RoomRecord,
    Snapshot,
};
use crate::store::sqlite::SqlRows;
use bytes::Bytes;
use lacre_wire::answer::OpenedLog;
use lacre_wire::hello::{KeyPackageCount, LogHead};
use lacre_wire::ids::{AccountId, DeviceId, Epoch, Generation, Hash, LogId, Millis, RoomId, Seq};
use lacre_wire::log::Entry;
use lacre_wire::request::OpenLog;
use std::future::Future;
use std::sync::Arc;

/// One read for every back end: the same closure body is compiled for each. `glance` is for what takes
/// one statement of a database.
macro_rules! read {
    ($self:ident, |$reading:ident| $read:expr) => {
        read!($self, read, |$reading| $read)
    };
    ($self:ident, $how:ident, |$reading:ident| $read:expr) => {{
        let store = Arc::clone(&$self.any);
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
                        .$how(move |$reading: &mut Reading<'_, PgRows<'_>>| $read)
                        .await
                }
            }
        }
    }};
}

impl Store {
    /// What the tables hold under a hash: an object, or a note of where it is.
    pub(crate) fn stored_object(
        &self,
        hash: Hash,
    ) -> impl Future<Output = Read<Option<Bytes>>> + Send {
        read!(self, |reading| reading.object(&hash))
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

    fn runs(
        &self,
        asked: Vec<Run>,
        limit: PageLimit,
    ) -> impl Future<Output = Read<Vec<Page>>> + Send {
        read!(self, glance, |reading| reading.runs(&asked, limit))
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
    async fn object(&self, hash: Hash) -> Read<Option<Bytes>> {
        let mut seen = None;
        loop {
            let Some(stored) = self.stored_object(hash).await? else {
                return Ok(None);
            };
            match large::resolve(self.outside(), hash, stored.clone()).await {
                // Another copy may have taken its place meanwhile.
                Err(LargeError::Missing { .. }) if seen.as_ref() != Some(&stored) => {
                    seen = Some(stored);
                }
                found => return Ok(Some(found?)),
            }
        }
    }
}
