//! One letter acts on the selected message.

use super::Stroke;
use crate::chat::act::Act;
use crate::chat::model::View;
use crate::chat::model::composer::{Aim, Composer};
use crate::chat::model::entry::Entry;
use crate::chat::model::overlay::{Overlay, Pick, Purpose};
use crate::text::say;
use lacre::RoomId;
use ratatui::crossterm::event::KeyCode;

impl View {
    /// A key while a message is selected; `None` if it means what it means elsewhere.
    pub(super) fn selected_key(&mut self, stroke: Stroke) -> Option<Vec<Act>> {
        let room = self.current?;
        let entry = self.page()?.selection()?.clone();
        Some(match stroke {
            Stroke::Plain(KeyCode::Up) => self.select(true),
            Stroke::Plain(KeyCode::Down) => self.select(false),
            Stroke::Plain(KeyCode::Esc) => {
                self.unselect();
                Vec::new()
            }
            Stroke::Plain(KeyCode::Char(letter)) => self.letter(letter, room, &entry),
            Stroke::Plain(KeyCode::Enter) => self.letter('r', room, &entry),
            _ => return None,
        })
    }

    fn unselect(&mut self) {
        if let Some(page) = self.page_mut() {
            page.selected = None;
        }
    }

    fn letter(&mut self, letter: char, room: RoomId, entry: &Entry) -> Vec<Act> {
        let message = entry.message;
        match letter.to_ascii_lowercase() {
            'i' => {
                let overlay = self.info(entry);
                return self.open(overlay);
            }
            'u' if !entry.own => {
                self.unselect();
                if let Some(page) = self.page_mut() {
                    page.kept = true;
                    page.new_from = Some(message);
                }
                return vec![Act::Keep { room, message }];
            }
            'c' if entry.is_text() => {
                self.unselect();
                let text = say!(self.lang, "chat-copied");
                self.toast(text, false);
                return vec![Act::Copy(entry.source().to_owned())];
            }
            'r' if entry.is_text() => {
                let aim = Aim::Reply {
                    to: message,
                    name: entry.name.clone(),
                    snippet: entry.snippet(),
                };
                self.unselect();
                self.composer_mut().aim = aim;
            }
            'e' if entry.is_text() && entry.own => {
                self.unselect();
                let mut composer = Composer::holding(entry.source());
                composer.aim = Aim::Edit { message };
                self.composers.insert(Some(room), composer);
            }
            '+' if entry.is_text() => {
                let pick = Pick::new(self, Purpose::React(message));
                return self.open(Overlay::Pick(pick));
            }
            'd' if entry.is_text() && entry.own => self.sure(Act::Delete { room, message }),
            _ => {}
        }
        Vec::new()
    }

    /// What is known of a message.
    fn info(&self, entry: &Entry) -> Overlay {
        let fact = |name: String, value: String| format!("{name}: {value}");
        let day = crate::chat::draw::when::day(self.lang, &self.clock, entry.at, self.now);
        let mut lines = vec![
            fact(
                say!(self.lang, "chat-info-from"),
                format!("@{}", entry.name),
            ),
            fact(
                say!(self.lang, "chat-info-at"),
                format!("{day}, {}", self.clock.second(entry.at)),
            ),
        ];
        if entry.own {
            let state = crate::chat::draw::entry::progress(self.lang, entry.progress);
            lines.push(fact(say!(self.lang, "chat-info-state"), state));
        }
        for reaction in &entry.reactions {
            lines.push(format!("{} {}", reaction.emoji, reaction.count));
        }
        lines.push(fact(
            say!(self.lang, "chat-info-id"),
            entry.message.to_string(),
        ));
        Overlay::Lines {
            title: say!(self.lang, "chat-info"),
            lines,
            from: 0,
        }
    }
}
