//! What a message says, in words.

pub(crate) use crate::print::{at_handle as name, called, words};

use crate::print::notes;
use crate::text::Lang;
use lacre::{Item, ItemBody};

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
