//! The reading half: frames from the stream, each to whoever deals with it.

use super::write::MAX_CONTROL;
use super::{Context, End, MAX_IN_FLIGHT, Session, requests, submit};
use lacre_wire::answer::Answer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::frame::{Deframer, FrameError};
use lacre_wire::ids::LogId;
use lacre_wire::limits::MAX_OPEN;
use lacre_wire::request::{ClientFrame, Request};
use std::sync::Arc;
use std::task::{Context as Wakeup, Poll};

/// Bytes taken from the stream at once.
const CHUNK: usize = 64 * 1024;

/// Chunks read before something is written.
const CHUNKS: usize = 8;

impl Session {
    /// Reads frames for as long as there are few enough requests in flight.
    pub(super) fn read(&mut self, cx: &mut Wakeup<'_>) -> Result<bool, End> {
        let mut moved = self.take_frames(cx)?;
        for _ in 0..CHUNKS {
            if !self.may_read() {
                self.recv.poll_idle(cx).map_err(|_| End::Gone)?;
                break;
            }
            let chunk = match self.recv.poll_read(cx, CHUNK) {
                Poll::Ready(Ok(Some(chunk))) => chunk,
                // The peer is done, or gone.
                Poll::Ready(Ok(None) | Err(_)) => return Err(End::Gone),
                Poll::Pending => break,
            };
            self.deframer.push(&chunk);
            moved = true;
            self.take_frames(cx)?;
        }
        Ok(moved)
    }

    fn may_read(&self) -> bool {
        self.in_flight < MAX_IN_FLIGHT && self.control.len() < MAX_CONTROL
    }

    fn take_frames(&mut self, cx: &mut Wakeup<'_>) -> Result<bool, End> {
        let mut moved = false;
        while self.may_read() {
            let frame = self
                .deframer
                .next_message()
                .map_err(|error| End::Closing(frame_error(&error)))?;
            let Some(frame) = frame else {
                if self.deframer.rest().is_empty() && self.in_flight == 0 {
                    // An idle session keeps no buffer.
                    self.deframer = Deframer::default();
                }
                break;
            };
            moved = true;
            match frame {
                ClientFrame::Request { id, request } => self.take_request(id, request, cx),
                ClientFrame::Ack { acks } => self.take_acks(&acks)?,
                ClientFrame::Close { logs } => self.take_close(&logs),
                ClientFrame::Open { .. } => {
                    let text = "a session is opened once; this one is open";
                    return Err(End::Closing(WireError::new(
                        ErrorCode::UnexpectedMessage,
                        text,
                    )));
                }
            }
        }
        Ok(moved)
    }

    fn take_request(&mut self, id: u32, request: Request, cx: &mut Wakeup<'_>) {
        self.in_flight += 1;
        let service = &self.context.service;
        service.metrics.requests.one();
        service.metrics.in_flight.one();
        if !self.context.mailbox.is_listed() && !is_for_pending(&self.context, &request) {
            let text =
                "this device waits to be approved; until then it reads its inbox and nothing else";
            return self.answer(
                id,
                Answer::Failed(WireError::new(ErrorCode::NoSuchDevice, text)),
            );
        }
        match request {
            Request::Submit(message) => {
                let mut submission = Box::pin(submit::submit(self.context.clone(), message));
                // Polled at once: the store numbers messages in the order they are polled.
                match submission.as_mut().poll(cx) {
                    Poll::Ready(answer) => self.answer(id, answer),
                    Poll::Pending => self.submissions.push_back((id, submission)),
                }
            }
            Request::Ping => {
                let server_ms = self.context.service.clock.now_ms();
                self.answer(id, Answer::Pong { server_ms });
            }
            Request::Open(logs) => self.open(id, logs),
            Request::Focus(rooms) => self.focus(id, rooms),
            Request::ReleaseTurn { room } => {
                drop(self.context.take_turn(&room));
                self.answer(id, Answer::Ok);
            }
            other => requests::start(&self.context, id, other),
        }
    }

    fn take_acks(&mut self, acks: &[lacre_wire::request::LogSeq]) -> Result<(), End> {
        if acks.len() > MAX_OPEN {
            let text = format!(
                "at most {MAX_OPEN} logs are acknowledged at once, got {}",
                acks.len()
            );
            return Err(End::Closing(WireError::new(ErrorCode::TooLarge, text)));
        }
        self.context.service.acks.note(self.context.device(), acks);
        Ok(())
    }

    fn take_close(&mut self, logs: &[LogId]) {
        for log in logs {
            if let Some(slot) = self.logs.slot(log) {
                self.close_slot(slot);
            }
        }
    }
}

/// What a device may ask for before it is approved.
fn is_for_pending(context: &Arc<Context>, request: &Request) -> bool {
    match request {
        Request::Ping => true,
        Request::Open(logs) => logs
            .iter()
            .all(|open| open.log == LogId::Inbox(context.device())),
        _ => false,
    }
}

pub(super) fn frame_error(error: &FrameError) -> WireError {
    let code = match error {
        FrameError::TooLarge { .. } => ErrorCode::TooLarge,
        FrameError::Codec(_) => ErrorCode::Malformed,
    };
    WireError::new(code, error.to_string())
}
