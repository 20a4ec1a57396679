//! PutDeviceList: an account's devices change.
//!
//! A device that was approved may go on in its present session; one that was revoked is sent away
//! and proposed for removal wherever it is a member.

use super::Handled;
use crate::session::Context;
use crate::store::command::{Command, Member, PutDeviceList};
use crate::store::outcome::{ReaderChange, Verdict};
use crate::store::read::ReadAccounts;
use lacre_wire::answer::Answer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::identity::{DeviceList, IdentityError, SignedDeviceList};
use lacre_wire::ids::RoomId;
use std::collections::BTreeMap;
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
            apply(&context, &read, &outcome.readers);
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

/// Sessions of the account's devices learn where they stand, and rooms lose the devices that the
/// store has just cut off.
fn apply(context: &Arc<Context>, list: &DeviceList, cut_off: &[ReaderChange]) {
    let (service, account) = (&context.service, context.account());
    for session in service.online.account(&account) {
        if list.revoked.contains(&session.device) {
            let text = "this device was revoked by its account";
            session.end(WireError::new(ErrorCode::DeviceRevoked, text));
        } else if list.device(&session.device).is_some() {
            session.approve();
        }
    }
    let mut rooms: BTreeMap<RoomId, Vec<Member>> = BTreeMap::new();
    for change in cut_off.iter().filter(|change| change.until_seq.is_some()) {
        rooms.entry(change.room).or_default().push(Member {
            account,
            device: change.device,
        });
    }
    for (room, members) in rooms {
        service.evict_later(room, members);
    }
}
