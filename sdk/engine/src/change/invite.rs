//! Whom an invitation brings in: as many in one commit as it holds, the others with the next one.

use super::Intent;
use super::create::no_packages;
use super::order::banned;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::mls::Plan;
use crate::store::changes::ChangeRow;
use lacre_wire::answer::ClaimedAccount;
use lacre_wire::ids::{AccountId, DeviceId};
use lacre_wire::limits::MAX_ADDS;
use lacre_wire::room::{JoinRule, RoomView};
use openmls::prelude::KeyPackage;
use std::collections::BTreeSet;

impl Engine {
    /// Plans the next commit of an invitation, if the key packages it needs are here. Otherwise a
    /// commit for something else comes first.
    pub(super) fn plan_invitation(
        &mut self,
        change: &ChangeRow,
        by_request: bool,
        view: &RoomView,
        plan: &mut Plan,
    ) -> Result<()> {
        let Some(claimed) = self.live.claimed.remove(&change.id) else {
            return Ok(());
        };
        let most = view.state.kind.device_cap();
        let mut places = most.saturating_sub(view.members.device_count());
        // Who asked comes in while the room is open, and not after it was closed.
        let may_come = !by_request || view.state.join_rule == JoinRule::Open;
        let mut coming = Vec::new();
        for one in claimed.into_iter().filter(|_| may_come) {
            let packages = match self.packages_of(&one, view) {
                Ok(packages) => packages,
                // One who cannot come in must not keep out those who asked with them.
                Err(error) if by_request && error.kind() != ErrorKind::Store => {
                    tracing::debug!(%error, "somebody who asked is not let in");
                    continue;
                }
                Err(error) => return Err(error),
            };
            match places.checked_sub(packages.len()) {
                Some(left) => places = left,
                None if by_request => continue,
                // All of them or nobody: who invites chooses whom to leave out.
                None => return Err(room_full(most)),
            }
            if plan.adds.len() + packages.len() <= MAX_ADDS {
                plan.adds.extend(packages);
                coming.push(one.info.account);
            }
        }
        if by_request {
            let accounts = coming;
            let intent = Intent::Invite {
                accounts,
                by_request,
            };
            self.db.set_intent(change.id, &intent)?;
        }
        Ok(())
    }

    /// A commit of an invitation was reached: it is for those who are not in yet. True if there are
    /// none.
    pub(super) fn invitation_goes_on(
        &mut self,
        change: i64,
        accounts: &[AccountId],
        next: &RoomView,
    ) -> Result<bool> {
        let rest: Vec<AccountId> = accounts
            .iter()
            .filter(|account| !next.members.has_account(account))
            .copied()
            .collect();
        if rest.is_empty() || rest.len() == accounts.len() {
            return Ok(rest.is_empty());
        }
        let intent = Intent::Invite {
            accounts: rest,
            by_request: false,
        };
        self.db.set_intent(change, &intent)?;
        Ok(false)
    }

    pub(super) fn packages_of(
        &mut self,
        one: &ClaimedAccount,
        view: &RoomView,
    ) -> Result<Vec<KeyPackage>> {
        self.keep_info(&one.info)?;
        let info = &one.info;
        if view.state.bans.contains(&info.account) {
            return Err(banned(&info.handle));
        }
        if one.packages.is_empty() && !view.members.has_account(&info.account) {
            return Err(no_packages(&info.handle));
        }
        let present: BTreeSet<DeviceId> =
            view.members.devices().map(|device| device.device).collect();
        self.packages(std::slice::from_ref(one), &present)
    }
}

fn room_full(most: usize) -> Error {
    Error::new(
        ErrorKind::NotAllowed,
        "RoomFull",
        format!(
            "the room holds at most {most} devices, and those you invite would be more; nobody was added"
        ),
    )
}
