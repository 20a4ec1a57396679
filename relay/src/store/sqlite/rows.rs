//! The look-ups in SQL.

use super::cache::Cache;
use super::convert::{damaged, int, log_id, maybe_uint, size, small, uint};
use super::entry;
use super::idle;
use super::listing;
use super::load::{device_row, member_row};
use super::memory::Memory;
use crate::store::read::{PageLimit, Run};
use crate::store::record::{Interval, ListedRoom};
use crate::store::rows::{
    AccountRow, Blind, DeviceLog, DeviceRow, EntryMeta, EntryRow, LogRow, MemberRow, Package,
    PageBound, Readers, Remembered, RoomRow, Rows, Share,
};
use crate::store::runs::{Runs, one_by_one};
use bytes::Bytes;
use lacre_wire::identity::SignedDeviceList;
use lacre_wire::ids::{
    AccountId, DeviceId, Epoch, Generation, Hash, LogId, Millis, PublicKey, RoomId, Seq, Signature,
};
use rusqlite::{Connection, OptionalExtension, params};

/// The tables as one transaction sees them, with the rows that are cached.
pub(crate) struct SqlRows<'a> {
    pub(super) connection: &'a Connection,
    pub(super) cache: &'a mut Cache,
}

impl<'a> SqlRows<'a> {
    pub(super) fn new(connection: &'a Connection, cache: &'a mut Cache) -> Self {
        Self { connection, cache }
    }

    /// A log's number in its table.
    pub(super) fn number(&mut self, log: LogId) -> rusqlite::Result<Option<i64>> {
        if self.cache.logs.get(&log).is_none() {
            self.load_log(log)?;
        }
        Ok(self.cache.logs.get(&log).map(|held| held.number))
    }

    /// The memory of submissions; read from its table after a rollback.
    pub(super) fn memory(&mut self) -> rusqlite::Result<&mut Memory> {
        if self.cache.memory.is_none() {
            self.cache.memory = Some(Memory::load(self.connection)?);
        }
        self.cache
            .memory
            .as_mut()
            .ok_or_else(|| damaged("the memory of submissions"))
    }

    fn share_row(&self, device: &DeviceId, origin: &Blind) -> rusqlite::Result<Option<Share>> {
        self.connection
            .prepare_cached("SELECT entries, bytes FROM share WHERE device = ?1 AND origin = ?2")?
            .query_row(params![device.0, origin], |row| {
                Ok(Share {
                    entries: uint(row, 0)?,
                    bytes: uint(row, 1)?,
                })
            })
            .optional()
    }
}

impl Rows for SqlRows<'_> {
    type Error = rusqlite::Error;

    fn remembered(&mut self, key: &Blind) -> rusqlite::Result<Option<Remembered>> {
        let connection = self.connection;
        self.memory()?.find(connection, key)
    }

    fn account(&mut self, account: &AccountId) -> rusqlite::Result<Option<AccountRow>> {
        self.connection
            .prepare_cached(
                "SELECT aik, handle, list, list_signature, list_version, created_ms FROM account WHERE id = ?1",
            )?
            .query_row([account.0], |row| {
                let list = SignedDeviceList {
                    list: row.get::<_, Vec<u8>>(2)?.into(),
                    signature: Signature(row.get(3)?),
                };
                Ok(AccountRow {
                    aik: PublicKey(row.get(0)?),
                    handle: row.get(1)?,
                    list,
                    list_version: uint(row, 4)?,
                    created_ms: uint(row, 5)?,
                })
            })
            .optional()
    }

    fn account_by_handle(&mut self, handle: &str) -> rusqlite::Result<Option<AccountId>> {
        idle::account_by_handle(self.connection, handle)
    }

    fn device(&mut self, device: &DeviceId) -> rusqlite::Result<Option<DeviceRow>> {
        self.connection
            .prepare_cached(
                "SELECT account, key, counter, state, seen_ms FROM device WHERE id = ?1",
            )?
            .query_row([device.0], |row| device_row(row, 0))
            .optional()
    }

    fn devices_of(&mut self, account: &AccountId) -> rusqlite::Result<Vec<(DeviceId, DeviceRow)>> {
        idle::devices_of(self.connection, account)
    }

    fn forlorn(&mut self, before: Millis, limit: usize) -> rusqlite::Result<Vec<DeviceId>> {
        idle::forlorn(self.connection, before, limit)
    }

    fn inactive(
        &mut self,
        after: (Millis, DeviceId),
        before: Millis,
        limit: usize,
    ) -> rusqlite::Result<Vec<(DeviceId, DeviceRow)>> {
        idle::inactive(self.connection, after, before, limit)
    }

    fn owed(&mut self, limit: usize) -> rusqlite::Result<Vec<(RoomId, DeviceId, AccountId)>> {
        self.flush()?;
        idle::owed(self.connection, limit)
    }

    fn log(&mut self, log: LogId) -> rusqlite::Result<Option<LogRow>> {
        if self.cache.logs.get(&log).is_none() {
            self.load_log(log)?;
        }
        Ok(self.cache.logs.get(&log).map(|held| held.row.clone()))
    }

    fn due_log(&mut self, now: Millis) -> rusqlite::Result<Option<LogId>> {
        self.flush()?;
        let key: Option<Vec<u8>> = self
            .connection
            .prepare_cached(
                "SELECT key FROM log WHERE due_ms IS NOT NULL AND due_ms <= ?1 ORDER BY due_ms, key LIMIT 1",
            )?
            .query_row([int(now)], |row| row.get(0))
            .optional()?;
        key.map(|key| log_id(&key)).transpose()
    }

    fn runs(&mut self, asked: &[Run], limit: PageLimit) -> rusqlite::Result<Runs> {
        one_by_one(self, asked, limit, |rows, log, after, bound| {
            match rows.number(log)? {
                Some(number) => entry::entries(rows.connection, number, after, bound),
                None => Ok(Vec::new()),
            }
        })
    }

    fn handshakes(
        &mut self,
        log: LogId,
        after: Seq,
        from: (Generation, Epoch),
        limit: PageBound,
    ) -> rusqlite::Result<Vec<EntryRow>> {
        match self.number(log)? {
            Some(number) => entry::handshakes(self.connection, number, after, from, limit),
            None => Ok(Vec::new()),
        }
    }

    fn metas(&mut self, log: LogId, after: Seq, limit: usize) -> rusqlite::Result<Vec<EntryMeta>> {
        match self.number(log)? {
            Some(number) => entry::metas(self.connection, number, after, limit),
            None => Ok(Vec::new()),
        }
    }

    fn chain(&mut self, log: LogId, seq: Seq) -> rusqlite::Result<Option<Hash>> {
        let Some(number) = self.number(log)? else {
            return Ok(None);
        };
        self.connection
            .prepare_cached("SELECT chain FROM entry WHERE id = ?1")?
            .query_row([entry::rowid(number, seq)], |row| row.get(0).map(Hash))
            .optional()
    }

    fn share(&mut self, device: &DeviceId, origin: &Blind) -> rusqlite::Result<Share> {
        Ok(self.share_row(device, origin)?.unwrap_or_default())
    }

    fn room(&mut self, room: &RoomId) -> rusqlite::Result<Option<RoomRow>> {
        if self.cache.rooms.get(room).is_none() {
            self.load_room(*room)?;
        }
        Ok(self.cache.rooms.get(room).cloned())
    }

    fn direct(&mut self, pair: &(AccountId, AccountId)) -> rusqlite::Result<Option<RoomId>> {
        self.connection
            .prepare_cached("SELECT room FROM direct WHERE low = ?1 AND high = ?2")?
            .query_row(params![pair.0.0, pair.1.0], |row| row.get(0).map(RoomId))
            .optional()
    }

    fn member(&mut self, room: &RoomId, device: &DeviceId) -> rusqlite::Result<Option<MemberRow>> {
        let key = (*room, *device);
        if self.cache.members.get(&key).is_none() {
            self.load_member(*room, *device)?;
        }
        Ok(self.cache.members.get(&key).cloned())
    }

    fn members(&mut self, room: &RoomId) -> rusqlite::Result<Vec<(DeviceId, MemberRow)>> {
        self.flush()?;
        let Some(number) = self.number(LogId::Room(*room))? else {
            return Ok(Vec::new());
        };
        let mut statement = self.connection.prepare_cached(
            "SELECT device, account, from_seq, until_seq, acked, earlier_from, earlier_until, last, owed FROM member WHERE log = ?1 ORDER BY device",
        )?;
        let rows = statement.query_map([number], |row| {
            Ok((DeviceId(row.get(0)?), member_row(row, 1)?))
        })?;
        rows.collect()
    }

    fn rooms_of(&mut self, device: &DeviceId) -> rusqlite::Result<Vec<RoomId>> {
        self.flush()?;
        let mut statement = self.connection.prepare_cached(
            "SELECT log.key FROM member JOIN log ON log.number = member.log \
             WHERE member.device = ?1 AND member.until_seq IS NULL ORDER BY log.key",
        )?;
        let rows = statement.query_map([device.0], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|key| {
            log_id(&key?)?
                .room()
                .ok_or_else(|| damaged("a membership in an inbox"))
        })
        .collect()
    }

    fn readers(&mut self, room: &RoomId, seen_since: Millis) -> rusqlite::Result<Readers> {
        self.flush()?;
        let Some(number) = self.number(LogId::Room(*room))? else {
            return Ok(Readers::default());
        };
        self.connection
            .prepare_cached(
                "SELECT count(*), min(member.acked) FROM member JOIN device ON device.id = member.device \
                 WHERE member.log = ?1 AND member.until_seq IS NULL AND device.seen_ms >= ?2",
            )?
            .query_row(params![number, int(seen_since)], |row| {
                Ok(Readers { count: uint(row, 0)?, acked: maybe_uint(row, 1)? })
            })
    }

    fn logs_of(&mut self, device: &DeviceId) -> rusqlite::Result<Vec<DeviceLog>> {
        self.flush()?;
        let mut statement = self.connection.prepare_cached(
            "SELECT log.key, log.head, log.last_ms, member.from_seq, member.until_seq \
             FROM member JOIN log ON log.number = member.log WHERE member.device = ?1",
        )?;
        let rows = statement.query_map([device.0], |row| {
            let key: Vec<u8> = row.get(0)?;
            let interval = Interval {
                from_seq: uint(row, 3)?,
                until_seq: maybe_uint(row, 4)?,
            };
            Ok(DeviceLog {
                log: log_id(&key)?,
                head: uint(row, 1)?,
                last_ms: uint(row, 2)?,
                interval,
            })
        })?;
        rows.collect()
    }

    fn listing(&mut self, name: &str) -> rusqlite::Result<Option<RoomId>> {
        listing::find(self.connection, name)
    }

    fn has_members(&mut self, room: &RoomId) -> rusqlite::Result<bool> {
        self.flush()?;
        match self.number(LogId::Room(*room))? {
            Some(number) => listing::has_members(self.connection, number),
            None => Ok(false),
        }
    }

    fn listings(&mut self, from: &str, limit: usize) -> rusqlite::Result<Vec<ListedRoom>> {
        self.flush()?;
        listing::page(self.connection, from, limit)
    }

    fn has_package(
        &mut self,
        device: &DeviceId,
        suite: u16,
        hash: &Hash,
    ) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached(
                "SELECT 1 FROM key_package WHERE device = ?1 AND suite = ?2 AND last_resort = 0 AND hash = ?3",
            )?
            .exists(params![device.0, suite, hash.0])
    }

    fn package_counts(&mut self, device: &DeviceId) -> rusqlite::Result<Vec<(u16, u32, u32)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT suite, sum(last_resort = 0), sum(last_resort) FROM key_package WHERE device = ?1 \
             GROUP BY suite ORDER BY suite",
        )?;
        let rows = statement.query_map([device.0], |row| {
            Ok((row.get(0)?, small(row, 1)?, small(row, 2)?))
        })?;
        rows.collect()
    }

    fn package(
        &mut self,
        device: &DeviceId,
        suite: u16,
        since: Millis,
    ) -> rusqlite::Result<Option<Package>> {
        self.connection
            .prepare_cached(
                "SELECT hash, last_resort, package FROM key_package WHERE device = ?1 AND suite = ?2 \
                 AND (last_resort = 1 OR stored_ms >= ?3) ORDER BY last_resort, number LIMIT 1",
            )?
            .query_row(params![device.0, suite, int(since)], |row| {
                Ok(Package {
                    hash: Hash(row.get(0)?),
                    last_resort: row.get(1)?,
                    package: Bytes::from(row.get::<_, Vec<u8>>(2)?),
                })
            })
            .optional()
    }

    fn stale_packages(
        &mut self,
        before: Millis,
        limit: usize,
    ) -> rusqlite::Result<Vec<(DeviceId, u16, Hash)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT device, suite, hash FROM key_package WHERE last_resort = 0 AND stored_ms < ?1 \
             ORDER BY number LIMIT ?2",
        )?;
        let rows = statement.query_map(params![int(before), size(limit)], |row| {
            Ok((DeviceId(row.get(0)?), row.get(1)?, Hash(row.get(2)?)))
        })?;
        rows.collect()
    }

    fn has_object(&mut self, hash: &Hash) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM object WHERE hash = ?1 AND bytes IS NOT NULL")?
            .exists([hash.0])
    }

    fn object(&mut self, hash: &Hash) -> rusqlite::Result<Option<Bytes>> {
        let found: Option<Option<Vec<u8>>> = self
            .connection
            .prepare_cached("SELECT bytes FROM object WHERE hash = ?1")?
            .query_row([hash.0], |row| row.get(0))
            .optional()?;
        Ok(found.flatten().map(Bytes::from))
    }

    fn orphans(&mut self, before: Millis, limit: usize) -> rusqlite::Result<Vec<Hash>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT hash FROM object WHERE refs = 0 AND touched_ms < ?1 ORDER BY touched_ms, hash LIMIT ?2",
        )?;
        let rows = statement.query_map(params![int(before), size(limit)], |row| {
            row.get(0).map(Hash)
        })?;
        rows.collect()
    }

    fn snapshot(&mut self, room: &RoomId) -> rusqlite::Result<Option<(Generation, Epoch, Bytes)>> {
        let Some(number) = self.number(LogId::Room(*room))? else {
            return Ok(None);
        };
        self.connection
            .prepare_cached("SELECT generation, epoch, bytes FROM snapshot WHERE log = ?1")?
            .query_row([number], |row| {
                Ok((
                    small(row, 0)?,
                    uint(row, 1)?,
                    Bytes::from(row.get::<_, Vec<u8>>(2)?),
                ))
            })
            .optional()
    }
}
