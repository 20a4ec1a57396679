//! BadCommit: a device cannot apply a commit and has stopped the room.

use super::Handled;
use crate::groups::Submitter;
use crate::groups::bad_commit::check_report;
use crate::session::Context;
use crate::store::command::Command;
use crate::store::outcome::Verdict;
use crate::store::read::ReadAccounts;
use lacre_wire::answer::Answer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::push::ServerFrame;
use lacre_wire::request::SignedBadCommit;
use std::sync::Arc;

pub(super) async fn bad_commit(context: Arc<Context>, report: SignedBadCommit) -> Handled {
    context.spend(None, 1)?;
    let service = &context.service;
    let device = service.store.device(context.device()).await?;
    let device =
        device.ok_or_else(|| WireError::new(ErrorCode::NoSuchDevice, "the device is gone"))?;
    let submitter = Submitter {
        account: context.account(),
        device: context.device(),
    };
    let (command, reason) =
        match check_report(&report, submitter, &device.key, service.clock.now_ms()) {
            Ok(checked) => checked,
            Err(refused) => return Ok(refused.to_answer()),
        };
    let (room, generation) = (command.room, command.generation);
    tracing::warn!(%room, generation, epoch = command.epoch, seq = command.seq, ?reason, "a member cannot apply a commit");
    let outcome = service
        .store
        .submit(Command::ReportBadCommit(command))
        .await?;
    match outcome.verdict {
        Verdict::Reported { frozen } => {
            if frozen {
                // Who reports it may have closed the room's log, and may be the one to repair it.
                let mut readers = service.hub.readers(room);
                readers.push(context.mailbox.clone());
                service.hint(&readers, &ServerFrame::Frozen { room, generation });
            }
            Ok(Answer::Ok)
        }
        verdict => Ok(service.answer_verdict(None, verdict).await),
    }
}
