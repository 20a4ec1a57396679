//! Time: acks are sent at most once a second, and some things wait for a moment.

use crate::engine::Engine;
use lacre_wire::ids::{LogId, Millis, Seq};
use lacre_wire::request::{ClientFrame, LogSeq};

/// Acks of a session are gathered this long.
const ACK_EVERY_MS: Millis = 1000;

impl Engine {
    /// Tells the engine the time. Call it when [`Engine::next_tick`] has come; more often does no harm.
    pub fn tick(&mut self, now: Millis) {
        if self.live.ack_at.is_some_and(|at| at <= now) {
            self.flush_acks();
        }
        self.do_due(now);
        self.work(now);
        self.hints_tick(now);
    }

    /// When [`Engine::tick`] is wanted at the latest, in milliseconds since the epoch.
    pub fn next_tick(&self) -> Option<Millis> {
        let rooms = self
            .live
            .rooms
            .values()
            .map(|room| room.not_before)
            .filter(|at| *at > 0);
        let keys = self.live.rooms.values().filter_map(|room| room.keys_due);
        let repairs = self
            .live
            .rooms
            .values()
            .flat_map(|room| [room.repair_at, room.welcome_until])
            .flatten();
        let joins = self
            .live
            .joining
            .values()
            .filter_map(|joining| joining.commit_at);
        self.live
            .ack_at
            .into_iter()
            .chain(rooms)
            .chain(joins)
            .chain(keys)
            .chain(repairs)
            .chain(self.hints_next())
            .chain(self.reading.next_due().filter(|_| self.live.listed))
            .chain(self.later.next())
            .min()
    }

    /// A log was applied durably up to `seq`.
    pub(crate) fn ack(&mut self, log: LogId, seq: Seq, now: Millis) {
        self.live.acks.insert(log, seq);
        self.live.ack_at.get_or_insert(now + ACK_EVERY_MS);
    }

    fn flush_acks(&mut self) {
        self.live.ack_at = None;
        let acks: Vec<_> = std::mem::take(&mut self.live.acks)
            .into_iter()
            .map(|(log, seq)| LogSeq { log, seq })
            .collect();
        if self.live.online && !acks.is_empty() {
            self.send_frame(ClientFrame::Ack { acks });
        }
    }
}
