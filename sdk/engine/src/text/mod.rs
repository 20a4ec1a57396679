//! What people write, as text to read and to show.

mod names;

pub(crate) use names::mentioned;

use pulldown_cmark::Options;

/// Markdown as messages have it: GitHub's tables, strikethrough and task lists.
fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}
