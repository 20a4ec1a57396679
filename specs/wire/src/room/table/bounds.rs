//! Where exactly the bounds are. What is over one already may stay so, and only shrink.

use super::*;

#[test]
fn a_room_over_its_cap_goes_on_without_growing() {
    let mut group = room(RoomKind::Group);
    let cap = group.state.kind.device_cap();
    let more = leaves(strangers(cap + 2));
    group.members = group.members.devices().chain(more).collect();
    assert!(group.members.device_count() > cap);
    allowed(&group, &commit(OWNER(), []));
    allowed(&group, &commit(OWNER(), [remove(3, 1), add(9, 1, 1)]));
    assert!(matches!(
        refused(&group, &commit(OWNER(), [add(9, 1, 1)])),
        Refusal::TooManyDevices { .. }
    ));
}

#[test]
fn the_last_ban_that_is_allowed_is_allowed() {
    let mut group = room(RoomKind::Group);
    group.state.bans = strangers(state::MAX_BANS - 1).collect();
    let ban = Ban {
        account: account(9),
    };
    let next = allowed(&group, &operations(OWNER(), [ban.clone()]));
    assert_eq!(next.bans.len(), state::MAX_BANS);
    // One over, from whenever there was no bound: everything else goes on.
    group.state.bans = strangers(state::MAX_BANS + 1).collect();
    allowed(&group, &operations(OWNER(), [SetJoinRule(JoinRule::Open)]));
    assert_eq!(
        refused(&group, &operations(OWNER(), [ban])),
        Refusal::TooManyBans {
            most: state::MAX_BANS
        }
    );
}

#[test]
fn the_largest_state_that_is_allowed_is_allowed() {
    let mut space = room(RoomKind::Space);
    let holders = leaves(strangers(360));
    space.members = space.members.devices().chain(holders).collect();
    let roles = strangers(360).map(|account| (account, Role::Owner));
    space.state.roles.extend(roles);
    let with = |size| allowed(&space, &operations(OWNER(), [profile(size)]));
    // Sizes of more than 255 bytes take three bytes to say, as the one that is looked for does.
    let rest = state::MAX_STATE - with(1000).encode().len() + 1000;
    assert!((256..4096).contains(&rest), "{rest}");
    let largest = with(rest);
    assert_eq!(largest.encode().len(), state::MAX_STATE);
    assert_eq!(RoomState::decode(&largest.encode()), Ok(largest));
    assert_eq!(
        refused(&space, &operations(OWNER(), [profile(rest + 1)])),
        Refusal::StateTooLarge {
            most: state::MAX_STATE,
            got: state::MAX_STATE + 1
        }
    );
}

#[test]
fn the_largest_profile_that_is_allowed_is_allowed() {
    let group = room(RoomKind::Group);
    let next = allowed(&group, &operations(OWNER(), [profile(4096)]));
    assert_eq!(RoomState::decode(&next.encode()), Ok(next.clone()));
    let mut over = next;
    over.apply(&profile(4097));
    assert!(RoomState::decode(&over.encode()).is_err());
    assert!(matches!(
        refused(&group, &operations(OWNER(), [profile(4097)])),
        Refusal::ProfileTooLarge { .. }
    ));
}

#[test]
fn a_leaf_is_not_renewed_and_taken_away_at_once() {
    let group = room(RoomKind::Group);
    let both = CommitFacts {
        proposals: vec![
            by(MEMBER(), Change::Update(device(2, 1, 1))),
            by(OWNER(), remove(2, 1)),
        ],
        ..commit(OWNER(), [])
    };
    assert!(matches!(refused(&group, &both), Refusal::NamedTwice { .. }));
}
