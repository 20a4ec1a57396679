//! A message that was found, as a line.

use super::item::{clock, day, sender};
use super::{Paint, safe};
use lacre::{Item, Snippet, Time};

/// When, where and who; then the piece of the text with what fits standing out.
pub(crate) fn hit_line(room: &str, item: &Item, snippet: &Snippet, paint: Paint) -> String {
    let time = Time::from_millis(item.at_ms);
    let mut said = String::new();
    let mut at = 0;
    let piece = |from: usize, to: usize| safe(snippet.text.get(from..to).unwrap_or_default());
    for range in &snippet.matches {
        said.push_str(&piece(at, range.start));
        said.push_str(&paint.strong(&piece(range.start, range.end)));
        at = range.end;
    }
    said.push_str(&piece(at, snippet.text.len()));
    format!(
        "{} {} {}: {said}",
        paint.dim(&format!("{} {}", day(time), clock(time))),
        paint.dim(&safe(room)),
        sender(item),
    )
}
