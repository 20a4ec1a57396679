//! Keeps the order of a log that moves between streams.
//!
//! A log far behind moves to a catch-up stream and back (`CatchUp{log, from}` on the session
//! stream … `CatchUpEnd{log, next}` on the other). QUIC orders bytes within a stream only, so what
//! was sent later on one can come earlier than what was sent before on the other. Two gates hold it:
//! a catch-up stream waits until its log's `CatchUp` has been handed to the engine, and the session
//! stream waits with entries of that log until the catch-up stream has ended. The relay has
//! sent what is waited for, so neither waits for more than the network.

use crate::queue::lock;
use lacre_wire::answer::{Answer, OpenState};
use lacre_wire::ids::{LogId, Seq};
use lacre_wire::push::ServerFrame;
use std::collections::HashMap;
use std::sync::Mutex;
use tokio::sync::Notify;

/// Where a log flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    /// Announced; its stream, which begins at this entry, is not read yet.
    Announced(Seq),
    /// On its catch-up stream.
    CatchingUp,
}

#[derive(Default)]
pub(super) struct Lanes {
    /// Logs that are not on the session stream.
    away: Mutex<HashMap<LogId, Lane>>,
    changed: Notify,
}

impl Lanes {
    /// Whether a frame of the session stream concerns where a log flows.
    pub(super) fn moves(frame: &ServerFrame) -> bool {
        matches!(
            frame,
            ServerFrame::CatchUp { .. }
                | ServerFrame::Answer {
                    answer: Answer::Opened(_),
                    ..
                }
        )
    }

    /// Whether a frame of the session stream may be handed on now.
    pub(super) fn is_open(&self, frame: &ServerFrame) -> bool {
        !log_of(frame).is_some_and(|log| lock(&self.away).contains_key(&log))
    }

    /// Waits until a frame of the session stream may be handed on.
    pub(super) async fn session(&self, frame: &ServerFrame) {
        let Some(log) = log_of(frame) else { return };
        self.until(|away| (!away.contains_key(&log)).then_some(()))
            .await;
    }

    /// A frame of the session stream was handed on.
    pub(super) fn handed_on(&self, frame: &ServerFrame) {
        match frame {
            ServerFrame::CatchUp { log, from } => {
                lock(&self.away).insert(*log, Lane::Announced(*from));
            }
            // A log that was opened anew flows on the session stream, whatever was before.
            ServerFrame::Answer {
                answer: Answer::Opened(opened),
                ..
            } => {
                let mut away = lock(&self.away);
                for opened in opened
                    .iter()
                    .filter(|opened| matches!(opened.state, OpenState::Live { .. }))
                {
                    away.remove(&opened.log);
                }
            }
            _ => return,
        }
        self.changed.notify_waiters();
    }

    /// Waits until the catch-up stream of a log that begins at an entry may be handed on.
    pub(super) async fn catch_up(&self, log: LogId, from: Seq) {
        self.until(|away| {
            let lane = away
                .get_mut(&log)
                .filter(|lane| **lane == Lane::Announced(from))?;
            *lane = Lane::CatchingUp;
            Some(())
        })
        .await;
    }

    /// The catch-up stream of a log has ended and all of it was handed on.
    pub(super) fn caught_up(&self, log: LogId) {
        lock(&self.away).remove(&log);
        self.changed.notify_waiters();
    }

    async fn until<T>(&self, mut ready: impl FnMut(&mut HashMap<LogId, Lane>) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Listens from here on, so that a change between the look and the wait counts.
            changed.as_mut().enable();
            if let Some(value) = ready(&mut lock(&self.away)) {
                return value;
            }
            changed.await;
        }
    }
}

/// The log whose order a frame of the session stream is part of.
fn log_of(frame: &ServerFrame) -> Option<LogId> {
    match frame {
        ServerFrame::Entries { log, .. } | ServerFrame::CatchUp { log, .. } => Some(*log),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::ids::RoomId;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    const LOG: LogId = LogId::Room(RoomId([1; 16]));

    fn ready(future: impl Future<Output = ()>) -> bool {
        pin!(future).poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(())
    }

    #[test]
    fn each_lane_waits_for_the_other() {
        let lanes = Lanes::default();
        let entries = ServerFrame::Entries {
            log: LOG,
            entries: Vec::new(),
        };
        let announced = ServerFrame::CatchUp { log: LOG, from: 1 };
        assert!(
            !ready(lanes.catch_up(LOG, 1)),
            "a catch-up stream came before it was announced"
        );
        assert!(ready(lanes.session(&entries)));
        lanes.handed_on(&announced);
        assert!(
            !ready(lanes.session(&entries)),
            "live entries overtook the catch-up stream"
        );
        assert!(
            !ready(lanes.session(&announced)),
            "the next catch-up was announced into this one"
        );
        assert!(
            !ready(lanes.catch_up(LOG, 9)),
            "a later catch-up stream overtook this one"
        );
        assert!(ready(lanes.catch_up(LOG, 1)));
        assert!(
            !ready(lanes.catch_up(LOG, 1)),
            "two streams of one log at once"
        );
        lanes.caught_up(LOG);
        assert!(ready(lanes.session(&entries)));
    }

    #[test]
    fn other_logs_and_answers_pass() {
        let lanes = Lanes::default();
        lanes.handed_on(&ServerFrame::CatchUp { log: LOG, from: 1 });
        let other = ServerFrame::Entries {
            log: LogId::Room(RoomId([2; 16])),
            entries: Vec::new(),
        };
        assert!(ready(lanes.session(&other)));
        assert!(ready(lanes.session(&ServerFrame::Answer {
            id: 1,
            answer: Answer::Ok
        })));
    }
}
