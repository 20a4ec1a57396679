//! A message: one epoch (contract 6), one predecessor (contract 4), one stamp.

use super::draft::{NewEntry, extend, next};
use super::{Decision, Env, Verdicted, commit_first, evictions, refuse};
use crate::store::command::Append;
use crate::store::effect::Effect;
use crate::store::outcome::{Outcome, Verdict};
use crate::store::rows::{Blind, LogRow, MemberRow, RoomRow, SealedSender};
use crate::store::view::View;
use lacre_wire::answer::Accepted;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{DeviceId, Epoch, Generation, LogId, RoomId};
use lacre_wire::limits::MAX_MESSAGE;
use lacre_wire::log::{EntryKind, SenderOpening};
use lacre_wire::stamp::{StampContext, commit_sender};

/// The room, its log and the device's place, for a device that reads it and a group that is not
/// frozen.
pub(super) fn standing<'a>(
    view: &'a View,
    room: &RoomId,
    device: &DeviceId,
) -> Verdicted<(&'a RoomRow, &'a LogRow, &'a MemberRow)> {
    let (row, log) = group(view, room)?;
    let Some(member) = view.member.as_ref().filter(|member| member.is_open()) else {
        return refuse(
            ErrorCode::NotAReader,
            format!("device {device} is not in room {room}"),
        );
    };
    Ok((row, log, member))
}

/// The room and its log, for a group that is not frozen.
pub(super) fn group<'a>(view: &'a View, room: &RoomId) -> Verdicted<(&'a RoomRow, &'a LogRow)> {
    let (Some(row), Some(log)) = (&view.room, &view.log) else {
        return refuse(ErrorCode::NoSuchRoom, format!("no room {room}"));
    };
    if row.frozen {
        return refuse(
            ErrorCode::RoomFrozen,
            format!(
                "generation {} of room {room} is frozen; wait for the next generation",
                row.generation
            ),
        );
    }
    Ok((row, log))
}

/// The compare in compare-and-set.
pub(super) fn at_epoch(room: &RoomRow, generation: Generation, epoch: Epoch) -> Verdicted<()> {
    if (room.generation, room.epoch) == (generation, epoch) {
        Ok(())
    } else {
        Err(Verdict::WrongEpoch {
            generation: room.generation,
            epoch: room.epoch,
        })
    }
}

pub(super) fn append(
    view: &View,
    c: &Append,
    key: Option<Blind>,
    env: &Env<'_>,
) -> Verdicted<Decision> {
    let size = c.body.bytes().len();
    if size > MAX_MESSAGE {
        return refuse(
            ErrorCode::TooLarge,
            format!("a message has at most {MAX_MESSAGE} bytes, this one has {size}"),
        );
    }
    let (room, log, member) = standing(view, &c.room, &c.device)?;
    at_epoch(room, c.generation, c.epoch)?;
    if evictions(room).next().is_some() {
        return Err(commit_first(room));
    }
    if member.last != c.prev {
        return Err(Verdict::OutOfOrder { last: member.last });
    }

    let mut log = log.clone();
    let entry = stamped(c, &log, env);
    let row = extend(&mut log, entry, c.now_ms);
    let retention = room.retention_ms.unwrap_or(env.retention_ms);
    log.due_ms = Some(
        log.due_ms
            .unwrap_or_else(|| row.accepted_ms.saturating_add(retention)),
    );
    let accepted = Accepted {
        seq: row.seq,
        chain: row.chain,
        accepted_ms: row.accepted_ms,
    };
    let id = LogId::Room(c.room);
    let member = MemberRow {
        last: Some(c.submit_id),
        ..member.clone()
    };
    let mut effects = Vec::with_capacity(4);
    effects.push(Effect::Append(id, Box::new(row)));
    effects.push(Effect::Log(id, log));
    effects.push(Effect::Member(c.room, c.device, member));
    effects.extend(remember(key, &accepted));
    let outcome = Outcome {
        verdict: Verdict::Accepted(accepted),
        touched: vec![(id, accepted.seq)],
        readers: Vec::new(),
    };
    Ok(Decision { outcome, effects })
}

/// Remembers an acceptance.
pub(super) fn remember(key: Option<Blind>, accepted: &Accepted) -> Option<Effect> {
    key.map(|key| Effect::Remember(key, accepted.seq, accepted.accepted_ms))
}

fn stamped(c: &Append, log: &LogRow, env: &Env<'_>) -> NewEntry {
    let (seq, accepted_ms) = next(log, c.now_ms);
    let r = env.keys.blinding(&env.lineage, &c.room, seq);
    let context = StampContext {
        key_id: env.keys.stamp_id,
        room: c.room,
        generation: c.generation,
        channel: c.channel,
        seq,
        epoch: c.epoch,
        accepted_ms,
        sender_c: commit_sender(&c.account, &r),
    };
    let sealed = env.keys.seal_sender(&env.lineage, &c.room, seq, &c.account);
    let mut entry = NewEntry::plain(EntryKind::Message, c.generation, c.epoch, &c.body);
    entry.stamp = Some(context.seal(&env.keys.stamp, c.tag));
    entry.sender = Some((
        SealedSender {
            lineage: env.lineage_number,
            sealed,
        },
        SenderOpening {
            account: c.account,
            r,
        },
    ));
    entry
}
