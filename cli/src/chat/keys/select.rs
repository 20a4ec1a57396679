//! One letter acts on the selected message.

use super::Stroke;
use crate::chat::act::Act;
use crate::chat::model::View;
use crate::chat::model::composer::{Aim, Composer};
use crate::chat::model::entry::{Body, Entry};
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
                self.open(overlay);
                // Who has it is known of what was sent.
                return match entry.is_said() && entry.own {
                    true => vec![Act::Info { room, message }],
                    false => Vec::new(),
                };
            }
            't' if entry.is_said() => {
                self.unselect();
                return self.open_thread(entry.thread.unwrap_or(message));
            }
            'p' if entry.is_said() => {
                self.unselect();
                let pinned = !entry.pinned;
                return vec![Act::Pin {
                    room,
                    message,
                    pinned,
                }];
            }
            'f' if entry.is_said() => {
                let pick = Pick::new(self, Purpose::Forward(message));
                return self.open(Overlay::Pick(pick));
            }
            digit @ '1'..='9' => {
                let Body::Poll(poll) = &entry.body else {
                    return Vec::new();
                };
                let option = digit
                    .to_digit(10)
                    .and_then(|digit| usize::try_from(digit).ok());
                let chosen = option.and_then(|option| poll.choosing(option.checked_sub(1)?));
                let vote = |options| Act::Vote {
                    room,
                    poll: message,
                    options,
                };
                return chosen.map(vote).into_iter().collect();
            }
            'x' if entry.own => {
                if let Body::Poll(poll) = &entry.body
                    && !poll.closed
                {
                    let poll = message;
                    return vec![Act::ClosePoll { room, poll }];
                }
            }
            'u' if entry.is_said() && !entry.own => {
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
            // Everything that is written in a thread answers its first message.
            'r' if entry.is_said() && self.seat().1 == Some(message) => self.unselect(),
            'r' if entry.is_said() => {
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
                let seat = self.seat();
                self.composers.insert(seat, composer);
            }
            '+' if entry.is_said() => {
                let pick = Pick::new(self, Purpose::React(message));
                return self.open(Overlay::Pick(pick));
            }
            'd' if entry.is_said() && entry.own => self.sure(Act::Delete { room, message }),
            _ => {}
        }
        Vec::new()
    }

    /// What is known of a message.
    fn info(&self, entry: &Entry) -> Overlay {
        let fact = |name: String, value: String| format!("{name}: {value}");
        let day = crate::chat::draw::when::day(self.lang, &self.clock, entry.at, self.now);
        let mut lines = vec![
            fact(say!(self.lang, "chat-info-from"), entry.name.clone()),
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
        Overlay::Info {
            message: entry.message,
            lines,
            from: 0,
        }
    }
}
