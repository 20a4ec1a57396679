//! The rows of one message.
//!
//! On a wide screen time and name stand in columns before the text; on a narrow one they have a row
//! of their own, which messages that follow each other share.

use super::fit;
use super::theme::Theme;
use crate::chat::model::View;
use crate::chat::model::entry::{Body, Entry, Look, Poll, Progress, Run, TextLine};
use crate::chat::model::page::Page;
use crate::text::{Lang, say};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

/// Columns from which time and name stand beside the text.
const COLUMNS_FROM: u16 = 56;
/// Columns from which names have more room.
const BROAD_FROM: u16 = 90;
/// Cells kept free at the right for the state of own messages.
const STATE: usize = 6;

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
    if let Body::Notice(text) = &entry.body {
        return notice(paper, entry, text, selected);
    }
    let mut rows: Vec<Vec<Span<'static>>> = Vec::new();
    rows.extend(forwarded(paper, entry, cells));
    rows.extend(quote(paper, entry, cells));
    for line in text(paper.view.lang, entry) {
        for row in fit::wrap(&line, cells.max(1)) {
            rows.push(row.into_iter().map(|run| span(run, paper.theme)).collect());
        }
    }
    if let (Some(last), Some((sign, style))) = (rows.last_mut(), sign(entry, paper.theme)) {
        let used: usize = last.iter().map(|span| fit::width(&span.content)).sum();
        let free = (cells + STATE).saturating_sub(used + fit::width(&sign));
        last.push(Span::raw(" ".repeat(free)));
        last.push(Span::styled(sign, style));
    }
    rows.extend(reactions(paper, entry, cells));
    if entry.replies > 0 {
        let text = say!(paper.view.lang, "chat-thread", count = entry.replies);
        rows.push(vec![Span::styled(
            format!("↳ {text}"),
            paper.theme.accent(),
        )]);
    }
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

/// The rows of something that happened.
fn notice(paper: Paper, entry: &Entry, text: &str, selected: bool) -> Vec<Line<'static>> {
    let mark = match selected {
        true => Span::styled("▌", paper.theme.accent()),
        false => Span::raw(" "),
    };
    let dim = paper.theme.dim();
    let time = format!("{} · ", paper.view.clock.minute(entry.at));
    let before = fit::width(&time);
    let cells = usize::from(paper.width).saturating_sub(before + 2);
    let rows = fit::wrap(&[Run::plain(text)], cells.max(1));
    let row = |(index, row): (usize, TextLine)| {
        let before = match index {
            0 => time.clone(),
            _ => " ".repeat(before),
        };
        let words = row.into_iter().map(|run| Span::styled(run.text, dim));
        let first = [mark.clone(), Span::styled(before, dim)];
        Line::from_iter(first.into_iter().chain(words))
    };
    rows.into_iter().enumerate().map(row).collect()
}

/// Where it was forwarded from.
fn forwarded(paper: Paper, entry: &Entry, cells: usize) -> Option<Vec<Span<'static>>> {
    let name = entry.forwarded.as_deref()?;
    let text = match name {
        "" => say!(paper.view.lang, "chat-forwarded"),
        name => say!(paper.view.lang, "chat-forwarded-from", name = name),
    };
    let text = fit::cut(&format!("→ {text}"), cells);
    Some(vec![Span::styled(text, paper.theme.dim())])
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
    // In a thread only an answer to something else than its first message says more than it; where
    // only the thread is shown, only that.
    let thread = entry.thread.filter(|_| paper.page.root.is_none());
    let answered = entry.reply_to.or(thread)?;
    let sign = match entry.reply_to {
        None => "↳ ",
        Some(_) => "┃ ",
    };
    let quoted = paper.page.message(answered);
    let text = match quoted {
        Some(quoted) => {
            let said = match &quoted.body {
                Body::Text { .. } | Body::Poll(_) => quoted.snippet(),
                _ => plain(paper.view.lang, &quoted.body),
            };
            format!("{}: {said}", quoted.name)
        }
        None => say!(paper.view.lang, "chat-quote-older"),
    };
    Some(vec![
        Span::styled(sign, paper.theme.accent()),
        Span::styled(fit::cut(&text, cells.saturating_sub(2)), paper.theme.dim()),
    ])
}

/// The lines of what it says.
fn text(lang: Lang, entry: &Entry) -> Vec<TextLine> {
    let mut lines = match &entry.body {
        Body::Text { lines, .. } => lines.clone(),
        Body::Poll(asked) => poll(lang, asked),
        other => return vec![vec![aside(plain(lang, other))]],
    };
    if lines.is_empty() {
        lines.push(Vec::new());
    }
    let mut notes = Vec::new();
    if entry.edited {
        notes.push(say!(lang, "chat-edited"));
    }
    if entry.pinned {
        notes.push(say!(lang, "chat-pinned"));
    }
    if !notes.is_empty()
        && let Some(last) = lines.last_mut()
    {
        last.push(aside(format!(" ({})", notes.join(", "))));
    }
    lines
}

/// The question, then the options with their keys and votes.
fn poll(lang: Lang, poll: &Poll) -> Vec<TextLine> {
    let strong = |mut run: Run| {
        run.look.strong = true;
        run
    };
    let mut lines: Vec<TextLine> = poll.question.clone();
    lines
        .iter_mut()
        .for_each(|line| *line = std::mem::take(line).into_iter().map(strong).collect());
    for (index, option) in poll.options.iter().enumerate() {
        let sign = if option.mine { "●" } else { "○" };
        let text = format!("{} {sign} {}", index + 1, option.text);
        let mut line = vec![match option.mine {
            true => strong(Run::plain(text)),
            false => Run::plain(text),
        }];
        if option.votes > 0 {
            line.push(aside(format!("  {}", option.votes)));
        }
        lines.push(line);
    }
    let rule = match (poll.closed, poll.multiple) {
        (true, _) => say!(lang, "chat-poll-closed"),
        (false, true) => say!(lang, "chat-poll-several"),
        (false, false) => say!(lang, "chat-poll-one"),
    };
    lines.push(vec![aside(rule)]);
    lines
}

/// What stands for a message that is not a text.
fn plain(lang: Lang, body: &Body) -> String {
    match body {
        Body::Text { source, .. } => source.clone(),
        Body::Notice(text) => text.clone(),
        Body::Poll(_) => String::new(),
        Body::Deleted => say!(lang, "chat-deleted"),
        Body::Unreadable(why) => say!(lang, "chat-unreadable", why = why.as_str()),
        Body::Unsupported(what) => say!(lang, "chat-unsupported", what = what.as_str()),
        Body::Gone => say!(lang, "chat-gone"),
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
fn sign(entry: &Entry, theme: Theme) -> Option<(String, Style)> {
    if !entry.own || !entry.is_said() {
        return None;
    }
    Some(match entry.progress {
        Progress::Queued => ("…".to_owned(), theme.dim()),
        Progress::Sent => ("✓".to_owned(), theme.dim()),
        Progress::Delivered => ("✓✓".to_owned(), theme.dim()),
        Progress::Read(_, 0 | 1) => ("✓✓".to_owned(), theme.good()),
        Progress::Read(read, _) => (format!("✓✓ {read}"), theme.good()),
        Progress::Failed => ("✗".to_owned(), theme.bad()),
    })
}

/// How far an own message came, in words.
pub(crate) fn progress(lang: Lang, progress: Progress) -> String {
    match progress {
        Progress::Queued => say!(lang, "chat-state-queued"),
        Progress::Sent => say!(lang, "chat-state-sent"),
        Progress::Delivered => say!(lang, "chat-state-delivered"),
        Progress::Read(read, of) => say!(lang, "chat-state-read", count = read, of = of),
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
