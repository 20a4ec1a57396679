//! The writing half: control answers first, then the live lane.

use super::{End, Session};
use bytes::Bytes;
use lacre_wire::answer::Answer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::limits::MAX_FRAME;
use lacre_wire::push::ServerFrame;
use std::task::{Context as Wakeup, Poll};

/// Answers that wait for a peer who sends requests and reads nothing; above this, no more are read.
pub(super) const MAX_CONTROL: usize = 256 * 1024;

impl Session {
    /// Hands the stream as much as it takes.
    pub(super) fn write(&mut self, cx: &mut Wakeup<'_>) -> Result<bool, End> {
        let mut moved = false;
        self.send.poll_flush(cx).map_err(|_| End::Gone)?;
        loop {
            if self.out_at == self.out.len() {
                self.out.clear();
                self.out_at = 0;
                self.fill();
                if self.out.is_empty() {
                    return Ok(moved);
                }
            }
            let Some(rest) = self.out.get_mut(self.out_at..) else {
                return Ok(moved);
            };
            match self.send.poll_write(cx, rest) {
                Poll::Ready(Ok(whole)) => {
                    self.out_at += whole;
                    moved = true;
                }
                Poll::Ready(Err(_)) => return Err(End::Gone),
                Poll::Pending => return Ok(moved),
            }
        }
    }

    fn fill(&mut self) {
        if !self.control.is_empty() {
            self.out
                .push(Bytes::from(std::mem::take(&mut self.control)));
        }
        self.out.append(&mut self.hints);
        self.fill_live();
    }

    /// Queues a frame on the control lane.
    pub(super) fn control_frame(&mut self, frame: &ServerFrame) {
        push_frame(&mut self.control, frame);
    }

    /// Queues the answer to a request.
    pub(super) fn answer(&mut self, id: u32, answer: Answer) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let metrics = &self.context.service.metrics;
        metrics.in_flight.sub(1);
        if let Answer::Failed(error) = &answer {
            metrics.refused(error.code);
        }
        let before = self.control.len();
        self.control_frame(&ServerFrame::Answer { id, answer });
        if self.control.len() - before > MAX_FRAME + 4 {
            self.control.truncate(before);
            let text =
                format!("the answer exceeds a frame of {MAX_FRAME} bytes; ask for less at once");
            let answer = Answer::Failed(WireError::new(ErrorCode::TooLarge, text));
            self.control_frame(&ServerFrame::Answer { id, answer });
        }
    }
}

/// Appends a frame, length first.
fn push_frame(out: &mut Vec<u8>, frame: &ServerFrame) {
    let start = out.len();
    out.extend([0; 4]);
    // The writer is a vector and no wire type has a failing encoder.
    let _infallible = minicbor::encode(frame, &mut *out);
    let length = u32::try_from(out.len() - start - 4).unwrap_or(u32::MAX);
    out.iter_mut()
        .skip(start)
        .zip(length.to_be_bytes())
        .for_each(|(to, from)| *to = from);
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::frame;

    #[test]
    fn frames_follow_one_another() {
        let frames = [
            ServerFrame::GoAway { spread_ms: 5 },
            ServerFrame::Answer {
                id: 3,
                answer: Answer::Ok,
            },
        ];
        let mut out = Vec::new();
        frames.iter().for_each(|frame| push_frame(&mut out, frame));
        assert_eq!(
            out,
            frames.iter().flat_map(frame::encode).collect::<Vec<_>>()
        );
    }
}
