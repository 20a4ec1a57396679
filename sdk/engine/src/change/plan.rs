//! What a change asks of the commit that carries it out, on the room as it is now.

use super::Intent;
use super::commit::Gone;
use super::order::{plan_ban, plan_unban};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::mls::Plan;
use crate::profile::{self, RoomProfile};
use crate::store::changes::ChangeRow;
use crate::store::rooms::RoomRow;
use lacre_wire::ids::AccountId;
use lacre_wire::room::{Members, Operation, Role, RoomKind, RoomView};

impl Engine {
    /// What a change asks of the commit.
    pub(super) fn plan(
        &mut self,
        row: &RoomRow,
        change: &ChangeRow,
        view: &RoomView,
    ) -> Result<Plan> {
        let mut plan = Plan::default();
        match &change.intent {
            Intent::Invite { by_request, .. } => {
                self.plan_invitation(change, *by_request, view, &mut plan)?;
            }
            Intent::Readmit { accounts, .. } => {
                self.plan_readmission(change, accounts, view, &mut plan)?;
            }
            Intent::Remove { account } => {
                if !view.members.has_account(account) {
                    return Err(Error::new(
                        ErrorKind::NotFound,
                        "NotAMember",
                        "that person is not in this room",
                    ));
                }
                plan.remove.push(*account);
            }
            Intent::SetName { name } => {
                let (number, key) = self.db.room_key(row.r)?.ok_or_else(|| {
                    Error::new(
                        ErrorKind::Busy,
                        "NoRoomKey",
                        "the room's key has not come yet; a member must be online to send it",
                    )
                })?;
                plan.operations.push(Operation::SetProfile(profile::seal(
                    &RoomProfile { name: name.clone() },
                    row.id,
                    number,
                    &key,
                )?));
            }
            Intent::SetRole { account, role } => plan.operations.push(Operation::SetRole {
                account: *account,
                role: *role,
            }),
            Intent::SetJoinRule { rule } => plan.operations.push(Operation::SetJoinRule(*rule)),
            Intent::Ban { account } => plan_ban(*account, view, &mut plan),
            Intent::Unban { account } => plan_unban(*account, view, &mut plan),
            Intent::SetListed { name } => plan
                .operations
                .push(Operation::SetListed { name: name.clone() }),
            Intent::HandOver => {
                let role = Role::Owner;
                let successor = self.successor(row)?;
                let give = successor.map(|account| Operation::SetRole { account, role });
                plan.operations.extend(give);
            }
            Intent::SetDisappearing { seconds } => plan
                .operations
                .push(Operation::SetDisappearing { seconds: *seconds }),
            other => return Err(Error::internal(format!("{other:?} needs no commit"))),
        }
        Ok(plan)
    }
}

/// Whoever loses their last device here must lose their role with it; where no owner stays, the room
/// passes to the account that the rules name.
pub(super) fn clear_roles(view: &RoomView, leaving: &Gone, plan: &mut Plan) {
    if view.state.kind == RoomKind::Direct {
        return;
    }
    let mut members = view.members.clone();
    for (account, device) in leaving {
        members.remove(account, device);
    }
    members_without(&mut members, &plan.remove);
    let gone = |account: &&AccountId| !members.has_account(account);
    let with_role: Vec<AccountId> = view
        .state
        .roles
        .keys()
        .filter(|account| view.members.has_account(account))
        .filter(gone)
        .copied()
        .collect();
    plan.operations.extend(
        with_role
            .into_iter()
            .map(|account| Operation::ClearRole { account }),
    );
    let owned = view
        .state
        .owners()
        .any(|account| members.has_account(account));
    // Who comes with this commit counts too; then the next one passes the room on.
    if let Some(heir) = members.accounts().next().copied()
        && !owned
        && plan.adds.is_empty()
    {
        plan.operations.push(Operation::SetRole {
            account: heir,
            role: Role::Owner,
        });
    }
}

fn members_without(members: &mut Members, removed: &[AccountId]) {
    let leaves: Vec<_> = members
        .devices()
        .filter(|device| removed.contains(&device.account))
        .collect();
    for device in leaves {
        members.remove(&device.account, &device.device);
    }
}
