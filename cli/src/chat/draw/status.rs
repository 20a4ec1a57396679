//! The last row: the connection, what is not sent yet, what just happened, and the keys of this
//! place.

use super::fit;
use super::theme::Theme;
use crate::chat::model::entry::Body;
use crate::chat::model::{Link, View};
use crate::text::say;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// Draws it.
pub(super) fn draw(view: &View, frame: &mut Frame, area: Rect, theme: Theme) {
    let width = usize::from(area.width);
    let mut left = vec![Span::raw(" ")];
    let narrow = area.width < super::SIDE_FROM;
    match &view.toast {
        Some(toast) => {
            let style = if toast.bad { theme.bad() } else { theme.good() };
            let text = fit::cut(&toast.text, width.saturating_sub(2));
            left.push(Span::styled(text, style));
        }
        None => left.extend(state(view, narrow, theme)),
    }
    let used: usize = left.iter().map(|span| fit::width(&span.content)).sum();
    let free = width.saturating_sub(used + 2);
    let hints = hints(view, free, theme);
    let wide: usize = hints.iter().map(|span| fit::width(&span.content)).sum();
    left.push(Span::raw(" ".repeat(width.saturating_sub(used + wide + 1))));
    left.extend(hints);
    frame.render_widget(Line::from(left), area);
}

/// The connection and what waits for it.
fn state(view: &View, narrow: bool, theme: Theme) -> Vec<Span<'static>> {
    let (sign, style, text) = match view.link {
        Link::Connecting => ("○", theme.dim(), say!(view.lang, "chat-connecting")),
        Link::Online => ("●", theme.good(), say!(view.lang, "chat-online")),
        Link::Offline => ("○", theme.bad(), say!(view.lang, "chat-offline")),
    };
    let mut out = vec![Span::styled(sign, style)];
    if !narrow || view.link != Link::Online {
        out.push(Span::styled(format!(" {text}"), theme.dim()));
    }
    if view.away {
        let text = say!(view.lang, "chat-away");
        out.push(Span::styled(format!(" · {text}"), theme.dim()));
    }
    if let Some(text) = typing(view) {
        out.push(Span::styled(format!(" · {text}"), theme.dim()));
    }
    let unsent = view.unsent();
    // On a good line a message is unsent for a blink; that is no news. On one that looks good and is
    // not, this is the first that tells.
    if unsent > 0 && (view.link != Link::Online || view.waits()) {
        let text = say!(view.lang, "chat-unsent", count = unsent);
        out.push(Span::styled(format!(" · {text}"), theme.bad()));
    }
    out
}

/// Who is writing in the room on the screen.
fn typing(view: &View) -> Option<String> {
    let typing = view.typing.get(&view.current?)?;
    let lang = view.lang;
    match typing.as_slice() {
        [] => None,
        [(_, one)] => Some(say!(lang, "chat-typing-one", name = one.as_str())),
        [(_, one), (_, other)] => Some(say!(
            lang,
            "chat-typing-two",
            name = one.as_str(),
            other = other.as_str()
        )),
        many => Some(say!(lang, "chat-typing-many", count = many.len())),
    }
}

/// Keys of this place, as many as fit.
fn hints(view: &View, free: usize, theme: Theme) -> Vec<Span<'static>> {
    let lang = view.lang;
    let selected = view.page().and_then(|page| page.selection());
    let hints: Vec<(&str, String)> = match selected {
        _ if view.overlay.is_some() => vec![("Esc", say!(lang, "chat-hint-close"))],
        Some(entry) => {
            let mut hints = Vec::new();
            if matches!(&entry.body, Body::Poll(poll) if !poll.closed) {
                hints.push(("1-9", say!(lang, "chat-hint-vote")));
            }
            if entry.is_said() {
                hints.push(("r", say!(lang, "chat-hint-reply")));
                hints.push(("+", say!(lang, "chat-hint-react")));
                if entry.own && entry.is_text() {
                    hints.push(("e", say!(lang, "chat-hint-edit")));
                }
                if entry.own {
                    hints.push(("d", say!(lang, "chat-hint-delete")));
                }
                if view.thread.is_none() {
                    hints.push(("t", say!(lang, "chat-hint-thread")));
                }
                hints.push(("p", say!(lang, "chat-hint-pin")));
                hints.push(("f", say!(lang, "chat-hint-forward")));
            }
            if entry.is_text() {
                hints.push(("c", say!(lang, "chat-hint-copy")));
            }
            if entry.is_said() && !entry.own {
                hints.push(("u", say!(lang, "chat-hint-unread")));
            }
            hints.push(("i", say!(lang, "chat-hint-info")));
            hints.push(("Esc", say!(lang, "chat-hint-back")));
            hints
        }
        None if view.thread.is_some() => vec![
            ("Esc", say!(lang, "chat-hint-back")),
            ("F1", say!(lang, "chat-hint-help")),
            ("Alt-↑", say!(lang, "chat-hint-select")),
        ],
        None => vec![
            ("F1", say!(lang, "chat-hint-help")),
            ("Ctrl-K", say!(lang, "chat-hint-jump")),
            ("Alt-↑", say!(lang, "chat-hint-select")),
        ],
    };
    let mut out = Vec::new();
    let mut used = 0;
    for (key, word) in hints {
        let wide = fit::width(key) + fit::width(&word) + 3;
        if used + wide > free {
            break;
        }
        used += wide;
        out.push(Span::styled(key.to_owned(), theme.accent()));
        out.push(Span::styled(format!(" {word}  "), theme.dim()));
    }
    trim(&mut out);
    out
}

/// Takes the blanks at the end away.
fn trim(spans: &mut [Span<'static>]) {
    if let Some(last) = spans.last_mut() {
        let style: Style = last.style;
        *last = Span::styled(last.content.trim_end().to_owned(), style);
    }
}
