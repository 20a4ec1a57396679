//! The end of a session: everybody who knows of it forgets it.

use super::{End, Session};
use crate::stream::{Gone, Sender};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::frame;
use lacre_wire::push::ServerFrame;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

/// How long the peer has to take the last frame.
const LAST_FRAME: Duration = Duration::from_secs(2);

/// How long a relay that stops works on what it has taken.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

impl Session {
    pub(super) async fn finish(mut self, end: End) {
        let service = self.context.service.clone();
        if matches!(&end, End::Closing(error) if error.code == ErrorCode::GoingAway) {
            // What takes longer, the client finds in the log.
            let _all = tokio::time::timeout(LAST_ANSWERS, self.last_answers()).await;
        }
        self.context.end();
        service.online.leave(&self.context.mailbox);
        for room in std::mem::take(&mut self.watched) {
            service.watchers.leave(room, self.context.mailbox.number);
        }
        for (slot, log) in self.logs.drain() {
            service.hub.close(log, &self.context.mailbox, slot);
        }
        service.metrics.in_flight.sub(self.in_flight as u64);
        let submissions = std::mem::take(&mut self.submissions);
        if !submissions.is_empty() {
            // What the store has, it finishes; whoever asked learns it from the log.
            service.tasks.spawn(async move {
                for (_, submission) in submissions {
                    drop(submission.await);
                }
            });
        }
        match end {
            End::Gone => self.link.close(0, ""),
            End::Closing(error) => {
                tracing::debug!(code = %error.code, "the relay ends the session");
                if error.code != ErrorCode::GoingAway {
                    service.metrics.refused(error.code);
                }
                let said = tokio::time::timeout(LAST_FRAME, self.say(&error)).await;
                drop(said);
                self.link.close(error.code.number(), error.code.name());
            }
        }
    }

    /// Waits for the answers to what was taken: a client that hears them has nothing to ask again.
    async fn last_answers(&mut self) {
        poll_fn(|cx| {
            // A second reason to end changes nothing.
            let _ended = self.collect(cx);
            self.settle(cx);
            if self.in_flight == 0 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    /// Completes what was begun, so that the last frame is readable, and sends it.
    async fn say(&mut self, error: &WireError) -> Result<(), Gone> {
        if let Some(rest) = self.out.get_mut(self.out_at..) {
            self.send.write_chunks(rest).await?;
        }
        // That the relay goes away may have come together with the end.
        let mut hints = std::mem::take(&mut self.hints);
        self.send.write_chunks(&mut hints).await?;
        let control = std::mem::take(&mut self.control);
        self.send.write(control.into()).await?;
        say_closing(&mut self.send, error).await
    }
}

/// Sends `Closing` as the last frame and waits until the peer has it, or is gone.
pub(super) async fn say_closing(send: &mut Sender, error: &WireError) -> Result<(), Gone> {
    let closing = frame::encode(&ServerFrame::Closing(error.clone()));
    send.write(closing.into()).await?;
    send.finish().await
}
