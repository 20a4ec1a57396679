//! States come back as they went, and what is newer asks for an update.

use super::*;

fn account(n: u8) -> AccountId {
    AccountId([n; 32])
}

fn full() -> RoomState {
    let mut state = RoomState::template(RoomKind::Space, account(2), None);
    state.parent = Some(RoomId([9; 16]));
    state.set_role(account(1), Role::Owner);
    state.profile = Some(SealedProfile {
        key_number: 3,
        sealed: vec![7; 40].into(),
    });
    state
}

/// The same with everything that is only there when it is used.
fn ruled() -> RoomState {
    let mut state = full();
    state.bans = [account(8), account(7)].into();
    state.disappearing_s = 3600;
    state.listed = Some("álgebra 3".to_owned());
    state
}

#[test]
fn bans_are_a_map_that_later_versions_may_say_more_in() {
    assert_eq!(RoomState::decode(&ruled().encode()), Ok(ruled()));
    let bytes = ruled().encode();
    // The one behind the sealed profile, which holds the same bytes.
    let first = bytes.windows(32).rposition(|at| at == [7; 32]).unwrap() + 32;
    assert_eq!(bytes[first], 0);
    let mut later = bytes.clone();
    later[first] = 1;
    assert!(matches!(
        RoomState::decode(&later),
        Err(StateError::NeedsNewerVersion(_))
    ));
    // No second spelling of nobody banned, and of messages that stay.
    for (key, value) in [(9, 0xa0), (10, 0x00)] {
        let mut spelled = full().encode();
        spelled[0] += 1;
        spelled.extend([key, value]);
        assert!(matches!(
            RoomState::decode(&spelled),
            Err(StateError::Unreadable(_))
        ));
    }
}

#[test]
fn round_trips_and_keeps_unknown_keys() {
    assert_eq!(RoomState::decode(&full().encode()), Ok(full()));
    // Key 300 with a nested value, as a later version might add; the map has one more pair.
    let mut bytes = full().encode();
    bytes[0] += 1;
    bytes.extend([0x19, 0x01, 0x2c, 0x82, 0x01, 0xa1, 0x00, 0xf5]);
    let mut state = RoomState::decode(&bytes).unwrap();
    assert_eq!(state.encode(), bytes);
    state.join_rule = JoinRule::Open;
    assert!(state.encode().ends_with(&bytes[bytes.len() - 8..]));
}

#[test]
fn later_values_ask_for_an_update() {
    let state = RoomState::template(RoomKind::Group, account(1), None);
    let bytes = state.encode();
    let at = bytes.windows(2).position(|pair| pair == [3, 0]).unwrap();
    let mut later = bytes.clone();
    later[at + 1] = 9;
    assert!(matches!(
        RoomState::decode(&later),
        Err(StateError::NeedsNewerVersion(_))
    ));
    // A stored default role, an indefinite map and a state that is too large are plain errors.
    let mut default = bytes.clone();
    let role = default
        .iter()
        .rposition(|byte| *byte == account(1).0[0])
        .map(|_| 0)
        .unwrap();
    let role = role
        + default
            .windows(32)
            .position(|window| window == [1; 32])
            .unwrap()
        + 32;
    default[role] = 0;
    assert!(matches!(
        RoomState::decode(&default),
        Err(StateError::Unreadable(_))
    ));
    // A field inside the profile that would be lost on the way out.
    let mut wider = full().encode();
    let profile = wider.len() - 46;
    assert_eq!(wider[profile..profile + 4], [0xa2, 0x00, 0x03, 0x01]);
    wider[profile] = 0xa3;
    wider.extend([0x02, 0x00]);
    assert!(matches!(
        RoomState::decode(&wider),
        Err(StateError::Unreadable(_))
    ));
    assert!(matches!(
        RoomState::decode(&[0xbf, 0xff]),
        Err(StateError::Unreadable(_))
    ));
    assert!(matches!(
        RoomState::decode(&[0xa0]),
        Err(StateError::Unreadable(_))
    ));
    assert!(matches!(
        RoomState::decode(&vec![0; MAX_STATE + 1]),
        Err(StateError::TooLarge(_))
    ));
}

#[test]
fn templates() {
    let direct = RoomState::template(RoomKind::Direct, account(1), Some(account(2)));
    assert_eq!(direct.owners().count(), 2);
    assert_eq!(
        RoomState::template(RoomKind::Direct, account(1), Some(account(1)))
            .owners()
            .count(),
        1
    );
    let group = RoomState::template(RoomKind::Group, account(1), Some(account(2)));
    assert_eq!(group.owners().collect::<Vec<_>>(), [&account(1)]);
    assert_eq!(
        (group.role(&account(1)), group.role(&account(2))),
        (Role::Owner, Role::Member)
    );
}

proptest::proptest! {
    #[test]
    fn what_decodes_encodes_to_itself(bytes: Vec<u8>) {
        if let Ok(state) = RoomState::decode(&bytes) {
            proptest::prop_assert_eq!(state.encode(), bytes);
        }
    }

    #[test]
    fn every_state_round_trips(roles: Vec<[u8; 32]>, numbers: [u32; 3], parent: Option<[u8; 16]>, sealed: Option<Vec<u8>>) {
        let mut state = RoomState::template(RoomKind::Group, account(1), None);
        roles.into_iter().for_each(|account| state.set_role(AccountId(account), Role::Owner));
        [state.retention_days, state.slow_mode_s, state.min_version] = numbers;
        state.parent = parent.map(RoomId);
        state.profile = sealed.map(|sealed| SealedProfile { key_number: 1, sealed: sealed.into() });
        proptest::prop_assert_eq!(RoomState::decode(&state.encode()), Ok(state));
    }
}
