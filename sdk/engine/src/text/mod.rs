//! What people write, as text to read and to show: Markdown as a tree of our own types, and nothing
//! in it that could act on a screen.

mod block;
mod names;
mod parse;
mod plain;
mod safe;
#[cfg(test)]
mod tests;

pub use block::{Block, ListItem, Span, Style};
pub(crate) use names::mentioned;
pub use parse::{parse, parse_mentioning};
pub use plain::plain;
pub use safe::{acts, safe, safe_line};

use pulldown_cmark::Options;

/// Markdown as messages have it: GitHub's tables, strikethrough and task lists.
fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}
