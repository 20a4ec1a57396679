//! Going back to a message that may not be loaded yet.

use crate::chat::act::Act;
use crate::chat::model::View;
use crate::text::say;
use lacre::{LocalId, RoomId};

/// How many messages are loaded at most on the way.
const FAR: usize = 10_000;

impl View {
    /// Enters a room and shows a message of it.
    pub(crate) fn go_to(&mut self, room: RoomId, id: LocalId) -> Vec<Act> {
        self.seeking = Some((room, id));
        let mut acts = self.enter(room);
        acts.extend(self.seek_on(room));
        acts
    }

    /// Shows the message that is gone back to, if it is there.
    pub(crate) fn sought(&mut self, room: RoomId) -> Vec<Act> {
        let Some((wanted, id)) = self.seeking else {
            return Vec::new();
        };
        let here = wanted == room && self.current == Some(room);
        if !here || self.page().is_none_or(|page| page.index(id).is_none()) {
            return Vec::new();
        }
        self.seeking = None;
        self.toast = None;
        self.select_message(|page| page.index(id))
    }

    /// Goes on: shows the message, or asks for older ones.
    pub(crate) fn seek_on(&mut self, room: RoomId) -> Vec<Act> {
        let acts = self.sought(room);
        let Some((wanted, _)) = self.seeking else {
            return acts;
        };
        if wanted != room || self.current != Some(room) {
            return acts;
        }
        let Some(page) = self
            .room_page_mut()
            .filter(|page| page.ready && !page.loading)
        else {
            return acts;
        };
        if page.whole || page.entries.len() > FAR {
            // It may still come with changes that are on their way; then it is shown.
            let why = say!(self.lang, "chat-too-far");
            self.toast(why, true);
            return acts;
        }
        page.loading = true;
        vec![Act::Older(room)]
    }
}
