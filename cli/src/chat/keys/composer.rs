//! Keys of the composer.

use super::Stroke;
use crate::chat::act::Act;
use crate::chat::model::View;
use crate::chat::model::complete::complete;
use crate::chat::model::composer::{Aim, Composer};
use crate::chat::model::overlay::{Overlay, step};
use crate::talk::command::{Parsed, parse};
use crate::text::say;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// After how many milliseconds the others are told again that this person writes.
const TELL_AGAIN: u64 = 3_000;

impl View {
    /// A key while completions are listed. False if it is not for them.
    pub(super) fn completion_key(&mut self, stroke: Stroke) -> bool {
        let Some(completion) = &mut self.completion else {
            return false;
        };
        let count = completion.choices.len();
        match stroke {
            Stroke::Plain(KeyCode::Tab | KeyCode::Down) => {
                completion.chosen = step(completion.chosen, count, true);
                true
            }
            Stroke::Plain(KeyCode::BackTab | KeyCode::Up) => {
                completion.chosen = step(completion.chosen, count, false);
                true
            }
            Stroke::Plain(KeyCode::Enter) => {
                self.accept();
                true
            }
            Stroke::Plain(KeyCode::Esc) => {
                self.completion = None;
                true
            }
            _ => {
                self.completion = None;
                false
            }
        }
    }

    /// Puts the chosen completion into the text.
    fn accept(&mut self) {
        let Some(completion) = self.completion.take() else {
            return;
        };
        let choice = completion.choices.into_iter().nth(completion.chosen);
        if let Some(choice) = choice {
            self.composer_mut()
                .replace_before(completion.typed, &choice.insert);
        }
    }

    /// A key for the text.
    pub(super) fn composer_key(&mut self, key: KeyEvent, stroke: Stroke) -> Vec<Act> {
        let newline = KeyModifiers::SHIFT | KeyModifiers::ALT;
        let seat = self.seat();
        let composer = self.composer_mut();
        let blank = composer.is_empty();
        match stroke {
            Stroke::Plain(KeyCode::Char('?')) if blank => {
                return self.open(Overlay::Help { from: 0 });
            }
            Stroke::Plain(KeyCode::Esc) => return self.escape(),
            Stroke::Plain(KeyCode::Tab) => {
                self.completion = complete(self);
                if self
                    .completion
                    .as_ref()
                    .is_some_and(|found| found.choices.len() == 1)
                {
                    self.accept();
                }
                return Vec::new();
            }
            Stroke::Ctrl(KeyCode::Char('e')) => {
                let text = composer.text();
                return vec![Act::Editor { seat, text }];
            }
            // As in a shell.
            Stroke::Ctrl(KeyCode::Char('u')) => {
                composer.area.delete_line_by_head();
            }
            Stroke::Ctrl(KeyCode::Char('j')) => composer.area.insert_newline(),
            _ if key.code == KeyCode::Enter && key.modifiers.intersects(newline) => {
                composer.area.insert_newline();
            }
            Stroke::Plain(KeyCode::Enter) => return self.send(),
            Stroke::Plain(KeyCode::Left) if !key.modifiers.contains(KeyModifiers::SHIFT) => {
                composer.back();
            }
            Stroke::Plain(KeyCode::Right) if !key.modifiers.contains(KeyModifiers::SHIFT) => {
                composer.forward();
            }
            Stroke::Plain(KeyCode::Backspace) => composer.delete_back(),
            Stroke::Plain(KeyCode::Delete) => composer.delete_forward(),
            Stroke::Other => {}
            _ => {
                composer.area.input(Event::Key(key));
            }
        }
        self.writing()
    }

    /// Lets the others know that this person writes; of an edit and a command they learn nothing.
    pub(crate) fn writing(&mut self) -> Vec<Act> {
        let Some(room) = self.current else {
            return Vec::new();
        };
        let composer = self.composer();
        let writes = composer.is_some_and(|composer| {
            let command = composer
                .area
                .lines()
                .first()
                .is_some_and(|line| line.starts_with('/'));
            !composer.is_blank() && !command && !matches!(composer.aim, Aim::Edit { .. })
        });
        let told = self.wrote.filter(|(known, _)| *known == room);
        match (writes, told) {
            (true, Some((_, at))) if self.now < at + TELL_AGAIN => Vec::new(),
            (true, _) => {
                self.wrote = Some((room, self.now));
                vec![Act::Typing(room)]
            }
            (false, Some(_)) => {
                self.wrote = None;
                vec![Act::StopTyping(room)]
            }
            (false, None) => Vec::new(),
        }
    }

    /// Takes back, one thing at a time: what the text is meant for, then the thread or the place in the
    /// list.
    fn escape(&mut self) -> Vec<Act> {
        let composer = self.composer_mut();
        if composer.aim != Aim::New {
            match composer.aim {
                // The text of an edit belongs to the message that is no longer edited.
                Aim::Edit { .. } => *composer = Composer::default(),
                _ => composer.aim = Aim::New,
            }
            return Vec::new();
        }
        self.toast = None;
        if self.thread.is_some() {
            return self.close_thread();
        }
        self.newest()
    }

    /// Hands over what was written.
    fn send(&mut self) -> Vec<Act> {
        let Some(composer) = self.composer().filter(|composer| !composer.is_blank()) else {
            return Vec::new();
        };
        let text = composer.text().trim_end().to_owned();
        let aim = composer.aim.clone();
        let seat = self.seat();
        let (room, text) = match (self.current, parse(&text)) {
            // What is meant for a message is no command.
            (Some(room), _) if aim != Aim::New => (room, text),
            (Some(room), Parsed::Text(text)) => (room, text),
            (room, _) => {
                self.composers.remove(&seat);
                let thread = seat.1;
                return vec![Act::Say { room, thread, text }];
            }
        };
        if !self
            .line(room)
            .is_some_and(|line| line.joined && line.stopped.is_none())
        {
            let why = say!(self.lang, "chat-read-only");
            self.toast(why, true);
            return Vec::new();
        }
        self.composers.remove(&seat);
        // The message ends it.
        self.wrote = None;
        let act = match (aim, seat.1) {
            (Aim::New, None) => Act::Send { room, text },
            (Aim::New, Some(root)) => Act::Thread { room, root, text },
            // An answer to what stands in a thread stands there too.
            (Aim::Reply { to, .. }, root) => Act::Reply {
                room,
                to,
                root,
                text,
            },
            (Aim::Edit { message }, _) => Act::Edit {
                room,
                message,
                text,
            },
        };
        let mut acts = vec![act];
        if let Some(page) = self.page_mut() {
            page.new_from = None;
            page.kept = false;
        }
        acts.extend(self.newest());
        acts
    }
}
