//! A step to the next epoch: one commit per epoch, in one transaction with membership, GroupInfo
//! and Welcomes (contract 5).

use super::append::{at_epoch, group, remember};
use super::draft::{Draft, Origin};
use super::propose::wait;
use super::{Decision, Env, Verdicted, commit_first, evictions, refuse};
use crate::store::blame::cooling_down;
use crate::store::command::{Commit, GroupStep, Hashed, Member, Welcome};
use crate::store::effect::Effect;
use crate::store::limits::{EXTERNAL_WAIT_MS, INLINE_WELCOME};
use crate::store::outcome::Verdict;
use crate::store::record::DeviceState;
use crate::store::rows::{Blind, MemberRow, RoomRow};
use crate::store::view::View;
use lacre_wire::answer::Accepted;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{AccountId, DeviceId, Epoch, Generation, RoomId};
use lacre_wire::limits::{MAX_HANDSHAKE, MAX_TREE};
use lacre_wire::log::EntryKind;
use lacre_wire::push::WelcomeNotice;
use lacre_wire::request::Payload;
use std::collections::BTreeSet;

pub(super) fn commit(
    view: &View,
    c: &Commit,
    key: Option<Blind>,
    env: &Env<'_>,
) -> Verdicted<Decision> {
    let (room, log) = group(view, &c.room)?;
    let joins = c.external && c.step.adds.iter().any(|add| add.device == c.device);
    let reads = view.member.as_ref().is_some_and(MemberRow::is_open);
    if !joins && !reads {
        return refuse(
            ErrorCode::NotAReader,
            format!("device {} is not in room {}", c.device, c.room),
        );
    }
    at_epoch(room, c.generation, c.epoch)?;
    check_blame(room, c)?;
    check_evictions(room, c)?;
    check_step(view, &c.step)?;

    let mut draft = Draft::new(view, env, c.now_ms);
    let (mut room, mut log) = (room.clone(), log.clone());
    let entry = draft.handshake(EntryKind::Commit, c.generation, c.epoch, &c.step.body);
    let accepted = draft.append(c.room, &mut log, entry);
    room.epoch = room.epoch.saturating_add(1);
    apply_step(
        &mut draft, c.room, &mut room, &c.account, &c.step, &accepted, true,
    );
    // A commit uses up or voids every proposal of its epoch (RFC 9420 §12.4): those of the relay are
    // made again. The devices were cut off before; only the proposal is new.
    room.pending.clear();
    for again in &c.reproposals {
        wait(
            &mut draft,
            c.room,
            &mut room,
            &mut log,
            &again.body,
            Some(again.device),
        );
    }
    draft.effects.extend(remember(key, &accepted));
    draft.effects.push(Effect::Room(c.room, Box::new(room)));
    draft.touch(c.room, log);
    Ok(draft.finish(Verdict::Accepted(accepted)))
}

/// Of somebody who made the room stop, no commit is taken for a while.
fn check_blame(room: &RoomRow, c: &Commit) -> Verdicted<()> {
    match room.blame.wait_ms(&c.account, c.now_ms) {
        0 => Ok(()),
        wait_ms => Err(Verdict::Refused(cooling_down(wait_ms))),
    }
}

/// The relay's Removes that wait are held by the commit; an external one, which cannot hold them,
/// waits a while and brings them anew.
fn check_evictions(room: &RoomRow, c: &Commit) -> Verdicted<()> {
    let waiting: BTreeSet<DeviceId> = evictions(room)
        .filter_map(|pending| pending.evicts)
        .collect();
    if c.external {
        let waited =
            evictions(room).all(|p| c.now_ms >= p.accepted_ms.saturating_add(EXTERNAL_WAIT_MS));
        let again: BTreeSet<DeviceId> = c.reproposals.iter().map(|remove| remove.device).collect();
        if !waited || again != waiting || c.reproposals.len() != waiting.len() {
            return Err(commit_first(room));
        }
        if let Some(add) = c.step.adds.iter().find(|add| waiting.contains(&add.device)) {
            return refuse(
                ErrorCode::NotAllowed,
                format!("device {} is being removed from this room", add.device),
            );
        }
        return Ok(());
    }
    if evictions(room).all(|pending| c.consumed.contains(&pending.hash)) {
        Ok(())
    } else {
        Err(commit_first(room))
    }
}

/// What can be wrong with a step that only the rows tell.
pub(super) fn check_step(view: &View, step: &GroupStep) -> Verdicted<()> {
    check_name(view)?;
    let sizes = [("commit", &step.body), ("GroupInfo", &step.group_info)];
    let welcomes = step
        .welcomes
        .iter()
        .map(|welcome| ("Welcome", &welcome.welcome));
    for (what, bytes) in sizes.into_iter().chain(welcomes) {
        let size = bytes.size();
        if size > MAX_HANDSHAKE {
            return refuse(
                ErrorCode::TooLarge,
                format!("a {what} has at most {MAX_HANDSHAKE} bytes, this one has {size}"),
            );
        }
    }
    if step.tree.size() > MAX_TREE {
        return refuse(
            ErrorCode::TooLarge,
            format!("a ratchet tree has at most {MAX_TREE} bytes"),
        );
    }
    if !step.welcomes.is_empty() && !view.has_tree {
        return refuse(
            ErrorCode::NoSuchObject,
            format!("the ratchet tree {} must be uploaded first", step.tree.hash),
        );
    }
    for Member { account, device } in &step.adds {
        match view.devices.get(device) {
            Some(row) if row.account != *account => {
                return refuse(
                    ErrorCode::BadIdentity,
                    format!("device {device} belongs to another account"),
                );
            }
            Some(row) if row.state == DeviceState::Revoked => {
                return refuse(
                    ErrorCode::DeviceRevoked,
                    format!("device {device} was revoked"),
                );
            }
            Some(row) if row.state == DeviceState::Listed => {}
            _ => {
                return refuse(
                    ErrorCode::NoSuchDevice,
                    format!("device {device} is not in its account's device list"),
                );
            }
        }
    }
    Ok(())
}

/// A name stands for one room. One without members needs it no more.
pub(super) fn check_name(view: &View) -> Verdicted<()> {
    match view.name_of {
        Some(_) => refuse(
            ErrorCode::NameTaken,
            "another room is listed under this name; enter that one, or choose another name",
        ),
        None => Ok(()),
    }
}

/// Puts a room on the list, under another name, or takes it off.
pub(super) fn list(draft: &mut Draft<'_>, id: RoomId, room: &mut RoomRow, listed: Option<&str>) {
    if room.listed.as_deref() == listed {
        return;
    }
    if let Some(before) = room.listed.take() {
        draft.effects.push(Effect::Unlist(before, id));
    }
    room.listed = listed.map(str::to_owned);
    if let Some(name) = room.listed.clone() {
        draft.effects.push(Effect::List(name, id));
    }
}

/// Membership, Welcomes and the public state of the epoch a step leads to. `room.generation` and
/// `room.epoch` are already the new ones; `held` says whether the room referred to objects before.
pub(super) fn apply_step(
    draft: &mut Draft<'_>,
    id: RoomId,
    room: &mut RoomRow,
    by: &AccountId,
    step: &GroupStep,
    at: &Accepted,
    held: bool,
) {
    if held {
        draft
            .effects
            .push(Effect::Unref(room.group_info, draft.now));
        draft.effects.push(Effect::Unref(room.tree, draft.now));
    }
    room.epoch_seq = at.seq;
    room.blame.made(at.seq, *by, step.external_pub);
    public_state(draft, room, step);
    list(draft, id, room, step.summary.listed.as_deref());

    let added: BTreeSet<DeviceId> = step.adds.iter().map(|add| add.device).collect();
    for Member { device, .. } in step
        .removes
        .iter()
        .filter(|remove| !added.contains(&remove.device))
    {
        match draft.view.members.get(device) {
            Some(member) if member.is_open() => draft.evict(id, *device, member.clone(), at.seq),
            Some(member) if member.owed => draft.no_longer_owed(id, *device, member),
            _ => {}
        }
    }
    for Member { account, device } in &step.adds {
        let before = draft.view.members.get(device);
        // A device that is still reading reads on: it rejoins, and follows the log up to here.
        if before.is_none_or(|member| !member.is_open()) {
            let last = before.and_then(|member| member.last);
            let earlier = before.and_then(MemberRow::unread);
            let (from_seq, acked) = (at.seq, at.seq.saturating_sub(1));
            draft.member(
                id,
                *device,
                MemberRow {
                    account: *account,
                    from_seq,
                    until_seq: None,
                    acked,
                    earlier,
                    last,
                    owed: false,
                },
            );
        }
    }
    for welcome in &step.welcomes {
        let (generation, epoch) = (room.generation, room.epoch);
        push_welcome(draft, (id, generation, epoch), by, step, welcome, at);
    }
}

/// GroupInfo, tree and summary, with their objects.
fn public_state(draft: &mut Draft<'_>, room: &mut RoomRow, step: &GroupStep) {
    room.group_info = step.group_info.hash();
    room.gi_mac = step.gi_mac;
    room.key_number = step.key_number;
    room.tree = step.tree.hash;
    room.kind = step.summary.kind;
    room.join_open = step.summary.join_open;
    room.retention_ms = step.summary.retention_ms;
    draft.object(&step.group_info);
    draft.effects.push(Effect::Ref(room.group_info, draft.now));
    if let Some(tree) = &step.tree.bytes {
        draft.object(tree);
    }
    draft.effects.push(Effect::Ref(room.tree, draft.now));
}

fn push_welcome(
    draft: &mut Draft<'_>,
    (room, generation, epoch): (RoomId, Generation, Epoch),
    by: &AccountId,
    step: &GroupStep,
    welcome: &Welcome,
    at: &Accepted,
) {
    let mut refs = vec![step.tree.hash];
    let payload = if welcome.welcome.size() > INLINE_WELCOME {
        refs.push(welcome.welcome.hash());
        Payload::ByHash(welcome.welcome.hash())
    } else {
        Payload::Inline(welcome.welcome.bytes().to_vec().into())
    };
    let notice = WelcomeNotice {
        room,
        generation,
        epoch,
        from_seq: at.seq,
        welcome: payload,
        tree: step.tree.hash,
    };
    let body = Hashed::new(lacre_wire::codec::to_vec(&notice));
    let device = welcome.member.device;
    let origin = Origin::Sender(draft.env.keys.origin(&device, by));
    let large = refs.len() > 1;
    // A Welcome that finds no room is dropped: the device sees the room among its logs and rejoins.
    if draft.push(device, origin, EntryKind::Welcome, &body, refs) && large {
        draft.object(&welcome.welcome);
    }
}
