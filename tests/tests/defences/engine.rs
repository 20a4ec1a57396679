//! What the engine does not believe of people and rooms, and does not do for a relay.

use crate::defence::{Defence, Edit};

const ACTS: &str = "sdk/engine/src/store/acts.rs";
const CLAIM: &str = "sdk/engine/src/change/claim.rs";
const COMMIT: &str = "sdk/engine/src/change/commit.rs";
const CREATE: &str = "sdk/engine/src/change/create.rs";
const ENTRANCE: &str = "sdk/engine/src/mls/join.rs";
const JOIN: &str = "sdk/engine/src/change/join.rs";
const MARKS: &str = "sdk/engine/src/store/marks.rs";
const OBJECTS: &str = "sdk/engine/src/session/objects.rs";
const LOOKUP: &str = "sdk/engine/src/session/people.rs";
const PEOPLE: &str = "sdk/engine/src/store/people.rs";
const READY: &str = "sdk/engine/src/session/ready.rs";
const WORK: &str = "sdk/engine/src/change/work.rs";

pub(crate) const DEFENCES: &[Defence] = &[
    Defence {
        name: "keys come from those who were asked for",
        edits: &[Edit {
            file: CLAIM,
            stands: "if !claimed.iter().all(asked_for) =>",
            without: "if false && !claimed.iter().all(asked_for) =>",
        }],
        attacks: &["relay_members::nobody_comes_along_with_others"],
    },
    Defence {
        name: "who asks for a closed room is not let in",
        edits: &[Edit {
            file: WORK,
            stands: "if self.view(row)?.state.join_rule != JoinRule::Open {",
            without: "if false {",
        }],
        attacks: &["relay_members::nobody_is_let_into_a_closed_room"],
    },
    Defence {
        name: "in a direct room there are two",
        edits: &[Edit {
            file: ENTRANCE,
            stands: "if state.kind == RoomKind::Direct && (",
            without: "if false && (",
        }],
        attacks: &["relay_members::a_direct_room_is_with_the_person_asked_for"],
    },
    Defence {
        name: "the room with a person is with that person",
        edits: &[Edit {
            file: JOIN,
            stands: "match peer.is_none() || peer == here {",
            without: "match true {",
        }],
        attacks: &["relay_members::a_direct_room_is_with_the_person_asked_for"],
    },
    Defence {
        name: "a group is the room's",
        edits: &[Edit {
            file: ENTRANCE,
            stands: "if group.group_id().as_slice() != room.group_id(generation) {",
            without: "if false {",
        }],
        attacks: &["relay_state::a_false_group_info_is_not_joined"],
    },
    Defence {
        name: "a key package is of a device in its person's list",
        edits: &[Edit {
            file: CREATE,
            stands: "                if device.account != account.info.account
                    || device.device != package.device
                    || list.device(&device.device).is_none()
                {",
            without: "                if list.devices.is_empty() {",
        }],
        attacks: &["relay_members::keys_and_lists_cannot_be_swapped"],
    },
    Defence {
        name: "a device list is signed",
        edits: &[Edit {
            file: PEOPLE,
            stands: "        .verify(&info.aik)
",
            without: "        .read()
",
        }],
        attacks: &["relay_members::a_forged_list_is_not_kept"],
    },
    Defence {
        name: "a directory entry's key, and the list that it signs, are its account's",
        edits: &[
            Edit {
                file: PEOPLE,
                stands: "if AccountId::of(&info.aik) != info.account {",
                without: "if false {",
            },
            Edit {
                file: PEOPLE,
                stands: "if list.account != info.account {",
                without: "if false {",
            },
        ],
        attacks: &["relay_members::a_forged_list_is_not_kept"],
    },
    Defence {
        name: "a device list does not go back",
        edits: &[Edit {
            file: PEOPLE,
            stands: "if known.is_some_and(|known| known > int(list.version)) {",
            without: "if false {",
        }],
        attacks: &["relay_members::lists_do_not_go_back"],
    },
    Defence {
        name: "a device does not commit its own going",
        edits: &[Edit {
            file: COMMIT,
            stands: "if change.is_none() && leaving.contains(",
            without: "if false && leaving.contains(",
        }],
        attacks: &["commits::a_removal_that_waits_cannot_be_left_out"],
    },
    Defence {
        name: "a Welcome without its tree is given up",
        edits: &[Edit {
            file: OBJECTS,
            stands: "self.give_up_welcomes(hash, &error);",
            without: "drop(error);",
        }],
        attacks: &["relay_state::a_withheld_tree_keeps_nobody_from_the_rest"],
    },
    Defence {
        name: "only its author edits and deletes a message",
        edits: &[Edit {
            file: ACTS,
            stands: "WHERE room = ?1 AND target = ?2 AND sender = ?3 AND kind < 2",
            without: "WHERE room = ?1 AND target = ?2 AND sender <> zeroblob(length(?3)) AND kind < 2",
        }],
        attacks: &["messages::nobody_changes_what_another_said"],
    },
    Defence {
        name: "only its author closes a poll",
        edits: &[Edit {
            file: MARKS,
            stands: "marks.closed |= Some(act.sender) == author",
            without: "marks.closed |= true",
        }],
        attacks: &["messages::nobody_changes_what_another_said"],
    },
    Defence {
        name: "only who reacted takes it back, where it is read, counted and kept",
        edits: &[
            Edit {
                file: MARKS,
                stands: "                        && done.sender == act.sender
",
                without: "",
            },
            Edit {
                file: MARKS,
                stands: "*known != emoji || *who != act.sender",
                without: "*known != emoji",
            },
            Edit {
                file: ACTS,
                stands: "AND back.sender = done.sender AND back.kind = 3",
                without: "AND back.kind = 3",
            },
        ],
        attacks: &["messages::nobody_changes_what_another_said"],
    },
    Defence {
        name: "who is said to be in, and is not, comes in from outside",
        edits: &[Edit {
            file: JOIN,
            stands: "                    joining.commit_at = Some(now + WELCOME_MS);
",
            without: "",
        }],
        attacks: &["welcomes::a_false_welcome_keeps_nobody_out_who_asks"],
    },
    Defence {
        name: "who looks up a handle that moved is told first",
        edits: &[Edit {
            file: LOOKUP,
            stands: "(Ok(()), Some(before)) => Err(handle_moved(&info, before)),",
            without: "(Ok(()), Some(_)) => Ok(Done::Person { account: info.account, handle: info.handle }),",
        }],
        attacks: &["handles::a_handle_that_moves_is_not_followed_in_silence"],
    },
    Defence {
        name: "a handle that moved is told of",
        edits: &[Edit {
            file: LOOKUP,
            stands: "            self.report(handle_moved(info, before));
",
            without: "",
        }],
        attacks: &["handles::a_handle_that_moves_is_not_followed_in_silence"],
    },
    Defence {
        name: "a handle that moved no more names whom it named",
        edits: &[Edit {
            file: LOOKUP,
            stands: "            self.db.forget_handle(before)?;
",
            without: "",
        }],
        attacks: &["handles::a_handle_that_moves_is_not_followed_in_silence"],
    },
    Defence {
        name: "a relay's statement is signed by its identity",
        edits: &[Edit {
            file: READY,
            stands: "        .map_err(|_| bad(\"it is not signed by its identity key\"))?;",
            without: "        .ok();",
        }],
        attacks: &[
            "relay_identity::a_next_identity_that_the_present_one_has_not_signed_is_refused",
        ],
    },
    Defence {
        name: "a relay's identity is the pinned one",
        edits: &[Edit {
            file: READY,
            stands: "if !pins.is_empty() && !pins.contains(",
            without: "if false && !pins.contains(",
        }],
        attacks: &[
            "relay_identity::a_next_identity_that_the_present_one_has_not_signed_is_refused",
        ],
    },
];
