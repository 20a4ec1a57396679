//! Frames from the relay.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::event::{Connection, Event};
use crate::io::Output;
use lacre_wire::checkpoint::SignedCheckpoint;
use lacre_wire::error::ErrorCode;
use lacre_wire::identity::{Label, verify};
use lacre_wire::ids::{LogId, Millis, RoomId};
use lacre_wire::limits::MAX_RUN;
use lacre_wire::log::Entry;
use lacre_wire::push::{CommitReason, ServerFrame};

impl Engine {
    /// Takes frames in the order they came on one stream. Entries are applied in runs of up to 256,
    /// one transaction each.
    pub fn on_frames(&mut self, frames: Vec<ServerFrame>, now: Millis) {
        let mut run: Option<(LogId, Vec<Entry>)> = None;
        for frame in frames {
            match frame {
                ServerFrame::Entries { log, entries } => match &mut run {
                    Some((held, all)) if *held == log && all.len() + entries.len() <= MAX_RUN => {
                        all.extend(entries)
                    }
                    _ => self.apply_held(run.replace((log, entries)), now),
                },
                other => {
                    self.apply_held(run.take(), now);
                    self.on_frame(other, now);
                }
            }
        }
        self.apply_held(run, now);
        self.work(now);
    }

    fn apply_held(&mut self, run: Option<(LogId, Vec<Entry>)>, now: Millis) {
        if let Some((log, entries)) = run {
            self.apply_run(log, entries, now);
        }
    }

    fn on_frame(&mut self, frame: ServerFrame, now: Millis) {
        match frame {
            ServerFrame::Ready(ready) => self.on_ready(ready, now),
            ServerFrame::Answer { id, answer } => self.on_answer(id, answer, now),
            ServerFrame::Entries { log, entries } => self.apply_run(log, entries, now),
            // Order is kept by sequence numbers; the lane a log is on does not matter here.
            ServerFrame::CatchUp { .. } | ServerFrame::CatchUpEnd { .. } => {}
            ServerFrame::Checkpoint(checkpoint) => self.on_checkpoint(&checkpoint),
            ServerFrame::JoinRequests { room, accounts } => {
                self.live.room(room).to_let_in.extend(accounts)
            }
            ServerFrame::CommitPlease { room, reason } => match reason {
                CommitReason::ProposalsWait => self.live.room(room).commit_wanted = true,
                CommitReason::LongEpoch => self.live.room(room).renew_wanted = true,
            },
            ServerFrame::GoAway { .. } => {}
            ServerFrame::Closing(error) => {
                let before_login = !self.live.online;
                if before_login {
                    self.login_refused(error.clone());
                }
                let lost_answer = error.code == ErrorCode::AccountExists
                    && self.profile().is_some_and(|p| p.signed_up);
                let fatal = before_login && !error.code.is_retryable() && !lost_answer;
                let reason = error.to_string();
                if fatal {
                    self.tell(Event::Error(Error::from(error)));
                }
                self.out.push(Output::Disconnect { reason, fatal });
            }
            ServerFrame::Frozen { room, .. } => {
                if let Err(error) = self.room_frozen(room) {
                    self.report(error);
                }
            }
        }
    }

    /// The connection is gone. What was on its way is sorted out after the next login.
    pub fn on_disconnected(&mut self, _now: Millis) {
        let was_online = self.live.online;
        self.hints_end();
        self.live.reset();
        if was_online {
            self.tell(Event::Connection(Connection::Offline));
        }
    }

    /// A signed chain head must agree with what this device has read.
    fn on_checkpoint(&mut self, signed: &SignedCheckpoint) {
        let (Some(key), Ok(checkpoint)) = (self.live.checkpoint_key, signed.read()) else {
            return;
        };
        if verify(
            &key,
            Label::Checkpoint,
            &signed.checkpoint,
            &signed.signature,
        )
        .is_err()
        {
            self.relay_broke_protocol("a checkpoint does not verify");
            return;
        }
        let Some(room) = checkpoint.log.room() else {
            return;
        };
        self.live.checkpoints.insert(room, checkpoint);
        self.compare_checkpoint(room);
    }

    /// Compares the newest checkpoint of a room with what was read, as soon as both are here: it may
    /// come before the entries it covers.
    pub(crate) fn compare_checkpoint(&mut self, room: RoomId) {
        let Some(checkpoint) = self.live.checkpoints.get(&room) else {
            return;
        };
        // What was read before the store was reset stands behind the position, and is of another history.
        let known = match (self.db.room(room), self.db.position(checkpoint.log)) {
            (Ok(Some(row)), Ok(Some(here))) if here.seq >= checkpoint.seq => {
                self.db.chain_at(row.r, checkpoint.seq)
            }
            _ => return,
        };
        let Ok(Some(chain)) = known else { return };
        let agrees = chain == checkpoint.chain;
        self.live.checkpoints.remove(&room);
        if !agrees {
            let text = "the relay signed another history of this room than it showed to this device; \
                the room was stopped: talk to the operator, and to the others by other means";
            self.stop_room(room, Error::new(ErrorKind::Security, "LogForked", text));
        }
    }

    /// The relay did something that no honest relay does; the connection is given up and tried again.
    pub(crate) fn relay_broke_protocol(&mut self, what: &str) {
        let text = format!("the relay broke the protocol: {what}");
        self.report(Error::new(
            ErrorKind::Relay,
            "RelayMisbehaved",
            text.clone(),
        ));
        self.out.push(Output::Disconnect {
            reason: text,
            fatal: false,
        });
    }
}
