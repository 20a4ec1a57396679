//! The rows of one message.
//!
//! On a wide screen time and name stand in columns before the text; on a narrow one they have a row
//! of their own, which messages that follow each other share.

use super::fit;
use super::theme::Theme;
use crate::chat::model::View;
use crate::chat::model::entry::{Body, Entry, Look, Progress, Run, TextLine};
use crate::chat::model::page::Page;
use crate::print::{notice, poll};
use crate::text::{Lang, say};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

/// Columns from which time and name stand beside the text.
const COLUMNS_FROM: u16 = 56;
/// Columns from which names have more room.
const BROAD_FROM: u16 = 90;
/// Cells kept free at the right for the state of own messages.
const STATE: usize = 4;

/// What the rows of a message are made for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paper<'a> {
    pub(super) view: &'a View,
    pub(super) page: &'a Page,
    pub(super) width: u16,
    pub(super) theme: Theme,
}

impl Paper<'_> {
    fn columns(&self) -> bool {
        self.width >= COLUMNS_FROM
    }

    /// Cells of a name.
    fn name(&self) -> usize {
        if self.width >= BROAD_FROM { 16 } else { 10 }
    }

    /// Cells before the text.
    fn indent(&self) -> usize {
        if self.columns() {
            // Mark, time, blank, name, blank.
            1 + 5 + 1 + self.name() + 1
        } else {
            2
        }
    }
}

/// The rows of a message. `follows`: the one above is by the same person, just before.
pub(super) fn rows(paper: Paper, entry: &Entry, follows: bool) -> Vec<Line<'static>> {
    let selected = paper.page.selected == Some(entry.id);
    let cells = usize::from(paper.width).saturating_sub(paper.indent() + STATE);
    let mut rows: Vec<Vec<Span<'static>>> = Vec::new();
    rows.extend(quote(paper, entry, cells));
    for line in text(paper.view.lang, entry) {
        for row in fit::wrap(&line, cells.max(1)) {
            rows.push(row.into_iter().map(|run| span(run, paper.theme)).collect());
        }
    }
    if let (Some(last), Some((sign, style))) = (rows.last_mut(), sign(entry, paper.theme)) {
        let used: usize = last.iter().map(|span| fit::width(&span.content)).sum();
        let free = (cells + STATE).saturating_sub(used + fit::width(sign));
        last.push(Span::raw(" ".repeat(free)));
        last.push(Span::styled(sign, style));
    }
    rows.extend(reactions(paper, entry, cells));
    let head = head(paper, entry, selected);
    let mark = match selected {
        true => Span::styled("▌", paper.theme.accent()),
        false if entry.mentions_me => Span::styled("▎", paper.theme.call()),
        false => Span::raw(" "),
    };
    let mut out = Vec::new();
    if !paper.columns() && !follows {
        out.push(Line::from_iter(
            [mark.clone()].into_iter().chain(head.clone()),
        ));
    }
    for (index, row) in rows.into_iter().enumerate() {
        let before = match paper.columns() {
            true if index == 0 => head.clone(),
            _ => vec![Span::raw(" ".repeat(paper.indent().saturating_sub(1)))],
        };
        out.push(Line::from_iter(
            [mark.clone()].into_iter().chain(before).chain(row),
        ));
    }
    out
}

/// Time and name.
fn head(paper: Paper, entry: &Entry, selected: bool) -> Vec<Span<'static>> {
    let time = paper.view.clock.minute(entry.at);
    let chosen = match selected {
        true => paper.theme.chosen(),
        false => Style::new(),
    };
    let dim = paper.theme.dim().patch(chosen);
    let name = paper.theme.name(entry.sender).patch(chosen);
    if paper.columns() {
        return vec![
            Span::styled(time, dim),
            Span::raw(" "),
            Span::styled(fit::padded(&entry.name, paper.name()), name),
            Span::raw(" "),
        ];
    }
    let room = usize::from(paper.width).saturating_sub(8);
    vec![
        Span::styled(fit::cut(&entry.name, room), name),
        Span::raw(" "),
        Span::styled(time, dim),
    ]
}

/// The first line of what is answered.
fn quote(paper: Paper, entry: &Entry, cells: usize) -> Option<Vec<Span<'static>>> {
    let quoted = paper.page.message(entry.reply_to?);
    let text = match quoted {
        Some(quoted) => {
            let said = match &quoted.body {
                Body::Text { .. } => quoted.snippet(),
                _ => plain(paper.view.lang, &quoted.body),
            };
            format!("{}: {said}", quoted.name)
        }
        None => say!(paper.view.lang, "chat-quote-older"),
    };
    Some(vec![
        Span::styled("┃ ", paper.theme.accent()),
        Span::styled(fit::cut(&text, cells.saturating_sub(2)), paper.theme.dim()),
    ])
}

/// The lines of what it says.
fn text(lang: Lang, entry: &Entry) -> Vec<TextLine> {
    let Body::Text { lines, .. } = &entry.body else {
        let lines = plain(lang, &entry.body);
        return lines
            .split('\n')
            .map(|line| vec![aside(line.to_owned())])
            .collect();
    };
    let mut lines = lines.clone();
    if lines.is_empty() {
        lines.push(Vec::new());
    }
    if entry.edited
        && let Some(last) = lines.last_mut()
    {
        last.push(aside(format!(" ({})", say!(lang, "chat-edited"))));
    }
    lines
}

/// What stands for a message that is not a text.
fn plain(lang: Lang, body: &Body) -> String {
    match body {
        Body::Text { source, .. } => source.clone(),
        Body::Deleted => say!(lang, "chat-deleted"),
        Body::Unreadable(why) => say!(lang, "chat-unreadable", why = why.as_str()),
        Body::Unsupported(what) => say!(lang, "chat-unsupported", what = what.as_str()),
        Body::Gone => say!(lang, "chat-gone"),
        Body::Poll(asked) => poll(lang, asked),
        Body::Notice(happened) => notice(lang, happened),
    }
}

fn aside(text: String) -> Run {
    Run {
        text,
        look: Look {
            dim: true,
            emphasis: true,
            ..Look::default()
        },
    }
}

/// Reactions, in rows.
fn reactions(paper: Paper, entry: &Entry, cells: usize) -> Vec<Vec<Span<'static>>> {
    let mut rows: Vec<Vec<Span<'static>>> = Vec::new();
    let mut used = cells;
    for reaction in &entry.reactions {
        let text = format!("{} {}", reaction.emoji, reaction.count);
        let wide = fit::width(&text);
        let style = match reaction.mine {
            true => paper.theme.accent().add_modifier(Modifier::BOLD),
            false => paper.theme.dim(),
        };
        if used + wide + 2 > cells {
            rows.push(Vec::new());
            used = 0;
        }
        if let Some(row) = rows.last_mut() {
            row.push(Span::styled(text, style));
            row.push(Span::raw("  "));
        }
        used += wide + 2;
    }
    rows
}

/// How far an own message came, as a sign.
fn sign(entry: &Entry, theme: Theme) -> Option<(&'static str, Style)> {
    if !entry.own || !entry.is_text() {
        return None;
    }
    Some(match entry.progress {
        Progress::Queued => ("…", theme.dim()),
        Progress::Sent => ("✓", theme.dim()),
        Progress::Failed => ("✗", theme.bad()),
    })
}

/// How far an own message came, in words.
pub(crate) fn progress(lang: Lang, progress: Progress) -> String {
    match progress {
        Progress::Queued => say!(lang, "chat-state-queued"),
        Progress::Sent => say!(lang, "chat-state-sent"),
        Progress::Failed => say!(lang, "chat-state-failed"),
    }
}

pub(super) fn span(run: Run, theme: Theme) -> Span<'static> {
    let look = run.look;
    let mut style = Style::new();
    if look.code || look.link {
        style = theme.accent();
    }
    if look.mention {
        style = theme.accent().add_modifier(Modifier::BOLD);
    }
    for (on, modifier) in [
        (look.strong, Modifier::BOLD),
        (look.emphasis, Modifier::ITALIC),
        (look.struck, Modifier::CROSSED_OUT),
        (look.link, Modifier::UNDERLINED),
        (look.dim, Modifier::DIM),
    ] {
        if on {
            style = style.add_modifier(modifier);
        }
    }
    Span::styled(run.text, style)
}
