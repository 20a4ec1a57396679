//! May this commit pass, and what is the room afterwards?
//!
//! Pure: the answer depends on the room before, what the commit says, and the time the relay
//! accepted it. No clock, no directory, no list of friends. The relay may be stricter in what it
//! takes in (quotas, names in use); a client never refuses what this function allows, nor the reverse.

use super::ROOM_VERSION;
use super::change::{Actor, Change, CommitFacts, Proposed};
use super::kind::{JoinRule, RoomKind};
use super::refusal::Refusal;
use super::rights;
use super::role::Role;
use super::state::{MAX_BANS, MAX_STATE, RoomState};
use super::view::{Members, RoomView};
use crate::ids::{AccountId, DeviceId, Millis};
use std::collections::BTreeSet;

/// Judges a commit against the room before it and returns the state after it.
///
/// The actor of each proposal is its proposer, and all proposals are judged against the same
/// state. `accepted_ms` is when the relay accepted the commit; no rule depends on it yet.
///
/// # Errors
/// The first rule the commit breaks, in an order that is the same everywhere.
pub fn authorize(
    view: &RoomView,
    facts: &CommitFacts,
    accepted_ms: Millis,
) -> Result<RoomState, Refusal> {
    // Invitations and mutes that end will need the time; every caller already has to pass it.
    let _ = accepted_ms;
    known_version(view)?;
    distinct_leaves(view, facts)?;
    let after = view.members.after(facts);
    match facts.committer {
        Actor::Member { account, device } => member_commit(view, facts, &after, (account, device))?,
        Actor::Joiner { account, device } => external_commit(view, facts, account, device)?,
        Actor::Relay => return Err(Refusal::RelayMayOnlyRemove),
    }
    let next = next_state(view, facts)?;
    bans_hold(view, &after, &next)?;
    roles_follow_members(view, &after, &next)?;
    let (got, most) = (after.device_count(), view.state.kind.device_cap());
    if got > most && got > view.members.device_count() {
        return Err(Refusal::TooManyDevices { most, got });
    }
    Ok(next)
}

/// Judges a proposal that stands alone, before any commit takes it up: what is refused here could
/// never be committed. The commit is judged again as a whole.
///
/// # Errors
/// The rule the proposal breaks.
pub fn authorize_proposal(view: &RoomView, proposed: &Proposed) -> Result<(), Refusal> {
    known_version(view)?;
    let facts = CommitFacts {
        committer: proposed.actor,
        proposals: vec![proposed.clone()],
        path: None,
    };
    rights::check(view, &view.members.after(&facts), proposed)
}

fn known_version(view: &RoomView) -> Result<(), Refusal> {
    let (needed, known) = (view.state.min_version, ROOM_VERSION);
    if needed > known {
        Err(Refusal::NeedsNewerVersion { needed, known })
    } else {
        Ok(())
    }
}

/// No leaf is added, renewed or removed twice, and a device that comes has no leaf that stays.
fn distinct_leaves(view: &RoomView, facts: &CommitFacts) -> Result<(), Refusal> {
    let mut removed = BTreeSet::new();
    for (account, device) in facts.removed() {
        if !removed.insert((account, device)) {
            return Err(Refusal::NamedTwice { account, device });
        }
    }
    let mut named = BTreeSet::new();
    for device in facts.added() {
        let leaf = (device.account, device.device);
        if !named.insert(leaf) {
            return Err(Refusal::NamedTwice {
                account: leaf.0,
                device: leaf.1,
            });
        }
        if view.members.has(&leaf.0, &leaf.1) && !removed.contains(&leaf) {
            return Err(Refusal::AlreadyPresent {
                account: leaf.0,
                device: leaf.1,
            });
        }
    }
    for device in facts.renewed() {
        let leaf = (device.account, device.device);
        if !named.insert(leaf) || removed.contains(&leaf) {
            return Err(Refusal::NamedTwice {
                account: leaf.0,
                device: leaf.1,
            });
        }
    }
    Ok(())
}

fn member_commit(
    view: &RoomView,
    facts: &CommitFacts,
    after: &Members,
    committer: (AccountId, DeviceId),
) -> Result<(), Refusal> {
    rights::present(view, &committer.0, &committer.1)?;
    if facts.removed().any(|removed| removed == committer) {
        return Err(Refusal::CommitterRemoved {
            device: committer.1,
        });
    }
    if let Some(path) = &facts.path {
        rights::renew(view, &committer, path)?;
    }
    let updates = facts
        .proposals
        .iter()
        .filter(|proposed| matches!(proposed.change, Change::Operations(_)))
        .count();
    if updates > 1 {
        return Err(Refusal::SeveralUpdates { got: updates });
    }
    facts
        .proposals
        .iter()
        .try_for_each(|proposed| rights::check(view, after, proposed))
}

/// A closed list: a newcomer signs an external commit alone, and MLS lets it carry more than
/// anybody should be able to do from outside (any Remove, any AppDataUpdate).
fn external_commit(
    view: &RoomView,
    facts: &CommitFacts,
    account: AccountId,
    device: DeviceId,
) -> Result<(), Refusal> {
    let refused = Refusal::ExternalContent { device };
    let Some(path) = facts.path else {
        return Err(refused);
    };
    if (path.account, path.device) != (account, device) {
        return Err(refused);
    }
    let own_old_leaf = |proposed: &Proposed| {
        proposed.actor == facts.committer && proposed.change == Change::Remove { account, device }
    };
    // Twice the same leaf was refused before, so this is at most one proposal.
    if !facts.proposals.iter().all(own_old_leaf) {
        return Err(refused);
    }
    if !facts.proposals.is_empty() {
        rights::present(view, &account, &device)?;
    }
    if view.state.bans.contains(&account) {
        return Err(Refusal::Banned { account });
    }
    rights::eligible(view, &account)?;
    if view.members.has_account(&account) {
        return rights::not_older(view, &path);
    }
    match view.state.join_rule {
        JoinRule::Open => Ok(()),
        JoinRule::Closed => Err(Refusal::JoinClosed { account }),
    }
}

fn next_state(view: &RoomView, facts: &CommitFacts) -> Result<RoomState, Refusal> {
    let mut next = view.state.clone();
    facts
        .operations()
        .for_each(|operation| next.apply(operation));
    if next != view.state {
        let got = next.encode().len();
        if got > MAX_STATE {
            return Err(Refusal::StateTooLarge {
                most: MAX_STATE,
                got,
            });
        }
    }
    Ok(next)
}

/// Nobody is in a room and banned from it: neither does a banned account come in, by whatever way,
/// nor is somebody banned who stays.
fn bans_hold(view: &RoomView, after: &Members, next: &RoomState) -> Result<(), Refusal> {
    if let Some(account) = next.bans.iter().find(|account| after.has_account(account)) {
        return Err(Refusal::Banned { account: *account });
    }
    match next.bans.len() > MAX_BANS && next.bans.len() > view.state.bans.len() {
        true => Err(Refusal::TooManyBans { most: MAX_BANS }),
        false => Ok(()),
    }
}

/// Roles belong to people who are there: who comes back starts without one, and a room with
/// members keeps an owner unless its last one leaves. A direct room's pair is fixed instead.
fn roles_follow_members(view: &RoomView, after: &Members, next: &RoomState) -> Result<(), Refusal> {
    if view.state.kind == RoomKind::Direct {
        return Ok(());
    }
    let gone = |account: &&AccountId| !after.has_account(account);
    if let Some(account) = next.roles.keys().find(gone) {
        return Err(Refusal::RoleKept { account: *account });
    }
    let demoted = view
        .state
        .owners()
        .find(|account| after.has_account(account) && next.role(account) != Role::Owner);
    match demoted {
        Some(account) if next.owners().next().is_none() => {
            Err(Refusal::LastOwner { account: *account })
        }
        _ => Ok(()),
    }
}
