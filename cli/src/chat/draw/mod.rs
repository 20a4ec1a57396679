//! Drawing the screen from the [`View`]: pure, and the same for the same view.

pub(crate) mod boxes;
mod composer;
pub(crate) mod entry;
mod fit;
mod header;
mod help;
mod search;
pub(crate) mod side;
mod status;
mod theme;
mod timeline;
pub(crate) mod when;

pub(crate) use timeline::height;

use super::model::View;
use super::model::composer::Aim;
use crate::text::say;
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders, Paragraph, Wrap};
use theme::Theme;

/// Columns below which there is no side bar.
const SIDE_FROM: u16 = 70;
/// Columns of the side bar.
const SIDE: u16 = 20;
/// The smallest screen.
const LEAST: (u16, u16) = (24, 8);
/// Rows below which the header has no line under it.
const ROOMY: u16 = 20;

/// Where things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Areas {
    /// The rooms.
    pub(crate) side: Option<Rect>,
    pub(crate) header: Rect,
    /// The messages.
    pub(crate) timeline: Rect,
    /// What the text is meant for, and the text.
    pub(crate) composer: Rect,
    pub(crate) status: Rect,
}

/// Where things stand on this screen.
pub(crate) fn areas(view: &View) -> Areas {
    let (width, height) = (view.size.width, view.size.height);
    let composer = composer_rows(view, width, height);
    // Composer, the line above it and the status below.
    let foot = composer + 2;
    let upper = height.saturating_sub(foot);
    let side = (width >= SIDE_FROM).then(|| Rect::new(0, 0, SIDE, upper));
    let left = side.map_or(0, |side| side.width + 1);
    let head = if height >= ROOMY { 2 } else { 1 };
    let main = width.saturating_sub(left);
    Areas {
        side,
        header: Rect::new(left, 0, main, 1),
        timeline: Rect::new(left, head, main, upper.saturating_sub(head)),
        composer: Rect::new(0, upper + 1, width, composer),
        status: Rect::new(0, height.saturating_sub(1), width, 1),
    }
}

/// Rows of the composer: as many as the text needs, up to a third of the screen.
fn composer_rows(view: &View, width: u16, height: u16) -> u16 {
    let Some(composer) = view.composer() else {
        return 1;
    };
    let inner = usize::from(width.saturating_sub(composer::PROMPT));
    let rows: usize = composer
        .area
        .lines()
        .iter()
        .map(|line| fit::rows_of(line, inner))
        .sum();
    let most = usize::from((height / 3).clamp(1, 10));
    let aim = u16::from(composer.aim != Aim::New);
    u16::try_from(rows.clamp(1, most)).unwrap_or(1) + aim
}

/// Draws everything.
pub(crate) fn draw(view: &View, frame: &mut Frame) {
    let theme = Theme::new(view.colour);
    let area = frame.area();
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let text = say!(
            view.lang,
            "chat-too-small",
            width = LEAST.0,
            height = LEAST.1
        );
        frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: true }), area);
        return;
    }
    let areas = areas(view);
    lines(&areas, frame, theme);
    if let Some(side) = areas.side {
        side::draw(view, frame, side, theme);
    }
    header::draw(view, frame, areas.header, theme);
    timeline::draw(view, frame, areas.timeline, theme);
    composer::draw(view, frame, areas.composer, theme);
    status::draw(view, frame, areas.status, theme);
    if let Some(completion) = &view.completion {
        boxes::completions(completion, frame, areas.composer, theme);
    }
    if let Some(overlay) = &view.overlay {
        boxes::draw(view, overlay, frame, theme);
    }
}

/// The lines between the parts.
fn lines(areas: &Areas, frame: &mut Frame, theme: Theme) {
    let Rect { width, .. } = frame.area();
    let above = areas.composer.y.saturating_sub(1);
    let buffer = frame.buffer_mut();
    let mut put = |x: u16, y: u16, symbol: &str| {
        if let Some(cell) = buffer.cell_mut((x, y)) {
            cell.set_symbol(symbol).set_style(theme.line());
        }
    };
    (0..width).for_each(|x| put(x, above, "─"));
    let under = areas.header.bottom();
    let has_rule = areas.timeline.y > under;
    if has_rule {
        (areas.header.x..width).for_each(|x| put(x, under, "─"));
    }
    if let Some(side) = areas.side {
        let x = side.right();
        (0..above).for_each(|y| put(x, y, "│"));
        if has_rule {
            put(x, under, "├");
        }
        put(x, above, "┴");
    }
}

/// A frame with a title; returns what is inside.
fn framed(frame: &mut Frame, area: Rect, title: &str, theme: Theme) -> Rect {
    frame.render_widget(ratatui::widgets::Clear, area);
    let block = Block::new()
        .borders(Borders::ALL)
        .border_style(theme.line())
        .title(Line::styled(format!(" {title} "), theme.strong()));
    frame.render_widget(block, area);
    area.inner(Margin::new(2, 1))
}
