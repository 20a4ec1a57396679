//! Propose: a member asks to leave.

use super::{Handled, Standing, no_such_room, visible_room};
use crate::groups::{Refused, Submitter};
use crate::session::Context;
use crate::store::command::Command;
use crate::store::outcome::Verdict;
use lacre_wire::answer::Answer;
use lacre_wire::ids::{RoomId, SubmitId};
use minicbor::bytes::ByteVec;
use std::sync::Arc;

pub(super) async fn propose(
    context: Arc<Context>,
    room: RoomId,
    submit_id: SubmitId,
    proposal: ByteVec,
) -> Handled {
    let service = &context.service;
    if let Some(accepted) = service.remembered(&context, room, submit_id).await? {
        return Ok(Answer::Accepted(accepted));
    }
    context.spend(Some(room), 1)?;
    let (row, standing) = visible_room(&context, room).await?;
    if standing == Standing::Outside {
        return Err(no_such_room(room));
    }
    let submitter = Submitter {
        account: context.account(),
        device: context.device(),
    };
    let body = Vec::from(proposal).into();
    let now_ms = service.clock.now_ms();
    let before = (row.generation, row.epoch);
    let valid = service
        .groups
        .validate_proposal(&service.store, &row, submitter, submit_id, body, now_ms)
        .await;
    let valid = match valid {
        Ok(valid) => valid,
        Err(Refused::WrongEpoch { generation, epoch }) => {
            let verdict = Verdict::WrongEpoch { generation, epoch };
            return Ok(service.answer_verdict(Some((room, before)), verdict).await);
        }
        Err(refused) => return Ok(refused.to_answer()),
    };
    let outcome = service
        .store
        .submit(Command::Propose(valid.command))
        .await?;
    service.apply_readers(&outcome.readers);
    if let Verdict::Accepted(_) = outcome.verdict {
        service.metrics.accepted.one();
        service.nominations.proposals(room, [context.device()]);
        if !valid.others.is_empty() {
            // An account leaves as a whole.
            service.evict_later(room, valid.others);
        }
    }
    Ok(service
        .answer_verdict(Some((room, before)), outcome.verdict)
        .await)
}
