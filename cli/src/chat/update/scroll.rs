//! Moving through the messages of a room, and selecting one.

use crate::chat::act::Act;
use crate::chat::draw::{areas, height};
use crate::chat::model::View;
use crate::chat::model::page::{Anchor, Page};

/// Rows of the wheel.
const WHEEL: usize = 3;

impl View {
    /// Width and height of the timeline in cells.
    fn paper(&self) -> (u16, usize) {
        let area = areas(self).timeline;
        (area.width, usize::from(area.height))
    }

    /// Moves by rows; loads older messages when the upper end is near.
    pub(crate) fn scroll(&mut self, up: bool, rows: usize) -> Vec<Act> {
        let (width, view) = self.paper();
        let Some(page) = self.page() else {
            return Vec::new();
        };
        let rows_of = |index| height(self, page, index, width);
        let (anchor, at_top) = match up {
            true => page.up(rows, view, rows_of),
            false => (page.down(rows, rows_of), false),
        };
        self.moved(anchor, at_top)
    }

    /// Moves by a screen, with two rows in common.
    pub(crate) fn scroll_page(&mut self, up: bool) -> Vec<Act> {
        let (_, view) = self.paper();
        self.scroll(up, view.saturating_sub(2).max(1))
    }

    /// Moves as the wheel does.
    pub(crate) fn wheel(&mut self, up: bool) -> Vec<Act> {
        self.scroll(up, WHEEL)
    }

    /// Goes to the newest message.
    pub(crate) fn newest(&mut self) -> Vec<Act> {
        self.moved(None, false)
    }

    fn moved(&mut self, anchor: Option<Anchor>, at_top: bool) -> Vec<Act> {
        let (room, root) = self.seat();
        let Some(page) = self.page_mut() else {
            return Vec::new();
        };
        page.anchor = anchor;
        let mut acts = Vec::new();
        if at_top
            && page.ready
            && !page.whole
            && !page.loading
            && let Some(room) = room
        {
            page.loading = true;
            acts.push(match root {
                Some(root) => Act::OlderThread { room, root },
                None => Act::Older(room),
            });
        }
        acts.extend(self.looked());
        acts
    }

    /// Selects the message above or below; past the newest one, none.
    pub(crate) fn select(&mut self, up: bool) -> Vec<Act> {
        let (width, view) = self.paper();
        let Some(page) = self.page() else {
            return Vec::new();
        };
        let selected = page.selected.and_then(|id| page.index(id));
        let next = match (selected, up) {
            (None, true) => page.edge().map(|(index, _)| index),
            (None, false) => return Vec::new(),
            (Some(0), true) => Some(0),
            (Some(index), true) => Some(index - 1),
            (Some(index), false) => Some(index + 1).filter(|next| *next < page.entries.len()),
        };
        let at_top = selected == Some(0) || next == Some(0);
        let anchor = match next {
            Some(next) => page.reveal(next, view, |index| height(self, page, index, width)),
            None => None,
        };
        let id = next
            .and_then(|next| page.entries.get(next))
            .map(|entry| entry.id);
        if let Some(page) = self.page_mut() {
            page.selected = id;
        }
        self.moved(anchor, at_top && up)
    }

    /// Goes to a message of the page and selects it.
    pub(crate) fn select_message(&mut self, find: impl Fn(&Page) -> Option<usize>) -> Vec<Act> {
        let (width, view) = self.paper();
        let Some(page) = self.page() else {
            return Vec::new();
        };
        let Some(index) = find(page) else {
            return Vec::new();
        };
        let anchor = page.reveal(index, view, |index| height(self, page, index, width));
        let id = page.entries.get(index).map(|entry| entry.id);
        if let Some(page) = self.page_mut() {
            page.selected = id;
        }
        self.moved(anchor, false)
    }
}
