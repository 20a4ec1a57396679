//! What the engine does not take from a log or an inbox.

use crate::defence::{Defence, Edit};

const BEGINNING: &str = "sdk/engine/src/session/beginning.rs";
const DEPARTURE: &str = "sdk/engine/src/inbound/departure.rs";
const INBOX: &str = "sdk/engine/src/inbound/inbox.rs";
const MESSAGE: &str = "sdk/engine/src/inbound/message.rs";
const RUN: &str = "sdk/engine/src/inbound/run.rs";
const SEND: &str = "sdk/engine/src/outbound/send.rs";
const STOP: &str = "sdk/engine/src/inbound/stop.rs";
const WELCOME: &str = "sdk/engine/src/inbound/welcome.rs";

pub(crate) const DEFENCES: &[Defence] = &[
    Defence {
        name: "a content says who sealed it and for which room",
        edits: &[Edit {
            file: MESSAGE,
            stands: "        content
            .check_origin(&sender, &row.id, aad.channel)
            .map_err(|e| bad(\"WrongOrigin\", e.to_string()))?;
",
            without: "",
        }],
        attacks: &["messages::nobody_speaks_in_anothers_name_or_without_proof"],
    },
    Defence {
        name: "the tag is the content's",
        edits: &[Edit {
            file: MESSAGE,
            stands: "if !check_frank(&content.salt, encoded, &aad.tag) {",
            without: "if false && !check_frank(&content.salt, encoded, &aad.tag) {",
        }],
        attacks: &["messages::nobody_speaks_in_anothers_name_or_without_proof"],
    },
    Defence {
        name: "the stamp names who sealed it",
        edits: &[Edit {
            file: MESSAGE,
            stands: "self.check_stamp(row, entry, &aad, sender)?;",
            without: "",
        }],
        attacks: &["accomplice::what_another_submits_is_not_shown"],
    },
    Defence {
        name: "the sender has seen what is seen here",
        edits: &[Edit {
            file: MESSAGE,
            stands: "self.check_seen(row, &aad, before)?;",
            without: "",
        }],
        attacks: &[
            "messages::a_false_history_is_not_shown_and_stops_nobody",
            "relay_log::an_envelope_in_anothers_place_is_noticed",
            "relay_log::two_logs_are_noticed_at_the_next_message",
        ],
    },
    Defence {
        name: "a message is of the epoch that the log has come to",
        edits: &[Edit {
            file: MESSAGE,
            stands: "if entry.generation == row.generation && message.epoch() != group.epoch() {",
            without: "if false {",
        }],
        attacks: &["relay_log::a_hidden_commit_is_noticed_at_the_next_message"],
    },
    Defence {
        name: "a key for the room has the next number",
        edits: &[Edit {
            file: MESSAGE,
            stands: "if !self.room_key_fits(row, number)? =>",
            without: "if false && !self.room_key_fits(row, number)? =>",
        }],
        attacks: &["messages::the_last_number_of_a_key_is_not_taken"],
    },
    Defence {
        name: "an entry follows the one before it",
        edits: &[Edit {
            file: RUN,
            stands: "if entry.seq != position.seq + 1 {",
            without: "if false {",
        }],
        attacks: &[
            "relay_log::a_gap_is_not_passed_over",
            "relay_log::order_cannot_be_turned_around",
        ],
    },
    Defence {
        name: "what was applied is passed over",
        edits: &[Edit {
            file: RUN,
            stands: "if entry.seq <= position.seq {",
            without: "if false {",
        }],
        attacks: &[
            "relay_log::what_is_repeated_is_shown_once",
            "relay_log::what_was_read_is_not_rewritten",
        ],
    },
    Defence {
        name: "nothing but what was applied is passed over",
        edits: &[Edit {
            file: RUN,
            stands: "if entry.seq <= position.seq {",
            without: "if entry.seq <= position.seq + 1 {",
        }],
        attacks: &["relay_log::what_comes_late_comes_in_order"],
    },
    Defence {
        name: "a log is read to its end, whatever its head is said to be",
        edits: &[Edit {
            file: RUN,
            stands: "        let (mut row, mut position) = (row, start);",
            without: "        if self.live.room(room).head_at_open < start.seq {
            return Ok(End::Applied);
        }
        let (mut row, mut position) = (row, start);",
        }],
        attacks: &["relay_log::false_heads_hide_nothing_that_is_shown"],
    },
    Defence {
        name: "a room stops where a commit cannot be followed",
        edits: &[Edit {
            file: RUN,
            stands: "                Err(error) => {
                    end = End::Stopped(entry.seq, error);
                    break;
                }",
            without: "                Err(error) => {
                    tracing::warn!(%error);
                }",
        }],
        attacks: &[
            "commits::a_false_external_pub_stops_the_room_at_the_next_newcomer",
            "commits::a_false_secret_for_one_stops_one",
            "commits::a_false_tag_stops_the_room_and_nothing_else",
            "commits::false_secrets_for_half_the_tree_freeze_the_room",
            "outsiders::an_outsider_can_stop_an_open_room_and_is_never_in_it",
            "relay_log::entries_act_in_their_own_log_only",
            "relay_members::a_commit_of_the_relays_own_brings_nobody_in",
            "relay_state::a_changed_commit_is_not_followed",
        ],
    },
    Defence {
        name: "a commit that cannot be followed is reported",
        edits: &[Edit {
            file: STOP,
            stands: "            if self.live.online {
                self.ask(Request::BadCommit(signed)",
            without: "            if false {
                self.ask(Request::BadCommit(signed)",
        }],
        attacks: &[
            "commits::a_false_external_pub_stops_the_room_at_the_next_newcomer",
            "commits::a_false_tag_stops_the_room_and_nothing_else",
            "commits::false_secrets_for_half_the_tree_freeze_the_room",
            "relay_members::a_commit_of_the_relays_own_brings_nobody_in",
        ],
    },
    Defence {
        name: "an inbox has entries of its own kinds",
        edits: &[Edit {
            file: INBOX,
            stands: "            _ => Err(Error::new(
                ErrorKind::Outdated,
                \"UnknownNotice\",
                \"the inbox holds something this version does not know\",
            )),",
            without: "            _ => Ok(()),",
        }],
        attacks: &["relay_log::entries_act_in_their_own_log_only"],
    },
    Defence {
        name: "somebody of a room vouches for what takes its place",
        edits: &[Edit {
            file: WELCOME,
            stands: "        self.vouched(notice, by)?;
",
            without: "",
        }],
        attacks: &["relay_members::no_room_is_put_in_the_place_of_another"],
    },
    Defence {
        name: "a Welcome that does not open holds up nothing",
        edits: &[Edit {
            file: WELCOME,
            stands: "                Err(error) => {
                    self.drop_welcome(id)?;
                    self.report(error);
                }",
            without: "                Err(error) => return Err(error),",
        }],
        attacks: &["relay_members::a_direct_room_is_with_the_person_asked_for"],
    },
    Defence {
        name: "a Welcome that does not open is dropped",
        edits: &[Edit {
            file: WELCOME,
            stands: "                    self.drop_welcome(id)?;
                    self.report(error);",
            without: "                    self.report(error);",
        }],
        attacks: &["welcomes::a_false_welcome_keeps_nobody_from_the_rest"],
    },
    Defence {
        name: "a younger Welcome takes the place of an older one, that waits or was used",
        edits: &[
            Edit {
                file: WELCOME,
                stands: "if is_older {",
                without: "if false && is_older {",
            },
            Edit {
                file: WELCOME,
                stands: "Status::Joined => row.until_seq.is_some() || self.enters_anew(&row, notice)?,",
                without: "Status::Joined => false,",
            },
        ],
        attacks: &["relay_delays::who_is_let_in_twice_is_in_the_second_time"],
    },
    Defence {
        name: "a younger Welcome takes the place of one by which nothing was read",
        edits: &[Edit {
            file: WELCOME,
            stands: "        Ok(row.reads_on()",
            without: "        Ok(false",
        }],
        attacks: &["relay_delays::a_log_that_begins_later_is_explained_by_the_inbox"],
    },
    Defence {
        name: "a log begins where the reader came in",
        edits: &[Edit {
            file: BEGINNING,
            stands: "None => row.from_seq != 0 && start >= row.from_seq,",
            without: "None => false,",
        }],
        attacks: &["relay_members::the_beginning_cannot_be_hidden_from_a_newcomer"],
    },
    Defence {
        name: "a Welcome that waits explains a log that begins later",
        edits: &[Edit {
            file: BEGINNING,
            stands: "if self.welcome_after(room, row.from_seq)? {",
            without: "if false {",
        }],
        attacks: &["relay_delays::a_log_that_begins_later_is_explained_by_the_inbox"],
    },
    Defence {
        name: "a room is read to the end of the membership",
        edits: &[Edit {
            file: DEPARTURE,
            stands: "self.db.set_until_seq(row.r, Some(first))",
            without: "self.depart(&row, first == 0)",
        }],
        attacks: &["relay_delays::who_was_in_for_a_moment_reads_that_moment"],
    },
    Defence {
        name: "who is let in again comes in where the log has come to the end",
        edits: &[Edit {
            file: WELCOME,
            stands: "Ok(is_behind && row.reads_on()",
            without: "Ok(false && is_behind && row.reads_on()",
        }],
        attacks: &["relay_delays::who_is_let_in_again_first_reads_what_was_said_before"],
    },
    Defence {
        name: "a log that goes on later is not read before the inbox says why",
        edits: &[Edit {
            file: RUN,
            stands: "if self.live.late.contains_key(&room) {",
            without: "if false {",
        }],
        attacks: &["relay_delays::what_a_relay_has_lost_keeps_nobody_out"],
    },
    Defence {
        name: "an own envelope is met in the log once",
        edits: &[Edit {
            file: SEND,
            stands: "        self.db.dequeue(own.id)?;
        self.db.set_last_accepted(row.r, Some(own.submit))?;",
            without: "        self.db.set_last_accepted(row.r, Some(own.submit))?;",
        }],
        attacks: &["messages::an_envelope_of_another_is_shown_once"],
    },
];
