//! The bulk lane: a log that is far behind, on a stream of its own.
//!
//! The session stream says where the log leaves it, the catch-up stream where it comes back. Only
//! when the peer has received the whole catch-up stream does the log return, so it is never on two
//! streams at once.

use super::logs::Mode;
use super::page::ReadersPage;
use super::{Context, Done, Opening, Session};
use crate::store::StoreError;
use crate::store::read::{Page, PageLimit};
use crate::stream::{Gone, Link, Sender};
use bytes::Bytes;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::frame;
use lacre_wire::ids::{LogId, Seq};
use lacre_wire::limits::BULK_BEHIND;
use lacre_wire::push::ServerFrame;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::oneshot;

impl Session {
    /// Moves a log to a stream of its own.
    pub(super) fn start_catch_up(&mut self, opening: Opening) {
        let Some(log) = self.logs.get(opening.slot) else {
            return;
        };
        let (cancel, cancelled) = oneshot::channel();
        let until = Arc::new(AtomicU64::new(log.until));
        log.mode = Mode::CatchUp {
            _cancel: cancel,
            until: until.clone(),
        };
        let (id, from) = (log.log, log.next);
        self.control_frame(&ServerFrame::CatchUp { log: id, from });
        let context = self.context.clone();
        let link = self.link.clone();
        let work = CatchUp {
            context,
            link,
            opening,
            log: id,
            next: from,
            until,
        };
        self.context.service.metrics.catch_ups.one();
        self.context.service.tasks.spawn(work.run(cancelled));
    }
}

struct CatchUp {
    context: Arc<Context>,
    link: Link,
    opening: Opening,
    log: LogId,
    next: Seq,
    until: Arc<AtomicU64>,
}

/// Why a catch-up stream did not come to its end.
enum Failed {
    /// The stream or the connection is gone: the session ends by itself, or has closed the log.
    Stream,
    /// The store failed.
    Store(StoreError),
}

impl From<Gone> for Failed {
    fn from(_: Gone) -> Self {
        Self::Stream
    }
}

impl CatchUp {
    async fn run(mut self, cancelled: oneshot::Receiver<()>) {
        let opened = tokio::select! {
            opened = self.link.open() => opened,
            _ = self.context.over() => return,
        };
        let Some(mut stream) = opened else {
            // The connection is gone, or its client does not fetch what it was offered.
            let text = "a catch-up stream did not come about; connect again";
            return self
                .context
                .mailbox
                .end(WireError::new(ErrorCode::GoingAway, text));
        };
        let copied = tokio::select! {
            copied = self.copy(&mut stream) => copied,
            // The session closed the log, or has ended.
            _ = cancelled => {
                stream.reset();
                return;
            }
        };
        match copied {
            Ok(()) => self.context.mailbox.done(Done::CaughtUp {
                opening: self.opening,
                next: self.next,
            }),
            Err(Failed::Stream) => {}
            Err(Failed::Store(error)) => {
                stream.reset();
                self.context.mailbox.end(error.into());
            }
        }
    }

    async fn copy(&mut self, stream: &mut Sender) -> Result<(), Failed> {
        let mut page = self.page(self.next).await?;
        while let Some(last) = page.entries.last().map(|entry| entry.seq) {
            let behind = page.head.min(self.until()).saturating_sub(last);
            let count = page.entries.len() as u64;
            let bytes = Bytes::from(frame::encode(&ServerFrame::Entries {
                log: self.log,
                entries: page.entries,
            }));
            let metrics = &self.context.service.metrics;
            metrics.deliveries.add(count);
            metrics.delivered_bytes.add(bytes.len() as u64);
            self.next = last.saturating_add(1);
            // Near enough for the live lane, which then has it from memory or reads one page.
            let near = behind.saturating_mul(bytes.len() as u64 / count) < BULK_BEHIND / 4;
            if behind == 0 || (near && self.context.service.hub.covers(self.log, self.next)) {
                stream.write(bytes).await?;
                break;
            }
            // The next page is read while this one leaves.
            let (written, read) = tokio::join!(stream.write(bytes), self.page(self.next));
            written?;
            page = read?;
        }
        let end = frame::encode(&ServerFrame::CatchUpEnd {
            log: self.log,
            next: self.next,
        });
        stream.write(end.into()).await?;
        Ok(stream.finish().await?)
    }

    async fn page(&self, next: Seq) -> Result<Page, Failed> {
        let (after, limit) = (next.saturating_sub(1), PageLimit::default());
        let page = self.context.page(self.log, after, self.until(), limit);
        let ReadersPage { page, until } = page.await.map_err(Failed::Store)?;
        if let LogId::Room(room) = self.log
            && self.until.fetch_min(until, Ordering::Relaxed) > until
        {
            let (service, device) = (&self.context.service, self.context.device());
            service.end_reading(room, &device, Some(until));
        }
        Ok(page)
    }

    fn until(&self) -> Seq {
        self.until.load(Ordering::Relaxed)
    }
}
