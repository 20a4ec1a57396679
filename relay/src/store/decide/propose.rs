//! Proposals: a member's own, and the relay's Removes.

use super::append::{at_epoch, group, remember, standing};
use super::draft::Draft;
use super::{Decision, Env, Verdicted, refuse};
use crate::store::command::{Hashed, Propose, RelayPropose, RelayRemove};
use crate::store::effect::Effect;
use crate::store::limits::PENDING_PROPOSALS;
use crate::store::outcome::Verdict;
use crate::store::rows::{Blind, LogRow, Pending, RoomRow};
use crate::store::view::View;
use lacre_wire::answer::Accepted;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{DeviceId, RoomId};
use lacre_wire::limits::MAX_INLINE_BODY;
use lacre_wire::log::EntryKind;

pub(super) fn propose(
    view: &View,
    c: &Propose,
    key: Option<Blind>,
    env: &Env<'_>,
) -> Verdicted<Decision> {
    let size = c.body.bytes().len();
    if size > MAX_INLINE_BODY {
        return refuse(
            ErrorCode::TooLarge,
            format!("a proposal has at most {MAX_INLINE_BODY} bytes, this one has {size}"),
        );
    }
    let (room, log, _) = standing(view, &c.room, &c.device)?;
    at_epoch(room, c.generation, c.epoch)?;
    if room.pending.len() >= PENDING_PROPOSALS {
        return refuse(
            ErrorCode::RateLimited,
            format!("{PENDING_PROPOSALS} proposals wait in this room; commit them first"),
        );
    }
    let mut draft = Draft::new(view, env, c.now_ms);
    let (mut room, mut log) = (room.clone(), log.clone());
    let accepted = wait(&mut draft, c.room, &mut room, &mut log, &c.body, None);
    draft.effects.extend(remember(key, &accepted));
    draft.effects.push(Effect::Room(c.room, Box::new(room)));
    draft.touch(c.room, log);
    Ok(draft.finish(Verdict::Accepted(accepted)))
}

pub(super) fn relay(view: &View, c: &RelayPropose, env: &Env<'_>) -> Verdicted<Decision> {
    let (room, log) = match group(view, &c.room) {
        Ok(found) => found,
        // A frozen group takes no commits, but whoever is evicted must get nothing more at once.
        Err(_) => match (&view.room, &view.log) {
            (Some(room), Some(log)) => (room, log),
            _ => return refuse(ErrorCode::NoSuchRoom, format!("no room {}", c.room)),
        },
    };
    at_epoch(room, c.generation, c.epoch)?;
    let mut draft = Draft::new(view, env, c.now_ms);
    let (mut room, mut log) = (room.clone(), log.clone());
    let mut last = None;
    for remove in &c.removes {
        if room
            .pending
            .iter()
            .all(|pending| pending.evicts != Some(remove.device))
        {
            last = Some(evicting(&mut draft, c.room, &mut room, &mut log, remove));
        }
    }
    let Some(accepted) = last else {
        return Ok(Decision::of(Verdict::Done));
    };
    draft.effects.push(Effect::Room(c.room, Box::new(room)));
    draft.touch(c.room, log);
    Ok(draft.finish(Verdict::Accepted(accepted)))
}

/// Appends a Remove of the relay, in the room's present epoch, and ends delivery to the device.
fn evicting(
    draft: &mut Draft<'_>,
    id: RoomId,
    room: &mut RoomRow,
    log: &mut LogRow,
    remove: &RelayRemove,
) -> Accepted {
    let accepted = wait(draft, id, room, log, &remove.body, Some(remove.device));
    match draft.view.members.get(&remove.device) {
        Some(member) if member.is_open() => {
            draft.evict(id, remove.device, member.clone(), accepted.seq);
        }
        Some(member) if member.owed => draft.no_longer_owed(id, remove.device, member),
        _ => {}
    }
    accepted
}

/// Appends a proposal that waits for a commit from here on.
pub(super) fn wait(
    draft: &mut Draft<'_>,
    id: RoomId,
    room: &mut RoomRow,
    log: &mut LogRow,
    body: &Hashed,
    evicts: Option<DeviceId>,
) -> Accepted {
    let entry = draft.handshake(EntryKind::Proposal, room.generation, room.epoch, body);
    let accepted = draft.append(id, log, entry);
    room.pending.push(Pending {
        seq: accepted.seq,
        hash: body.hash(),
        body: body.bytes().to_vec().into(),
        accepted_ms: accepted.accepted_ms,
        evicts,
    });
    accepted
}
