//! Room states and operations.

use super::{Sample, account, other_account, sample};
use lacre_wire::ids::RoomId;
use lacre_wire::room::{JoinRule, Operation, Role, RoomKind, RoomState, SealedProfile};

fn profile() -> SealedProfile {
    SealedProfile {
        key_number: 1,
        sealed: b"a sealed profile".to_vec().into(),
    }
}

pub(super) fn samples() -> Vec<Sample> {
    let state = |name, state: RoomState| sample(name, "room-state", &state);
    let mut space = RoomState::template(RoomKind::Space, account(), None);
    space.join_rule = JoinRule::Open;
    space.parent = Some(RoomId([0x0c; 16]));
    space.slow_mode_s = 5;
    space.profile = Some(profile());
    let operations = vec![
        Operation::SetProfile(profile()),
        Operation::SetRole {
            account: other_account(),
            role: Role::Owner,
        },
        Operation::SetRole {
            account: other_account(),
            role: Role::Member,
        },
        Operation::ClearRole { account: account() },
        Operation::SetJoinRule(JoinRule::Open),
    ];
    vec![
        state(
            "a direct room",
            RoomState::template(RoomKind::Direct, account(), Some(other_account())),
        ),
        state(
            "a group",
            RoomState::template(RoomKind::Group, account(), None),
        ),
        state("an open space", space),
        sample("operations", "operations", &operations),
    ]
}
