//! Room states and operations.

use super::{account, bytes, room, text};
use lacre_wire::room::{
    HistoryRule, JoinRule, Operation, Role, RoomKind, RoomState, SealedProfile,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

fn profile() -> impl Strategy<Value = SealedProfile> {
    (any::<u32>(), bytes()).prop_map(|(key_number, sealed)| SealedProfile { key_number, sealed })
}

fn join_rule() -> impl Strategy<Value = JoinRule> {
    select(&[JoinRule::Closed, JoinRule::Open][..])
}

pub(crate) fn room_state() -> impl Strategy<Value = RoomState> {
    let kind = select(&[RoomKind::Direct, RoomKind::Group, RoomKind::Space][..]);
    let history = select(&[HistoryRule::FromJoin, HistoryRule::FromStart][..]);
    let numbers = any::<[u32; 3]>();
    let optional = (option::of(room()), option::of(profile()));
    let ruled = (vec(account(), 0..4), any::<u32>(), option::of(text()));
    (
        kind,
        account(),
        vec(account(), 0..4),
        join_rule(),
        history,
        numbers,
        (optional, ruled),
    )
        .prop_map(
            |(kind, creator, owners, join_rule, history, numbers, (optional, ruled))| {
                let ((parent, profile), (bans, disappearing_s, listed)) = (optional, ruled);
                let mut state = RoomState::template(kind, creator, None);
                owners
                    .into_iter()
                    .for_each(|owner| state.set_role(owner, Role::Owner));
                state.join_rule = join_rule;
                state.history = history;
                [state.retention_days, state.slow_mode_s, state.min_version] = numbers;
                state.parent = parent;
                state.profile = profile;
                state.bans = bans.into_iter().collect();
                state.disappearing_s = disappearing_s;
                state.listed = listed;
                state
            },
        )
}

pub(crate) fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let role = select(&[Role::Member, Role::Owner][..]);
    let operation = prop_oneof![
        profile().prop_map(Operation::SetProfile),
        (account(), role).prop_map(|(account, role)| Operation::SetRole { account, role }),
        account().prop_map(|account| Operation::ClearRole { account }),
        join_rule().prop_map(Operation::SetJoinRule),
        account().prop_map(|account| Operation::Ban { account }),
        account().prop_map(|account| Operation::Unban { account }),
        any::<u32>().prop_map(|seconds| Operation::SetDisappearing { seconds }),
        option::of(text()).prop_map(|name| Operation::SetListed { name }),
    ];
    vec(operation, 1..=16)
}
