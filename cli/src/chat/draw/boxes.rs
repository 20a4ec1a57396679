//! Boxes over the screen.

use super::theme::Theme;
use super::{fit, framed, help, side};
use crate::chat::model::View;
use crate::chat::model::complete::Completion;
use crate::chat::model::overlay::{Overlay, Pick, Purpose};
use crate::text::say;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph, Wrap};

/// Draws the box.
pub(super) fn draw(view: &View, overlay: &Overlay, frame: &mut Frame, theme: Theme) {
    match overlay {
        Overlay::Help { from } => keys(view, *from, frame, theme),
        Overlay::Pick(pick) => picking(view, pick, frame, theme),
        Overlay::Pins { pins, chosen } => super::search::pins(view, pins, *chosen, frame, theme),
        Overlay::Search(search) => super::search::draw(view, search, frame, theme),
        Overlay::Members { chosen } => members(view, *chosen, frame, theme),
        Overlay::Info { lines, from, .. } => {
            let shown = lines.iter().map(|line| Line::raw(line.clone())).collect();
            text(&say!(view.lang, "chat-info"), shown, *from, frame, theme);
        }
        Overlay::Lines { title, lines, from } => {
            let shown = lines.iter().map(|line| Line::raw(line.clone())).collect();
            text(title, shown, *from, frame, theme);
        }
        Overlay::Confirm { question, .. } => {
            let answer = say!(view.lang, "chat-yes-no");
            let lines = vec![
                Line::raw(question.clone()),
                Line::styled(answer, theme.dim()),
            ];
            text(&say!(view.lang, "chat-sure"), lines, 0, frame, theme);
        }
    }
}

/// A place in the middle for so many rows, as wide as the screen allows up to `cells`.
pub(super) fn middle(frame: &Frame, cells: u16, rows: usize) -> Rect {
    let area = frame.area();
    let width = cells.min(area.width.saturating_sub(2));
    let most = area.height.saturating_sub(2);
    let height = u16::try_from(rows + 2).unwrap_or(most).min(most).max(3);
    Rect::new(
        area.x + (area.width - width) / 2,
        area.y + (area.height - height) / 2,
        width,
        height,
    )
}

/// Lines to read, from one of them on.
fn text(title: &str, lines: Vec<Line<'static>>, from: usize, frame: &mut Frame, theme: Theme) {
    const CELLS: u16 = 76;
    let inner = usize::from(
        CELLS
            .min(frame.area().width.saturating_sub(2))
            .saturating_sub(4),
    );
    let rows: usize = lines
        .iter()
        .map(|line| fit::rows_of(&line.to_string(), inner.max(1)))
        .sum();
    let place = middle(frame, CELLS, rows);
    let inside = framed(frame, place, title, theme);
    let from = from.min(rows.saturating_sub(usize::from(inside.height)));
    let paragraph = Paragraph::new(lines)
        .wrap(Wrap { trim: false })
        .scroll((u16::try_from(from).unwrap_or(0), 0));
    frame.render_widget(paragraph, inside);
}

/// Cells of a key in the list of keys.
const KEY: usize = 19;

/// The keys, in two columns; on a narrow screen a long text stands below its key.
fn keys(view: &View, from: usize, frame: &mut Frame, theme: Theme) {
    let keys = help::keys(view.lang);
    let place = middle(frame, 66, keys.len());
    let inside = framed(frame, place, &say!(view.lang, "chat-help"), theme);
    let width = usize::from(inside.width);
    let mut lines: Vec<Line> = Vec::new();
    for (key, what) in keys {
        let shown = Span::styled(fit::padded(key, KEY), theme.accent());
        match key {
            "" => lines.push(Line::styled(what, theme.strong())),
            _ if KEY + fit::width(&what) <= width => {
                lines.push(Line::from(vec![shown, Span::raw(what)]));
            }
            _ => {
                lines.push(Line::from(shown));
                let what = fit::cut(&what, width.saturating_sub(4));
                lines.push(Line::raw(format!("    {what}")));
            }
        }
    }
    let from = from.min(lines.len().saturating_sub(usize::from(inside.height)));
    lines.drain(..from);
    frame.render_widget(Paragraph::new(lines), inside);
}

/// A list that is narrowed by typing.
fn picking(view: &View, pick: &Pick, frame: &mut Frame, theme: Theme) {
    const ROWS: usize = 12;
    let (title, none) = match pick.purpose {
        Purpose::Jump => (
            say!(view.lang, "chat-jump"),
            say!(view.lang, "chat-jump-none"),
        ),
        Purpose::Forward(_) => (
            say!(view.lang, "chat-forward"),
            say!(view.lang, "chat-jump-none"),
        ),
        Purpose::React(_) => (
            say!(view.lang, "chat-react"),
            say!(view.lang, "chat-react-none"),
        ),
    };
    let place = middle(frame, 50, ROWS + 1);
    let inside = framed(frame, place, &title, theme);
    let first = Rect {
        height: 1,
        ..inside
    };
    frame.render_widget(
        Line::from(vec![
            Span::styled("> ", theme.accent()),
            Span::raw(pick.typed.clone()),
        ]),
        first,
    );
    let typed = u16::try_from(fit::width(&pick.typed)).unwrap_or(0);
    frame.set_cursor_position(((inside.x + 2 + typed).min(inside.right()), inside.y));
    let list = Rect::new(
        inside.x,
        inside.y + 1,
        inside.width,
        inside.height.saturating_sub(1),
    );
    if pick.choices.is_empty() {
        frame.render_widget(Line::styled(none, theme.dim()), list);
        return;
    }
    let rows = pick
        .choices
        .iter()
        .map(|choice| (choice.label.clone(), choice.note.clone()));
    choices(rows.collect(), pick.chosen, frame, list, theme);
}

/// The people of the room.
fn members(view: &View, chosen: usize, frame: &mut Frame, theme: Theme) {
    let Some(room) = view.room() else { return };
    let rows: Vec<_> = room
        .people
        .iter()
        .map(|person| {
            let mut note = Vec::new();
            if person.account == view.me {
                note.push(say!(view.lang, "chat-you"));
            }
            if let Some(there) = person.presence {
                note.push(side::presence(view.lang, there));
            }
            if person.owner {
                note.push(say!(view.lang, "chat-owner"));
            }
            let mut label = format!("@{}", person.handle);
            if person.name != person.handle {
                label = format!("{}  {label}", person.name);
            }
            (label, note.join(", "))
        })
        .collect();
    let place = middle(frame, 44, rows.len().clamp(1, 16));
    let title = say!(view.lang, "chat-people", count = rows.len());
    let inside = framed(frame, place, &title, theme);
    choices(rows, chosen, frame, inside, theme);
}

/// Rows with a note at the right, the chosen one kept in view.
fn choices(
    rows: Vec<(String, String)>,
    chosen: usize,
    frame: &mut Frame,
    area: Rect,
    theme: Theme,
) {
    let width = usize::from(area.width);
    let from = (chosen + 1).saturating_sub(usize::from(area.height));
    let lines: Vec<Line> = rows
        .into_iter()
        .enumerate()
        .skip(from)
        .map(|(index, (label, note))| {
            let style = match index == chosen {
                true => theme.chosen(),
                false => Style::new(),
            };
            let note = fit::cut(&note, width / 2);
            let label = fit::padded(&label, width.saturating_sub(fit::width(&note) + 1));
            Line::from(vec![
                Span::styled(format!("{label} "), style),
                Span::styled(note, style.patch(theme.dim())),
            ])
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), area);
}

/// Ways to go on, above the composer.
pub(super) fn completions(found: &Completion, frame: &mut Frame, composer: Rect, theme: Theme) {
    let rows = u16::try_from(found.choices.len()).unwrap_or(1).min(8);
    let wide = found
        .choices
        .iter()
        .map(|choice| fit::width(&choice.label))
        .max()
        .unwrap_or(0);
    let width = u16::try_from(wide + 2).unwrap_or(composer.width);
    let place = Rect::new(
        composer.x + 1,
        composer.y.saturating_sub(rows + 1),
        width.min(composer.width.saturating_sub(2)),
        rows,
    );
    frame.render_widget(Clear, place);
    let lines: Vec<Line> = found
        .choices
        .iter()
        .enumerate()
        .map(|(index, choice)| {
            let style = match index == found.chosen {
                true => theme.chosen(),
                false => theme.accent(),
            };
            let text = fit::padded(&choice.label, usize::from(place.width).saturating_sub(2));
            Line::styled(format!(" {text} "), style)
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), place);
}
