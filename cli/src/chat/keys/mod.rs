//! What keys mean. The same key may mean different things in different places: a box over the
//! screen comes first, then the list of completions, then a selected message, then the composer.

mod composer;
mod overlay;
mod search;
mod select;

use super::act::Act;
use super::draw::areas;
use super::model::View;
use super::model::overlay::{Overlay, Pick, Purpose};
use crate::text::say;
use ratatui::crossterm::event::{
    KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::Position;

/// How long a second Ctrl-C is waited for, in milliseconds.
const AGAIN: u64 = 3_000;

/// A key with what is held, so that it can be matched in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stroke {
    Plain(KeyCode),
    Ctrl(KeyCode),
    Alt(KeyCode),
    Other,
}

impl Stroke {
    /// Shift is part of a character, and of no other key that means something here.
    fn of(key: KeyEvent) -> Self {
        let held = key.modifiers - KeyModifiers::SHIFT;
        match key.code {
            code if held.is_empty() => Self::Plain(code),
            KeyCode::Char(c) if held == KeyModifiers::CONTROL => {
                Self::Ctrl(KeyCode::Char(c.to_ascii_lowercase()))
            }
            code if held == KeyModifiers::CONTROL => Self::Ctrl(code),
            KeyCode::Char(c) if held == KeyModifiers::ALT => {
                Self::Alt(KeyCode::Char(c.to_ascii_lowercase()))
            }
            code if held == KeyModifiers::ALT => Self::Alt(code),
            _ => Self::Other,
        }
    }
}

impl View {
    /// A key was pressed.
    pub(crate) fn key(&mut self, key: KeyEvent) -> Vec<Act> {
        if key.kind == KeyEventKind::Release {
            return Vec::new();
        }
        let stroke = Stroke::of(key);
        if stroke == Stroke::Ctrl(KeyCode::Char('c')) {
            return self.interrupt();
        }
        self.quitting = None;
        if let Some(overlay) = self.overlay.take() {
            return self.overlay_key(overlay, stroke);
        }
        if self.completion_key(stroke) {
            return Vec::new();
        }
        let selecting = self.page().is_some_and(|page| page.selected.is_some());
        if selecting && let Some(acts) = self.selected_key(stroke) {
            return acts;
        }
        match self.everywhere(stroke) {
            Some(acts) => acts,
            None => self.composer_key(key, stroke),
        }
    }

    fn interrupt(&mut self) -> Vec<Act> {
        if self.quitting.is_some_and(|until| until > self.now) {
            return vec![Act::Quit];
        }
        self.quitting = Some(self.now + AGAIN);
        let text = say!(self.lang, "chat-quit-again");
        self.toast(text, false);
        Vec::new()
    }

    /// Keys that mean the same with and without a selected message.
    fn everywhere(&mut self, stroke: Stroke) -> Option<Vec<Act>> {
        use KeyCode::{Char, Down, End, F, Left, PageDown, PageUp, Right, Up};
        Some(match stroke {
            Stroke::Plain(F(1)) => self.open(Overlay::Help { from: 0 }),
            Stroke::Plain(F(2)) if self.room().is_some() => {
                self.open(Overlay::Members { chosen: 0 })
            }
            Stroke::Plain(F(4)) => self.current.map(Act::Pins).into_iter().collect(),
            Stroke::Plain(F(3)) => {
                self.mouse = !self.mouse;
                let text = match self.mouse {
                    true => say!(self.lang, "chat-mouse-on"),
                    false => say!(self.lang, "chat-mouse-off"),
                };
                self.toast(text, false);
                vec![Act::Mouse(self.mouse)]
            }
            Stroke::Ctrl(Char('k')) => {
                let pick = Pick::new(self, Purpose::Jump);
                self.open(Overlay::Pick(pick))
            }
            Stroke::Ctrl(Char('f')) => self.open_search(self.current),
            Stroke::Ctrl(Char('g')) => self.open_search(None),
            Stroke::Alt(Char('a')) => self.enter_unread(),
            Stroke::Alt(Char(digit @ '1'..='9')) => {
                let place = digit.to_digit(10).unwrap_or(1).saturating_sub(1);
                self.enter_at(usize::try_from(place).unwrap_or(0))
            }
            Stroke::Alt(Left) => self.enter_beside(false),
            Stroke::Alt(Right) => self.enter_beside(true),
            Stroke::Alt(Up) => self.select(true),
            Stroke::Alt(Down) => self.select(false),
            Stroke::Plain(PageUp) => self.scroll_page(true),
            Stroke::Plain(PageDown) => self.scroll_page(false),
            Stroke::Ctrl(Up) => self.scroll(true, 1),
            Stroke::Ctrl(Down) => self.scroll(false, 1),
            Stroke::Ctrl(End) => self.newest(),
            _ => return None,
        })
    }

    /// Opens a box.
    pub(crate) fn open(&mut self, overlay: Overlay) -> Vec<Act> {
        self.completion = None;
        self.overlay = Some(overlay);
        Vec::new()
    }

    /// The mouse, while it is caught.
    pub(crate) fn mouse_event(&mut self, mouse: MouseEvent) -> Vec<Act> {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.wheel(true),
            MouseEventKind::ScrollDown => self.wheel(false),
            MouseEventKind::Down(MouseButton::Left) => {
                let at = Position::new(mouse.column, mouse.row);
                let area = areas(self).side.filter(|side| side.contains(at));
                let room = area.and_then(|side| {
                    super::draw::side::rows(self, side.height)
                        .get(usize::from(at.y - side.y))
                        .copied()
                        .flatten()
                });
                match room {
                    Some(index) => self.enter_at(index),
                    None => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }
}
