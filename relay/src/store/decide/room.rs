//! Rooms: their creation, and the next generation of their group.

use super::append::remember;
use super::draft::Draft;
use super::step::{apply_step, check_name, check_step, list};
use super::{Decision, Env, Verdicted, pair, refuse};
use crate::store::blame::Blame;
use crate::store::command::{CreateRoom, OpenGeneration};
use crate::store::effect::Effect;
use crate::store::outcome::Verdict;
use crate::store::record::DeviceState;
use crate::store::rows::{Blind, LogRow, MemberRow, RoomRow};
use crate::store::view::View;
use lacre_wire::answer::Accepted;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::LogId;
use lacre_wire::limits::MAX_GENERATION_STEP;
use lacre_wire::limits::{MAX_HANDSHAKE, MAX_TREE};
use lacre_wire::log::EntryKind;

pub(super) fn create(
    view: &View,
    c: &CreateRoom,
    key: Option<Blind>,
    env: &Env<'_>,
) -> Verdicted<Decision> {
    let listed = view
        .devices
        .get(&c.device)
        .filter(|row| row.state == DeviceState::Listed && row.account == c.account);
    if listed.is_none() {
        return refuse(
            ErrorCode::NoSuchDevice,
            format!(
                "device {} is not a device of account {}",
                c.device, c.account
            ),
        );
    }
    if let Some(room) = view.direct {
        return Err(Verdict::Exists { room });
    }
    if view.room.is_some() || view.log.is_some() {
        return refuse(
            ErrorCode::RoomExists,
            format!(
                "there is a room {} already; choose its id at random",
                c.room
            ),
        );
    }
    if c.group_info.size() > MAX_HANDSHAKE || c.tree.size() > MAX_TREE {
        return refuse(
            ErrorCode::TooLarge,
            "the GroupInfo or ratchet tree of the new room is too large",
        );
    }
    match &c.first {
        Some(step) => check_step(view, step)?,
        None => check_name(view)?,
    }

    let mut draft = Draft::new(view, env, c.now_ms);
    let id = LogId::Room(c.room);
    let mut log = LogRow::new(id);
    let mut room = RoomRow {
        kind: c.summary.kind,
        generation: 0,
        epoch: 0,
        epoch_seq: 0,
        group_info: c.group_info.hash(),
        gi_mac: c.gi_mac,
        key_number: c.key_number,
        tree: c.tree.hash,
        frozen: false,
        join_open: c.summary.join_open,
        retention_ms: c.summary.retention_ms,
        listed: None,
        snapshot: None,
        pending: Vec::new(),
        reports: Vec::new(),
        blame: Blame {
            signer: Some(c.account),
            ..Blame::default()
        },
    };
    // The log's row comes first: everything of the room hangs on it.
    draft.effects.push(Effect::Log(id, log.clone()));
    draft
        .effects
        .push(Effect::Room(c.room, Box::new(room.clone())));
    let creator = MemberRow {
        account: c.account,
        from_seq: 1,
        until_seq: None,
        acked: 0,
        earlier: None,
        last: None,
        owed: false,
    };
    draft.member(c.room, c.device, creator);
    let accepted = match &c.first {
        None => {
            list(&mut draft, c.room, &mut room, c.summary.listed.as_deref());
            draft.object(&c.group_info);
            draft.effects.push(Effect::Ref(room.group_info, c.now_ms));
            if let Some(tree) = &c.tree.bytes {
                draft.object(tree);
            }
            draft.effects.push(Effect::Ref(room.tree, c.now_ms));
            log.last_ms = c.now_ms;
            Accepted {
                seq: 0,
                chain: log.chain,
                accepted_ms: c.now_ms,
            }
        }
        Some(step) => {
            let entry = draft.handshake(EntryKind::Commit, 0, 0, &step.body);
            let accepted = draft.append(c.room, &mut log, entry);
            room.epoch = 1;
            apply_step(
                &mut draft, c.room, &mut room, &c.account, step, &accepted, false,
            );
            accepted
        }
    };
    if let Some(peer) = c.peer {
        draft
            .effects
            .push(Effect::Direct(pair(c.account, peer), c.room));
    }
    draft.effects.extend(remember(key, &accepted));
    draft.effects.push(Effect::Room(c.room, Box::new(room)));
    draft.touch(c.room, log);
    Ok(draft.finish(Verdict::Accepted(accepted)))
}

pub(super) fn open_generation(
    view: &View,
    c: &OpenGeneration,
    key: Option<Blind>,
    env: &Env<'_>,
) -> Verdicted<Decision> {
    let (Some(room), Some(log)) = (&view.room, &view.log) else {
        return refuse(ErrorCode::NoSuchRoom, format!("no room {}", c.room));
    };
    if !view.member.as_ref().is_some_and(MemberRow::is_open) {
        return refuse(
            ErrorCode::NotAReader,
            format!("device {} is not in room {}", c.device, c.room),
        );
    }
    let step = c.generation.saturating_sub(room.generation);
    if step > MAX_GENERATION_STEP {
        return refuse(
            ErrorCode::NotAllowed,
            format!(
                "generation {} lies more than {MAX_GENERATION_STEP} above the room's {}",
                c.generation, room.generation
            ),
        );
    }
    if step == 0 {
        return Err(Verdict::WrongEpoch {
            generation: room.generation,
            epoch: room.epoch,
        });
    }
    check_step(view, &c.step)?;

    let mut draft = Draft::new(view, env, c.now_ms);
    let (mut room, mut log) = (room.clone(), log.clone());
    let entry = draft.handshake(EntryKind::Generation, c.generation, c.epoch, &c.step.body);
    let accepted = draft.append(c.room, &mut log, entry);
    room.generation = c.generation;
    room.epoch = c.epoch;
    // What waited ends with the generation; whoever is to blame for its end waits now.
    room.frozen = false;
    room.pending.clear();
    room.reports.clear();
    room.blame.settle(&c.account, c.now_ms);
    apply_step(
        &mut draft, c.room, &mut room, &c.account, &c.step, &accepted, true,
    );
    draft.effects.extend(remember(key, &accepted));
    draft.effects.push(Effect::Room(c.room, Box::new(room)));
    draft.touch(c.room, log);
    Ok(draft.finish(Verdict::Accepted(accepted)))
}
