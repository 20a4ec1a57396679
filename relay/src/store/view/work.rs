//! What a step of retention works on next.

use super::{Loader, Work};
use crate::store::command::Housekeep;
use crate::store::limits;
use crate::store::rows::Rows;
use lacre_wire::ids::{LogId, Millis};
use std::collections::{BTreeMap, BTreeSet};

impl<R: Rows> Loader<'_, R> {
    pub(super) fn work(&mut self, c: &Housekeep) -> Result<Work, R::Error> {
        let limit = usize::try_from(c.limit).unwrap_or(usize::MAX).max(1);
        if let Some(log) = self.rows.due_log(c.now_ms)? {
            return self.due(log, c.now_ms, limit);
        }
        let orphans = self
            .rows
            .orphans(c.now_ms.saturating_sub(limits::UPLOAD_MS), limit)?;
        if !orphans.is_empty() {
            return Ok(Work::Orphans(orphans));
        }
        let packages = self
            .rows
            .stale_packages(c.now_ms.saturating_sub(limits::KEY_PACKAGE_MS), limit)?;
        if !packages.is_empty() {
            return Ok(Work::Packages(packages));
        }
        // A device takes its inbox with it: a few at a time keep the step short.
        let forlorn = self
            .rows
            .forlorn(c.now_ms.saturating_sub(limits::PENDING_DEVICE_MS), 8)?;
        Ok(if forlorn.is_empty() {
            Work::Nothing
        } else {
            Work::Forlorn(forlorn)
        })
    }

    fn due(&mut self, id: LogId, now: Millis, limit: usize) -> Result<Work, R::Error> {
        let Some(log) = self.rows.log(id)? else {
            return Ok(Work::Nothing);
        };
        let oldest = self.rows.metas(id, log.first.saturating_sub(1), limit)?;
        match id {
            LogId::Inbox(device) => {
                let origins: BTreeSet<_> = oldest.iter().filter_map(|meta| meta.origin).collect();
                let mut shares = BTreeMap::new();
                for origin in origins {
                    shares.insert(origin, self.rows.share(&device, &origin)?);
                }
                Ok(Work::Inbox {
                    device,
                    log,
                    oldest,
                    shares,
                })
            }
            LogId::Room(room) => {
                let Some(row) = self.rows.room(&room)? else {
                    return Ok(Work::Stray(id, log));
                };
                let next =
                    self.rows
                        .metas(id, log.swept.max(log.first.saturating_sub(1)), limit)?;
                let readers = self
                    .rows
                    .readers(&room, now.saturating_sub(limits::INACTIVE_MS))?;
                Ok(Work::Room {
                    room,
                    row: Box::new(row),
                    log,
                    oldest,
                    next,
                    readers,
                })
            }
        }
    }
}
