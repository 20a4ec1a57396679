//! Keys of the boxes over the screen. A box that was taken away is put back unless it is done.

use super::Stroke;
use crate::chat::act::Act;
use crate::chat::model::View;
use crate::chat::model::overlay::{Overlay, Pick, Purpose, Target, step};
use crate::chat::model::search::Found;
use ratatui::crossterm::event::KeyCode;

impl View {
    /// A key for the box.
    pub(super) fn overlay_key(&mut self, overlay: Overlay, stroke: Stroke) -> Vec<Act> {
        if matches!(stroke, Stroke::Plain(KeyCode::Esc)) {
            return Vec::new();
        }
        match overlay {
            Overlay::Pick(pick) => self.pick_key(pick, stroke),
            Overlay::Confirm { question, then } => match stroke {
                Stroke::Plain(KeyCode::Char('y' | 's' | 'Y' | 'S')) => {
                    if let Some(page) = self.page_mut() {
                        page.selected = None;
                    }
                    vec![then]
                }
                Stroke::Plain(KeyCode::Char('n' | 'N')) => Vec::new(),
                _ => self.open(Overlay::Confirm { question, then }),
            },
            Overlay::Help { from } => match scrolled(from, stroke) {
                Some(from) => self.open(Overlay::Help { from }),
                None => Vec::new(),
            },
            Overlay::Info {
                message,
                lines,
                from,
            } => match scrolled(from, stroke) {
                Some(from) => {
                    let from = from.min(lines.len().saturating_sub(1));
                    self.open(Overlay::Info {
                        message,
                        lines,
                        from,
                    })
                }
                None => Vec::new(),
            },
            Overlay::Lines { title, lines, from } => match scrolled(from, stroke) {
                Some(from) => {
                    let from = from.min(lines.len().saturating_sub(1));
                    self.open(Overlay::Lines { title, lines, from })
                }
                None => Vec::new(),
            },
            Overlay::Pins { pins, chosen } => self.pins_key(pins, chosen, stroke),
            Overlay::Search(search) => self.search_key(search, stroke),
            Overlay::Members { chosen } => self.members_key(chosen, stroke),
        }
    }

    fn pins_key(&mut self, pins: Vec<Found>, chosen: usize, stroke: Stroke) -> Vec<Act> {
        let chosen = match stroke {
            Stroke::Plain(KeyCode::Up | KeyCode::BackTab) => step(chosen, pins.len(), false),
            Stroke::Plain(KeyCode::Down | KeyCode::Tab) => step(chosen, pins.len(), true),
            Stroke::Plain(KeyCode::F(4)) => return Vec::new(),
            Stroke::Plain(KeyCode::Enter) => {
                return match pins.get(chosen) {
                    Some(pin) => self.go_to(pin.room, pin.id),
                    None => Vec::new(),
                };
            }
            _ => chosen,
        };
        self.open(Overlay::Pins { pins, chosen })
    }

    fn members_key(&mut self, chosen: usize, stroke: Stroke) -> Vec<Act> {
        let count = self.room().map_or(0, |room| room.people.len());
        let chosen = match stroke {
            Stroke::Plain(KeyCode::Up | KeyCode::BackTab) => step(chosen, count, false),
            Stroke::Plain(KeyCode::Down | KeyCode::Tab) => step(chosen, count, true),
            Stroke::Plain(KeyCode::F(2)) => return Vec::new(),
            Stroke::Plain(KeyCode::Enter) => {
                let person = self.room().and_then(|room| room.people.get(chosen));
                return match person.map(|person| person.account) {
                    Some(account) if account != self.me => self.visit(account),
                    _ => Vec::new(),
                };
            }
            _ => chosen,
        };
        self.open(Overlay::Members { chosen })
    }

    /// Enters the room with a person; it is made if there is none.
    fn visit(&mut self, account: lacre::AccountId) -> Vec<Act> {
        match self.direct(account).map(|room| room.id) {
            Some(room) => self.enter(room),
            None => vec![Act::Direct(account)],
        }
    }

    fn pick_key(&mut self, mut pick: Pick, stroke: Stroke) -> Vec<Act> {
        match stroke {
            Stroke::Plain(KeyCode::Up | KeyCode::BackTab) => pick.step(false),
            Stroke::Plain(KeyCode::Down | KeyCode::Tab) => pick.step(true),
            Stroke::Plain(KeyCode::Enter) => return self.picked(&pick),
            Stroke::Plain(KeyCode::Backspace) => {
                pick.typed.pop();
                pick.narrow(self);
            }
            Stroke::Plain(KeyCode::Char(c)) => {
                pick.typed.push(c);
                pick.narrow(self);
            }
            Stroke::Ctrl(KeyCode::Char('u')) => {
                pick.typed.clear();
                pick.narrow(self);
            }
            Stroke::Ctrl(KeyCode::Char('k')) => return Vec::new(),
            _ => {}
        }
        self.open(Overlay::Pick(pick))
    }

    /// Text was pasted into the box.
    pub(crate) fn typed_into_overlay(&mut self, text: &str) {
        match self.overlay.take() {
            Some(Overlay::Pick(mut pick)) => {
                pick.typed.extend(text.chars().filter(|c| !c.is_control()));
                pick.narrow(self);
                self.overlay = Some(Overlay::Pick(pick));
            }
            Some(Overlay::Search(mut search)) => {
                let typed = text.chars().filter(|c| !c.is_control());
                search.typed.extend(typed);
                self.overlay = Some(Overlay::Search(search));
            }
            other => self.overlay = other,
        }
    }

    fn picked(&mut self, pick: &Pick) -> Vec<Act> {
        let Some(target) = pick.target().cloned() else {
            return Vec::new();
        };
        match (&pick.purpose, target) {
            (Purpose::Jump, Target::Room(room)) => self.enter(room),
            (Purpose::Jump, Target::Person(account)) => self.visit(account),
            (Purpose::Jump, Target::Command(name)) => {
                let text = self.composer_mut();
                if text.is_empty() {
                    text.paste(&format!("/{name} "));
                }
                Vec::new()
            }
            (Purpose::Forward(message), Target::Room(to)) => {
                let (message, Some(from)) = (*message, self.current) else {
                    return Vec::new();
                };
                if let Some(page) = self.page_mut() {
                    page.selected = None;
                }
                vec![Act::Forward { from, message, to }]
            }
            (Purpose::React(message), Target::Emoji(emoji)) => {
                let (message, Some(room)) = (*message, self.current) else {
                    return Vec::new();
                };
                let mine = self
                    .page()
                    .and_then(|page| page.message(message))
                    .is_some_and(|entry| {
                        entry
                            .reactions
                            .iter()
                            .any(|reaction| reaction.mine && reaction.emoji == emoji)
                    });
                if let Some(page) = self.page_mut() {
                    page.selected = None;
                }
                vec![match mine {
                    true => Act::Unreact {
                        room,
                        message,
                        emoji,
                    },
                    false => Act::React {
                        room,
                        message,
                        emoji,
                    },
                }]
            }
            _ => Vec::new(),
        }
    }
}

/// Where a text is read from after a key; `None` if the key closes it.
fn scrolled(from: usize, stroke: Stroke) -> Option<usize> {
    match stroke {
        Stroke::Plain(KeyCode::Up) => Some(from.saturating_sub(1)),
        Stroke::Plain(KeyCode::Down) => Some(from + 1),
        Stroke::Plain(KeyCode::PageUp) => Some(from.saturating_sub(10)),
        Stroke::Plain(KeyCode::PageDown) => Some(from + 10),
        Stroke::Plain(KeyCode::Enter | KeyCode::F(1) | KeyCode::Char('q' | '?')) => None,
        _ => Some(from),
    }
}
