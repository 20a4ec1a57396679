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
    let mut ruled = RoomState::template(RoomKind::Group, account(), None);
    ruled.join_rule = JoinRule::Open;
    ruled.bans = [other_account()].into();
    ruled.disappearing_s = 604_800;
    ruled.listed = Some("álgebra 3".to_owned());
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
        Operation::Ban {
            account: other_account(),
        },
        Operation::Unban {
            account: other_account(),
        },
        Operation::SetDisappearing { seconds: 604_800 },
        Operation::SetListed {
            name: Some("álgebra 3".to_owned()),
        },
        Operation::SetListed { name: None },
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
        state("a listed group with a ban", ruled),
        sample("operations", "operations", &operations),
    ]
}
