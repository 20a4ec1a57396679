//! Lookup: what the directory says of a person.

use super::Handled;
use crate::session::Context;
use crate::store::read::ReadAccounts;
use lacre_wire::answer::Answer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::request::Who;
use std::sync::Arc;

pub(super) async fn lookup(context: Arc<Context>, who: Who) -> Handled {
    context.spend(None, 1)?;
    let store = &context.service.store;
    let found = match who {
        Who::Handle(handle) => {
            crate::handle::check(&handle)?;
            store.account_by_handle(handle).await?
        }
        Who::Account(account) => store.account(account).await?,
    };
    match found {
        Some(record) => Ok(Answer::Account(record.info)),
        None => Err(WireError::new(
            ErrorCode::NoSuchAccount,
            "nobody here goes by that name",
        )),
    }
}
