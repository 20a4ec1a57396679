//! What is being written.
//!
//! The text area paints its cursor as a reversed cell. The terminal's own cursor is put there
//! instead: it blinks as the person likes it, and input methods and screen readers follow it.

use super::fit;
use super::theme::Theme;
use crate::chat::model::View;
use crate::chat::model::composer::Aim;
use crate::text::say;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

/// Cells of the sign before the text.
pub(super) const PROMPT: u16 = 2;

/// Draws it.
pub(super) fn draw(view: &View, frame: &mut Frame, area: Rect, theme: Theme) {
    let mut area = area;
    let Some(composer) = view.composer() else {
        let prompt = Line::styled("> ", theme.dim());
        frame.render_widget(prompt, area);
        if view.overlay.is_none() && view.current.is_some() {
            frame.set_cursor_position((area.x + PROMPT, area.y));
        }
        return;
    };
    if let Some(aim) = aim(view, &composer.aim) {
        let text = fit::cut(&aim, usize::from(area.width).saturating_sub(2));
        let first = Rect { height: 1, ..area };
        frame.render_widget(
            Line::from(vec![
                Span::styled("┃ ", theme.accent()),
                Span::styled(text, theme.dim()),
            ]),
            first,
        );
        area = Rect::new(
            area.x,
            area.y + 1,
            area.width,
            area.height.saturating_sub(1),
        );
    }
    frame.render_widget(
        Line::styled("> ", theme.accent()),
        Rect { height: 1, ..area },
    );
    let inner = Rect::new(
        area.x + PROMPT,
        area.y,
        area.width.saturating_sub(PROMPT),
        area.height,
    );
    frame.render_widget(&composer.area, inner);
    let cursor = take_cursor(frame, inner);
    if view.overlay.is_none()
        && let Some(cursor) = cursor
    {
        frame.set_cursor_position(cursor);
    }
}

/// Finds the painted cursor and takes it away.
fn take_cursor(frame: &mut Frame, area: Rect) -> Option<Position> {
    let buffer = frame.buffer_mut();
    for position in area.positions() {
        let cell = buffer.cell_mut(position)?;
        if cell.modifier.contains(Modifier::REVERSED) {
            cell.modifier.remove(Modifier::REVERSED);
            return Some(position);
        }
    }
    None
}

/// What the text is meant for, in words.
fn aim(view: &View, aim: &Aim) -> Option<String> {
    match aim {
        Aim::New => None,
        Aim::Reply { name, snippet, .. } => Some(format!(
            "{}  {snippet}",
            say!(view.lang, "chat-replying", name = name.as_str())
        )),
        Aim::Edit { .. } => Some(say!(view.lang, "chat-editing")),
    }
}
