//! Completing what is being typed: `/command`, `@name`, `:emoji:`, `#room`.

use super::View;
use super::room::Kind;
use crate::chat::score::score;
use crate::talk::command::{self, Known};

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What is put into the text.
    pub(crate) insert: String,
    /// What the list shows.
    pub(crate) label: String,
}

/// The list of ways to go on, and the chosen one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Completion {
    /// Characters before the cursor that are replaced.
    pub(crate) typed: usize,
    pub(crate) choices: Vec<Choice>,
    pub(crate) chosen: usize,
}

/// How many ways are offered.
const OFFERED: usize = 8;

/// What the letters before the cursor ask for; `None` if there is nothing to offer.
pub(crate) fn complete(view: &View) -> Option<Completion> {
    let (before, _) = view.composer()?.around();
    let first_line = view.composer()?.area.cursor().0 == 0;
    let word: String = before
        .chars()
        .rev()
        .take_while(|c| !c.is_whitespace())
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    if first_line && before.starts_with('/') && before.contains(' ') {
        return words(view, &before);
    }
    let sign = word.chars().next()?;
    let typed: String = word.chars().skip(1).collect();
    let at_start = first_line && before == word;
    let found = match sign {
        '/' if at_start => commands(view, &typed),
        '@' => people(view, &typed),
        '#' => rooms(view, &typed),
        ':' if !typed.is_empty() => emoji(&typed),
        _ => return None,
    };
    (!found.is_empty()).then(|| Completion {
        typed: word.chars().count(),
        choices: found,
        chosen: 0,
    })
}

/// The best of what fits, the best first.
fn best(mut found: Vec<(i32, Choice)>) -> Vec<Choice> {
    found.sort_by_key(|(score, _)| -score);
    found
        .into_iter()
        .take(OFFERED)
        .map(|(_, choice)| choice)
        .collect()
}

/// Emoji by a part of their short names, such as `:heart`.
pub(crate) fn emoji(typed: &str) -> Vec<Choice> {
    let typed = typed.trim_end_matches(':');
    let found = emojis::iter().filter_map(|emoji| {
        let (points, code) = emoji
            .shortcodes()
            .filter_map(|code| Some((score(typed, code)?, code)))
            .max()?;
        let choice = Choice {
            insert: emoji.as_str().to_owned(),
            label: format!("{} :{code}:", emoji.as_str()),
        };
        Some((points, choice))
    });
    best(found.collect())
}

fn people(view: &View, typed: &str) -> Vec<Choice> {
    let everybody = view.people();
    let here = view.room().map(|room| &room.people);
    let found = everybody.iter().filter_map(|person| {
        // Those who read it come first.
        let near = here.is_some_and(|here| here.iter().any(|one| one.account == person.account));
        let points = person.fits(typed)? + if near { 10_000 } else { 0 };
        let choice = Choice {
            insert: format!("@{} ", person.handle),
            label: format!("@{}", person.handle),
        };
        Some((points, choice))
    });
    best(found.collect())
}

fn rooms(view: &View, typed: &str) -> Vec<Choice> {
    let groups = view.rooms.iter().filter(|room| room.kind == Kind::Group);
    let found = groups.filter_map(|room| {
        let choice = Choice {
            insert: format!("#{} ", room.name),
            label: format!("#{}", room.name),
        };
        Some((score(typed, &room.name)?, choice))
    });
    best(found.collect())
}

/// Commands by their names in both languages.
fn commands(view: &View, typed: &str) -> Vec<Choice> {
    let found = command::all().iter().filter_map(|command| {
        let points = command
            .names()
            .filter_map(|name| score(typed, name))
            .max()?;
        // Nothing typed: in the order of the help.
        let points = if typed.is_empty() { 0 } else { points };
        let name = command.name(view.lang);
        let choice = Choice {
            insert: format!("/{name} "),
            label: format!("{}  {}", command.usage(view.lang), command.about(view.lang)),
        };
        Some((points, choice))
    });
    best(found.collect())
}

/// The words of a command.
fn words(view: &View, before: &str) -> Option<Completion> {
    let names = |kind| {
        let rooms = view.rooms.iter().filter(move |room| room.kind == kind);
        rooms.map(|room| room.name.clone())
    };
    let here = view.room().into_iter().flat_map(|room| &room.people);
    let mut people: Vec<String> = here
        .filter(|person| person.account != view.me)
        .chain(view.people())
        .map(|person| person.handle.clone())
        .collect();
    let mut seen = std::collections::HashSet::new();
    people.retain(|handle| seen.insert(handle.clone()));
    let known = Known {
        people,
        rooms: names(Kind::Group).collect(),
    };
    let lines = command::complete(view.lang, &known, before);
    let choices: Vec<Choice> = lines
        .into_iter()
        .take(OFFERED)
        .map(|line| Choice {
            label: line.trim().to_owned(),
            insert: line,
        })
        .collect();
    (!choices.is_empty()).then(|| Completion {
        typed: before.chars().count(),
        choices,
        chosen: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::tests::make;

    fn offered(text: &str) -> Vec<String> {
        let mut view = make::view();
        view.composer_mut().paste(text);
        complete(&view)
            .map(|found| {
                found
                    .choices
                    .into_iter()
                    .map(|choice| choice.insert)
                    .collect()
            })
            .unwrap_or_default()
    }

    #[test]
    fn names_rooms_and_emoji_are_offered() {
        assert_eq!(offered("hello @bru"), ["@bruno "]);
        assert_eq!(offered("see #proj"), ["#Projetos "]);
        assert_eq!(offered("well :thumbsup")[0], "👍");
        assert_eq!(offered("a:b"), Vec::<String>::new());
        assert_eq!(offered("mail bruno@"), Vec::<String>::new());
        assert_eq!(offered("@nobody"), Vec::<String>::new());
    }
}
