//! A message as a line.

use super::{Paint, notice, poll, safe};
use crate::text::people as text;
use crate::text::say;
use lacre::{Item, ItemBody, SendState, Time};

/// Hours and minutes, in UTC.
pub(crate) fn clock(time: Time) -> String {
    let minutes = time.millis() / 60_000;
    format!("{:02}:{:02}Z", minutes / 60 % 24, minutes % 60)
}

/// The day, as `2026-11-21`, in UTC.
pub(super) fn day(time: Time) -> String {
    time.to_string().chars().take(10).collect()
}

/// What the message says, in words where it is not a text.
pub(crate) fn said(item: &Item) -> String {
    match &item.body {
        ItemBody::Text(words) => safe(words),
        ItemBody::Deleted => text::deleted(),
        ItemBody::Unreadable(why) => text::unreadable(safe(why)),
        ItemBody::Unsupported(what) => text::unsupported(safe(what)),
        ItemBody::Gone => text::gone(),
        ItemBody::Poll(asked) => poll(crate::text::lang(), asked),
        ItemBody::Notice(happened) => notice(crate::text::lang(), happened),
        _ => text::unsupported(""),
    }
}

/// One message: time, sender, words; then what was done to it. Further lines are indented.
pub(crate) fn item_line(item: &Item, dated: bool, paint: Paint) -> String {
    let time = Time::from_millis(item.at_ms);
    let when = if dated {
        format!("{} {}", day(time), clock(time))
    } else {
        clock(time)
    };
    let mut line = match item.body {
        // Nobody said it.
        ItemBody::Notice(_) => format!("{} {}", paint.dim(&when), paint.dim(&said(item))),
        _ => format!(
            "{} {}: {}",
            paint.dim(&when),
            paint.strong(&sender(item)),
            said(item)
        ),
    };
    line = line.replace('\n', "\n       ");
    let mut notes = Vec::new();
    if item.edited {
        notes.push(text::edited());
    }
    match item.state {
        SendState::Queued => notes.push(text::queued()),
        SendState::Failed => notes.push(text::failed()),
        SendState::Sent => {}
    }
    let lang = crate::text::lang();
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
    notes.extend(
        item.reactions
            .iter()
            .map(|(emoji, accounts)| match accounts.len() {
                1 => safe(emoji),
                several => format!("{} {several}", safe(emoji)),
            }),
    );
    if !notes.is_empty() {
        line.push_str(&paint.dim(&format!("  [{}]", notes.join(", "))));
    }
    line
}

/// Who wrote it: the name they gave themselves, else their handle as people write it.
pub(super) fn sender(item: &Item) -> String {
    match (item.sender_name.as_str(), item.sender_handle.as_str()) {
        ("", _) => text::somebody(),
        (name, handle) if name == handle => format!("@{}", safe(handle)),
        (name, _) => safe(name),
    }
}
