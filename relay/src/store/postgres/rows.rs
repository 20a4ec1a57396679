//! The look-ups in SQL.
//!
//! Within a batch they lock what they find, read what the batch has decided so far, and go to the
//! tables only for what was not fetched before ([`super::locks`]). For readers they are plain reads
//! of one snapshot.

use super::cache::{Cache, NumberedLog};
use super::connection::{Connection, Values};
use super::convert::{self, Found, hash, id, int, log_id, maybe_uint, size, small, uint};
use super::entry;
use super::error::Fault;
use super::idle;
use super::listing;
use super::sql;
use crate::store::read::{PageLimit, Run};
use crate::store::record::{Interval, ListedRoom};
use crate::store::rows::{
    AccountRow, Blind, DeviceLog, DeviceRow, EntryMeta, EntryRow, LogRow, MemberRow, Package,
    PageBound, Readers, Remembered, RoomRow, Rows, Share,
};
use crate::store::runs::Runs;
use bytes::Bytes;
use lacre_wire::ids::{AccountId, DeviceId, Epoch, Generation, Hash, LogId, Millis, RoomId, Seq};

/// The tables as one transaction sees them.
pub(crate) struct PgRows<'a> {
    pub(super) connection: &'a Connection,
    pub(super) cache: &'a mut Cache,
    /// Whether what is read will be decided upon.
    pub(super) locking: bool,
}

impl PgRows<'_> {
    /// Of two statements the one that locks what it finds, where that matters.
    fn pick(&self, locking: &'static str, plain: &'static str) -> &'static str {
        if self.locking { locking } else { plain }
    }

    fn numbered(&mut self, log: LogId) -> Found<Option<&NumberedLog>> {
        if !self.cache.logs.is_held(&log) {
            let sql = self.pick(sql::LOCK_LOG, sql::LOG);
            let found = self.connection.one(sql, &[&log.to_key().as_slice()])?;
            let row = found
                .map(|row| {
                    Ok::<_, Fault>(NumberedLog {
                        number: row.try_get(0)?,
                        row: convert::log(&row, 1)?,
                        locked: self.locking,
                    })
                })
                .transpose()?;
            self.cache.logs.hold(log, row);
        }
        Ok(self.cache.logs.get(&log).flatten())
    }

    /// A log's number in its table.
    pub(super) fn number(&mut self, log: LogId) -> Found<Option<i64>> {
        Ok(self.numbered(log)?.map(|held| held.number))
    }

    fn number_of(&mut self, room: &RoomId) -> Found<Option<i64>> {
        self.number(LogId::Room(*room))
    }
}

impl Rows for PgRows<'_> {
    type Error = Fault;

    fn remembered(&mut self, key: &Blind) -> Found<Option<Remembered>> {
        if !self.cache.submissions.is_held(key) {
            let found = self.connection.one(sql::SUBMISSION, &[&key.as_slice()])?;
            let row = found.map(|row| convert::remembered(&row, 0)).transpose()?;
            self.cache.submissions.hold(*key, row);
        }
        Ok(self.cache.submissions.get(key).flatten().copied())
    }

    fn account(&mut self, account: &AccountId) -> Found<Option<AccountRow>> {
        if !self.cache.accounts.is_held(account) {
            let found = self
                .connection
                .one(sql::ACCOUNT, &[&account.0.as_slice()])?;
            let row = found.map(|row| convert::account(&row, 0)).transpose()?;
            self.cache.accounts.hold(*account, row);
        }
        Ok(self.cache.accounts.get(account).flatten().cloned())
    }

    fn account_by_handle(&mut self, handle: &str) -> Found<Option<AccountId>> {
        if handle.contains('\0') {
            return Ok(None);
        }
        self.flush()?;
        let found = self.connection.one(sql::HANDLE, &[&handle])?;
        found
            .map(|row| id(&row, 0, AccountId::from_slice))
            .transpose()
    }

    fn device(&mut self, device: &DeviceId) -> Found<Option<DeviceRow>> {
        if !self.cache.devices.is_held(device) {
            let found = self.connection.one(sql::DEVICE, &[&device.0.as_slice()])?;
            let row = found.map(|row| convert::device(&row, 0)).transpose()?;
            self.cache.devices.hold(*device, row);
        }
        Ok(self.cache.devices.get(device).flatten().cloned())
    }

    fn devices_of(&mut self, account: &AccountId) -> Found<Vec<(DeviceId, DeviceRow)>> {
        self.flush()?;
        let rows = self
            .connection
            .query(sql::DEVICES_OF, &[&account.0.as_slice()])?;
        let mut out = Vec::with_capacity(rows.len());
        for row in &rows {
            let found = (id(row, 0, DeviceId::from_slice)?, convert::device(row, 1)?);
            self.cache.devices.hold(found.0, Some(found.1.clone()));
            out.push(found);
        }
        Ok(out)
    }

    fn forlorn(&mut self, before: Millis, limit: usize) -> Found<Vec<DeviceId>> {
        self.flush()?;
        idle::forlorn(self.connection, before, limit, self.locking)
    }

    fn inactive(
        &mut self,
        after: (Millis, DeviceId),
        before: Millis,
        limit: usize,
    ) -> Found<Vec<(DeviceId, DeviceRow)>> {
        self.flush()?;
        idle::inactive(self.connection, after, before, limit)
    }

    fn owed(&mut self, limit: usize) -> Found<Vec<(RoomId, DeviceId, AccountId)>> {
        self.flush()?;
        idle::owed(self.connection, limit)
    }

    fn log(&mut self, log: LogId) -> Found<Option<LogRow>> {
        Ok(self.numbered(log)?.map(|held| held.row.clone()))
    }

    fn due_log(&mut self, now: Millis) -> Found<Option<LogId>> {
        self.flush()?;
        let sql = self.pick(sql::LOCK_DUE, sql::DUE);
        let found = self.connection.one(sql, &[&int(now)])?;
        found.map(|row| log_id(&row, 0)).transpose()
    }

    fn runs(&mut self, asked: &[Run], limit: PageLimit) -> Found<Runs> {
        self.flush()?;
        entry::runs(self.connection, asked, limit)
    }

    fn handshakes(
        &mut self,
        log: LogId,
        after: Seq,
        from: (Generation, Epoch),
        limit: PageBound,
    ) -> Found<Vec<EntryRow>> {
        self.flush()?;
        match self.number(log)? {
            Some(number) => entry::handshakes(self.connection, number, after, from, limit),
            None => Ok(Vec::new()),
        }
    }

    fn metas(&mut self, log: LogId, after: Seq, limit: usize) -> Found<Vec<EntryMeta>> {
        self.flush()?;
        match self.number(log)? {
            Some(number) => entry::metas(self.connection, number, after, limit),
            None => Ok(Vec::new()),
        }
    }

    fn chain(&mut self, log: LogId, seq: Seq) -> Found<Option<Hash>> {
        self.flush()?;
        let Some(number) = self.number(log)? else {
            return Ok(None);
        };
        let found = self.connection.one(sql::CHAIN, &[&number, &int(seq)])?;
        found.map(|row| hash(&row, 0)).transpose()
    }

    fn share(&mut self, device: &DeviceId, origin: &Blind) -> Found<Share> {
        let key = (*device, *origin);
        if !self.cache.shares.is_held(&key) {
            let values: Values<'_> = &[&device.0.as_slice(), &origin.as_slice()];
            let found = self.connection.one(sql::SHARE, values)?;
            let row = found.map(|row| convert::share(&row, 0)).transpose()?;
            self.cache.shares.hold(key, row);
        }
        let held = self.cache.shares.get(&key).flatten();
        Ok(held.copied().unwrap_or_default())
    }

    fn room(&mut self, room: &RoomId) -> Found<Option<RoomRow>> {
        if !self.cache.rooms.is_held(room) {
            let row = match self.number_of(room)? {
                Some(number) => self.connection.one(sql::ROOM, &[&number])?,
                None => None,
            };
            let row = row.map(|row| convert::room(&row, 0)).transpose()?;
            self.cache.rooms.hold(*room, row);
        }
        Ok(self.cache.rooms.get(room).flatten().cloned())
    }

    fn direct(&mut self, pair: &(AccountId, AccountId)) -> Found<Option<RoomId>> {
        self.flush()?;
        let found = self
            .connection
            .one(sql::DIRECT, &[&pair.0.0.as_slice(), &pair.1.0.as_slice()])?;
        found.map(|row| id(&row, 0, RoomId::from_slice)).transpose()
    }

    fn member(&mut self, room: &RoomId, device: &DeviceId) -> Found<Option<MemberRow>> {
        let key = (*room, *device);
        if !self.cache.members.is_held(&key) {
            let sql = self.pick(sql::LOCK_MEMBER, sql::MEMBER);
            let row = match self.number_of(room)? {
                Some(number) => self.connection.one(sql, &[&number, &device.0.as_slice()])?,
                None => None,
            };
            let row = row.map(|row| convert::member(&row, 0)).transpose()?;
            self.cache.members.hold(key, row);
        }
        Ok(self.cache.members.get(&key).flatten().cloned())
    }

    fn members(&mut self, room: &RoomId) -> Found<Vec<(DeviceId, MemberRow)>> {
        self.flush()?;
        let Some(number) = self.number_of(room)? else {
            return Ok(Vec::new());
        };
        let rows = self.connection.query(sql::MEMBERS, &[&number])?;
        rows.iter()
            .map(|row| Ok((id(row, 0, DeviceId::from_slice)?, convert::member(row, 1)?)))
            .collect()
    }

    fn rooms_of(&mut self, device: &DeviceId) -> Found<Vec<RoomId>> {
        self.flush()?;
        let rows = self
            .connection
            .query(sql::ROOMS_OF, &[&device.0.as_slice()])?;
        rows.iter()
            .map(|row| {
                log_id(row, 0)?
                    .room()
                    .ok_or(Fault::Damaged("a membership in an inbox"))
            })
            .collect()
    }

    fn readers(&mut self, room: &RoomId, seen_since: Millis) -> Found<Readers> {
        self.flush()?;
        let Some(number) = self.number_of(room)? else {
            return Ok(Readers::default());
        };
        match self
            .connection
            .one(sql::READERS, &[&number, &int(seen_since)])?
        {
            Some(row) => Ok(Readers {
                count: uint(&row, 0)?,
                acked: maybe_uint(&row, 1)?,
            }),
            None => Ok(Readers::default()),
        }
    }

    fn logs_of(&mut self, device: &DeviceId) -> Found<Vec<DeviceLog>> {
        self.flush()?;
        let rows = self
            .connection
            .query(sql::LOGS_OF, &[&device.0.as_slice()])?;
        rows.iter()
            .map(|row| {
                Ok(DeviceLog {
                    log: log_id(row, 0)?,
                    head: uint(row, 1)?,
                    last_ms: uint(row, 2)?,
                    interval: Interval {
                        from_seq: uint(row, 3)?,
                        until_seq: maybe_uint(row, 4)?,
                    },
                })
            })
            .collect()
    }

    fn listing(&mut self, name: &str) -> Found<Option<RoomId>> {
        self.flush()?;
        listing::find(self.connection, name, self.locking)
    }

    fn has_members(&mut self, room: &RoomId) -> Found<bool> {
        self.flush()?;
        match self.number_of(room)? {
            Some(number) => Ok(self.connection.one(sql::HAS_MEMBERS, &[&number])?.is_some()),
            None => Ok(false),
        }
    }

    fn listings(&mut self, from: &str, limit: usize) -> Found<Vec<ListedRoom>> {
        self.flush()?;
        listing::page(self.connection, from, limit)
    }

    fn has_package(&mut self, device: &DeviceId, suite: u16, hash: &Hash) -> Found<bool> {
        // Asked for a hundred at once: all are fetched for the first.
        let of = (*device, suite);
        if self.cache.packages.as_ref().is_none_or(|held| held.0 != of) {
            self.flush()?;
            let values: Values<'_> = &[&device.0.as_slice(), &i64::from(suite)];
            let rows = self.connection.query(sql::PACKAGES, values)?;
            let hashes = rows.iter().map(|row| convert::hash(row, 0));
            self.cache.packages = Some((of, hashes.collect::<Found<_>>()?));
        }
        let held = self.cache.packages.as_ref();
        Ok(held.is_some_and(|(_, hashes)| hashes.contains(hash)))
    }

    fn package_counts(&mut self, device: &DeviceId) -> Found<Vec<(u16, u32, u32)>> {
        self.flush()?;
        let rows = self
            .connection
            .query(sql::PACKAGE_COUNTS, &[&device.0.as_slice()])?;
        rows.iter()
            .map(|row| Ok((convert::suite(row, 0)?, small(row, 1)?, small(row, 2)?)))
            .collect()
    }

    fn package(&mut self, device: &DeviceId, suite: u16, since: Millis) -> Found<Option<Package>> {
        self.flush()?;
        let sql = self.pick(sql::LOCK_PACKAGE, sql::PACKAGE);
        let values: Values<'_> = &[&device.0.as_slice(), &i64::from(suite), &int(since)];
        let found = self.connection.one(sql, values)?;
        found
            .map(|row| {
                Ok(Package {
                    hash: hash(&row, 0)?,
                    last_resort: row.try_get(1)?,
                    package: Bytes::from(row.try_get::<_, Vec<u8>>(2)?),
                })
            })
            .transpose()
    }

    fn stale_packages(
        &mut self,
        before: Millis,
        limit: usize,
    ) -> Found<Vec<(DeviceId, u16, Hash)>> {
        self.flush()?;
        idle::stale_packages(self.connection, before, limit, self.locking)
    }

    fn has_object(&mut self, hash: &Hash) -> Found<bool> {
        self.flush()?;
        let sql = self.pick(sql::LOCK_OBJECT, sql::HAS_OBJECT);
        Ok(self.connection.one(sql, &[&hash.0.as_slice()])?.is_some())
    }

    fn object(&mut self, hash: &Hash) -> Found<Option<Bytes>> {
        self.flush()?;
        let found = self.connection.one(sql::OBJECT, &[&hash.0.as_slice()])?;
        let bytes = found.map(|row| row.try_get::<_, Option<Vec<u8>>>(0));
        Ok(bytes.transpose()?.flatten().map(Bytes::from))
    }

    fn orphans(&mut self, before: Millis, limit: usize) -> Found<Vec<Hash>> {
        self.flush()?;
        let sql = self.pick(sql::LOCK_ORPHANS, sql::ORPHANS);
        let rows = self.connection.query(sql, &[&int(before), &size(limit)])?;
        rows.iter().map(|row| hash(row, 0)).collect()
    }

    fn snapshot(&mut self, room: &RoomId) -> Found<Option<(Generation, Epoch, Bytes)>> {
        self.flush()?;
        let Some(number) = self.number_of(room)? else {
            return Ok(None);
        };
        let found = self.connection.one(sql::SNAPSHOT, &[&number])?;
        found
            .map(|row| {
                let bytes = Bytes::from(row.try_get::<_, Vec<u8>>(2)?);
                Ok((small(&row, 0)?, uint(&row, 1)?, bytes))
            })
            .transpose()
    }
}
