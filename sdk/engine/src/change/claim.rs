//! Key packages of the people that a change brings in: claimed, and taken only for those who were asked
//! for.

use crate::engine::Engine;
use crate::error::Result;
use crate::live::Asked;
use crate::session::unexpected;
use lacre_wire::answer::{Answer, ClaimedAccount};
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::AccountId;
use lacre_wire::request::Request;

/// Accounts in one request for key packages, as the relay bounds them.
const CLAIMED_AT_ONCE: usize = 50;

impl Engine {
    /// Asks for the key packages of people, in as many requests as it takes.
    pub(crate) fn claim(&mut self, change: i64, suite: u16, accounts: Vec<AccountId>) {
        self.claim_by(change, suite, &accounts, CLAIMED_AT_ONCE);
    }

    /// The same, so that one who cannot be had keeps out nobody else.
    pub(crate) fn claim_each(&mut self, change: i64, suite: u16, accounts: &[AccountId]) {
        self.claim_by(change, suite, accounts, 1);
    }

    fn claim_by(&mut self, change: i64, suite: u16, accounts: &[AccountId], at_once: usize) {
        self.live.claiming.insert(change, Some(Vec::new()));
        for accounts in accounts.chunks(at_once) {
            let accounts = accounts.to_vec();
            self.ask(
                Request::ClaimKeyPackages {
                    suite,
                    accounts: accounts.clone(),
                },
                Asked::Claim { change, accounts },
            );
        }
    }

    pub(crate) fn on_claimed(
        &mut self,
        change: i64,
        accounts: &[AccountId],
        answer: Answer,
    ) -> Result<()> {
        let passed_over = matches!(&answer, Answer::Failed(error) if error.code == ErrorCode::NoSuchAccount)
            && self.passes_over(change)?;
        let Some(claiming) = self.live.claiming.get_mut(&change) else {
            // The change has failed by an earlier answer.
            return Ok(());
        };
        let asked_for = |one: &ClaimedAccount| accounts.contains(&one.info.account);
        match answer {
            // Whoever else the relay names would be added by it.
            Answer::KeyPackages(claimed) if !claimed.iter().all(asked_for) => {
                self.live.claiming.remove(&change);
                return self.change_failed(change, unexpected());
            }
            Answer::KeyPackages(claimed) => {
                if let Some(all) = claiming {
                    all.extend(claimed);
                }
            }
            // A relay whose store was restored may not know everybody.
            Answer::Failed(_) if passed_over => {}
            // Asked again as a whole, once the other answers are here.
            Answer::Failed(error) if error.code.is_retryable() => *claiming = None,
            Answer::Failed(error) => {
                self.live.claiming.remove(&change);
                self.live.busy_changes.remove(&change);
                return self.change_failed(change, error.into());
            }
            _ => return Err(unexpected()),
        }
        let is_claim =
            |asked: &Asked| matches!(asked, Asked::Claim { change: other, .. } if *other == change);
        if !self.live.asked.values().any(is_claim) {
            self.live.busy_changes.remove(&change);
            if let Some(Some(claimed)) = self.live.claiming.remove(&change) {
                self.live.claimed.insert(change, claimed);
            }
        }
        Ok(())
    }
}
