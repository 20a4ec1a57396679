//! The messages of the room on the screen, from the lower edge upwards.

use super::entry::{Paper, rows};
use super::fit;
use super::theme::Theme;
use super::when;
use crate::chat::model::View;
use crate::chat::model::entry::Body;
use crate::chat::model::page::Page;
use crate::text::say;
use ratatui::Frame;
use ratatui::layout::{Alignment, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

/// Within how many milliseconds messages of one person follow each other.
const FOLLOWS: u64 = 5 * 60_000;

/// How many rows an entry takes, with the lines above it.
pub(crate) fn height(view: &View, page: &Page, index: usize, width: u16) -> usize {
    let paper = Paper {
        view,
        page,
        width,
        theme: Theme::new(view.colour),
    };
    all_rows(paper, index).len()
}

/// The rows of an entry with the lines above it.
fn all_rows(paper: Paper, index: usize) -> Vec<Line<'static>> {
    let Some(entry) = paper.page.entries.get(index) else {
        return Vec::new();
    };
    let before = index
        .checked_sub(1)
        .and_then(|before| paper.page.entries.get(before));
    let clock = &paper.view.clock;
    let mut out = Vec::new();
    let mut follows = before.is_some_and(|before| {
        let notice = matches!(before.body, Body::Notice(_));
        !notice && before.sender == entry.sender && entry.at.abs_diff(before.at) < FOLLOWS
    });
    if before.is_none_or(|before| !when::same_day(clock, before.at, entry.at)) {
        let day = when::day(paper.view.lang, clock, entry.at, paper.view.now);
        out.push(across(&day, paper.width, paper.theme.dim()));
        follows = false;
    }
    if paper.page.new_from == Some(entry.message) {
        let new = say!(paper.view.lang, "chat-new");
        out.push(across(&new, paper.width, paper.theme.call()));
        follows = false;
    }
    out.extend(rows(paper, entry, follows));
    out
}

/// A word in the middle of a line.
fn across(word: &str, width: u16, style: Style) -> Line<'static> {
    let word = fit::cut(word, usize::from(width).saturating_sub(4));
    let free = usize::from(width).saturating_sub(fit::width(&word) + 2);
    let left = "─".repeat(free / 2);
    let right = "─".repeat(free - free / 2);
    Line::from(Span::styled(format!("{left} {word} {right}"), style))
}

/// Draws them.
pub(super) fn draw(view: &View, frame: &mut Frame, area: Rect, theme: Theme) {
    let Some(page) = view.page().filter(|page| !page.entries.is_empty()) else {
        return empty(view, frame, area, theme);
    };
    let paper = Paper {
        view,
        page,
        width: area.width,
        theme,
    };
    let Some((edge, hidden)) = page.edge() else {
        return;
    };
    let view_rows = usize::from(area.height);
    // Upwards from the lower edge, each block of rows turned around.
    let mut upwards: Vec<Line> = Vec::new();
    for index in (0..=edge).rev() {
        upwards.extend(all_rows(paper, index).into_iter().rev());
        if upwards.len() >= view_rows + hidden {
            break;
        }
    }
    let mut lines: Vec<Line> = upwards.into_iter().skip(hidden).take(view_rows).collect();
    lines.reverse();
    frame.render_widget(Paragraph::new(lines), area);
    if page.anchor.is_some() {
        below(view, frame, area, theme);
    }
}

/// Says that there is more below.
fn below(view: &View, frame: &mut Frame, area: Rect, theme: Theme) {
    let unread = view.room().map_or(0, |room| room.unread);
    let text = match unread {
        0 => format!(" ↓ {} ", say!(view.lang, "chat-below")),
        unread => format!(" ↓ {} ", say!(view.lang, "chat-below-new", count = unread)),
    };
    let wide = u16::try_from(fit::width(&text)).unwrap_or(area.width);
    let wide = wide.min(area.width);
    let place = Rect::new(
        area.right().saturating_sub(wide),
        area.bottom().saturating_sub(1),
        wide,
        1,
    );
    frame.render_widget(Line::styled(text, theme.chosen()), place);
}

/// What stands where there are no messages.
fn empty(view: &View, frame: &mut Frame, area: Rect, theme: Theme) {
    let text = match (view.room(), view.page()) {
        (Some(_), Some(page)) if page.ready => say!(view.lang, "chat-no-messages"),
        (None, _) if view.ready => say!(view.lang, "chat-no-rooms"),
        _ => return,
    };
    let middle = Rect::new(
        area.x + 1,
        area.y + area.height / 3,
        area.width.saturating_sub(2),
        area.height - area.height / 3,
    );
    let paragraph = Paragraph::new(text)
        .style(theme.dim())
        .alignment(Alignment::Center)
        .wrap(Wrap { trim: true });
    frame.render_widget(paragraph, middle);
}
