//! Keys of the search.

use super::Stroke;
use crate::chat::act::Act;
use crate::chat::model::View;
use crate::chat::model::overlay::Overlay;
use crate::chat::model::search::SearchBox;
use lacre::RoomId;
use ratatui::crossterm::event::KeyCode;

impl View {
    /// Opens the search in a room or everywhere.
    pub(super) fn open_search(&mut self, room: Option<RoomId>) -> Vec<Act> {
        self.open(Overlay::Search(SearchBox::new(room)))
    }

    /// A key for the search.
    pub(super) fn search_key(&mut self, mut search: SearchBox, stroke: Stroke) -> Vec<Act> {
        let mut changed = true;
        match stroke {
            Stroke::Plain(KeyCode::Enter) => {
                if let Some(hit) = search.hits.get(search.chosen) {
                    return self.go_to(hit.room, hit.id);
                }
                changed = false;
            }
            Stroke::Plain(KeyCode::Up | KeyCode::BackTab) => {
                search.step(false);
                changed = false;
            }
            Stroke::Plain(KeyCode::Down | KeyCode::Tab) => {
                search.step(true);
                changed = false;
            }
            Stroke::Plain(KeyCode::Backspace) => drop(search.typed.pop()),
            Stroke::Plain(KeyCode::Char(c)) => search.typed.push(c),
            Stroke::Ctrl(KeyCode::Char('u')) => search.typed.clear(),
            Stroke::Ctrl(KeyCode::Char('g')) => search.room = None,
            Stroke::Ctrl(KeyCode::Char('f')) => search.room = self.current,
            _ => changed = false,
        }
        let mut acts = Vec::new();
        if changed {
            self.searches += 1;
            search.number = self.searches;
            search.answered = false;
            if search.typed.trim().is_empty() {
                search.hits.clear();
            } else {
                acts.push(Act::Search {
                    room: search.room,
                    words: search.typed.clone(),
                    number: search.number,
                });
            }
        }
        self.open(Overlay::Search(search));
        acts
    }
}
