//! Who brings and takes leaves.

use super::*;

#[test]
fn owners_add_people_and_members_do_not() {
    let group = room(RoomKind::Group);
    allowed(&group, &commit(OWNER(), [add(9, 1, 1), add(9, 2, 2)]));
    assert_eq!(
        refused(&group, &commit(MEMBER(), [add(9, 1, 1)])),
        Refusal::MayNot {
            account: account(2),
            capability: C::Add
        }
    );
    allowed(&open(RoomKind::Group), &commit(MEMBER(), [add(9, 1, 1)]));
    assert!(matches!(
        refused(&group, &commit(member(9, 1), [])),
        Refusal::NotPresent { .. }
    ));
}

#[test]
fn a_device_is_added_by_its_own_account_with_its_newest_list() {
    let group = room(RoomKind::Group);
    allowed(&group, &commit(OWNER(), [add(1, 3, 5)]));
    allowed(&group, &commit(MEMBER(), [add(2, 2, 1)]));
    assert!(matches!(
        refused(&group, &commit(OWNER(), [add(1, 3, 4)])),
        Refusal::OldDeviceList {
            version: 4,
            at_least: 5,
            ..
        }
    ));
    assert!(matches!(
        refused(&group, &commit(OWNER(), [add(2, 2, 9)])),
        Refusal::ForeignDevice { .. }
    ));
    assert!(matches!(
        refused(&open(RoomKind::Space), &commit(MEMBER(), [add(3, 2, 9)])),
        Refusal::ForeignDevice { .. }
    ));
    assert!(matches!(
        refused(&group, &commit(OWNER(), [add(1, 2, 5)])),
        Refusal::AlreadyPresent { .. }
    ));
    assert!(matches!(
        refused(&group, &commit(OWNER(), [add(9, 1, 1), add(9, 1, 1)])),
        Refusal::NamedTwice { .. }
    ));
    // A device that lost its state is put back by another of the same account.
    allowed(&group, &commit(OWNER(), [remove(1, 2), add(1, 2, 5)]));
    assert!(matches!(
        refused(&group, &commit(OWNER(), [remove(2, 1), add(2, 1, 1)])),
        Refusal::ForeignDevice { .. }
    ));
}

#[test]
fn removal_takes_the_right_or_the_own_account() {
    let group = room(RoomKind::Group);
    allowed(&group, &commit(OWNER(), [remove(3, 1)]));
    allowed(&group, &commit(OWNER(), [remove(1, 2)]));
    // Anybody tidies up their own devices.
    let mut two_devices = group.clone();
    two_devices.members.insert(device(2, 2, 1));
    allowed(&two_devices, &commit(MEMBER(), [remove(2, 2)]));
    assert_eq!(
        refused(&group, &commit(MEMBER(), [remove(3, 1)])),
        Refusal::MayNot {
            account: account(2),
            capability: C::Remove
        }
    );
    assert!(matches!(
        refused(&group, &commit(OWNER(), [remove(9, 1)])),
        Refusal::NotPresent { .. }
    ));
    assert!(matches!(
        refused(&group, &commit(OWNER(), [remove(3, 1), remove(3, 1)])),
        Refusal::NamedTwice { .. }
    ));
    assert!(matches!(
        refused(&group, &commit(OWNER(), [remove(1, 1)])),
        Refusal::CommitterRemoved { .. }
    ));
}

#[test]
fn the_proposer_is_the_actor() {
    let group = room(RoomKind::Group);
    let taken_up = |actor, change| CommitFacts {
        proposals: vec![by(actor, change)],
        ..commit(MEMBER(), [])
    };
    allowed(&group, &taken_up(OWNER(), remove(3, 1)));
    allowed(&group, &taken_up(member(3, 1), Change::SelfRemove));
    allowed(&group, &taken_up(Actor::Relay, remove(3, 1)));
    let owner_commits = CommitFacts {
        proposals: vec![by(MEMBER(), remove(3, 1))],
        ..commit(OWNER(), [])
    };
    assert!(matches!(
        refused(&group, &owner_commits),
        Refusal::MayNot { .. }
    ));
}

#[test]
fn the_relay_evicts_and_nothing_else() {
    let group = room(RoomKind::Group);
    let relayed = |change| CommitFacts {
        proposals: vec![by(Actor::Relay, change)],
        ..commit(OWNER(), [])
    };
    allowed(&group, &relayed(remove(3, 1)));
    allowed(&room(RoomKind::Direct), &relayed(remove(2, 1)));
    for change in [
        add(9, 1, 1),
        Change::SelfRemove,
        Change::Operations(vec![SetJoinRule(JoinRule::Open)]),
    ] {
        assert_eq!(
            refused(&group, &relayed(change.clone())),
            Refusal::RelayMayOnlyRemove
        );
        assert_eq!(
            authorize_proposal(&group, &by(Actor::Relay, change)),
            Err(Refusal::RelayMayOnlyRemove)
        );
    }
    assert_eq!(
        authorize_proposal(&group, &by(Actor::Relay, remove(3, 1))),
        Ok(())
    );
    assert_eq!(
        refused(&group, &commit(Actor::Relay, [remove(3, 1)])),
        Refusal::RelayMayOnlyRemove
    );
}

#[test]
fn leaves_keep_account_and_device_and_do_not_go_back() {
    let group = room(RoomKind::Group);
    let path = |device| CommitFacts {
        path: Some(device),
        ..commit(OWNER(), [])
    };
    allowed(&group, &path(device(1, 1, 3)));
    allowed(&group, &path(device(1, 1, 9)));
    assert!(matches!(
        refused(&group, &path(device(1, 1, 2))),
        Refusal::OldDeviceList { at_least: 3, .. }
    ));
    assert!(matches!(
        refused(&group, &path(device(1, 2, 5))),
        Refusal::LeafChanged { .. }
    ));
    assert!(matches!(
        refused(&group, &path(device(2, 1, 5))),
        Refusal::LeafChanged { .. }
    ));
    let update = |device| CommitFacts {
        proposals: vec![by(MEMBER(), Change::Update(device))],
        ..commit(OWNER(), [])
    };
    allowed(&group, &update(device(2, 1, 1)));
    assert!(matches!(
        refused(&group, &update(device(3, 1, 1))),
        Refusal::LeafChanged { .. }
    ));
    assert!(matches!(
        refused(&group, &update(device(2, 1, 0))),
        Refusal::OldDeviceList { .. }
    ));
}
