//! What the relay refuses, or does not let one person do alone.

use crate::defence::{Defence, Edit};

const APPEND: &str = "relay/src/store/decide/append.rs";
const BAD_COMMIT: &str = "relay/src/groups/bad_commit.rs";
const COMMIT: &str = "relay/src/session/requests/commit.rs";
const DECIDE: &str = "relay/src/store/decide.rs";
const JOIN: &str = "relay/src/session/requests/join.rs";
const KEY_PACKAGES: &str = "relay/src/session/requests/put_key_packages.rs";
const REMOVE: &str = "relay/src/groups/remove.rs";
const REPORT: &str = "relay/src/store/decide/report.rs";
const REQUESTS: &str = "relay/src/session/requests/mod.rs";
const ROOM: &str = "relay/src/store/decide/room.rs";
const STEP: &str = "relay/src/store/decide/step.rs";
const SUBMIT: &str = "relay/src/session/submit.rs";
const VALIDATE: &str = "relay/src/groups/validate.rs";

pub(crate) const DEFENCES: &[Defence] = &[
    Defence {
        name: "a message is of the room's epoch",
        edits: &[Edit {
            file: APPEND,
            stands: "    at_epoch(room, c.generation, c.epoch)?;
    if evictions",
            without: "    if evictions",
        }],
        attacks: &["messages::a_stale_epoch_is_refused"],
    },
    Defence {
        name: "a submit id is answered as the first time",
        edits: &[Edit {
            file: DECIDE,
            stands: "if let Some((found, chain)) = view.remembered {",
            without: "if let Some((found, chain)) = view.remembered.filter(|_| false) {",
        }],
        attacks: &["messages::one_submit_id_says_one_thing"],
    },
    Defence {
        name: "a message names the room it is submitted to",
        edits: &[Edit {
            file: SUBMIT,
            stands: "Some((named, generation)) if named == room => generation,",
            without: "Some((_, generation)) => generation,",
        }],
        attacks: &["messages::only_messages_of_the_room_are_taken"],
    },
    Defence {
        name: "who submits a commit made it",
        edits: &[Edit {
            file: VALIDATE,
            stands: "_ => Err(Refused::NotSubmitter),",
            without: "_ => Ok(()),",
        }],
        attacks: &["rules::nobody_proposes_or_commits_in_anothers_name"],
    },
    Defence {
        name: "who submits a proposal made it",
        edits: &[Edit {
            file: REMOVE,
            stands: "if judged.proposed.actor != (Actor::Member { account, device }) {",
            without: "if false {",
        }],
        attacks: &["rules::nobody_proposes_or_commits_in_anothers_name"],
    },
    Defence {
        name: "two accounts freeze a room",
        edits: &[Edit {
            file: REPORT,
            stands: "let needed = if accounts.len() <= 2 { 1 } else { 2 };",
            without: "let needed = 1;",
        }],
        attacks: &[
            "commits::a_false_secret_for_one_stops_one",
            "rules::one_false_reporter_stops_nobody",
        ],
    },
    Defence {
        name: "a report names a commit of the room",
        edits: &[Edit {
            file: REPORT,
            stands: "if !named {",
            without: "if false {",
        }],
        attacks: &["rules::one_false_reporter_stops_nobody"],
    },
    Defence {
        name: "who reports is in the room",
        edits: &[Edit {
            file: REPORT,
            stands: "    if !view
        .member
        .as_ref()
        .is_some_and(",
            without: "    if false && !view
        .member
        .as_ref()
        .is_some_and(",
        }],
        attacks: &["rules::one_false_reporter_stops_nobody"],
    },
    Defence {
        name: "a report is signed by the device that sends it",
        edits: &[Edit {
            file: BAD_COMMIT,
            stands: " || signed.is_err()",
            without: "",
        }],
        attacks: &["rules::one_false_reporter_stops_nobody"],
    },
    Defence {
        name: "nobody is asked to let somebody into a closed room",
        edits: &[Edit {
            file: JOIN,
            stands: "if !row.join_open {",
            without: "if false {",
        }],
        attacks: &["outsiders::a_closed_room_lets_nobody_in"],
    },
    Defence {
        name: "a closed room is shown to no outsider",
        edits: &[Edit {
            file: REQUESTS,
            stands: "if standing == Standing::Member || row.join_open",
            without: "if true || row.join_open",
        }],
        attacks: &["outsiders::a_closed_room_lets_nobody_in"],
    },
    Defence {
        name: "an outsider's commit does not find a closed room",
        edits: &[Edit {
            file: COMMIT,
            stands: "            if standing == Standing::Outside
                && !row.join_open",
            without: "            if false
                && !row.join_open",
        }],
        attacks: &["outsiders::a_closed_room_lets_nobody_in"],
    },
    Defence {
        name: "an id is one room's",
        edits: &[Edit {
            file: ROOM,
            stands: "if view.room.is_some() || view.log.is_some() {",
            without: "if false {",
        }],
        attacks: &["outsiders::nobody_makes_a_room_anew"],
    },
    Defence {
        name: "a key package is of the device that sends it",
        edits: &[Edit {
            file: KEY_PACKAGES,
            stands: "    let owner = verify_leaf(package.leaf_node()).map_err(|e| invalid(e.to_string()))?;
    if (owner.account, owner.device) != (account, device) {",
            without: "    if let Err(_unused) = verify_leaf(package.leaf_node()) {}
    if false {",
        }],
        attacks: &["outsiders::nobody_makes_a_room_anew"],
    },
    Defence {
        name: "who is banned does not ask to come in",
        edits: &[Edit {
            file: JOIN,
            stands: "    not_banned(&context, &row).await?;
",
            without: "",
        }],
        attacks: &["outsiders::a_ban_holds_at_every_door"],
    },
    Defence {
        name: "who is out of a room says nothing in it",
        edits: &[Edit {
            file: APPEND,
            stands: ".filter(|member| member.is_open())",
            without: "",
        }],
        attacks: &["outsiders::a_ban_holds_at_every_door"],
    },
    Defence {
        name: "a commit takes up the removals that wait, where it is judged and where it is stored",
        edits: &[
            Edit {
                file: VALIDATE,
                stands: "} else if of_relay().all(|proposal| consumed.contains(&proposal.hash)) {",
                without: "} else if true {",
            },
            Edit {
                file: STEP,
                stands: "if evictions(room).all(|pending| c.consumed.contains(&pending.hash)) {",
                without: "if true {",
            },
        ],
        attacks: &["commits::a_removal_that_waits_cannot_be_left_out"],
    },
];
