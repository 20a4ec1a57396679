//! Open: logs begin to flow.
//!
//! The session listens before the store is asked where the log stands, so nothing that comes
//! between is missed.

use crate::session::{Done, Opening, Session};
use crate::store::read::ReadLogs;
use lacre_wire::answer::{Answer, OpenState, OpenedLog};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::limits::MAX_OPEN;
use lacre_wire::request::OpenLog;

/// Logs one session has open. A device is in far fewer rooms.
const MAX_OPEN_LOGS: usize = 8 * MAX_OPEN;

impl Session {
    pub(in crate::session) fn open(&mut self, id: u32, asked: Vec<OpenLog>) {
        if asked.len() > MAX_OPEN || self.logs.len() + asked.len() > MAX_OPEN_LOGS {
            let text = format!(
                "at most {MAX_OPEN} logs are opened at once and {MAX_OPEN_LOGS} in a session; {} are open, {} asked",
                self.logs.len(),
                asked.len()
            );
            return self.answer(
                id,
                Answer::Failed(WireError::new(ErrorCode::TooLarge, text)),
            );
        }
        let mailbox = &self.context.mailbox;
        let mut openings = Vec::with_capacity(asked.len());
        for open in &asked {
            // Opened again: the client's cursor decides, the flow starts over from it.
            if let Some(slot) = self.logs.slot(&open.log) {
                self.logs.close(slot);
                self.context.service.hub.close(open.log, mailbox, slot);
            }
            let Some(slot) = self.logs.open(open.log) else {
                continue;
            };
            self.context
                .service
                .hub
                .open(open.log, mailbox.clone(), slot);
            let serial = self.logs.get(slot).map_or(0, |log| log.serial);
            openings.push(Opening { slot, serial });
        }
        let context = self.context.clone();
        self.context.service.tasks.spawn(async move {
            let opened = context.service.store.open(context.device(), asked).await;
            let done = match opened {
                Ok(opened) => {
                    opened
                        .iter()
                        .for_each(|log| context.service.learn_open(log));
                    Done::Opened {
                        id,
                        opened: openings.into_iter().zip(opened).collect(),
                    }
                }
                Err(error) => Done::NotOpened {
                    id,
                    openings,
                    error: error.into(),
                },
            };
            context.mailbox.done(done);
        });
    }
}

impl crate::service::Service {
    /// What an opening says about the log's head.
    fn learn_open(self: &std::sync::Arc<Self>, opened: &OpenedLog) {
        if let OpenState::Live {
            head,
            closed: false,
            ..
        } = opened.state
        {
            self.learn(opened.log, head, None);
        }
    }
}
