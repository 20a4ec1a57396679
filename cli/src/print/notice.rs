//! What happened to a room, and polls, in words.

use super::{brief, safe};
use crate::text::{Lang, say};
use lacre::{JoinRule, Named, Notice, Poll, Role};

/// One sentence.
pub(crate) fn notice(lang: Lang, notice: &Notice) -> String {
    let who = |who: &Named| name(who);
    let by = |by: &Option<Named>| by.as_ref().map_or_else(|| say!(lang, "somebody"), name);
    match notice {
        Notice::Created { by: actor } => say!(lang, "notice-created", by = by(actor)),
        Notice::Joined { people, by: actor } => {
            let count = people.len();
            let people = people.iter().map(name).collect::<Vec<_>>().join(", ");
            match actor {
                Some(actor) => say!(lang, "notice-added", by = name(actor), people = people),
                None => say!(lang, "notice-joined", people = people, count = count),
            }
        }
        Notice::Left { who: gone } => say!(lang, "notice-left", who = who(gone)),
        Notice::Removed {
            who: gone,
            by: actor,
        } => match actor {
            Some(actor) => say!(lang, "notice-removed", by = name(actor), who = who(gone)),
            None => say!(lang, "notice-removed-relay", who = who(gone)),
        },
        Notice::Banned {
            who: gone,
            by: actor,
        } => say!(lang, "notice-banned", by = by(actor), who = who(gone)),
        Notice::Unbanned {
            who: back,
            by: actor,
        } => say!(lang, "notice-unbanned", by = by(actor), who = who(back)),
        Notice::RoleChanged {
            who: changed,
            role,
            by: actor,
        } => {
            let role = match role {
                Role::Owner => say!(lang, "role-owner"),
                Role::Member => say!(lang, "role-member"),
            };
            say!(
                lang,
                "notice-role",
                by = by(actor),
                who = who(changed),
                role = role
            )
        }
        Notice::Renamed { name, by: actor } => match name {
            Some(name) => say!(lang, "notice-renamed", by = by(actor), name = safe(name)),
            None => say!(lang, "notice-renamed-hidden", by = by(actor)),
        },
        Notice::JoinRuleChanged { rule, by: actor } => match rule {
            JoinRule::Open => say!(lang, "notice-opened", by = by(actor)),
            JoinRule::Closed => say!(lang, "notice-closed", by = by(actor)),
        },
        Notice::DisappearingChanged { after, by: actor } => match after {
            Some(after) => say!(
                lang,
                "notice-disappearing",
                by = by(actor),
                hours = after.as_secs().div_ceil(3600)
            ),
            None => say!(lang, "notice-staying", by = by(actor)),
        },
        Notice::Listed { name, by: actor } => match name {
            Some(name) => say!(lang, "notice-listed", by = by(actor), name = safe(name)),
            None => say!(lang, "notice-unlisted", by = by(actor)),
        },
        Notice::Repaired => say!(lang, "notice-repaired"),
        _ => say!(lang, "body-unsupported"),
    }
}

/// The question, then the options by number with how many chose them.
pub(crate) fn poll(lang: Lang, poll: &Poll) -> String {
    let mut lines = vec![safe(&poll.question)];
    lines.extend(options(lang, poll));
    if poll.closed {
        lines.push(say!(lang, "poll-closed"));
    }
    lines.join("\n")
}

/// The question and the options with how many chose them, on one line.
pub(crate) fn poll_line(lang: Lang, poll: &Poll) -> String {
    let options: Vec<_> = options(lang, poll).collect();
    format!("{} {}", brief(&safe(&poll.question)), options.join(", "))
}

fn options(lang: Lang, poll: &Poll) -> impl Iterator<Item = String> {
    poll.options.iter().enumerate().map(move |(index, option)| {
        say!(
            lang,
            "poll-option",
            number = index + 1,
            text = safe(&option.text),
            votes = option.votes.len()
        )
    })
}

fn name(who: &Named) -> String {
    match who.name == who.handle {
        true => format!("@{}", safe(&who.handle)),
        false => safe(&who.name),
    }
}
