//! The tables and their look-ups.

use crate::store::read::{PageLimit, Run};
use crate::store::record::{DeviceState, ListedRoom};
use crate::store::rows::{
    AccountRow, Blind, DeviceLog, DeviceRow, EntryMeta, EntryRow, LogRow, MemberRow, Package,
    PageBound, Readers, Remembered, RoomRow, Rows, Share, StoredBody,
};
use crate::store::runs::{Runs, one_by_one};
use bytes::Bytes;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{AccountId, DeviceId, Epoch, Generation, Hash, LogId, Millis, RoomId, Seq};
use lacre_wire::log::EntryKind;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

/// A stored key package.
#[derive(Debug, Clone)]
pub(super) struct StoredPackage {
    pub(super) number: u64,
    pub(super) package: Bytes,
    pub(super) stored_ms: Millis,
}

/// An object, possibly only referred to.
#[derive(Debug, Clone, Default)]
pub(super) struct StoredObject {
    pub(super) refs: u64,
    pub(super) touched_ms: Millis,
    pub(super) bytes: Option<Bytes>,
}

/// Every table.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(super) accounts: BTreeMap<AccountId, AccountRow>,
    pub(super) devices: BTreeMap<DeviceId, DeviceRow>,
    pub(super) logs: BTreeMap<LogId, LogRow>,
    pub(super) entries: BTreeMap<(LogId, Seq), EntryRow>,
    pub(super) rooms: BTreeMap<RoomId, RoomRow>,
    pub(super) members: BTreeMap<(RoomId, DeviceId), MemberRow>,
    pub(super) directs: BTreeMap<(AccountId, AccountId), RoomId>,
    pub(super) listings: BTreeMap<String, RoomId>,
    pub(super) shares: BTreeMap<(DeviceId, Blind), Share>,
    pub(super) submissions: BTreeMap<Blind, Remembered>,
    pub(super) packages: BTreeMap<(DeviceId, u16, bool, Hash), StoredPackage>,
    pub(super) package_number: u64,
    pub(super) objects: BTreeMap<Hash, StoredObject>,
    pub(super) snapshots: BTreeMap<RoomId, (Generation, Epoch, Bytes)>,
}

type Found<T> = Result<T, Infallible>;

fn meta(row: &EntryRow) -> EntryMeta {
    let (body, gone, size) = match &row.body {
        StoredBody::Inline(bytes) => (sha256(&[bytes]), false, bytes.len()),
        StoredBody::Object { hash, .. } => (*hash, false, 0),
        StoredBody::Gone { hash, .. } => (*hash, true, 0),
    };
    EntryMeta {
        seq: row.seq,
        kind: row.kind,
        generation: row.generation,
        epoch: row.epoch,
        accepted_ms: row.accepted_ms,
        chain: row.chain,
        body,
        gone,
        size: u64::try_from(size).unwrap_or(u64::MAX),
        origin: row.origin,
        refs: row.refs.clone(),
    }
}

impl Tables {
    /// Accounts with an open interval.
    fn members_in(&self, room: &RoomId) -> u64 {
        let open = self
            .members
            .iter()
            .filter(|((of, _), row)| of == room && row.is_open());
        let accounts: BTreeSet<_> = open.map(|(_, row)| row.account).collect();
        u64::try_from(accounts.len()).unwrap_or(u64::MAX)
    }

    fn after(&self, log: LogId, after: Seq) -> impl Iterator<Item = &EntryRow> {
        let start = (log, after.saturating_add(1));
        self.entries
            .range(start..=(log, Seq::MAX))
            .map(|(_, row)| row)
    }

    fn page(
        &self,
        log: LogId,
        after: Seq,
        limit: PageBound,
        only: impl Fn(&EntryRow) -> bool,
    ) -> Vec<EntryRow> {
        let (mut out, mut bytes) = (Vec::new(), 0);
        let wanted = |row: &&EntryRow| row.seq <= limit.until && only(row);
        for row in self.after(log, after).filter(wanted) {
            if out.len() >= limit.entries || bytes >= limit.bytes {
                break;
            }
            if let StoredBody::Inline(body) = &row.body {
                bytes += body.len();
            }
            out.push(EntryRow {
                opening: None,
                ..row.clone()
            });
        }
        out
    }
}

impl Rows for Tables {
    type Error = Infallible;

    fn remembered(&mut self, key: &Blind) -> Found<Option<Remembered>> {
        Ok(self.submissions.get(key).copied())
    }

    fn account(&mut self, account: &AccountId) -> Found<Option<AccountRow>> {
        Ok(self.accounts.get(account).cloned())
    }

    fn account_by_handle(&mut self, handle: &str) -> Found<Option<AccountId>> {
        Ok(self
            .accounts
            .iter()
            .find(|(_, row)| row.handle == handle)
            .map(|(id, _)| *id))
    }

    fn device(&mut self, device: &DeviceId) -> Found<Option<DeviceRow>> {
        Ok(self.devices.get(device).cloned())
    }

    fn devices_of(&mut self, account: &AccountId) -> Found<Vec<(DeviceId, DeviceRow)>> {
        let of = self
            .devices
            .iter()
            .filter(|(_, row)| row.account == *account);
        Ok(of.map(|(id, row)| (*id, row.clone())).collect())
    }

    fn forlorn(&mut self, before: Millis, limit: usize) -> Found<Vec<DeviceId>> {
        let waiting = self
            .devices
            .iter()
            .filter(|(_, row)| row.state == DeviceState::Pending && row.seen_ms < before);
        Ok(waiting.map(|(id, _)| *id).take(limit).collect())
    }

    fn inactive(
        &mut self,
        after: (Millis, DeviceId),
        before: Millis,
        limit: usize,
    ) -> Found<Vec<(DeviceId, DeviceRow)>> {
        let idle = self
            .devices
            .iter()
            .filter(|(_, row)| row.state == DeviceState::Listed && row.seen_ms < before);
        let mut idle: Vec<_> = idle.map(|(id, row)| (*id, row.clone())).collect();
        idle.retain(|(id, row)| (row.seen_ms, *id) > after);
        idle.sort_unstable_by_key(|(id, row)| (row.seen_ms, *id));
        idle.truncate(limit);
        Ok(idle)
    }

    fn owed(&mut self, limit: usize) -> Found<Vec<(RoomId, DeviceId, AccountId)>> {
        let owed = self.members.iter().filter(|(_, row)| row.owed);
        Ok(owed
            .map(|((room, device), row)| (*room, *device, row.account))
            .take(limit)
            .collect())
    }

    fn log(&mut self, log: LogId) -> Found<Option<LogRow>> {
        Ok(self.logs.get(&log).cloned())
    }

    fn due_log(&mut self, now: Millis) -> Found<Option<LogId>> {
        let due = self
            .logs
            .iter()
            .filter_map(|(log, row)| Some((row.due_ms?, log.to_key(), *log)));
        Ok(due
            .filter(|(due, ..)| *due <= now)
            .min()
            .map(|(.., log)| log))
    }

    fn runs(&mut self, asked: &[Run], limit: PageLimit) -> Found<Runs> {
        one_by_one(self, asked, limit, |tables, log, after, bound| {
            Ok(tables.page(log, after, bound, |_| true))
        })
    }

    fn handshakes(
        &mut self,
        log: LogId,
        after: Seq,
        from: (Generation, Epoch),
        limit: PageBound,
    ) -> Found<Vec<EntryRow>> {
        Ok(self.page(log, after, limit, |row| {
            let handshake = matches!(
                row.kind,
                EntryKind::Commit | EntryKind::Proposal | EntryKind::Generation
            );
            handshake && (row.generation, row.epoch) >= from
        }))
    }

    fn metas(&mut self, log: LogId, after: Seq, limit: usize) -> Found<Vec<EntryMeta>> {
        Ok(self.after(log, after).take(limit).map(meta).collect())
    }

    fn chain(&mut self, log: LogId, seq: Seq) -> Found<Option<Hash>> {
        Ok(self.entries.get(&(log, seq)).map(|row| row.chain))
    }

    fn share(&mut self, device: &DeviceId, origin: &Blind) -> Found<Share> {
        Ok(self
            .shares
            .get(&(*device, *origin))
            .copied()
            .unwrap_or_default())
    }

    fn room(&mut self, room: &RoomId) -> Found<Option<RoomRow>> {
        Ok(self.rooms.get(room).cloned())
    }

    fn direct(&mut self, pair: &(AccountId, AccountId)) -> Found<Option<RoomId>> {
        Ok(self.directs.get(pair).copied())
    }

    fn member(&mut self, room: &RoomId, device: &DeviceId) -> Found<Option<MemberRow>> {
        Ok(self.members.get(&(*room, *device)).cloned())
    }

    fn members(&mut self, room: &RoomId) -> Found<Vec<(DeviceId, MemberRow)>> {
        let of = self.members.iter().filter(|((of, _), _)| of == room);
        Ok(of
            .map(|((_, device), row)| (*device, row.clone()))
            .collect())
    }

    fn rooms_of(&mut self, device: &DeviceId) -> Found<Vec<RoomId>> {
        let of = self
            .members
            .iter()
            .filter(|((_, of), row)| of == device && row.is_open());
        Ok(of.map(|((room, _), _)| *room).collect())
    }

    fn readers(&mut self, room: &RoomId, seen_since: Millis) -> Found<Readers> {
        let seen = |device| {
            self.devices
                .get(device)
                .is_some_and(|row| row.seen_ms >= seen_since)
        };
        let of = self
            .members
            .iter()
            .filter(|((of, device), row)| of == room && row.is_open() && seen(device));
        let acked: Vec<_> = of.map(|(_, row)| row.acked).collect();
        Ok(Readers {
            count: u64::try_from(acked.len()).unwrap_or(u64::MAX),
            acked: acked.into_iter().min(),
        })
    }

    fn logs_of(&mut self, device: &DeviceId) -> Found<Vec<DeviceLog>> {
        let of = self.members.iter().filter(|((_, of), _)| of == device);
        Ok(of
            .filter_map(|((room, _), member)| {
                let log = LogId::Room(*room);
                let row = self.logs.get(&log)?;
                Some(DeviceLog {
                    log,
                    head: row.head,
                    last_ms: row.last_ms,
                    interval: member.interval(),
                })
            })
            .collect())
    }

    fn listing(&mut self, name: &str) -> Found<Option<RoomId>> {
        Ok(self.listings.get(name).copied())
    }

    fn has_members(&mut self, room: &RoomId) -> Found<bool> {
        Ok(self.members_in(room) > 0)
    }

    fn listings(&mut self, from: &str, limit: usize) -> Found<Vec<ListedRoom>> {
        let from = self.listings.range(from.to_owned()..);
        let listed = from.filter_map(|(name, room)| {
            Some(ListedRoom {
                name: name.clone(),
                room: *room,
                members: Some(self.members_in(room)).filter(|members| *members > 0)?,
                open: self.rooms.get(room)?.join_open,
            })
        });
        Ok(listed.take(limit).collect())
    }

    fn has_package(&mut self, device: &DeviceId, suite: u16, hash: &Hash) -> Found<bool> {
        Ok(self.packages.contains_key(&(*device, suite, false, *hash)))
    }

    fn package_counts(&mut self, device: &DeviceId) -> Found<Vec<(u16, u32, u32)>> {
        let mut counts: BTreeMap<u16, (u32, u32)> = BTreeMap::new();
        for (_, suite, last_resort, _) in self.packages.keys().filter(|(of, ..)| of == device) {
            let (one_time, last) = counts.entry(*suite).or_default();
            *(if *last_resort { last } else { one_time }) += 1;
        }
        Ok(counts
            .into_iter()
            .map(|(suite, (one_time, last))| (suite, one_time, last))
            .collect())
    }

    fn package(&mut self, device: &DeviceId, suite: u16, since: Millis) -> Found<Option<Package>> {
        let of = self
            .packages
            .iter()
            .filter(|((of, s, ..), _)| of == device && *s == suite);
        let usable = of.filter(|((_, _, last, _), stored)| *last || stored.stored_ms >= since);
        let best = usable.min_by_key(|((_, _, last, _), stored)| (*last, stored.number));
        Ok(best.map(|((_, _, last_resort, hash), stored)| Package {
            hash: *hash,
            last_resort: *last_resort,
            package: stored.package.clone(),
        }))
    }

    fn stale_packages(
        &mut self,
        before: Millis,
        limit: usize,
    ) -> Found<Vec<(DeviceId, u16, Hash)>> {
        let stale = self
            .packages
            .iter()
            .filter(|((_, _, last, _), stored)| !last && stored.stored_ms < before);
        let mut stale: Vec<_> = stale
            .map(|((device, suite, _, hash), s)| (s.number, *device, *suite, *hash))
            .collect();
        stale.sort_unstable();
        Ok(stale
            .into_iter()
            .take(limit)
            .map(|(_, device, suite, hash)| (device, suite, hash))
            .collect())
    }

    fn has_object(&mut self, hash: &Hash) -> Found<bool> {
        Ok(self
            .objects
            .get(hash)
            .is_some_and(|object| object.bytes.is_some()))
    }

    fn object(&mut self, hash: &Hash) -> Found<Option<Bytes>> {
        Ok(self
            .objects
            .get(hash)
            .and_then(|object| object.bytes.clone()))
    }

    fn orphans(&mut self, before: Millis, limit: usize) -> Found<Vec<Hash>> {
        let unused = self
            .objects
            .iter()
            .filter(|(_, object)| object.refs == 0 && object.touched_ms < before);
        let mut unused: Vec<_> = unused
            .map(|(hash, object)| (object.touched_ms, *hash))
            .collect();
        unused.sort_unstable();
        Ok(unused
            .into_iter()
            .take(limit)
            .map(|(_, hash)| hash)
            .collect())
    }

    fn snapshot(&mut self, room: &RoomId) -> Found<Option<(Generation, Epoch, Bytes)>> {
        Ok(self.snapshots.get(room).cloned())
    }
}
