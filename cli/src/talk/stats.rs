//! Figures of a room, counted from the messages on this device.

use super::clock::Clock;
use lacre::{Item, ItemBody};
use std::collections::BTreeMap;

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stats {
    /// All messages.
    pub(crate) messages: usize,
    /// Messages by handle, most first; the same number by name.
    pub(crate) people: Vec<(String, usize)>,
    /// The hour of the day with most messages, 0 to 23, and how many; `None` without a message.
    pub(crate) busiest: Option<(usize, usize)>,
}

/// Counts messages that can be or could be read; hours are the clock's.
pub(crate) fn count(items: &[Item], clock: &Clock) -> Stats {
    let mut people: BTreeMap<&str, usize> = BTreeMap::new();
    let mut hours: BTreeMap<usize, usize> = BTreeMap::new();
    let mut messages = 0;
    for item in items.iter().filter(|item| is_message(item)) {
        messages += 1;
        *people.entry(&item.sender_handle).or_default() += 1;
        *hours.entry(clock.hour(item.at_ms)).or_default() += 1;
    }
    let mut people: Vec<_> = people
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect();
    people.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let busiest = hours
        .into_iter()
        .max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
    Stats {
        messages,
        people,
        busiest,
    }
}

/// Whether somebody wrote it and it is still there.
fn is_message(item: &Item) -> bool {
    matches!(item.body, ItemBody::Text(_))
}
