//! Inboxes: messages between devices, and acks.

use super::draft::{Draft, Origin};
use super::{Decision, Env, Verdicted, refuse};
use crate::store::command::{Ack, Hashed, SendToDevice};
use crate::store::effect::Effect;
use crate::store::limits::DEVICE_MESSAGE;
use crate::store::outcome::Verdict;
use crate::store::record::DeviceState;
use crate::store::rows::{Blind, EntryMeta, LogRow, MemberRow, Share};
use crate::store::view::View;
use lacre_wire::codec;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{DeviceId, LogId, Millis, Seq};
use lacre_wire::log::EntryKind;
use lacre_wire::push::DeviceMessage;
use std::collections::BTreeMap;

pub(super) fn send(view: &View, c: &SendToDevice, env: &Env<'_>) -> Verdicted<Decision> {
    if c.sealed.len() > DEVICE_MESSAGE {
        return refuse(
            ErrorCode::TooLarge,
            format!("a message to a device has at most {DEVICE_MESSAGE} bytes"),
        );
    }
    let of_account = |device: &DeviceId| {
        view.devices
            .get(device)
            .filter(|row| row.account == c.account)
    };
    for device in [&c.from, &c.to] {
        match of_account(device) {
            None => {
                return refuse(
                    ErrorCode::NoSuchDevice,
                    format!("device {device} is not a device of this account"),
                );
            }
            Some(row) if row.state == DeviceState::Revoked => {
                return refuse(
                    ErrorCode::DeviceRevoked,
                    format!("device {device} was revoked"),
                );
            }
            Some(_) => {}
        }
    }
    let message = DeviceMessage {
        from: c.from,
        sealed: c.sealed.to_vec().into(),
    };
    let body = Hashed::new(codec::to_vec(&message));
    let mut draft = Draft::new(view, env, c.now_ms);
    let origin = Origin::Sender(env.keys.origin(&c.to, &c.account));
    if draft.push(c.to, origin, EntryKind::DeviceMessage, &body, Vec::new()) {
        Ok(draft.finish(Verdict::Done))
    } else {
        refuse(
            ErrorCode::RateLimited,
            format!(
                "the inbox of device {} is full; it has to come online first",
                c.to
            ),
        )
    }
}

/// Cumulative: an ack below an earlier one, or of a log that is not read, changes nothing.
pub(super) fn ack(view: &View, c: &Ack) -> Decision {
    let mut effects = Vec::new();
    let mut rooms: BTreeMap<_, Seq> = BTreeMap::new();
    let mut inbox: Seq = 0;
    for ack in &c.acks {
        match ack.log {
            LogId::Room(room) => {
                let seq = rooms.entry(room).or_default();
                *seq = ack.seq.max(*seq);
            }
            LogId::Inbox(device) if device == c.device => inbox = ack.seq.max(inbox),
            LogId::Inbox(_) => {}
        }
    }
    for (room, seq) in rooms {
        let Some(reading) = view.rooms.get(&(c.device, room)) else {
            continue;
        };
        let end = reading
            .member
            .until_seq
            .unwrap_or(reading.log.head)
            .min(reading.log.head);
        let acked = seq.min(end);
        if acked > reading.member.acked {
            effects.push(Effect::Member(
                room,
                c.device,
                MemberRow {
                    acked,
                    earlier: reading
                        .member
                        .earlier
                        .filter(|_| acked < reading.member.from_seq),
                    ..reading.member.clone()
                },
            ));
        }
    }
    if let Some(log) = view.inboxes.get(&c.device) {
        let upto = view.metas.partition_point(|meta| meta.seq <= inbox);
        let gone = view.metas.get(..upto).unwrap_or_default();
        let shares = |origin: &Blind| {
            view.shares
                .get(&(c.device, *origin))
                .copied()
                .unwrap_or_default()
        };
        effects.extend(drop_front(
            LogId::Inbox(c.device),
            log.clone(),
            gone,
            c.now_ms,
            shares,
        ));
    }
    Decision::done(effects)
}

/// Deletes the oldest entries of a log, with their references and shares.
pub(super) fn drop_front(
    id: LogId,
    mut log: LogRow,
    gone: &[EntryMeta],
    now: Millis,
    share: impl Fn(&Blind) -> Share,
) -> Vec<Effect> {
    let Some(last) = gone.last() else {
        return Vec::new();
    };
    let mut effects = Vec::new();
    let mut shares: BTreeMap<Blind, Share> = BTreeMap::new();
    for meta in gone {
        effects.extend(meta.refs.iter().map(|hash| Effect::Unref(*hash, now)));
        log.bytes = log.bytes.saturating_sub(meta.size);
        if let Some(origin) = meta.origin {
            let held = shares.entry(origin).or_insert_with(|| share(&origin));
            held.entries = held.entries.saturating_sub(1);
            held.bytes = held.bytes.saturating_sub(meta.size);
        }
    }
    log.first = last.seq.saturating_add(1);
    log.before = last.chain;
    log.swept = log.swept.max(last.seq);
    effects.push(Effect::DropEntries(id, last.seq));
    effects.push(Effect::Log(id, log));
    if let LogId::Inbox(device) = id {
        effects.extend(
            shares
                .into_iter()
                .map(|(origin, share)| Effect::Share(device, origin, share)),
        );
    }
    effects
}
