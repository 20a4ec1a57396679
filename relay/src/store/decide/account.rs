//! Accounts and logins.

use super::{Decision, Verdicted, refuse};
use crate::store::command::{Login, SignUp};
use crate::store::effect::Effect;
use crate::store::outcome::Verdict;
use crate::store::record::DeviceState;
use crate::store::rows::{AccountRow, DeviceRow, LogRow};
use crate::store::view::View;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{AccountId, DeviceId, LogId, Millis};
use lacre_wire::limits::MAX_HANDLE;

pub(super) fn sign_up(view: &View, c: &SignUp) -> Verdicted<Decision> {
    if let Some(account) = &view.account {
        // The first answer may have been lost: the same device with the same list goes on.
        let same = account.list == c.list
            && view
                .devices
                .get(&c.device)
                .is_some_and(|row| row.account == c.account);
        if !same {
            return refuse(
                ErrorCode::AccountExists,
                format!("account {} exists; sign in instead", c.account),
            );
        }
        return raise(view, c.account, c.device, c.counter, c.now_ms);
    }
    check_handle(&c.handle)?;
    if view.handle_owner.is_some() {
        return refuse(
            ErrorCode::HandleTaken,
            format!(
                "the handle {:?} belongs to somebody else; choose another",
                c.handle
            ),
        );
    }
    if view.devices.contains_key(&c.device) {
        return refuse(
            ErrorCode::BadIdentity,
            format!("device {} belongs to another account", c.device),
        );
    }
    let account = AccountRow {
        aik: c.aik,
        handle: c.handle.clone(),
        list: c.list.clone(),
        list_version: 1,
        created_ms: c.now_ms,
    };
    let device = DeviceRow {
        account: c.account,
        key: c.device_key,
        counter: c.counter,
        state: DeviceState::Listed,
        seen_ms: c.now_ms,
    };
    let inbox = LogId::Inbox(c.device);
    Ok(Decision {
        outcome: crate::store::Outcome::quiet(Verdict::LoggedIn {
            listed: true,
            list_version: 1,
        }),
        effects: vec![
            Effect::Account(c.account, Box::new(account)),
            Effect::Device(c.device, device),
            Effect::Log(inbox, LogRow::new(inbox)),
        ],
    })
}

pub(super) fn login(view: &View, c: &Login) -> Verdicted<Decision> {
    raise(view, c.account, c.device, c.counter, c.now_ms)
}

/// Raises a device's counter. One that does not rise betrays a copied data folder.
pub(super) fn raise(
    view: &View,
    account: AccountId,
    device: DeviceId,
    counter: u64,
    now: Millis,
) -> Verdicted<Decision> {
    let Some(holder) = &view.account else {
        return refuse(ErrorCode::NoSuchAccount, format!("no account {account}"));
    };
    let Some(row) = view
        .devices
        .get(&device)
        .filter(|row| row.account == account)
    else {
        return refuse(
            ErrorCode::NoSuchDevice,
            format!("device {device} is not a device of account {account}"),
        );
    };
    if row.state == DeviceState::Revoked {
        return refuse(
            ErrorCode::DeviceRevoked,
            format!("device {device} was revoked; link it anew as another device"),
        );
    }
    if counter <= row.counter {
        return refuse(
            ErrorCode::CopiedStore,
            format!(
                "login counter {counter} was used before (last: {}): this data folder is a copy or an old backup; \
                 link this device anew",
                row.counter
            ),
        );
    }
    let listed = row.state == DeviceState::Listed;
    let device_row = DeviceRow {
        counter,
        seen_ms: now,
        ..row.clone()
    };
    Ok(Decision {
        outcome: crate::store::Outcome::quiet(Verdict::LoggedIn {
            listed,
            list_version: holder.list_version,
        }),
        effects: vec![Effect::Device(device, device_row)],
    })
}

/// Handles are ASCII so that two that look alike are alike.
fn check_handle(handle: &str) -> Verdicted<()> {
    let allowed =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    let starts = handle.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if starts && handle.len() <= MAX_HANDLE && handle.chars().all(allowed) {
        return Ok(());
    }
    refuse(
        ErrorCode::BadHandle,
        format!(
            "a handle has 1 to {MAX_HANDLE} of a-z, 0-9, '.', '_' and '-', and starts with a letter or digit; \
             got {handle:?}"
        ),
    )
}
