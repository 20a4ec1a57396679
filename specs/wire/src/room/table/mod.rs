//! The rules as a table: one room, one commit, one answer.

mod bans;
mod beginning;
mod bounds;
mod generations;
mod joining;
mod leaves;
mod roles;

use super::*;
use crate::identity::Device;
use crate::ids::{AccountId, DeviceId};
use Capability as C;
use Operation::{
    Ban, ClearRole, SetDisappearing, SetJoinRule, SetListed, SetProfile, SetRole, Unban,
};

fn account(n: u8) -> AccountId {
    AccountId([n; 32])
}

/// Device `d` of account `a`, standing by device list `version`.
fn device(a: u8, d: u8, version: u64) -> Device {
    let mut id = [a; 16];
    id[15] = d;
    Device {
        account: account(a),
        device: DeviceId(id),
        list_version: version,
    }
}

fn member(a: u8, d: u8) -> Actor {
    let Device {
        account, device, ..
    } = device(a, d, 0);
    Actor::Member { account, device }
}

fn joiner(a: u8, d: u8) -> Actor {
    let Device {
        account, device, ..
    } = device(a, d, 0);
    Actor::Joiner { account, device }
}

fn add(a: u8, d: u8, version: u64) -> Change {
    Change::Add(device(a, d, version))
}

fn remove(a: u8, d: u8) -> Change {
    let Device {
        account, device, ..
    } = device(a, d, 0);
    Change::Remove { account, device }
}

fn by(actor: Actor, change: Change) -> Proposed {
    Proposed { actor, change }
}

/// Accounts that nobody else in these tests has.
fn strangers(count: usize) -> impl Iterator<Item = AccountId> {
    (0..count).map(|n| AccountId(crate::hash::sha256(&[&n.to_be_bytes()]).0))
}

/// One device of each.
fn leaves(accounts: impl Iterator<Item = AccountId>) -> impl Iterator<Item = Device> {
    accounts.map(|account| Device {
        account,
        ..device(9, 9, 1)
    })
}

/// A profile of so many sealed bytes.
fn profile(size: usize) -> Operation {
    SetProfile(SealedProfile {
        key_number: 1,
        sealed: vec![0; size].into(),
    })
}

/// A commit whose proposals are all the committer's own.
fn commit(committer: Actor, changes: impl IntoIterator<Item = Change>) -> CommitFacts {
    let proposals = changes
        .into_iter()
        .map(|change| by(committer, change))
        .collect();
    CommitFacts {
        committer,
        proposals,
        path: None,
    }
}

fn operations(committer: Actor, operations: impl Into<Vec<Operation>>) -> CommitFacts {
    commit(committer, [Change::Operations(operations.into())])
}

/// An external commit of device `d` of account `a`.
fn external(a: u8, d: u8, version: u64, changes: impl IntoIterator<Item = Change>) -> CommitFacts {
    CommitFacts {
        path: Some(device(a, d, version)),
        ..commit(joiner(a, d), changes)
    }
}

/// Accounts 1 (owner, devices 1 and 2 at lists 3 and 5), 2 and 3 (one device each, list 1).
fn room(kind: RoomKind) -> RoomView {
    let state = RoomState::template(kind, account(1), Some(account(2)));
    let mut leaves = vec![device(1, 1, 3), device(1, 2, 5), device(2, 1, 1)];
    if kind != RoomKind::Direct {
        leaves.push(device(3, 1, 1));
    }
    RoomView {
        state,
        members: leaves.into_iter().collect(),
    }
}

fn open(kind: RoomKind) -> RoomView {
    let mut view = room(kind);
    view.state.join_rule = JoinRule::Open;
    view
}

fn allowed(view: &RoomView, facts: &CommitFacts) -> RoomState {
    authorize(view, facts, 0).unwrap_or_else(|refusal| panic!("{refusal}: {facts:?}"))
}

fn refused(view: &RoomView, facts: &CommitFacts) -> Refusal {
    authorize(view, facts, 0).expect_err("the commit should have been refused")
}

const OWNER: fn() -> Actor = || member(1, 1);
const MEMBER: fn() -> Actor = || member(2, 1);
