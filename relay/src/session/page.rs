//! A log that the tail no longer covers: one page from the store, or a stream of its own.

use super::logs::Mode;
use super::{Context, End, Opening, Session};
use crate::hub::EntryFrame;
use crate::store::StoreError;
use crate::store::read::{Page, PageLimit, ReadLogs};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::{LogId, Seq};
use lacre_wire::limits::{BULK_BEHIND, MAX_RUN};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as Wakeup, Poll};

/// Bytes of one page on the live lane: what a session that reads the store holds in memory.
const PAGE_BYTES: usize = 64 * 1024;

/// A page for one reader, and the last entry it may read, as far as is known.
pub(super) struct ReadersPage {
    pub(super) page: Page,
    pub(super) until: Seq,
}

/// A page being read.
pub(super) struct Reading {
    opening: Opening,
    page: Pin<Box<dyn Future<Output = Result<ReadersPage, StoreError>> + Send>>,
}

impl Context {
    /// Reads a page of a log up to `until`. Another relay may have ended this device's reading, and
    /// nobody has told this one yet: what the page itself ends is asked of the store, and nothing behind
    /// it is handed out.
    pub(super) async fn page(
        &self,
        log: LogId,
        after: Seq,
        until: Seq,
        limit: PageLimit,
    ) -> Result<ReadersPage, StoreError> {
        let store = &self.service.store;
        let bound = (until != Seq::MAX).then_some(until);
        let mut page = store.entries(log, after, bound, limit).await?;
        if !page.has_handshakes() {
            return Ok(ReadersPage { page, until });
        }
        let interval = store.interval(self.device(), log).await?;
        let end = interval.and_then(|interval| interval.until_seq);
        let until = end.map_or(until, |end| end.min(until));
        page.entries.retain(|entry| entry.seq <= until);
        Ok(ReadersPage { page, until })
    }
}

impl Session {
    /// Reads a page for the first log that waits for one.
    pub(super) fn read_page(&mut self, cx: &mut Wakeup<'_>) -> Result<bool, End> {
        if self.reading.is_none() {
            self.reading = self.next_reading();
        }
        let Some(reading) = &mut self.reading else {
            return Ok(false);
        };
        let Poll::Ready(page) = reading.page.as_mut().poll(cx) else {
            return Ok(false);
        };
        let opening = reading.opening;
        self.reading = None;
        self.context.service.metrics.store_reads.one();
        let ReadersPage { page, until } = page.map_err(|error| End::Closing(error.into()))?;
        if let Some(log) = self.logs.get(opening.slot)
            && log.serial == opening.serial
            && until < log.until
        {
            let log = log.log;
            self.reads_until(log, until);
        }
        self.take_page(opening, page)?;
        Ok(true)
    }

    fn next_reading(&mut self) -> Option<Reading> {
        loop {
            let slot = self.behind.pop_front()?;
            let Some(log) = self
                .logs
                .get(slot)
                .filter(|log| matches!(log.mode, Mode::Reading))
            else {
                continue;
            };
            let opening = Opening {
                slot,
                serial: log.serial,
            };
            let (id, after, until) = (log.log, log.next.saturating_sub(1), log.until);
            let context = self.context.clone();
            let limit = PageLimit {
                entries: MAX_RUN,
                bytes: PAGE_BYTES,
            };
            let page = Box::pin(async move { context.page(id, after, until, limit).await });
            return Some(Reading { opening, page });
        }
    }

    fn take_page(&mut self, opening: Opening, page: Page) -> Result<(), End> {
        let Some(log) = self
            .logs
            .get(opening.slot)
            .filter(|log| log.serial == opening.serial)
        else {
            return Ok(());
        };
        let Some((first, last)) = page.entries.first().zip(page.entries.last()) else {
            if page.first > log.next {
                // The reader was slower than retention. Opening the log again tells the client so.
                let text = format!(
                    "{} was trimmed past this session's cursor; open it again",
                    log.log
                );
                return Err(End::Closing(WireError::new(ErrorCode::GoingAway, text)));
            }
            // Nothing there: the tail was ahead of what this reader may read.
            log.mode = Mode::Live;
            return Ok(());
        };
        if first.seq != log.next {
            let text = format!(
                "{} has a gap before entry {}; nothing was skipped",
                log.log, first.seq
            );
            return Err(End::Closing(WireError::new(ErrorCode::StoreFailed, text)));
        }
        let missing = page.head.min(log.until).saturating_sub(last.seq);
        let frames: std::collections::VecDeque<_> = page
            .entries
            .iter()
            .map(|entry| EntryFrame::new(log.log, entry))
            .collect();
        let bytes = frames.iter().map(EntryFrame::len).sum::<usize>() as u64;
        let count = (frames.len() as u64).max(1);
        // The rest of the log is taken to be like this page.
        if bytes + missing.saturating_mul(bytes / count) > BULK_BEHIND {
            self.start_catch_up(opening);
        } else {
            log.mode = Mode::Page(frames);
            self.mark(opening.slot);
        }
        Ok(())
    }
}
