//! A room's messages on the screen: the entries, and which of them are looked at.
//!
//! The place is remembered as an entry at the lower edge and how many of its rows are hidden below.
//! So what one reads stays where it is while messages come in and older ones are loaded.

use super::entry::{Change, Entry};
use lacre::{LocalId, MessageId};

/// The lower edge of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Anchor {
    pub(crate) id: LocalId,
    pub(crate) hidden: usize,
}

/// The messages of a room, as far as they are loaded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    pub(crate) entries: Vec<Entry>,
    /// The message the thread begins with, if it is one.
    pub(crate) root: Option<MessageId>,
    /// There is nothing older on this device.
    pub(crate) whole: bool,
    /// Older ones were asked for.
    pub(crate) loading: bool,
    /// The entries were read at least once.
    pub(crate) ready: bool,
    /// Where one reads; at the end if `None`.
    pub(crate) anchor: Option<Anchor>,
    /// The first message that was not seen when the room was entered.
    pub(crate) new_from: Option<MessageId>,
    /// Marked as unread by hand: being on the screen does not make it read.
    pub(crate) kept: bool,
    /// The message that keys act on.
    pub(crate) selected: Option<LocalId>,
}

impl Page {
    /// Applies a change; one that does not fit the list is left out.
    pub(crate) fn apply(&mut self, change: Change) {
        match change {
            Change::Insert(index, entry) => {
                self.entries.insert(index.min(self.entries.len()), entry);
            }
            Change::Update(index, entry) => {
                if let Some(known) = self.entries.get_mut(index) {
                    *known = entry;
                }
            }
            Change::Remove(index) if index < self.entries.len() => {
                self.entries.remove(index);
            }
            Change::Remove(_) => {}
            Change::Reset(entries) => self.entries = entries,
        }
    }

    /// Forgets places of entries that went.
    pub(crate) fn settle(&mut self) {
        if self.selected.is_some_and(|id| self.index(id).is_none()) {
            self.selected = None;
        }
        if self
            .anchor
            .is_some_and(|anchor| self.index(anchor.id).is_none())
        {
            self.anchor = None;
        }
    }

    /// Where an entry stands.
    pub(crate) fn index(&self, id: LocalId) -> Option<usize> {
        self.entries.iter().rposition(|entry| entry.id == id)
    }

    /// The entry of a message.
    pub(crate) fn message(&self, id: MessageId) -> Option<&Entry> {
        self.entries.iter().rfind(|entry| entry.message == id)
    }

    /// The entry that keys act on.
    pub(crate) fn selection(&self) -> Option<&Entry> {
        self.entries.get(self.index(self.selected?)?)
    }

    /// The lower edge as an index and the rows hidden below; `None` without entries.
    pub(crate) fn edge(&self) -> Option<(usize, usize)> {
        let last = self.entries.len().checked_sub(1)?;
        match self.anchor {
            Some(anchor) => Some((self.index(anchor.id).unwrap_or(last), anchor.hidden)),
            None => Some((last, 0)),
        }
    }

    /// The anchor of a lower edge; `None` at the end, which is followed.
    fn at(&self, index: usize, hidden: usize) -> Option<Anchor> {
        let at_end = index + 1 >= self.entries.len() && hidden == 0;
        match self.entries.get(index) {
            Some(entry) if !at_end => Some(Anchor {
                id: entry.id,
                hidden,
            }),
            _ => None,
        }
    }

    /// The anchor so many rows further up, `view` of which are on the screen, and whether that is
    /// the upper end. `height` tells the rows of an entry.
    pub(crate) fn up(
        &self,
        rows: usize,
        view: usize,
        height: impl Fn(usize) -> usize,
    ) -> (Option<Anchor>, bool) {
        let Some((mut index, mut hidden)) = self.edge() else {
            return (None, true);
        };
        hidden += rows;
        while index > 0 && hidden >= height(index) {
            hidden -= height(index);
            index -= 1;
        }
        // Not further than that the first row stands at the top.
        let mut above = height(index).saturating_sub(hidden);
        let mut i = index;
        while above < view && i > 0 {
            i -= 1;
            above += height(i);
        }
        let at_top = above < view;
        let mut back = view.saturating_sub(above);
        while back > hidden && index + 1 < self.entries.len() {
            back -= hidden;
            index += 1;
            hidden = height(index);
        }
        let anchor = self.at(index, hidden.saturating_sub(back));
        (anchor, at_top || (i == 0 && above <= view))
    }

    /// The anchor so many rows further down.
    pub(crate) fn down(&self, rows: usize, height: impl Fn(usize) -> usize) -> Option<Anchor> {
        let (mut index, mut hidden) = self.edge()?;
        let mut rows = rows;
        while rows > hidden && index + 1 < self.entries.len() {
            rows -= hidden;
            index += 1;
            hidden = height(index);
        }
        self.at(index, hidden.saturating_sub(rows))
    }

    /// The anchor with which all of an entry is seen, or its end if it is larger than `view`; the
    /// present one if that will do.
    pub(crate) fn reveal(
        &self,
        index: usize,
        view: usize,
        height: impl Fn(usize) -> usize,
    ) -> Option<Anchor> {
        let (edge, hidden) = self.edge()?;
        if index > edge || (index == edge && hidden > 0) {
            return self.at(index, 0);
        }
        let rows = (index..=edge).map(&height).sum::<usize>();
        if rows.saturating_sub(hidden) <= view {
            return self.anchor;
        }
        // Its first row to the top.
        let mut at = index;
        let mut sum = height(index);
        while sum < view && at < edge {
            at += 1;
            sum += height(at);
        }
        let over = if at == index {
            0
        } else {
            sum.saturating_sub(view)
        };
        self.at(at, over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::tests::make::entry;

    fn page(count: i64) -> Page {
        Page {
            entries: (0..count).map(|id| entry(id, "x")).collect(),
            ..Page::default()
        }
    }

    /// Entry `i` has `i % 3 + 1` rows.
    fn height(index: usize) -> usize {
        index % 3 + 1
    }

    /// Rows above the lower edge.
    fn above(page: &Page) -> usize {
        let (index, hidden) = page.edge().unwrap();
        (0..=index).map(height).sum::<usize>() - hidden
    }

    #[test]
    fn every_row_can_be_reached_and_nothing_beyond() {
        let mut page = page(20);
        let all = above(&page);
        for step in 1..40 {
            let (anchor, at_top) = page.up(1, 7, height);
            page.anchor = anchor;
            assert_eq!(above(&page), all.saturating_sub(step).max(7), "step {step}");
            assert_eq!(at_top, above(&page) == 7, "step {step}");
        }
        for step in 1..50 {
            page.anchor = page.down(1, height);
            assert_eq!(above(&page), (7 + step).min(all));
        }
        assert_eq!(page.anchor, None);
    }

    #[test]
    fn a_page_up_and_down_comes_back() {
        let mut page = page(50);
        let all = above(&page);
        page.anchor = page.up(30, 10, height).0;
        assert_eq!(above(&page), all - 30);
        page.anchor = page.down(30, height);
        assert_eq!(page.anchor, None);
    }

    #[test]
    fn few_messages_do_not_move() {
        let page = page(2);
        assert_eq!(page.up(5, 10, height), (None, true));
        assert_eq!(page.down(5, height), None);
    }

    #[test]
    fn what_one_reads_stays_while_messages_come() {
        let mut page = page(20);
        page.anchor = page.up(9, 5, height).0;
        let before = page.anchor;
        assert!(before.is_some());
        page.apply(Change::Insert(20, entry(99, "new")));
        page.apply(Change::Insert(0, entry(-1, "old")));
        page.settle();
        assert_eq!(page.anchor, before);
        page.apply(Change::Reset(vec![entry(1000, "other")]));
        page.settle();
        assert_eq!(page.anchor, None);
    }

    #[test]
    fn a_selected_entry_is_brought_into_view() {
        let mut page = page(30);
        for index in (0..30).rev().chain(0..30) {
            page.anchor = page.reveal(index, 6, height);
            let bottom = above(&page);
            let end: usize = (0..=index).map(height).sum();
            let start = end - height(index);
            assert!(
                end <= bottom && start + 6 >= bottom,
                "{index}: {start}..{end} in ..{bottom}"
            );
        }
    }
}
