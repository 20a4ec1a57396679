//! Operations, roles and bounds.

use super::*;

#[test]
fn operations_take_the_right() {
    let group = room(RoomKind::Group);
    let promote = SetRole {
        account: account(2),
        role: Role::Owner,
    };
    let next = allowed(
        &group,
        &operations(OWNER(), [promote.clone(), SetJoinRule(JoinRule::Open)]),
    );
    assert_eq!(
        (next.role(&account(2)), next.join_rule),
        (Role::Owner, JoinRule::Open)
    );
    let rule = SetJoinRule(JoinRule::Open);
    let clear = ClearRole {
        account: account(1),
    };
    for (operation, capability) in [
        (promote.clone(), C::SetRole),
        (profile(1), C::SetProfile),
        (rule, C::SetJoinRule),
        (clear, C::SetRole),
    ] {
        assert_eq!(
            refused(&group, &operations(MEMBER(), [operation])),
            Refusal::MayNot {
                account: account(2),
                capability
            }
        );
    }
    let stranger = SetRole {
        account: account(9),
        role: Role::Owner,
    };
    assert!(matches!(
        refused(&group, &operations(OWNER(), [stranger.clone()])),
        Refusal::TargetAbsent { .. }
    ));
    allowed(
        &group,
        &commit(OWNER(), [add(9, 1, 1), Change::Operations(vec![stranger])]),
    );
    // All is judged against the state before: a promotion in the same commit gives no right yet.
    let mut both = operations(OWNER(), [promote.clone()]);
    both.proposals.push(by(MEMBER(), remove(3, 1)));
    assert!(matches!(refused(&group, &both), Refusal::MayNot { .. }));
    let twice = commit(
        OWNER(),
        [
            Change::Operations(vec![promote.clone()]),
            Change::Operations(vec![promote]),
        ],
    );
    assert_eq!(refused(&group, &twice), Refusal::SeveralUpdates { got: 2 });
    assert!(matches!(
        refused(&group, &operations(OWNER(), [profile(4097)])),
        Refusal::ProfileTooLarge { .. }
    ));
}

#[test]
fn a_role_goes_with_its_holder() {
    let mut group = room(RoomKind::Group);
    group.state.set_role(account(2), Role::Owner);
    let clear = Change::Operations(vec![ClearRole {
        account: account(2),
    }]);
    assert_eq!(
        refused(&group, &commit(OWNER(), [remove(2, 1)])),
        Refusal::RoleKept {
            account: account(2)
        }
    );
    let next = allowed(&group, &commit(OWNER(), [remove(2, 1), clear.clone()]));
    assert_eq!(next.role(&account(2)), Role::Member);
    // A plain member who commits a departure tidies up, and may do so exactly then.
    let leaves = |change: Option<Change>| CommitFacts {
        proposals: [by(member(2, 1), Change::SelfRemove)]
            .into_iter()
            .chain(change.map(|change| by(member(3, 1), change)))
            .collect(),
        ..commit(member(3, 1), [])
    };
    assert_eq!(
        refused(&group, &leaves(None)),
        Refusal::RoleKept {
            account: account(2)
        }
    );
    allowed(&group, &leaves(Some(clear.clone())));
    assert!(matches!(
        refused(&group, &commit(member(3, 1), [clear])),
        Refusal::MayNot { .. }
    ));
    // One device of two: the role stays, and clearing it takes the right.
    let first = Change::Operations(vec![ClearRole {
        account: account(1),
    }]);
    let evicted = |change: Option<Change>| CommitFacts {
        proposals: [by(Actor::Relay, remove(1, 1))]
            .into_iter()
            .chain(change.map(|change| by(member(3, 1), change)))
            .collect(),
        ..commit(member(3, 1), [])
    };
    allowed(&group, &evicted(None));
    assert!(matches!(
        refused(&group, &evicted(Some(first))),
        Refusal::MayNot { .. }
    ));
}

#[test]
fn a_room_with_members_keeps_an_owner_unless_the_last_one_leaves() {
    let group = room(RoomKind::Group);
    let step_down = SetRole {
        account: account(1),
        role: Role::Member,
    };
    assert_eq!(
        refused(&group, &operations(OWNER(), [step_down.clone()])),
        Refusal::LastOwner {
            account: account(1)
        }
    );
    let clear = ClearRole {
        account: account(1),
    };
    assert_eq!(
        refused(&group, &operations(OWNER(), [clear.clone()])),
        Refusal::LastOwner {
            account: account(1)
        }
    );
    let hand_over = SetRole {
        account: account(2),
        role: Role::Owner,
    };
    allowed(&group, &operations(OWNER(), [step_down, hand_over]));
    let leaves = CommitFacts {
        proposals: vec![
            by(member(1, 1), Change::SelfRemove),
            by(Actor::Relay, remove(1, 2)),
            by(MEMBER(), Change::Operations(vec![clear])),
        ],
        ..commit(MEMBER(), [])
    };
    assert_eq!(allowed(&group, &leaves).owners().count(), 0);
}

/// Where no owner stays, any commit may pass the room on, to one account that everybody agrees on.
#[test]
fn a_room_without_owners_passes_to_the_lowest_id() {
    let mut group = room(RoomKind::Group);
    let owner = |n| SetRole {
        account: account(n),
        role: Role::Owner,
    };
    let departure = |operations: &[Operation]| CommitFacts {
        proposals: vec![
            by(member(1, 1), Change::SelfRemove),
            by(Actor::Relay, remove(1, 2)),
            by(member(3, 1), Change::Operations(operations.to_vec())),
        ],
        ..commit(member(3, 1), [])
    };
    let clear = ClearRole {
        account: account(1),
    };
    let next = allowed(&group, &departure(&[clear.clone(), owner(2)]));
    assert_eq!(next.owners().collect::<Vec<_>>(), [&account(2)]);
    assert!(matches!(
        refused(&group, &departure(&[clear.clone(), owner(3)])),
        Refusal::MayNot { .. }
    ));
    // While an owner stays, only owners make owners.
    assert!(matches!(
        refused(&group, &operations(member(3, 1), [owner(2)])),
        Refusal::MayNot { .. }
    ));
    // One that was left without is passed on later.
    group.state.roles.clear();
    group.members = group.members.after(&departure(&[]));
    let next = allowed(&group, &operations(member(3, 1), [owner(2)]));
    assert_eq!(next.owners().collect::<Vec<_>>(), [&account(2)]);
    assert!(matches!(
        refused(&group, &operations(member(3, 1), [owner(3)])),
        Refusal::MayNot { .. }
    ));
}

#[test]
fn sizes_and_versions_are_bounded() {
    let mut group = room(RoomKind::Group);
    let fill = |n: usize| leaves(strangers(n));
    let free = 128 - group.members.device_count();
    allowed(&group, &commit(OWNER(), fill(free).map(Change::Add)));
    let over = commit(OWNER(), fill(free + 1).map(Change::Add));
    assert_eq!(
        refused(&group, &over),
        Refusal::TooManyDevices {
            most: 128,
            got: 129
        }
    );
    allowed(
        &RoomView {
            state: RoomState::template(RoomKind::Space, account(1), None),
            ..group.clone()
        },
        &over,
    );

    let owners = strangers(430).map(|account| (account, Role::Owner));
    group.state.roles.extend(owners);
    group.members = group
        .members
        .devices()
        .chain(leaves(group.state.roles.keys().copied()))
        .collect();
    group.state.kind = RoomKind::Space;
    assert!(matches!(
        refused(&group, &operations(OWNER(), [profile(4096)])),
        Refusal::StateTooLarge { .. }
    ));

    let mut later = room(RoomKind::Group);
    later.state.min_version = ROOM_VERSION + 1;
    let refusal = refused(&later, &commit(OWNER(), []));
    assert!(refusal.needs_newer_version());
    let absent = refused(&room(RoomKind::Group), &commit(member(9, 1), []));
    assert!(!absent.needs_newer_version());
    assert!(authorize_proposal(&later, &by(OWNER(), Change::SelfRemove)).is_err());
}

#[test]
fn some_proposals_are_never_used() {
    let group = room(RoomKind::Group);
    assert_eq!(
        refused(
            &group,
            &commit(
                OWNER(),
                [Change::Unsupported(Unsupported::ContextExtensions)]
            )
        ),
        Refusal::ContextExtensions
    );
    for kind in [
        Unsupported::PreSharedKey,
        Unsupported::ReInit,
        Unsupported::AppEphemeral,
        Unsupported::Custom(0xf000),
    ] {
        assert_eq!(
            refused(&group, &commit(OWNER(), [Change::Unsupported(kind)])),
            Refusal::Unsupported(kind)
        );
    }
    let text = refused(&group, &commit(MEMBER(), [remove(3, 1)])).to_string();
    assert!(text.contains("may not remove people"), "{text}");
    let text = Refusal::Unsupported(Unsupported::Custom(0xf000)).to_string();
    assert!(text.contains("proposal type 0xf000"), "{text}");
}
