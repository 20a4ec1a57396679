//! Retention: what is kept how long (contract 8), in small steps.

use super::inbox::drop_front;
use super::{Decision, Env};
use crate::store::command::Housekeep;
use crate::store::effect::Effect;
use crate::store::limits::{INACTIVE_MS, INBOX_MS, LOOK_AGAIN_MS, SMALL_ROOM, SUBMIT_MEMORY_MS};
use crate::store::outcome::{Outcome, Verdict};
use crate::store::rows::{Blind, EntryMeta, LogRow, Readers, RoomRow, Share};
use crate::store::view::{View, Work};
use lacre_wire::ids::{DeviceId, LogId, Millis, RoomId, Seq};
use lacre_wire::limits::{INBOX_BYTES, INBOX_ENTRIES};
use lacre_wire::log::{EntryKind, GoneReason};
use std::collections::BTreeMap;

pub(super) fn housekeep(view: &View, c: &Housekeep, env: &Env<'_>) -> Decision {
    let limit = usize::try_from(c.limit).unwrap_or(usize::MAX).max(1);
    let effects = match &view.work {
        // Forgetting has no end: a little whenever nothing else is to do.
        Work::Nothing => vec![Effect::Forget(c.now_ms.saturating_sub(SUBMIT_MEMORY_MS))],
        Work::Inbox {
            device,
            log,
            oldest,
            shares,
        } => inbox(*device, log, oldest, shares, c.now_ms),
        Work::Room {
            room,
            row,
            log,
            oldest,
            next,
            readers,
        } => room_log(
            *room,
            row,
            log,
            (oldest, next),
            *readers,
            (c.now_ms, limit),
            env,
        ),
        Work::Stray(id, log) => vec![Effect::Log(
            *id,
            LogRow {
                due_ms: None,
                ..log.clone()
            },
        )],
        Work::Orphans(hashes) => hashes
            .iter()
            .map(|hash| Effect::DropObject(*hash))
            .collect(),
        Work::Packages(packages) => packages
            .iter()
            .map(|(device, suite, hash)| Effect::DropPackage(*device, *suite, *hash))
            .collect(),
        Work::Forlorn(devices) => devices
            .iter()
            .map(|device| Effect::DropDevice(*device))
            .collect(),
    };
    let more = !matches!(view.work, Work::Nothing);
    let rows = if more {
        u32::try_from(effects.len()).unwrap_or(u32::MAX)
    } else {
        0
    };
    Decision {
        outcome: Outcome::quiet(Verdict::Housekept { rows, more }),
        effects,
    }
}

/// An inbox keeps the newest entries within its limits; a device that finds itself trimmed past
/// resyncs.
fn inbox(
    device: DeviceId,
    log: &LogRow,
    oldest: &[EntryMeta],
    shares: &BTreeMap<Blind, Share>,
    now: Millis,
) -> Vec<Effect> {
    let (mut kept, mut bytes) = (log.kept(), log.bytes);
    let too_much = |meta: &EntryMeta, kept: u64, bytes: u64| {
        kept > INBOX_ENTRIES
            || bytes > INBOX_BYTES
            || meta.accepted_ms.saturating_add(INBOX_MS) <= now
    };
    let mut count = 0;
    for meta in oldest {
        if !too_much(meta, kept, bytes) {
            break;
        }
        count += 1;
        kept = kept.saturating_sub(1);
        bytes = bytes.saturating_sub(meta.size);
    }
    let mut row = log.clone();
    row.due_ms = match oldest.get(count) {
        Some(next) => Some(next.accepted_ms.saturating_add(INBOX_MS)),
        // More than one step's worth: come back at once.
        None => (kept > 0).then_some(now),
    };
    let id = LogId::Inbox(device);
    let gone = oldest.get(..count).unwrap_or_default();
    if gone.is_empty() {
        return vec![Effect::Log(id, row)];
    }
    drop_front(id, row, gone, now, |origin| {
        shares.get(origin).copied().unwrap_or_default()
    })
}

/// Blanks messages past retention, then trims a front that nobody needs any more.
fn room_log(
    room: RoomId,
    row: &RoomRow,
    log: &LogRow,
    (oldest, next): (&[EntryMeta], &[EntryMeta]),
    readers: Readers,
    (now, limit): (Millis, usize),
    env: &Env<'_>,
) -> Vec<Effect> {
    let id = LogId::Room(room);
    let retention = row.retention_ms.unwrap_or(env.retention_ms);
    let acked = readers.acked.unwrap_or(log.head);
    let floor = if readers.count <= SMALL_ROOM {
        acked
    } else {
        log.head
    };
    let mut effects = Vec::new();
    let mut swept = log.swept;
    let mut due = (next.len() >= limit).then_some(now);
    for meta in next {
        if meta.kind == EntryKind::Message && !meta.gone {
            let expires = meta.accepted_ms.saturating_add(retention);
            let held = meta.seq > floor && meta.accepted_ms.saturating_add(INACTIVE_MS) > now;
            if expires > now || held {
                due = Some(expires.max(now.saturating_add(if held { LOOK_AGAIN_MS } else { 1 })));
                break;
            }
            effects.push(Effect::Blank(id, meta.seq, meta.body, GoneReason::Expired));
        }
        swept = meta.seq;
    }
    let mut log = LogRow {
        swept,
        due_ms: due,
        ..log.clone()
    };
    let trimmed = trimmable(row, oldest, swept.min(acked), now);
    let gone = oldest.get(..trimmed).unwrap_or_default();
    if gone.is_empty() {
        effects.push(Effect::Log(id, log));
        return effects;
    }
    log.due_ms = log.due_ms.or((trimmed >= limit).then_some(now));
    effects.extend(drop_front(id, log, gone, now, |_| Share::default()));
    effects
}

/// How many of the oldest entries nobody needs: old, without bodies or superseded by the relay's own
/// snapshot, and passed by every device that still takes part.
fn trimmable(row: &RoomRow, oldest: &[EntryMeta], upto: Seq, now: Millis) -> usize {
    let superseded = |meta: &EntryMeta| {
        row.snapshot
            .is_some_and(|at| (meta.generation, meta.epoch) < at)
    };
    oldest
        .iter()
        .take_while(|meta| {
            let passed = meta.seq <= upto && meta.accepted_ms.saturating_add(INACTIVE_MS) <= now;
            passed && superseded(meta)
        })
        .count()
}
