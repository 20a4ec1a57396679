//! Rules that relay and members share: what is removed here is removed at both.

use crate::defence::{Defence, Edit};

const AUTHORIZE: &str = "specs/wire/src/room/authorize.rs";
const LEAVES: &str = "specs/wire/src/room/mls/leaves.rs";
const RIGHTS: &str = "specs/wire/src/room/rights.rs";

pub(crate) const DEFENCES: &[Defence] = &[
    Defence {
        name: "who comes from outside brings nothing but itself",
        edits: &[Edit {
            file: AUTHORIZE,
            stands: "if !facts.proposals.iter().all(own_old_leaf) {",
            without: "if false && !facts.proposals.iter().all(own_old_leaf) {",
        }],
        attacks: &["rules::nobody_acts_above_their_role"],
    },
    Defence {
        name: "nobody bans who stays, and nobody banned comes in",
        edits: &[
            Edit {
                file: AUTHORIZE,
                stands: "if view.state.bans.contains(&account) {",
                without: "if false {",
            },
            Edit {
                file: AUTHORIZE,
                stands: "if let Some(account) = next.bans.iter().find(|account| after.has_account(account)) {",
                without: "if let Some(account) = next.bans.iter().find(|_| false) {",
            },
        ],
        attacks: &["outsiders::a_ban_holds_at_every_door"],
    },
    Defence {
        name: "a leaf's certificates are for its key",
        edits: &[Edit {
            file: LEAVES,
            stands: "identity(leaf.credential())?.verify(leaf.signature_key().as_slice())",
            without: "Ok(identity(leaf.credential())?.claimed())",
        }],
        attacks: &[
            "outsiders::an_open_room_lets_people_in_as_they_are",
            "relay_members::keys_and_lists_cannot_be_swapped",
            "rules::nobody_acts_above_their_role",
        ],
    },
    Defence {
        name: "a role gives rights",
        edits: &[Edit {
            file: RIGHTS,
            stands: "if view.state.role(account).can(capability) {",
            without: "if true || view.state.role(account).can(capability) {",
        }],
        attacks: &[
            "relay_state::members_judge_what_the_relay_lets_pass",
            "rules::nobody_acts_above_their_role",
        ],
    },
    Defence {
        name: "a closed room is not entered from outside",
        edits: &[Edit {
            file: AUTHORIZE,
            stands: "JoinRule::Closed => Err(Refusal::JoinClosed { account }),",
            without: "JoinRule::Closed => Ok(()),",
        }],
        attacks: &[
            "outsiders::a_closed_room_lets_nobody_in",
            "relay_members::a_commit_of_the_relays_own_brings_nobody_in",
        ],
    },
    Defence {
        name: "who comes from outside brings nothing, or is in already",
        edits: &[
            Edit {
                file: AUTHORIZE,
                stands: "if !facts.proposals.iter().all(own_old_leaf) {",
                without: "if false && !facts.proposals.iter().all(own_old_leaf) {",
            },
            Edit {
                file: AUTHORIZE,
                stands: "    if !facts.proposals.is_empty() {
        rights::present(view, &account, &device)?;",
                without: "    if false {
        rights::present(view, &account, &device)?;",
            },
        ],
        attacks: &["outsiders::an_open_room_lets_people_in_as_they_are"],
    },
];
