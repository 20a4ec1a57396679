//! Devices: requests to be approved, and the account's signed list of them.

use super::account::raise;
use super::draft::{Draft, Origin};
use super::{Decision, Env, Verdicted, refuse};
use crate::store::command::{Hashed, PutDeviceList, RequestDevice, Seen};
use crate::store::effect::Effect;
use crate::store::limits::{ASK_AGAIN_MS, PENDING_DEVICES, PENDING_WINDOW_MS};
use crate::store::outcome::Verdict;
use crate::store::record::DeviceState;
use crate::store::rows::{AccountRow, DeviceRow, LogRow, MemberRow};
use crate::store::view::View;
use lacre_wire::codec;
use lacre_wire::error::ErrorCode;
use lacre_wire::identity::DeviceList;
use lacre_wire::ids::{DeviceId, LogId};
use lacre_wire::log::EntryKind;
use lacre_wire::push::ApprovalRequested;

pub(super) fn request(view: &View, c: &RequestDevice, env: &Env<'_>) -> Verdicted<Decision> {
    let Some(account) = &view.account else {
        return refuse(
            ErrorCode::NoSuchAccount,
            format!("no account {}", c.account),
        );
    };
    let known = view.devices.get(&c.device);
    if known.is_some_and(|row| row.account != c.account) {
        return refuse(
            ErrorCode::BadIdentity,
            format!("device {} belongs to another account", c.device),
        );
    }
    if let Some(row) = known
        && (row.state != DeviceState::Pending
            || c.now_ms < row.seen_ms.saturating_add(ASK_AGAIN_MS))
    {
        return raise(view, c.account, c.device, c.counter, c.now_ms);
    }
    let mut draft = Draft::new(view, env, c.now_ms);
    if known.is_some() {
        draft.effects = raise(view, c.account, c.device, c.counter, c.now_ms)?.effects;
    } else {
        let since = c.now_ms.saturating_sub(PENDING_WINDOW_MS);
        let waiting = view
            .devices
            .values()
            .filter(|row| row.state == DeviceState::Pending && row.seen_ms >= since);
        if waiting.count() >= PENDING_DEVICES {
            return refuse(
                ErrorCode::RateLimited,
                "too many new devices of this account wait to be approved; try again in an hour",
            );
        }
        let row = DeviceRow {
            account: c.account,
            key: c.device_key,
            counter: c.counter,
            state: DeviceState::Pending,
            seen_ms: c.now_ms,
        };
        let inbox = LogId::Inbox(c.device);
        draft.effects.push(Effect::Device(c.device, row));
        draft.effects.push(Effect::Log(inbox, LogRow::new(inbox)));
    }
    let asked = ApprovalRequested {
        device_key: c.device_key,
        init_key: c.init_key.to_vec().into(),
        name: c.name.clone(),
    };
    let body = Hashed::new(codec::to_vec(&asked));
    for (device, row) in &view.devices {
        if row.account == c.account && row.state == DeviceState::Listed {
            // A full share means that as many requests wait already; one more would tell nothing.
            draft.push(
                *device,
                Origin::Approval,
                EntryKind::ApprovalRequested,
                &body,
                Vec::new(),
            );
        }
    }
    Ok(draft.finish(Verdict::LoggedIn {
        listed: false,
        list_version: account.list_version,
    }))
}

/// Devices that are connected are seen, however long ago they logged in.
pub(super) fn seen(view: &View, c: &Seen) -> Decision {
    let older = view
        .devices
        .iter()
        .filter(|(_, row)| row.seen_ms < c.now_ms);
    let effects = older.map(|(device, row)| {
        let seen_ms = c.now_ms;
        Effect::Device(
            *device,
            DeviceRow {
                seen_ms,
                ..row.clone()
            },
        )
    });
    Decision::done(effects.collect())
}

pub(super) fn put_list(view: &View, c: &PutDeviceList, env: &Env<'_>) -> Verdicted<Decision> {
    let Some(account) = &view.account else {
        return refuse(
            ErrorCode::NoSuchAccount,
            format!("no account {}", c.account),
        );
    };
    let list = match c.list.read() {
        Ok(list) => list,
        Err(error) => {
            return refuse(
                ErrorCode::Malformed,
                format!("the device list cannot be read: {error}"),
            );
        }
    };
    if list.account != c.account {
        return refuse(
            ErrorCode::BadIdentity,
            format!("the device list is of account {}", list.account),
        );
    }
    if account.list == c.list {
        return Ok(Decision::of(Verdict::Done));
    }
    if account.list_version.checked_add(1) != Some(list.version)
        || list.prev_hash != Some(account.list.hash())
    {
        return refuse(
            ErrorCode::StaleDeviceList,
            format!(
                "the newest device list has version {}; read it and build on it",
                account.list_version
            ),
        );
    }
    let mut draft = Draft::new(view, env, c.now_ms);
    let row = AccountRow {
        list: c.list.clone(),
        list_version: list.version,
        ..account.clone()
    };
    draft
        .effects
        .push(Effect::Account(c.account, Box::new(row)));
    register(&mut draft, c, &list)?;
    list.revoked
        .iter()
        .for_each(|device| revoke(&mut draft, *device));
    Ok(draft.finish(Verdict::Done))
}

fn register(draft: &mut Draft<'_>, c: &PutDeviceList, list: &DeviceList) -> Verdicted<()> {
    for entry in &list.devices {
        let device = entry.certificate.device();
        let fresh = DeviceRow {
            account: c.account,
            key: entry.certificate.key,
            counter: 0,
            state: DeviceState::Listed,
            seen_ms: c.now_ms,
        };
        let row = match draft.view.devices.get(&device) {
            None => fresh,
            Some(row) if row.account != c.account => {
                return refuse(
                    ErrorCode::BadIdentity,
                    format!("device {device} belongs to another account"),
                );
            }
            Some(row) => match row.state {
                DeviceState::Listed => continue,
                DeviceState::Pending => DeviceRow {
                    state: DeviceState::Listed,
                    ..row.clone()
                },
                DeviceState::Revoked => {
                    return refuse(
                        ErrorCode::DeviceRevoked,
                        format!("device {device} was revoked, for good"),
                    );
                }
            },
        };
        draft.effects.push(Effect::Device(device, row));
        if !draft.view.inboxes.contains_key(&device) {
            let inbox = LogId::Inbox(device);
            draft.effects.push(Effect::Log(inbox, LogRow::new(inbox)));
        }
    }
    Ok(())
}

/// A revoked device reads nothing more, at once; its leaves go when the rooms commit.
fn revoke(draft: &mut Draft<'_>, device: DeviceId) {
    let view = draft.view;
    let Some(row) = view
        .devices
        .get(&device)
        .filter(|row| row.state != DeviceState::Revoked)
    else {
        return;
    };
    draft.effects.push(Effect::Device(
        device,
        DeviceRow {
            state: DeviceState::Revoked,
            ..row.clone()
        },
    ));
    draft.effects.push(Effect::DropPackages(device));
    for ((_, room), reading) in view.rooms.iter().filter(|((of, _), _)| *of == device) {
        draft.member(
            *room,
            device,
            MemberRow {
                until_seq: Some(reading.log.head),
                owed: true,
                ..reading.member.clone()
            },
        );
    }
}
