//! What a message says, in words.

use crate::print::{notice, poll, safe};
use crate::text::{Lang, say};
use lacre::{Item, ItemBody, SendState};

/// Who and what, with what was done to it: `@ana: Olá  [edited, 👍 2]`. May have several lines.
pub(crate) fn said(lang: Lang, item: &Item) -> String {
    let mut line = match item.body {
        // Nobody said it.
        ItemBody::Notice(_) => words(lang, item),
        _ => format!(
            "{}: {}",
            called(lang, &item.sender_name, &item.sender_handle),
            words(lang, item)
        ),
    };
    let notes = notes(lang, item);
    if !notes.is_empty() {
        line.push_str(&format!("  [{}]", notes.join(", ")));
    }
    line
}

/// What it says; in words where it is not a text.
pub(crate) fn words(lang: Lang, item: &Item) -> String {
    match &item.body {
        ItemBody::Text(text) => safe(text),
        ItemBody::Deleted => say!(lang, "body-deleted"),
        ItemBody::Unreadable(_) => say!(lang, "body-unreadable"),
        ItemBody::Gone => say!(lang, "body-gone"),
        ItemBody::Poll(asked) => poll(lang, asked),
        ItemBody::Notice(happened) => notice(lang, happened),
        _ => say!(lang, "body-unsupported"),
    }
}

/// Edited, how far it came, reactions.
fn notes(lang: Lang, item: &Item) -> Vec<String> {
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
        self::name(lang, handle)
    } else {
        safe(name)
    }
}

/// A handle as people write it; a word where it is not known.
pub(crate) fn name(lang: Lang, handle: &str) -> String {
    match handle {
        "" => say!(lang, "somebody"),
        handle => format!("@{}", safe(handle)),
    }
}
