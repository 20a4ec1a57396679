//! Commit: a room goes on to its next epoch.
//!
//! The commit is validated off the writer, then the store compares and sets the epoch. Only when
//! that is durable do the turns, the join requests and the cached group move.

use super::{Handled, Standing, account_in, no_such_room, payload, room_and_standing};
use crate::groups::turn_queue::At;
use crate::groups::{CommitBytes, Next, Refused, Submitter, ValidCommit};
use crate::session::Context;
use crate::store::command::{Command, Member};
use crate::store::outcome::Verdict;
use lacre_wire::answer::Answer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::{AccountId, DeviceId, RoomId};
use lacre_wire::request::CommitBundle;
use std::sync::Arc;

pub(super) async fn commit(context: Arc<Context>, room: RoomId, bundle: CommitBundle) -> Handled {
    let service = &context.service;
    if let Some(accepted) = service.remembered(&context, room, bundle.submit_id).await? {
        return Ok(Answer::Accepted(accepted));
    }
    context.spend(Some(room), 1)?;
    let bytes = bytes(&context, bundle).await?;
    let Some((row, standing)) = room_and_standing(&context, room).await? else {
        return Err(no_such_room(room));
    };
    let submitter = Submitter {
        account: context.account(),
        device: context.device(),
    };
    let now_ms = service.clock.now_ms();
    let before = (row.generation, row.epoch);
    let valid = match service
        .groups
        .validate_commit(&service.store, &row, submitter, bytes, now_ms)
        .await
    {
        Ok(valid) => valid,
        // Whoever is not in the room learns nothing more about it.
        Err(_)
            if standing == Standing::Outside
                && !row.join_open
                && !account_in(&context, room).await? =>
        {
            return Err(no_such_room(room));
        }
        Err(Refused::WrongEpoch { generation, epoch }) => {
            let verdict = Verdict::WrongEpoch { generation, epoch };
            let at = (standing == Standing::Member).then_some(before);
            return Ok(service
                .answer_verdict(at.map(|at| (room, at)), verdict)
                .await);
        }
        Err(refused) => return Ok(refused.to_answer()),
    };
    check_turn(&context, room, &valid).await?;
    let after = After::of(&valid);
    let outcome = service
        .store
        .submit(Command::Commit(Box::new(valid.command)))
        .await?;
    service.apply_readers(&outcome.readers);
    if let Verdict::Accepted(_) = outcome.verdict {
        service.metrics.accepted.one();
        // Given back after the room has moved: who waits for it is late, and need not build a commit.
        let turn = context.take_turn(&room);
        after.settle(&context, room, valid.next);
        drop(turn);
        if !valid.still_leaving.is_empty() {
            service.evict_later(room, valid.still_leaving);
        }
    }
    Ok(service
        .answer_verdict(Some((room, before)), outcome.verdict)
        .await)
}

async fn bytes(context: &Context, bundle: CommitBundle) -> Result<CommitBytes, WireError> {
    Ok(CommitBytes {
        submit_id: bundle.submit_id,
        commit: payload::fetch(context, bundle.commit).await?,
        group_info: payload::fetch(context, bundle.group_info).await?,
        gi_mac: bundle.gi_mac,
        key_number: bundle.key_number,
        welcome: payload::fetch_optional(context, bundle.welcome).await?,
    })
}

/// A bundle's payloads at hand, for a room's first commit.
pub(super) async fn first(
    context: &Context,
    bundle: Option<CommitBundle>,
) -> Result<Option<CommitBytes>, WireError> {
    match bundle {
        Some(bundle) => bytes(context, bundle).await.map(Some),
        None => Ok(None),
    }
}

/// A member commits in its turn; somebody from outside once nobody has let them in.
async fn check_turn(context: &Context, room: RoomId, valid: &ValidCommit) -> Result<(), WireError> {
    let not_yet = |text: &str| WireError::new(ErrorCode::NotYourTurn, text);
    if valid.command.external {
        // A device that rejoins, or another device of a member, keeps nobody waiting.
        let known = account_in(context, room).await?;
        return match known
            || context
                .service
                .nominations
                .may_commit_alone(&room, &context.account())
        {
            true => Ok(()),
            false => Err(not_yet(
                "ask to join first, and wait as long as the answer says",
            )),
        };
    }
    let turn = context.take_turn(&room);
    let Some(turn) = turn.filter(|turn| turn.is_held() && turn.at() == at_of(valid)) else {
        return Err(not_yet(
            "ask for the turn to commit on the room's present epoch first",
        ));
    };
    let fits = !turn.is_for_removal() || valid.removes();
    context.keep_turn(turn);
    match fits {
        true => Ok(()),
        false => Err(WireError::new(
            ErrorCode::NotAllowed,
            "the turn was taken for a removal; the commit removes nobody",
        )),
    }
}

fn at_of(valid: &ValidCommit) -> At {
    (valid.command.generation, valid.command.epoch)
}

/// What follows from a step once it is durable.
pub(super) struct After {
    added: Vec<AccountId>,
    reproposed: Vec<DeviceId>,
}

impl After {
    fn of(valid: &ValidCommit) -> Self {
        let reproposed = valid
            .command
            .reproposals
            .iter()
            .map(|remove| remove.device)
            .collect();
        Self {
            added: valid.added_accounts().copied().collect(),
            reproposed,
        }
    }

    /// For a new room.
    pub(super) fn created(added: impl Iterator<Item = Member>) -> Self {
        Self {
            added: added.map(|member| member.account).collect(),
            reproposed: Vec::new(),
        }
    }

    pub(super) fn settle(&self, context: &Context, room: RoomId, next: Next) {
        let service = &context.service;
        service.room_moved(room, next.at(), next.devices());
        service
            .nominations
            .moved(&room, &self.added, next.devices());
        if !self.reproposed.is_empty() {
            service
                .nominations
                .proposals(room, self.reproposed.iter().copied());
        }
        service.groups.keep(next);
    }
}
