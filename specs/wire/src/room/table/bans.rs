//! Who is kept out, how long messages stay, and under which name a room is listed.

use super::*;

fn ban(n: u8) -> Operation {
    Ban {
        account: account(n),
    }
}

fn unban(n: u8) -> Operation {
    Unban {
        account: account(n),
    }
}

fn banned(n: u8) -> Refusal {
    Refusal::Banned {
        account: account(n),
    }
}

/// The room with account 9 banned.
fn barred(mut view: RoomView) -> RoomView {
    view.state.bans.insert(account(9));
    view
}

#[test]
fn only_owners_ban() {
    for kind in [RoomKind::Group, RoomKind::Space] {
        let view = room(kind);
        let next = allowed(&view, &operations(OWNER(), [ban(9)]));
        assert_eq!(next.bans, [account(9)].into());
        // Twice is once.
        assert_eq!(
            allowed(&barred(view.clone()), &operations(OWNER(), [ban(9)])),
            next
        );
        let next = allowed(&barred(view.clone()), &operations(OWNER(), [unban(9)]));
        assert!(next.bans.is_empty());
        for operation in [ban(9), unban(9)] {
            assert_eq!(
                refused(&barred(view.clone()), &operations(MEMBER(), [operation])),
                Refusal::MayNot {
                    account: account(2),
                    capability: C::Ban
                }
            );
        }
    }
    for operation in [ban(9), unban(9), ban(2)] {
        assert_eq!(
            refused(&room(RoomKind::Direct), &operations(OWNER(), [operation])),
            Refusal::FixedInDirect
        );
    }
}

/// A ban of somebody who is there goes with all their devices, and with their role.
#[test]
fn nobody_is_banned_and_present() {
    let mut group = room(RoomKind::Group);
    assert_eq!(refused(&group, &operations(OWNER(), [ban(2)])), banned(2));
    // Oneself is always still there: a committer cannot remove itself.
    assert_eq!(refused(&group, &operations(OWNER(), [ban(1)])), banned(1));
    let out = |removed: &[(u8, u8)], operations: Vec<Operation>| {
        let removed = removed.iter().map(|(a, d)| remove(*a, *d));
        commit(OWNER(), removed.chain([Change::Operations(operations)]))
    };
    let next = allowed(&group, &out(&[(2, 1)], vec![ban(2)]));
    assert_eq!(next.bans, [account(2)].into());
    group.members.insert(device(2, 2, 1));
    assert_eq!(refused(&group, &out(&[(2, 1)], vec![ban(2)])), banned(2));
    allowed(&group, &out(&[(2, 1), (2, 2)], vec![ban(2)]));
    // An owner, by another owner: the role goes with the person.
    group.state.set_role(account(2), Role::Owner);
    assert!(matches!(
        refused(&group, &out(&[(2, 1), (2, 2)], vec![ban(2)])),
        Refusal::RoleKept { .. }
    ));
    let clear = ClearRole {
        account: account(2),
    };
    allowed(&group, &out(&[(2, 1), (2, 2)], vec![ban(2), clear]));
}

#[test]
fn a_banned_account_comes_in_by_no_way() {
    for view in [open(RoomKind::Group), open(RoomKind::Space)] {
        let view = barred(view);
        for actor in [OWNER(), MEMBER()] {
            assert_eq!(
                refused(&view, &commit(actor, [add(9, 1, 1), add(8, 1, 1)])),
                banned(9)
            );
        }
        assert_eq!(refused(&view, &external(9, 1, 1, [])), banned(9));
        allowed(&view, &external(8, 1, 1, []));
        // Lifted, it comes in; with the same commit too, but by nobody who may not lift it.
        let lifted = |actor| commit(actor, [add(9, 1, 1), Change::Operations(vec![unban(9)])]);
        assert!(allowed(&view, &lifted(OWNER())).bans.is_empty());
        assert!(matches!(
            refused(&view, &lifted(MEMBER())),
            Refusal::MayNot { .. }
        ));
        let mut open_again = view.clone();
        open_again.state = allowed(&view, &operations(OWNER(), [unban(9)]));
        allowed(&open_again, &external(9, 1, 1, []));
    }
    // In a closed room the ban is what the joiner is told, too.
    let closed = barred(room(RoomKind::Group));
    assert_eq!(refused(&closed, &external(9, 1, 1, [])), banned(9));
}

#[test]
fn bans_are_bounded() {
    let mut group = room(RoomKind::Group);
    group.state.bans = strangers(state::MAX_BANS).collect();
    let first = *group.state.bans.first().unwrap();
    assert_eq!(
        refused(&group, &operations(OWNER(), [ban(9)])),
        Refusal::TooManyBans {
            most: state::MAX_BANS
        }
    );
    let exchanged = [Unban { account: first }, ban(9)];
    allowed(&group, &operations(OWNER(), exchanged));
    assert!(group.state.encode().len() < state::MAX_STATE / 2);
}

#[test]
fn how_long_messages_stay_is_said_by_owners_and_by_both_of_a_pair() {
    let week = SetDisappearing { seconds: 604_800 };
    for (kind, actor) in [
        (RoomKind::Group, OWNER()),
        (RoomKind::Space, OWNER()),
        (RoomKind::Direct, OWNER()),
        (RoomKind::Direct, MEMBER()),
    ] {
        let mut view = room(kind);
        view.state = allowed(&view, &operations(actor, [week.clone()]));
        assert_eq!(view.state.disappearing_s, 604_800);
        let never = SetDisappearing { seconds: 0 };
        assert_eq!(
            allowed(&view, &operations(actor, [never])).disappearing_s,
            0
        );
    }
    assert!(matches!(
        refused(&room(RoomKind::Group), &operations(MEMBER(), [week])),
        Refusal::MayNot {
            capability: C::SetDisappearing,
            ..
        }
    ));
}

#[test]
fn a_room_is_listed_by_its_owners() {
    let name = |name: &str| SetListed {
        name: Some(name.to_owned()),
    };
    let mut group = room(RoomKind::Group);
    group.state = allowed(&group, &operations(OWNER(), [name("algebra")]));
    assert_eq!(group.state.listed.as_deref(), Some("algebra"));
    let off = SetListed { name: None };
    assert_eq!(
        allowed(&group, &operations(OWNER(), [off.clone()])).listed,
        None
    );
    for operation in [name("algebra"), off.clone()] {
        assert!(matches!(
            refused(&group, &operations(MEMBER(), [operation])),
            Refusal::MayNot {
                capability: C::SetListed,
                ..
            }
        ));
    }
    // What the form of a name is changes with Unicode; these bounds never do.
    allowed(&group, &operations(OWNER(), [name(&"ß".repeat(64))]));
    for bad in ["", "a\u{7}b", &"a".repeat(129)] {
        assert!(matches!(
            refused(&group, &operations(OWNER(), [name(bad)])),
            Refusal::BadListedName { .. }
        ));
    }
    assert_eq!(
        refused(&room(RoomKind::Direct), &operations(OWNER(), [name("two")])),
        Refusal::FixedInDirect
    );
}
