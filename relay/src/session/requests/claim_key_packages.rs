//! ClaimKeyPackages: one key package of every device of some accounts.

use super::Handled;
use crate::session::Context;
use crate::store::command::{ClaimKeyPackages, Command};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::AccountId;
use std::sync::Arc;

/// Accounts in one claim: as many as one commit adds for joiners.
const MAX_ACCOUNTS: usize = 50;

pub(super) async fn claim_key_packages(
    context: Arc<Context>,
    suite: u16,
    accounts: Vec<AccountId>,
) -> Handled {
    if accounts.len() > MAX_ACCOUNTS {
        let text = format!(
            "at most {MAX_ACCOUNTS} accounts are claimed at once, got {}",
            accounts.len()
        );
        return Err(WireError::new(ErrorCode::TooLarge, text));
    }
    context.spend(
        None,
        u32::try_from(accounts.len()).unwrap_or(u32::MAX).max(1),
    )?;
    let service = &context.service;
    let now_ms = service.clock.now_ms();
    let claim = ClaimKeyPackages {
        now_ms,
        device: context.device(),
        suite,
        accounts,
    };
    let outcome = service
        .store
        .submit(Command::ClaimKeyPackages(claim))
        .await?;
    Ok(service.answer_verdict(None, outcome.verdict).await)
}
