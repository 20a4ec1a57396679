//! A message as a line.

use super::Paint;
use super::said::{called, notes, words};
use lacre::{Item, ItemBody, Time};

/// Hours and minutes, in UTC.
pub(crate) fn clock(time: Time) -> String {
    let minutes = time.millis() / 60_000;
    format!("{:02}:{:02}Z", minutes / 60 % 24, minutes % 60)
}

/// The day, as `2026-11-21`, in UTC.
pub(super) fn day(time: Time) -> String {
    time.to_string().chars().take(10).collect()
}

/// One message: time, sender, words; then what was done to it. Further lines are indented.
pub(crate) fn item_line(item: &Item, dated: bool, paint: Paint) -> String {
    let (lang, time) = (crate::text::lang(), Time::from_millis(item.at_ms));
    let when = if dated {
        format!("{} {}", day(time), clock(time))
    } else {
        clock(time)
    };
    let (when, said) = (paint.dim(&when), words(lang, item));
    let line = match item.body {
        // Nobody said it.
        ItemBody::Notice(_) => format!("{when} {}", paint.dim(&said)),
        _ => format!("{when} {}: {said}", paint.strong(&sender(item))),
    };
    let mut line = line.replace('\n', "\n       ");
    let notes = notes(lang, item);
    if !notes.is_empty() {
        line.push_str(&paint.dim(&format!("  [{}]", notes.join(", "))));
    }
    line
}

/// Who wrote it: the name they gave themselves, else their handle as people write it.
pub(super) fn sender(item: &Item) -> String {
    called(crate::text::lang(), &item.sender_name, &item.sender_handle)
}
