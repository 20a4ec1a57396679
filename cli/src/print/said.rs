//! What a message says, and what was done to it, in words.

use super::{notice, poll, safe};
use crate::text::{Lang, say};
use lacre::{Item, ItemBody, SendState};

/// How many characters stand for a text that is named in a sentence.
const BRIEF: usize = 60;

/// What it says; in words where it is not a text.
pub(crate) fn words(lang: Lang, item: &Item) -> String {
    match &item.body {
        ItemBody::Text(text) => safe(text),
        ItemBody::Deleted => say!(lang, "body-deleted"),
        ItemBody::Unreadable(why) => say!(lang, "body-unreadable", why = safe(why)),
        ItemBody::Gone => say!(lang, "body-gone"),
        ItemBody::Poll(asked) => poll(lang, asked),
        ItemBody::Notice(happened) => notice(lang, happened),
        _ => say!(lang, "body-unsupported"),
    }
}

/// Edited, how far it came, reactions.
pub(crate) fn notes(lang: Lang, item: &Item) -> Vec<String> {
    let mut notes = Vec::new();
    if item.edited {
        notes.push(say!(lang, "note-edited"));
    }
    match item.state {
        SendState::Queued => notes.push(say!(lang, "note-queued")),
        SendState::Failed => notes.push(say!(lang, "note-refused")),
        SendState::Sent => {}
    }
    if item.pinned {
        notes.push(say!(lang, "note-pinned"));
    }
    if let Some(from) = &item.forwarded {
        notes.push(say!(lang, "note-forwarded", name = safe(&from.name)));
    }
    if item.replies_in_thread > 0 {
        let count = item.replies_in_thread;
        notes.push(say!(lang, "note-thread", count = count));
    }
    let reactions = item.reactions.iter();
    notes.extend(reactions.map(|(emoji, accounts)| match accounts.len() {
        1 => safe(emoji),
        several => format!("{} {several}", safe(emoji)),
    }));
    notes
}

/// The name that somebody gave themselves, else their handle as people write it.
pub(crate) fn called(lang: Lang, name: &str, handle: &str) -> String {
    if name == handle {
        at_handle(lang, handle)
    } else {
        safe(name)
    }
}

/// A handle as people write it; a word where it is not known.
pub(crate) fn at_handle(lang: Lang, handle: &str) -> String {
    match handle {
        "" => say!(lang, "somebody"),
        handle => format!("@{}", safe(handle)),
    }
}

/// The beginning of a text, on one line.
pub(crate) fn brief(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut line = words.next().unwrap_or_default().to_owned();
    for word in words {
        line.push(' ');
        line.push_str(word);
    }
    match line.char_indices().nth(BRIEF) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::brief;

    #[test]
    fn a_long_text_is_cut_and_stands_on_one_line() {
        assert_eq!(brief(" one\n\ttwo "), "one two");
        assert_eq!(brief(""), "");
        let long = "é".repeat(61);
        assert_eq!(brief(&long), format!("{}…", "é".repeat(60)));
    }
}
