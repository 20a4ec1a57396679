//! CreateRoom: a new room with its first members, in one step.

use super::commit::{After, first};
use super::{Handled, payload};
use crate::groups::{CreationBytes, Submitter};
use crate::session::Context;
use crate::store::command::Command;
use crate::store::outcome::Verdict;
use lacre_wire::answer::Answer;
use lacre_wire::request::CreateRoom;
use std::sync::Arc;

/// A new room costs as much as so many messages.
const COST: u32 = 10;

pub(super) async fn create_room(context: Arc<Context>, request: CreateRoom) -> Handled {
    let (service, room) = (&context.service, request.room);
    if let Some(accepted) = service
        .remembered(&context, room, request.submit_id)
        .await?
    {
        return Ok(Answer::Accepted(accepted));
    }
    context.spend(None, COST)?;
    let bytes = CreationBytes {
        room,
        peer: request.peer,
        group_info: payload::fetch(&context, request.group_info).await?,
        tree: payload::fetch(&context, request.tree).await?,
        gi_mac: request.gi_mac,
        submit_id: request.submit_id,
        first: first(&context, request.bundle).await?,
    };
    let creator = Submitter {
        account: context.account(),
        device: context.device(),
    };
    let valid = match service
        .groups
        .validate_creation(creator, bytes, service.clock.now_ms())
        .await
    {
        Ok(valid) => valid,
        Err(refused) => return Ok(refused.to_answer()),
    };
    let adds = valid
        .command
        .first
        .as_ref()
        .map(|step| step.adds.clone())
        .unwrap_or_default();
    let after = After::created(adds.into_iter());
    let outcome = service
        .store
        .submit(Command::CreateRoom(Box::new(valid.command)))
        .await?;
    service.apply_readers(&outcome.readers);
    if let Verdict::Accepted(_) = outcome.verdict {
        service.metrics.accepted.one();
        after.settle(&context, room, valid.next);
    }
    Ok(service.answer_verdict(None, outcome.verdict).await)
}
