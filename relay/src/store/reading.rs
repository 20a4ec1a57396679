//! Reads, written once over the look-ups of any back end.

mod idle;
mod listing;
mod opener;

pub(crate) use opener::Opener;

use super::read::{Head, Page, PageLimit, Run};
use super::record::{
    AccountRecord, DeviceRecord, Interval, MemberRecord, PendingProposal, RoomRecord, Snapshot,
};
use super::rows::{DeviceRow, LogRow, PageBound, Rows, StoredBody};
use bytes::Bytes;
use lacre_wire::answer::{AccountInfo, OpenState, OpenedLog};
use lacre_wire::hello::{KeyPackageCount, LogHead};
use lacre_wire::ids::{AccountId, DeviceId, Epoch, Generation, Hash, LogId, RoomId, Seq};
use lacre_wire::limits::{MAX_DEVICES, MAX_RUN};
use lacre_wire::log::{Cursor, Entry};
use lacre_wire::request::OpenLog;

/// Reads over one back end's look-ups.
pub(crate) struct Reading<'a, R> {
    pub(crate) rows: &'a mut R,
    pub(crate) opener: Opener<'a>,
}

impl<R: Rows> Reading<'_, R> {
    pub(crate) fn head(&mut self, log: LogId) -> Result<Option<Head>, R::Error> {
        Ok(self.rows.log(log)?.map(|row| Head {
            seq: row.head,
            chain: row.chain,
            first: row.first,
        }))
    }

    pub(crate) fn entries(
        &mut self,
        log: LogId,
        after: Seq,
        until: Option<Seq>,
        limit: PageLimit,
    ) -> Result<Page, R::Error> {
        let run = Run { log, after, until };
        let mut pages = self.runs(&[run], limit)?;
        Ok(pages.pop().unwrap_or(Page::EMPTY))
    }

    pub(crate) fn runs(&mut self, asked: &[Run], limit: PageLimit) -> Result<Vec<Page>, R::Error> {
        let limit = PageLimit {
            entries: limit.entries.min(MAX_RUN),
            ..limit
        };
        let runs = self.rows.runs(asked, limit)?;
        let pages = asked.iter().zip(runs).map(|(Run { log, .. }, run)| {
            let Some(run) = run else { return Page::EMPTY };
            Page {
                chain: run.rows.last().map(|row| row.chain),
                head: run.head,
                first: run.first,
                entries: run
                    .rows
                    .into_iter()
                    .map(|row| self.opener.entry(*log, row))
                    .collect(),
            }
        });
        Ok(pages.collect())
    }

    pub(crate) fn chain_at(&mut self, log: LogId, seq: Seq) -> Result<Option<Hash>, R::Error> {
        match self.rows.log(log)? {
            Some(row) => self.chain_in(log, &row, seq),
            None => Ok(None),
        }
    }

    fn chain_in(&mut self, log: LogId, row: &LogRow, seq: Seq) -> Result<Option<Hash>, R::Error> {
        if seq == row.head {
            Ok(Some(row.chain))
        } else if seq.saturating_add(1) == row.first {
            Ok(Some(row.before))
        } else if seq < row.first || seq > row.head {
            Ok(None)
        } else {
            self.rows.chain(log, seq)
        }
    }

    pub(crate) fn interval(
        &mut self,
        device: &DeviceId,
        log: LogId,
    ) -> Result<Option<Interval>, R::Error> {
        match log {
            LogId::Room(room) => Ok(self
                .rows
                .member(&room, device)?
                .map(|member| member.interval())),
            LogId::Inbox(of) if of == *device => Ok(self.rows.log(log)?.map(|_| Interval {
                from_seq: 1,
                until_seq: None,
            })),
            LogId::Inbox(_) => Ok(None),
        }
    }

    /// The interval in which a device that has read up to `seq` goes on; `present` is its last one.
    fn interval_after(
        &mut self,
        device: &DeviceId,
        log: LogId,
        seq: Seq,
        present: Interval,
    ) -> Result<Interval, R::Error> {
        match log {
            LogId::Room(room) if seq < present.from_seq => Ok(self
                .rows
                .member(&room, device)?
                .map_or(present, |member| member.interval_after(seq))),
            _ => Ok(present),
        }
    }

    pub(crate) fn open(
        &mut self,
        device: &DeviceId,
        asked: Vec<OpenLog>,
    ) -> Result<Vec<OpenedLog>, R::Error> {
        let mut opened = Vec::with_capacity(asked.len());
        for OpenLog { log, cursor } in asked {
            opened.push(OpenedLog {
                log,
                state: self.open_one(device, log, cursor)?,
            });
        }
        Ok(opened)
    }

    fn open_one(
        &mut self,
        device: &DeviceId,
        log: LogId,
        cursor: Option<Cursor>,
    ) -> Result<OpenState, R::Error> {
        let (Some(mut interval), Some(row)) = (self.interval(device, log)?, self.rows.log(log)?)
        else {
            return Ok(OpenState::NotAReader);
        };
        let lineage = self.opener.lineage();
        let reset = OpenState::LogReset { lineage };
        let trimmed = OpenState::Trimmed {
            first: row.first,
            chain: row.before,
        };
        if let Some(cursor) = cursor {
            if cursor.lineage != lineage || cursor.seq > row.head {
                return Ok(reset);
            }
            match self.chain_in(log, &row, cursor.seq)? {
                Some(chain) if chain != cursor.chain => return Ok(reset),
                // Taken out and let in again, it first reads what it had not read.
                Some(_) => interval = self.interval_after(device, log, cursor.seq, interval)?,
                // Too old to compare; it is trimmed past, unless its membership starts later.
                None if interval.from_seq <= row.first => return Ok(trimmed),
                None => {}
            }
        }
        // A new reader of its inbox starts with what is kept; what was acked is nobody's loss.
        let begin = match log {
            LogId::Room(_) => interval.from_seq.saturating_sub(1),
            LogId::Inbox(_) => row.first.saturating_sub(1),
        };
        let seq = match (cursor, log) {
            (Some(cursor), LogId::Room(_)) => cursor.seq.max(begin),
            (Some(cursor), LogId::Inbox(_)) => cursor.seq,
            (None, _) => begin,
        };
        let Some(chain) = self.chain_in(log, &row, seq)? else {
            return Ok(trimmed);
        };
        let head = interval.until_seq.unwrap_or(row.head).min(row.head);
        Ok(OpenState::Live {
            start: Cursor {
                lineage,
                seq,
                chain,
            },
            head,
            closed: interval.until_seq.is_some(),
        })
    }

    pub(crate) fn logs_of(&mut self, device: &DeviceId) -> Result<Vec<LogHead>, R::Error> {
        let inbox = LogId::Inbox(*device);
        let mut out = Vec::new();
        if let Some(row) = self.rows.log(inbox)? {
            out.push(LogHead {
                log: inbox,
                head: row.head,
                from_seq: 1,
                until_seq: None,
            });
        }
        let mut rooms = self.rows.logs_of(device)?;
        rooms.sort_unstable_by_key(|log| (std::cmp::Reverse(log.last_ms), log.log));
        out.extend(rooms.into_iter().map(|room| LogHead {
            log: room.log,
            head: room.interval.until_seq.unwrap_or(room.head).min(room.head),
            from_seq: room.interval.from_seq,
            until_seq: room.interval.until_seq,
        }));
        Ok(out)
    }

    pub(crate) fn handshakes(
        &mut self,
        room: RoomId,
        from: (Generation, Epoch),
        max_bytes: usize,
    ) -> Result<Vec<Entry>, R::Error> {
        let log = LogId::Room(room);
        let Some(row) = self.rows.log(log)? else {
            return Ok(Vec::new());
        };
        let (mut after, mut out, mut bytes) = (row.first.saturating_sub(1), Vec::new(), 0);
        loop {
            let bound = PageBound {
                until: row.head,
                entries: MAX_RUN,
                bytes: max_bytes.max(1),
            };
            let page = self.rows.handshakes(log, after, from, bound)?;
            let Some(last) = page.last() else {
                return Ok(out);
            };
            after = last.seq;
            for row in page {
                if let StoredBody::Inline(body) = &row.body {
                    bytes += body.len();
                }
                out.push(self.opener.entry(log, row));
                if bytes >= max_bytes {
                    return Ok(out);
                }
            }
        }
    }

    pub(crate) fn account(
        &mut self,
        account: &AccountId,
    ) -> Result<Option<AccountRecord>, R::Error> {
        Ok(self.rows.account(account)?.map(|row| AccountRecord {
            info: AccountInfo {
                account: *account,
                handle: row.handle,
                aik: row.aik,
                list: row.list,
            },
            list_version: row.list_version,
            created_ms: row.created_ms,
        }))
    }

    pub(crate) fn account_by_handle(
        &mut self,
        handle: &str,
    ) -> Result<Option<AccountRecord>, R::Error> {
        match self.rows.account_by_handle(handle)? {
            Some(account) => self.account(&account),
            None => Ok(None),
        }
    }

    pub(crate) fn device(&mut self, device: &DeviceId) -> Result<Option<DeviceRecord>, R::Error> {
        Ok(self
            .rows
            .device(device)?
            .map(|row| device_record(*device, row)))
    }

    pub(crate) fn devices_of(
        &mut self,
        account: &AccountId,
    ) -> Result<Vec<DeviceRecord>, R::Error> {
        let rows = self.rows.devices_of(account)?;
        debug_assert!(
            rows.len() <= MAX_DEVICES * 64,
            "devices of one account are bounded"
        );
        Ok(rows
            .into_iter()
            .map(|(device, row)| device_record(device, row))
            .collect())
    }

    pub(crate) fn key_package_counts(
        &mut self,
        device: &DeviceId,
    ) -> Result<Vec<KeyPackageCount>, R::Error> {
        let counts = self.rows.package_counts(device)?;
        Ok(counts
            .into_iter()
            .map(|(suite, left, last)| KeyPackageCount {
                suite,
                left,
                last_resort: last > 0,
            })
            .collect())
    }

    pub(crate) fn room(&mut self, room: &RoomId) -> Result<Option<RoomRecord>, R::Error> {
        let (Some(row), Some(log)) = (self.rows.room(room)?, self.rows.log(LogId::Room(*room))?)
        else {
            return Ok(None);
        };
        let pending = row.pending.into_iter().map(|pending| PendingProposal {
            seq: pending.seq,
            hash: pending.hash,
            body: Bytes::from(Vec::from(pending.body)),
            accepted_ms: pending.accepted_ms,
            evicts: pending.evicts,
        });
        Ok(Some(RoomRecord {
            room: *room,
            kind: row.kind,
            generation: row.generation,
            epoch: row.epoch,
            epoch_seq: row.epoch_seq,
            head: log.head,
            chain: log.chain,
            group_info: row.group_info,
            gi_mac: row.gi_mac,
            key_number: row.key_number,
            tree: row.tree,
            frozen: row.frozen,
            join_open: row.join_open,
            listed: row.listed,
            pending: pending.collect(),
            cooling: row
                .blame
                .cooling
                .iter()
                .map(|one| (one.account, one.until_ms))
                .collect(),
        }))
    }

    pub(crate) fn members(&mut self, room: &RoomId) -> Result<Vec<MemberRecord>, R::Error> {
        let members = self.rows.members(room)?.into_iter();
        Ok(members
            .map(|(device, row)| MemberRecord {
                device,
                account: row.account,
                interval: row.interval(),
                acked: row.acked,
            })
            .collect())
    }

    pub(crate) fn direct_room(
        &mut self,
        one: AccountId,
        other: AccountId,
    ) -> Result<Option<RoomId>, R::Error> {
        self.rows.direct(&super::decide::pair(one, other))
    }

    pub(crate) fn snapshot(&mut self, room: &RoomId) -> Result<Option<Snapshot>, R::Error> {
        let found = self.rows.snapshot(room)?;
        Ok(found.map(|(generation, epoch, bytes)| Snapshot {
            generation,
            epoch,
            bytes,
        }))
    }

    pub(crate) fn object(&mut self, hash: &Hash) -> Result<Option<Bytes>, R::Error> {
        self.rows.object(hash)
    }
}

pub(super) fn device_record(device: DeviceId, row: DeviceRow) -> DeviceRecord {
    DeviceRecord {
        device,
        account: row.account,
        key: row.key,
        counter: row.counter,
        state: row.state,
        seen_ms: row.seen_ms,
    }
}
