//! OpenGeneration: a room goes on in a new group, where the present one cannot be followed any more.

use super::commit::{After, first};
use super::{Handled, Standing, no_such_room, payload, room_and_standing};
use crate::groups::{GenerationBytes, Submitter};
use crate::session::Context;
use crate::store::command::Command;
use crate::store::outcome::Verdict;
use lacre_wire::answer::Answer;
use lacre_wire::request::OpenGeneration;
use std::sync::Arc;

/// A generation costs as much as so many messages.
const COST: u32 = 10;

pub(super) async fn open_generation(context: Arc<Context>, request: OpenGeneration) -> Handled {
    let (service, room) = (&context.service, request.room);
    if let Some(accepted) = service
        .remembered(&context, room, request.submit_id)
        .await?
    {
        return Ok(Answer::Accepted(accepted));
    }
    context.spend(Some(room), COST)?;
    let bytes = GenerationBytes {
        generation: request.generation,
        last_good: request.last_good,
        group_info: payload::fetch(&context, request.group_info).await?,
        tree: payload::fetch(&context, request.tree).await?,
        gi_mac: request.gi_mac,
        key_number: request.key_number,
        submit_id: request.submit_id,
        first: first(&context, request.bundle).await?,
    };
    let Some((row, Standing::Member)) = room_and_standing(&context, room).await? else {
        return Err(no_such_room(room));
    };
    let opener = Submitter {
        account: context.account(),
        device: context.device(),
    };
    let valid = match service
        .groups
        .validate_generation(&service.store, &row, opener, bytes, service.clock.now_ms())
        .await
    {
        Ok(valid) => valid,
        Err(refused) => return Ok(refused.to_answer()),
    };
    let after = After::created(valid.command.step.adds.clone().into_iter());
    let generation = valid.command.generation;
    let outcome = service
        .store
        .submit(Command::OpenGeneration(Box::new(valid.command)))
        .await?;
    service.apply_readers(&outcome.readers);
    if let Verdict::Accepted(_) = outcome.verdict {
        tracing::info!(%room, generation, "a room goes on in a new generation");
        service.metrics.accepted.one();
        after.settle(&context, room, valid.next);
    }
    Ok(service.answer_verdict(None, outcome.verdict).await)
}
