//! How a room may begin.

use super::*;
use crate::ids::RoomId;

pub(super) const ROOM: RoomId = RoomId([5; 16]);

/// A group as it should be, of account 1 alone.
pub(super) fn good(kind: RoomKind, peer: Option<AccountId>) -> CreationFacts {
    CreationFacts {
        group_id: ROOM.group_id(0).to_vec(),
        epoch: 0,
        suite: kind_suite(kind),
        leaves: vec![device(1, 1, 1)],
        lifetimes_unlimited: true,
        state: RoomState::template(kind, account(1), peer),
        relay_is_external_sender: true,
        requires_our_capabilities: true,
        nothing_else: true,
    }
}

#[test]
fn a_room_begins_with_its_creator_alone() {
    let creator = device(1, 1, 1);
    let judge = |facts: &CreationFacts| authorize_creation(&ROOM, &creator, facts);
    for (kind, peer) in [
        (RoomKind::Direct, Some(account(2))),
        (RoomKind::Direct, None),
        (RoomKind::Group, None),
        (RoomKind::Space, None),
    ] {
        assert_eq!(judge(&good(kind, peer)), Ok(()));
    }
    let broken = |change: fn(&mut CreationFacts)| {
        let mut facts = good(RoomKind::Group, None);
        change(&mut facts);
        judge(&facts).unwrap_err().code()
    };
    assert_eq!(broken(|f| f.group_id[19] = 1), "creation.group_id");
    assert_eq!(broken(|f| f.epoch = 1), "creation.epoch");
    assert_eq!(broken(|f| f.suite = SUITE_CLASSICAL), "creation.suite");
    assert_eq!(
        broken(|f| f.leaves.push(device(2, 1, 1))),
        "creation.leaves"
    );
    assert_eq!(
        broken(|f| f.leaves = vec![device(1, 2, 1)]),
        "creation.leaves"
    );
    assert_eq!(
        broken(|f| f.lifetimes_unlimited = false),
        "creation.limited_lifetime"
    );
    assert_eq!(
        broken(|f| f.state.set_role(account(2), Role::Owner)),
        "creation.state"
    );
    assert_eq!(
        broken(|f| f.state.join_rule = JoinRule::Open),
        "creation.state"
    );
    assert_eq!(
        broken(|f| f.relay_is_external_sender = false),
        "creation.relay"
    );
    assert_eq!(
        broken(|f| f.requires_our_capabilities = false),
        "creation.context"
    );
    assert_eq!(broken(|f| f.nothing_else = false), "creation.context");
    let mut three = good(RoomKind::Direct, Some(account(2)));
    three.state.set_role(account(3), Role::Owner);
    assert_eq!(judge(&three), Err(CreationRefusal::State));
}

fn kind_suite(kind: RoomKind) -> u16 {
    if kind == RoomKind::Space {
        SUITE_CLASSICAL
    } else {
        SUITE_POST_QUANTUM
    }
}
