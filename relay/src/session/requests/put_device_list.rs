//! PutDeviceList: an account's devices change.
//!
//! A device that was approved may go on in its present session; one that was revoked is sent away
//! and proposed for removal wherever it is a member.

use super::Handled;
use crate::session::Context;
use crate::store::command::{Command, Member, PutDeviceList};
use crate::store::outcome::Verdict;
use crate::store::read::{ReadAccounts, ReadLogs};
use lacre_wire::answer::Answer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::identity::{DeviceList, IdentityError, SignedDeviceList};
use lacre_wire::ids::DeviceId;
use std::sync::Arc;

pub(super) async fn put_device_list(context: Arc<Context>, list: SignedDeviceList) -> Handled {
    context.spend(None, 1)?;
    let (service, account) = (&context.service, context.account());
    let record = service.store.account(account).await?;
    let record =
        record.ok_or_else(|| WireError::new(ErrorCode::NoSuchAccount, "the account is gone"))?;
    if record.info.list == list {
        // The first answer was lost.
        return Ok(Answer::Ok);
    }
    let read = list.verify(&record.info.aik).map_err(|e| refused(&e))?;
    list.succeeds(&record.info.list).map_err(|e| refused(&e))?;
    let before = record.info.list.read().map_err(|e| refused(&e))?;
    let command = PutDeviceList {
        now_ms: service.clock.now_ms(),
        account,
        list,
    };
    let outcome = service
        .store
        .submit(Command::PutDeviceList(Box::new(command)))
        .await?;
    match outcome.verdict {
        Verdict::Done => {
            service.apply_readers(&outcome.readers);
            apply(&context, &read, &before);
            Ok(Answer::Ok)
        }
        verdict => Ok(service.answer_verdict(None, verdict).await),
    }
}

fn refused(error: &IdentityError) -> WireError {
    let code = match error {
        IdentityError::ListVersion { .. } | IdentityError::ListChain { .. } => {
            ErrorCode::StaleDeviceList
        }
        IdentityError::Unreadable(_) => ErrorCode::Malformed,
        IdentityError::TooMany { .. } => ErrorCode::TooLarge,
        _ => ErrorCode::BadIdentity,
    };
    WireError::new(code, error.to_string())
}

fn apply(context: &Arc<Context>, list: &DeviceList, before: &DeviceList) {
    let service = &context.service;
    for session in service.online.account(&context.account()) {
        if list.revoked.contains(&session.device) {
            session.end(WireError::new(
                ErrorCode::DeviceRevoked,
                "this device was revoked by its account",
            ));
        } else if list.device(&session.device).is_some() {
            session.approve();
        }
    }
    let revoked: Vec<_> = list
        .revoked
        .iter()
        .copied()
        .filter(|device| !before.revoked.contains(device))
        .collect();
    for device in revoked {
        let evicting = context.clone();
        service
            .tasks
            .spawn(async move { evict(evicting, device).await });
    }
}

/// Proposes the removal of a revoked device in every room it reads.
async fn evict(context: Arc<Context>, device: DeviceId) {
    let service = &context.service;
    let logs = match service.store.logs_of(device).await {
        Ok(logs) => logs,
        Err(error) => {
            return tracing::warn!(%device, %error, "cannot list the rooms of a revoked device");
        }
    };
    for room in logs
        .iter()
        .filter(|log| log.until_seq.is_none())
        .filter_map(|log| log.log.room())
    {
        service
            .evict(
                room,
                vec![Member {
                    account: context.account(),
                    device,
                }],
            )
            .await;
    }
}
