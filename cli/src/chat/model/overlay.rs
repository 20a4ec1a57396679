//! Boxes over the screen: help, jumping, reacting, members, what a command answered.

use super::View;
use super::room::Kind;
use super::search::{Found, SearchBox};
use crate::chat::act::Act;
use crate::chat::score::score;
use crate::talk::command;
use lacre::{AccountId, MessageId, RoomId};

/// What a line of a list stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Room(RoomId),
    Person(AccountId),
    /// A command's name, without its slash.
    Command(String),
    Emoji(String),
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) label: String,
    /// What stands at the right of it.
    pub(crate) note: String,
    pub(crate) target: Target,
}

/// What a list is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Going to a room or person.
    Jump,
    /// Reacting to a message.
    React(MessageId),
    /// Saying a message elsewhere.
    Forward(MessageId),
}

/// A list that is narrowed by typing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) purpose: Purpose,
    pub(crate) typed: String,
    pub(crate) choices: Vec<Choice>,
    pub(crate) chosen: usize,
}

/// A box over the screen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Overlay {
    /// The keys.
    Help {
        from: usize,
    },
    Pick(Pick),
    /// The people of the room.
    Members {
        chosen: usize,
    },
    Search(SearchBox),
    /// What is pinned in the room.
    Pins {
        pins: Vec<Found>,
        chosen: usize,
    },
    /// What is known of a message.
    Info {
        message: MessageId,
        lines: Vec<String>,
        from: usize,
    },
    /// Lines to read.
    Lines {
        title: String,
        lines: Vec<String>,
        from: usize,
    },
    /// Yes or no.
    Confirm {
        question: String,
        then: Act,
    },
}

/// How many lines a list offers.
const OFFERED: usize = 50;

/// What is offered before anything is typed.
const FREQUENT: [&str; 8] = ["👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀"];

impl Pick {
    /// A list for a purpose, with nothing typed.
    pub(crate) fn new(view: &View, purpose: Purpose) -> Self {
        let mut pick = Self {
            purpose,
            typed: String::new(),
            choices: Vec::new(),
            chosen: 0,
        };
        pick.narrow(view);
        pick
    }

    /// Finds what fits what was typed.
    pub(crate) fn narrow(&mut self, view: &View) {
        self.choices = match self.purpose {
            Purpose::Jump => jumps(view, &self.typed),
            Purpose::React(_) => emoji(&self.typed),
            Purpose::Forward(_) => {
                let mut rooms = jumps(view, &self.typed);
                rooms.retain(|choice| matches!(choice.target, Target::Room(_)));
                rooms
            }
        };
        self.chosen = 0;
    }

    /// Moves the choice, around the ends.
    pub(crate) fn step(&mut self, forward: bool) {
        self.chosen = step(self.chosen, self.choices.len(), forward);
    }

    /// What is chosen.
    pub(crate) fn target(&self) -> Option<&Target> {
        self.choices.get(self.chosen).map(|choice| &choice.target)
    }
}

/// The next index, around the ends.
pub(crate) fn step(chosen: usize, count: usize, forward: bool) -> usize {
    match (count, forward) {
        (0, _) => 0,
        (count, true) => (chosen + 1) % count,
        (count, false) => (chosen + count - 1) % count,
    }
}

/// Rooms, then people without a direct room here.
fn jumps(view: &View, typed: &str) -> Vec<Choice> {
    let asks_person = typed.starts_with('@');
    let typed = typed.trim_start_matches(['@', '#']);
    let mut found = Vec::new();
    for room in &view.rooms {
        if asks_person && room.kind != Kind::Direct {
            continue;
        }
        let Some(points) = score(typed, &room.name) else {
            continue;
        };
        let sign = if room.kind == Kind::Direct { '@' } else { '#' };
        // What calls comes first while nothing is typed.
        let calls = match (typed.is_empty(), room.mentions, room.unread) {
            (false, ..) | (true, 0, 0) => 0,
            (true, 0, _) => 1_000,
            (true, ..) => 2_000,
        };
        let note = match room.unread {
            0 => String::new(),
            unread => unread.to_string(),
        };
        let points = match typed.is_empty() {
            true => calls,
            false => points + 1,
        };
        found.push((
            points,
            Choice {
                label: format!("{sign} {}", room.name),
                note,
                target: Target::Room(room.id),
            },
        ));
    }
    let strangers = view
        .people()
        .into_iter()
        .filter(|person| view.direct(person.account).is_none());
    for person in strangers {
        if let Some(points) = person.fits(typed) {
            let points = if typed.is_empty() { 0 } else { points };
            found.push((
                points,
                Choice {
                    label: format!("@ {}", person.handle),
                    note: String::new(),
                    target: Target::Person(person.account),
                },
            ));
        }
    }
    if typed.is_empty() {
        found.sort_by_key(|(points, _)| -points);
    } else {
        if !asks_person {
            found.extend(commands(view, typed));
        }
        found.sort_by_key(|(points, _)| -points);
    }
    found
        .into_iter()
        .take(OFFERED)
        .map(|(_, choice)| choice)
        .collect()
}

/// Commands by their names; rooms and people that fit as well come first.
fn commands(view: &View, typed: &str) -> Vec<(i32, Choice)> {
    let typed = typed.trim_start_matches('/');
    let found = command::all().iter().filter_map(|command| {
        let points = command
            .names()
            .filter_map(|name| score(typed, name))
            .max()?;
        let choice = Choice {
            label: format!("/ {}", command.name(view.lang)),
            note: command.about(view.lang),
            target: Target::Command(command.name(view.lang).to_owned()),
        };
        Some((points - 1, choice))
    });
    found.collect()
}

fn emoji(typed: &str) -> Vec<Choice> {
    let choice = |emoji: &emojis::Emoji| Choice {
        label: emoji.as_str().to_owned(),
        note: emoji
            .shortcode()
            .map(|code| format!(":{code}:"))
            .unwrap_or_default(),
        target: Target::Emoji(emoji.as_str().to_owned()),
    };
    let typed = typed.trim_matches(':');
    if typed.is_empty() {
        return FREQUENT
            .into_iter()
            .filter_map(emojis::get)
            .map(choice)
            .collect();
    }
    // An emoji that was typed or pasted stands for itself.
    if let Some(emoji) = emojis::get(typed) {
        return vec![choice(emoji)];
    }
    super::complete::emoji(typed)
        .into_iter()
        .filter_map(|found| emojis::get(&found.insert).map(choice))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::tests::make;

    fn labels(typed: &str) -> Vec<String> {
        jumps(&make::view(), typed)
            .into_iter()
            .map(|choice| choice.label)
            .collect()
    }

    #[test]
    fn rooms_and_people_are_found_by_a_few_letters() {
        assert_eq!(labels("hist")[0], "# História");
        assert_eq!(labels("@cl"), ["@ clara"]);
        assert_eq!(labels("zzz"), Vec::<String>::new());
        // Rooms with mentions, then unread ones, then the others.
        assert_eq!(labels("")[..2], ["# História", "@ bruno"]);
    }

    #[test]
    fn choices_go_around() {
        assert_eq!(step(0, 3, false), 2);
        assert_eq!(step(2, 3, true), 0);
        assert_eq!(step(0, 0, true), 0);
    }

    #[test]
    fn an_emoji_stands_for_itself() {
        assert_eq!(emoji("🦀")[0].note, ":crab:");
        assert_eq!(emoji("crab")[0].label, "🦀");
        assert_eq!(emoji("").len(), FREQUENT.len());
    }
}
