//! Going from room to room.

use crate::chat::act::Act;
use crate::chat::model::View;
use crate::chat::model::composer::Aim;
use crate::chat::model::room::next_unread;
use lacre::{RoomId, Unread};

impl View {
    /// Puts a room on the screen.
    pub(crate) fn enter(&mut self, room: RoomId) -> Vec<Act> {
        if self.line(room).is_none() {
            return Vec::new();
        }
        let mut acts = self.close_thread();
        if self.current == Some(room) {
            return acts;
        }
        acts.extend(self.keep());
        self.leave();
        self.current = Some(room);
        let known = self.pages.contains_key(&room);
        let first = self.line(room).and_then(|line| line.first);
        self.pages.entry(room).or_default().new_from = first;
        if !known {
            acts.push(Act::Enter(room));
        }
        acts.extend(self.entered(room).map(Act::Unload));
        acts.push(self.in_focus());
        acts.extend(self.looked());
        acts
    }

    /// What is on the screen, if somebody looks.
    pub(crate) fn in_focus(&self) -> Act {
        Act::Focus(self.current.filter(|_| self.focused))
    }

    /// What is being written, to be kept, if that has changed. The text of an edit is none.
    pub(crate) fn keep(&mut self) -> Vec<Act> {
        let Some(room) = self.current else {
            return Vec::new();
        };
        let composer = self.composers.get(&(Some(room), None));
        let text = match composer.filter(|composer| !matches!(composer.aim, Aim::Edit { .. })) {
            Some(composer) if !composer.is_blank() => composer.text(),
            _ => String::new(),
        };
        if self.kept.get(&room).map_or("", String::as_str) == text {
            return Vec::new();
        }
        self.kept.insert(room, text.clone());
        vec![Act::Draft { room, text }]
    }

    /// Puts away what belongs to looking at the room.
    fn leave(&mut self) {
        self.completion = None;
        if let Some(page) = self.page_mut() {
            page.selected = None;
            page.new_from = None;
            page.kept = false;
        }
    }

    /// What is unread in a room has changed.
    pub(crate) fn unread(&mut self, room: RoomId, unread: Unread) -> Vec<Act> {
        let Some(line) = self.rooms.iter_mut().find(|line| line.id == room) else {
            return Vec::new();
        };
        (line.unread, line.mentions) = (unread.messages, unread.mentions);
        (line.first, line.marked) = (unread.first, unread.marked);
        if self.current != Some(room) {
            return Vec::new();
        }
        let acts = self.looked();
        if acts.is_empty()
            && let Some(page) = self.room_page_mut()
            && page.new_from.is_none()
        {
            page.new_from = unread.first;
        }
        acts
    }

    /// What follows from the room being looked at, and not a thread of it: everything in it was read.
    pub(crate) fn looked(&mut self) -> Vec<Act> {
        let page = self.current.and_then(|room| self.pages.get(&room));
        let at_end = self.thread.is_none()
            && page.is_some_and(|page| page.ready && page.anchor.is_none() && !page.kept);
        if !self.focused || !at_end {
            return Vec::new();
        }
        let current = self.current;
        match self
            .rooms
            .iter_mut()
            .find(|room| Some(room.id) == current && room.calls())
        {
            Some(line) => {
                (line.unread, line.mentions) = (0, 0);
                (line.first, line.marked) = (None, false);
                vec![Act::Read(line.id)]
            }
            None => Vec::new(),
        }
    }

    /// The next room that calls, mentions first.
    pub(crate) fn enter_unread(&mut self) -> Vec<Act> {
        match next_unread(&self.rooms, self.current) {
            Some(room) => self.enter(room),
            None => {
                self.toast(crate::text::say!(self.lang, "chat-all-read"), false);
                Vec::new()
            }
        }
    }

    /// The room at a place of the side bar, from 0.
    pub(crate) fn enter_at(&mut self, index: usize) -> Vec<Act> {
        match self.rooms.get(index).map(|room| room.id) {
            Some(room) => self.enter(room),
            None => Vec::new(),
        }
    }

    /// The room beside this one in the side bar.
    pub(crate) fn enter_beside(&mut self, forward: bool) -> Vec<Act> {
        let at = self
            .rooms
            .iter()
            .position(|room| Some(room.id) == self.current);
        let next = crate::chat::model::overlay::step(at.unwrap_or(0), self.rooms.len(), forward);
        self.enter_at(next)
    }
}
