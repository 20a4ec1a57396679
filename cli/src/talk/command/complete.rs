//! What the word at the end of a typed line can become.

// For the screen; the line mode leaves editing to the terminal.
#![allow(dead_code)]

use super::{Takes, all, find};
use crate::text::Lang;

/// What is there to complete with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// Handles without `@`, those of the room first.
    pub(crate) people: Vec<String>,
    /// Names of rooms.
    pub(crate) rooms: Vec<String>,
}

/// Every line that `input`, typed up to its end, can become, best first; none if nothing fits.
pub(crate) fn complete(lang: Lang, known: &Known, input: &str) -> Vec<String> {
    let Some(call) = input
        .strip_prefix('/')
        .filter(|call| !call.starts_with('/'))
    else {
        return last_word(input, |word| people(known, word, true));
    };
    let Some((name, rest)) = call.split_once(char::is_whitespace) else {
        return commands(lang, call)
            .into_iter()
            .map(|name| format!("/{name} "))
            .collect();
    };
    let Some(command) = find(name) else {
        return Vec::new();
    };
    let words = rest.split_whitespace().count();
    let at = match rest.is_empty() || rest.ends_with(char::is_whitespace) {
        true => words,
        false => words.saturating_sub(1),
    };
    let takes = command.takes.get(at).or(command.takes.last());
    match takes {
        None => Vec::new(),
        Some(Takes::Text) => last_word(input, |word| people(known, word, true)),
        Some(Takes::Person) => last_word(input, |word| people(known, word, false)),
        Some(Takes::Word(words)) => last_word(input, |word| {
            let fits = words.iter().filter(|known| known.starts_with(word));
            fits.map(|known| (*known).to_owned()).collect()
        }),
        Some(Takes::Command) => {
            last_word(input, |word| commands(lang, word.trim_start_matches('/')))
        }
        Some(Takes::Room) => {
            let head = input.strip_suffix(rest).unwrap_or(input);
            let wanted = rest.trim_start().to_lowercase();
            let fits = |name: &&String| name.to_lowercase().starts_with(&wanted);
            let rooms = known.rooms.iter().filter(fits);
            rooms.map(|name| format!("{head}{name}")).collect()
        }
    }
}

/// Puts each of the candidates in place of the last word.
fn last_word(input: &str, candidates: impl FnOnce(&str) -> Vec<String>) -> Vec<String> {
    let start = input
        .char_indices()
        .rfind(|(_, c)| c.is_whitespace())
        .map_or(0, |(at, c)| at + c.len_utf8());
    let (head, word) = input.split_at(start);
    candidates(word)
        .into_iter()
        .map(|word| format!("{head}{word} "))
        .collect()
}

/// Names that begin so: those of the language, else those of the other one.
fn commands(lang: Lang, begun: &str) -> Vec<String> {
    let begun = begun.to_lowercase();
    let own: Vec<_> = all()
        .iter()
        .map(|command| command.name(lang))
        .filter(|name| name.starts_with(&begun))
        .map(str::to_owned)
        .collect();
    if !own.is_empty() {
        return own;
    }
    all()
        .iter()
        .flat_map(|command| command.names())
        .filter(|name| name.starts_with(&begun))
        .map(str::to_owned)
        .collect()
}

/// People as `@ana`. Within a text only words with `@` are people.
fn people(known: &Known, word: &str, needs_at: bool) -> Vec<String> {
    let begun = match word.strip_prefix('@') {
        Some(begun) => begun,
        None if needs_at => return Vec::new(),
        None => word,
    };
    let begun = begun.to_lowercase();
    let fits = |handle: &&String| handle.starts_with(&begun);
    let people = known.people.iter().filter(fits);
    people.map(|handle| format!("@{handle}")).collect()
}
