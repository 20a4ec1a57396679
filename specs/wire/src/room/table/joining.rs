//! Coming in from outside, and the two of a direct room.

use super::*;

#[test]
fn external_commits_are_a_closed_list() {
    for view in [
        room(RoomKind::Group),
        open(RoomKind::Group),
        open(RoomKind::Space),
    ] {
        // Another device of somebody who is there, and the same device again.
        allowed(&view, &external(1, 7, 5, []));
        allowed(&view, &external(1, 2, 5, [remove(1, 2)]));
        assert!(matches!(
            refused(&view, &external(1, 7, 4, [])),
            Refusal::OldDeviceList { at_least: 5, .. }
        ));
        assert!(matches!(
            refused(&view, &external(1, 2, 4, [remove(1, 2)])),
            Refusal::OldDeviceList { .. }
        ));
        assert!(matches!(
            refused(&view, &external(1, 2, 5, [])),
            Refusal::AlreadyPresent { .. }
        ));
        let rule = Change::Operations(vec![SetJoinRule(JoinRule::Open)]);
        for change in [
            remove(1, 2),
            remove(2, 1),
            add(8, 1, 1),
            Change::SelfRemove,
            rule,
        ] {
            assert!(matches!(
                refused(&view, &external(1, 7, 5, [change])),
                Refusal::ExternalContent { .. }
            ));
        }
        let mut leaving = external(1, 7, 5, []);
        leaving.proposals.push(by(MEMBER(), Change::SelfRemove));
        assert!(matches!(
            refused(&view, &leaving),
            Refusal::ExternalContent { .. }
        ));
        let other_path = CommitFacts {
            path: Some(device(2, 9, 9)),
            ..external(1, 7, 5, [])
        };
        assert!(matches!(
            refused(&view, &other_path),
            Refusal::ExternalContent { .. }
        ));
        let no_path = CommitFacts {
            path: None,
            ..external(1, 7, 5, [])
        };
        assert!(matches!(
            refused(&view, &no_path),
            Refusal::ExternalContent { .. }
        ));
    }
    assert_eq!(
        refused(&room(RoomKind::Group), &external(9, 1, 1, [])),
        Refusal::JoinClosed {
            account: account(9)
        }
    );
    allowed(&open(RoomKind::Space), &external(9, 1, 1, []));
    assert!(matches!(
        refused(&open(RoomKind::Space), &external(9, 1, 1, [remove(9, 1)])),
        Refusal::NotPresent { .. }
    ));
}

#[test]
fn direct_rooms_are_for_their_pair() {
    let direct = room(RoomKind::Direct);
    allowed(&direct, &commit(OWNER(), [add(1, 3, 5)]));
    assert!(matches!(
        refused(&direct, &commit(OWNER(), [add(9, 1, 1)])),
        Refusal::NotInPair { .. }
    ));
    assert!(matches!(
        refused(&direct, &external(9, 1, 1, [])),
        Refusal::NotInPair { .. }
    ));
    assert!(matches!(
        refused(&direct, &commit(OWNER(), [remove(2, 1)])),
        Refusal::LastLeafOfPeer { .. }
    ));
    // A second device of the other may go, and the other may leave and be let in again.
    allowed(&direct, &commit(MEMBER(), [remove(1, 2)]));
    assert!(matches!(
        refused(&direct, &commit(MEMBER(), [remove(1, 1), remove(1, 2)])),
        Refusal::LastLeafOfPeer { .. }
    ));
    let mut left = direct.clone();
    let leaves = CommitFacts {
        proposals: vec![by(MEMBER(), Change::SelfRemove)],
        ..commit(OWNER(), [])
    };
    left.state = allowed(&direct, &leaves);
    left.members = direct.members.after(&leaves);
    assert!(matches!(
        refused(&left, &external(2, 1, 1, [])),
        Refusal::JoinClosed { .. }
    ));
    allowed(&left, &commit(OWNER(), [add(2, 1, 1)]));
    for operation in [
        SetRole {
            account: account(2),
            role: Role::Member,
        },
        ClearRole {
            account: account(2),
        },
        SetJoinRule(JoinRule::Open),
    ] {
        assert_eq!(
            refused(&direct, &operations(OWNER(), [operation])),
            Refusal::FixedInDirect
        );
    }
    let profile = SealedProfile {
        key_number: 1,
        sealed: vec![1].into(),
    };
    assert_eq!(
        allowed(
            &direct,
            &operations(MEMBER(), [SetProfile(profile.clone())])
        )
        .profile,
        Some(profile)
    );
}
