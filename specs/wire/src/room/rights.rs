//! The right behind each single proposal, judged against the room before the commit.

use super::change::{Actor, Change, Proposed, Unsupported};
use super::kind::{JoinRule, RoomKind};
use super::listed;
use super::operation::Operation;
use super::refusal::Refusal;
use super::role::{Capability, Role};
use super::state::MAX_PROFILE;
use super::view::{Members, RoomView};
use crate::identity::Device;
use crate::ids::{AccountId, DeviceId};

/// Judges one proposal. `after` is who will be in the room: some rights depend on whether an
/// account goes altogether.
pub(super) fn check(view: &RoomView, after: &Members, proposed: &Proposed) -> Result<(), Refusal> {
    match (&proposed.change, proposed.actor) {
        (Change::Unsupported(Unsupported::ContextExtensions), _) => Err(Refusal::ContextExtensions),
        (Change::Unsupported(kind), _) => Err(Refusal::Unsupported(*kind)),
        (Change::Remove { account, device }, Actor::Relay) => present(view, account, device),
        (_, Actor::Relay) => Err(Refusal::RelayMayOnlyRemove),
        (_, Actor::Joiner { device, .. }) => Err(Refusal::ExternalContent { device }),
        (change, Actor::Member { account, device }) => {
            present(view, &account, &device)?;
            member(view, after, (account, device), change)
        }
    }
}

fn member(
    view: &RoomView,
    after: &Members,
    actor: (AccountId, DeviceId),
    change: &Change,
) -> Result<(), Refusal> {
    match change {
        Change::Add(device) => add(view, &actor.0, device),
        Change::Remove { account, device } => {
            present(view, account, device)?;
            remove(view, after, &actor.0, account)
        }
        Change::SelfRemove => Ok(()),
        Change::Update(device) => renew(view, &actor, device),
        Change::Operations(operations) => operations
            .iter()
            .try_for_each(|operation| operate(view, after, &actor.0, operation)),
        Change::Unsupported(kind) => Err(Refusal::Unsupported(*kind)),
    }
}

pub(super) fn present(
    view: &RoomView,
    account: &AccountId,
    device: &DeviceId,
) -> Result<(), Refusal> {
    if view.members.has(account, device) {
        Ok(())
    } else {
        Err(Refusal::NotPresent {
            account: *account,
            device: *device,
        })
    }
}

fn require(view: &RoomView, account: &AccountId, capability: Capability) -> Result<(), Refusal> {
    if view.state.role(account).can(capability) {
        Ok(())
    } else {
        Err(Refusal::MayNot {
            account: *account,
            capability,
        })
    }
}

/// A leaf of an account that is in the room must not go back behind what the room has seen of it.
pub(super) fn not_older(view: &RoomView, device: &Device) -> Result<(), Refusal> {
    match view.members.highest_version(&device.account) {
        Some(at_least) if device.list_version < at_least => Err(Refusal::OldDeviceList {
            device: device.device,
            version: device.list_version,
            at_least,
        }),
        _ => Ok(()),
    }
}

/// Whether the account can be in the room at all.
pub(super) fn eligible(view: &RoomView, account: &AccountId) -> Result<(), Refusal> {
    if view.state.kind == RoomKind::Direct && !view.state.roles.contains_key(account) {
        return Err(Refusal::NotInPair { account: *account });
    }
    Ok(())
}

fn add(view: &RoomView, actor: &AccountId, device: &Device) -> Result<(), Refusal> {
    eligible(view, &device.account)?;
    if view.members.has_account(&device.account) {
        if device.account != *actor {
            return Err(Refusal::ForeignDevice {
                actor: *actor,
                account: device.account,
            });
        }
        return not_older(view, device);
    }
    // Whoever may walk into an open room may as well be let in by the member who is online.
    match view.state.join_rule {
        JoinRule::Open => Ok(()),
        JoinRule::Closed => require(view, actor, Capability::Add),
    }
}

fn remove(
    view: &RoomView,
    after: &Members,
    actor: &AccountId,
    account: &AccountId,
) -> Result<(), Refusal> {
    if actor == account {
        return Ok(());
    }
    if view.state.kind == RoomKind::Direct && !after.has_account(account) {
        return Err(Refusal::LastLeafOfPeer { account: *account });
    }
    require(view, actor, Capability::Remove)
}

/// A renewed leaf keeps its account and device, and its own list version does not fall. It is not
/// measured against the account's other leaves: a device that has not yet seen its newest list
/// must still be able to commit.
pub(super) fn renew(
    view: &RoomView,
    actor: &(AccountId, DeviceId),
    device: &Device,
) -> Result<(), Refusal> {
    if (device.account, device.device) != *actor {
        return Err(Refusal::LeafChanged {
            device: actor.1,
            got: device.device,
        });
    }
    match view.members.list_version(&actor.0, &actor.1) {
        Some(at_least) if device.list_version < at_least => Err(Refusal::OldDeviceList {
            device: device.device,
            version: device.list_version,
            at_least,
        }),
        _ => Ok(()),
    }
}

/// Whether the room passes to this account: no owner stays, and of those who stay it has the lowest
/// id. Whoever commits says so, because nobody who stays could.
fn is_heir(view: &RoomView, after: &Members, account: &AccountId) -> bool {
    let stays = |owner: &AccountId| after.has_account(owner);
    !view.state.owners().any(stays) && after.accounts().next() == Some(account)
}

fn operate(
    view: &RoomView,
    after: &Members,
    actor: &AccountId,
    operation: &Operation,
) -> Result<(), Refusal> {
    if !operation.fits() {
        return Err(Refusal::ProfileTooLarge { most: MAX_PROFILE });
    }
    let everywhere = matches!(
        operation,
        Operation::SetProfile(_) | Operation::SetDisappearing { .. }
    );
    if view.state.kind == RoomKind::Direct && !everywhere {
        return Err(Refusal::FixedInDirect);
    }
    match operation {
        Operation::SetProfile(_) => require(view, actor, Capability::SetProfile),
        Operation::SetJoinRule(_) => require(view, actor, Capability::SetJoinRule),
        Operation::SetRole {
            account,
            role: Role::Owner,
        } if is_heir(view, after, account) => Ok(()),
        Operation::SetRole { account, .. } => {
            require(view, actor, Capability::SetRole)?;
            if after.has_account(account) {
                Ok(())
            } else {
                Err(Refusal::TargetAbsent { account: *account })
            }
        }
        // Anybody who commits a departure tidies up behind it.
        Operation::ClearRole { account }
            if view.members.has_account(account) && !after.has_account(account) =>
        {
            Ok(())
        }
        Operation::ClearRole { .. } => require(view, actor, Capability::SetRole),
        Operation::Ban { .. } | Operation::Unban { .. } => require(view, actor, Capability::Ban),
        Operation::SetDisappearing { .. } => require(view, actor, Capability::SetDisappearing),
        Operation::SetListed { name } => {
            require(view, actor, Capability::SetListed)?;
            match name.as_deref().is_none_or(listed::is_bounded) {
                true => Ok(()),
                false => Err(Refusal::BadListedName {
                    most: listed::MAX_LISTED_NAME,
                }),
            }
        }
    }
}
