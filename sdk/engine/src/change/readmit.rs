//! A new generation begins with one commit, which holds so many devices and no more. Who had no place in
//! it is added again afterwards by whoever opened it, some at a time, from those who were in the room
//! when it was followed last.

use super::Intent;
use crate::engine::Engine;
use crate::error::{ErrorKind, Result};
use crate::mls::Plan;
use crate::store::changes::ChangeRow;
use lacre_wire::ids::{AccountId, RoomId};
use lacre_wire::limits::MAX_ADDS;
use lacre_wire::room::{Role, RoomView};
use std::collections::BTreeSet;

/// Accounts that are added again by one commit.
const BATCH: usize = 50;

/// Whom the first commit of a generation takes along: owners first, because a role belongs to somebody
/// who is there, and as many others as it holds.
pub(super) fn taken_along(view: &RoomView, most: usize) -> Vec<AccountId> {
    let is_owner = |account: &AccountId| view.state.role(account) == Role::Owner;
    let (owners, others): (Vec<AccountId>, Vec<AccountId>) =
        view.members.accounts().copied().partition(is_owner);
    let mut devices = 0;
    let fits = |account: &AccountId| {
        let own = view.members.devices().filter(|one| one.account == *account);
        devices += own.count();
        // The opener's own device needs no place.
        devices <= most.saturating_add(1)
    };
    owners.into_iter().chain(others).take_while(fits).collect()
}

/// Whom the next commit brings: those of the commit before, if it did not come about, else the next.
pub(super) fn readmitted_next(accounts: &[AccountId], now: &[AccountId]) -> Vec<AccountId> {
    match now.is_empty() {
        false => now.to_vec(),
        true => accounts.iter().take(BATCH).copied().collect(),
    }
}

impl Engine {
    /// How many devices the first commit of a generation takes along; 128 unless a test says less.
    #[doc(hidden)]
    pub fn set_generation_batch(&mut self, most: usize) {
        self.generation_batch = most.min(MAX_ADDS);
    }

    /// Whether a change goes on without those whom the relay does not know.
    pub(super) fn passes_over(&self, change: i64) -> Result<bool> {
        let changes = self.db.changes()?;
        let known = changes.iter().find(|known| known.id == change);
        Ok(known.is_some_and(|known| {
            known.intent.is_repair() || matches!(known.intent, Intent::Readmit { .. })
        }))
    }

    /// This device has opened a generation: whom it could not take along comes after.
    pub(crate) fn readmit(
        &mut self,
        room: RoomId,
        before: &BTreeSet<AccountId>,
        view: &RoomView,
    ) -> Result<()> {
        let left_out = before.iter().filter(|account| {
            !view.members.has_account(account) && !view.state.bans.contains(account)
        });
        let accounts: Vec<_> = left_out.copied().collect();
        if accounts.is_empty() {
            return Ok(());
        }
        tracing::info!(%room, accounts = accounts.len(), "some are added again after the first commit");
        let now = Vec::new();
        let intent = Intent::Readmit { accounts, now };
        self.db.add_change(Some(room), &intent).map(drop)
    }

    /// Plans the next commit: everybody of the batch who can be added.
    pub(super) fn plan_readmission(
        &mut self,
        change: &ChangeRow,
        accounts: &[AccountId],
        view: &RoomView,
        plan: &mut Plan,
    ) -> Result<()> {
        let Some(claimed) = self.live.claimed.remove(&change.id) else {
            return Ok(());
        };
        let (mut now, mut tried) = (Vec::new(), BTreeSet::new());
        let cap = view.state.kind.device_cap();
        let places = MAX_ADDS.min(cap.saturating_sub(view.members.device_count()));
        for one in claimed {
            let account = one.info.account;
            match self.packages_of(&one, view) {
                // For the commit after this one.
                Ok(packages) if plan.adds.len() + packages.len() > places => continue,
                Ok(packages) => {
                    plan.adds.extend(packages);
                    now.push(account);
                }
                Err(error) if error.kind() == ErrorKind::Store => return Err(error),
                Err(error) => tracing::warn!(%error, "a member is not added again"),
            }
            tried.insert(account);
        }
        // Who was in the batch and is not known to the relay any more has been tried, too.
        let batch = accounts.iter().take(BATCH);
        if now.is_empty() {
            tried.extend(batch);
        }
        let rest = accounts.iter().filter(|account| !tried.contains(account));
        let accounts = rest.copied().collect();
        self.db
            .set_intent(change.id, &Intent::Readmit { accounts, now })
    }

    /// A commit of it was reached (`next` is the room after it), or there was nothing to commit: goes on
    /// with those who are left.
    pub(super) fn readmission_goes_on(&mut self, id: i64, next: Option<&RoomView>) -> Result<()> {
        let changes = self.db.changes()?;
        let intent = changes.into_iter().find(|change| change.id == id);
        let Some(Intent::Readmit { accounts, now }) = intent.map(|change| change.intent) else {
            return Ok(());
        };
        let is_in = |view: &RoomView| now.iter().all(|account| view.members.has_account(account));
        if next.is_some_and(|view| !is_in(view)) {
            // It was another commit.
            return Ok(());
        }
        if accounts.is_empty() {
            return self.change_done(id);
        }
        let now = Vec::new();
        self.db.set_intent(id, &Intent::Readmit { accounts, now })
    }
}
