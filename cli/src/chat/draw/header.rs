//! The room on the screen: its name and how many people are in it.

use super::fit;
use super::side::{self, shown};
use super::theme::Theme;
use crate::chat::model::View;
use crate::chat::model::room::Kind;
use crate::chat::model::thread::Thread;
use crate::text::say;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Draws it.
pub(super) fn draw(view: &View, frame: &mut Frame, area: Rect, theme: Theme) {
    let Some(room) = view.room() else {
        let title = Line::styled(" Lacre", theme.strong());
        frame.render_widget(title, area);
        return;
    };
    if let Some(thread) = &view.thread {
        return in_thread(view, thread, &shown(view, room), frame, area, theme);
    }
    let facts = match (&room.stopped, room.joined, room.kind) {
        (Some(_), ..) => say!(view.lang, "chat-stopped"),
        (None, false, _) => say!(view.lang, "chat-not-in"),
        (None, true, Kind::Direct) => match (room.peer(view.me), room.peer_seen(view.me)) {
            (Some(presence), _) => side::presence(view.lang, presence),
            (None, Some(at)) => {
                let at = view.clock.stamp(view.lang, at);
                say!(view.lang, "chat-seen", at = at)
            }
            (None, None) => String::new(),
        },
        (None, true, Kind::Group) => {
            let people = say!(view.lang, "chat-people", count = room.people.len());
            match room.here(view.me) {
                0 => people,
                here => format!(
                    "{people} · {}",
                    say!(view.lang, "chat-here", count = here + 1)
                ),
            }
        }
    };
    let sign = match room.kind {
        Kind::Direct => "@",
        Kind::Group => "#",
    };
    let width = usize::from(area.width);
    let facts = fit::cut(&facts, width / 2);
    let name = width.saturating_sub(fit::width(&facts) + 5);
    frame.render_widget(
        Line::from(vec![
            Span::styled(format!(" {sign} "), theme.dim()),
            Span::styled(fit::padded(&shown(view, room), name), theme.strong()),
            Span::raw(" "),
            Span::styled(facts, theme.dim()),
        ]),
        area,
    );
}

/// The thread on the screen: whose it is and how it begins; at the right its room.
fn in_thread(
    view: &View,
    thread: &Thread,
    room: &str,
    frame: &mut Frame,
    area: Rect,
    theme: Theme,
) {
    let first = thread.page.message(thread.root);
    let title = match first {
        Some(first) => say!(view.lang, "chat-in-thread", name = first.name.as_str()),
        None => say!(view.lang, "chat-hint-thread"),
    };
    let text = first.map(|first| first.snippet()).unwrap_or_default();
    let width = usize::from(area.width);
    let room = fit::cut(room, width / 3);
    let left = width.saturating_sub(fit::width(&room) + 5);
    let title = fit::cut(&title, left);
    let rest = left.saturating_sub(fit::width(&title) + 1);
    let line = Line::from(vec![
        Span::styled(" ↳ ", theme.dim()),
        Span::styled(title, theme.strong()),
        Span::raw(" "),
        Span::styled(fit::padded(&text, rest), theme.dim()),
        Span::raw(" "),
        Span::styled(room, theme.dim()),
    ]);
    frame.render_widget(line, area);
}
