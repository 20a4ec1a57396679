//! The box of a search: two rows for each message that was found.

use super::boxes::middle;
use super::theme::Theme;
use super::{entry, fit, framed, side, when};
use crate::chat::model::View;
use crate::chat::model::entry::Run;
use crate::chat::model::search::{Found, SearchBox};
use crate::text::say;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Rows of a message that was found.
const ROWS: usize = 2;

/// Draws it.
pub(super) fn draw(view: &View, search: &SearchBox, frame: &mut Frame, theme: Theme) {
    let title = match search.room.and_then(|room| view.line(room)) {
        Some(room) => say!(
            view.lang,
            "chat-search-room",
            room = side::shown(view, room)
        ),
        None => say!(view.lang, "chat-search"),
    };
    let place = middle(frame, 76, 18);
    let inside = framed(frame, place, &title, theme);
    let first = Rect {
        height: 1,
        ..inside
    };
    let typed = Span::raw(search.typed.clone());
    frame.render_widget(
        Line::from(vec![Span::styled("> ", theme.accent()), typed]),
        first,
    );
    let cursor = u16::try_from(fit::width(&search.typed)).unwrap_or(0);
    frame.set_cursor_position(((inside.x + 2 + cursor).min(inside.right()), inside.y));
    let list = Rect::new(
        inside.x,
        inside.y + 1,
        inside.width,
        inside.height.saturating_sub(1),
    );
    if search.hits.is_empty() && search.answered {
        let none = say!(view.lang, "chat-search-none");
        frame.render_widget(Line::styled(none, theme.dim()), list);
        return;
    }
    let everywhere = search.room.is_none();
    listed(
        view,
        &search.hits,
        search.chosen,
        everywhere,
        frame,
        list,
        theme,
    );
}

/// What is pinned in the room.
pub(super) fn pins(view: &View, pins: &[Found], chosen: usize, frame: &mut Frame, theme: Theme) {
    let place = middle(frame, 76, (pins.len() * ROWS).min(18));
    let inside = framed(frame, place, &say!(view.lang, "chat-pins"), theme);
    listed(view, pins, chosen, false, frame, inside, theme);
}

/// The messages, the chosen one kept in view.
fn listed(
    view: &View,
    hits: &[Found],
    chosen: usize,
    everywhere: bool,
    frame: &mut Frame,
    list: Rect,
    theme: Theme,
) {
    let shown = (usize::from(list.height) / ROWS).max(1);
    let from = (chosen + 1).saturating_sub(shown);
    let width = usize::from(list.width);
    let lines: Vec<Line> = hits
        .iter()
        .enumerate()
        .skip(from)
        .take(shown)
        .flat_map(|(index, hit)| rows(view, everywhere, hit, index == chosen, width, theme))
        .collect();
    frame.render_widget(Paragraph::new(lines), list);
}

fn rows(
    view: &View,
    everywhere: bool,
    hit: &Found,
    chosen: bool,
    width: usize,
    theme: Theme,
) -> [Line<'static>; ROWS] {
    let day = when::day(view.lang, &view.clock, hit.at, view.now);
    let mut head = format!("{} · {day} {}", hit.name, view.clock.minute(hit.at));
    if everywhere && let Some(room) = view.line(hit.room) {
        head = format!("{} · {head}", side::shown(view, room));
    }
    let style = match chosen {
        true => theme.chosen(),
        false => Style::new().patch(theme.dim()),
    };
    let text = fit::wrap(&hit.text, width.saturating_sub(2).max(1));
    let text = text.into_iter().next().unwrap_or_default();
    let text = [Run::plain("  ")].into_iter().chain(text);
    [
        Line::styled(fit::padded(&head, width), style),
        Line::from_iter(text.map(|run| entry::span(run, theme))),
    ]
}
