//! The rooms: groups, then people.

use super::fit;
use super::theme::Theme;
use crate::chat::model::View;
use crate::chat::model::room::{Kind, RoomLine};
use crate::text::{Lang, say};
use lacre::Presence;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// Which room stands on which row, as indices; `None` for titles and empty rows.
pub(crate) fn rows(view: &View, height: u16) -> Vec<Option<usize>> {
    // The first row says who this is.
    let mut rows = vec![None];
    let direct = view
        .rooms
        .iter()
        .position(|room| room.kind == Kind::Direct)
        .unwrap_or(view.rooms.len());
    for index in 0..view.rooms.len() {
        if index == direct && index > 0 {
            rows.push(None);
        }
        rows.push(Some(index));
    }
    // The current room stays on the screen.
    let current = view
        .rooms
        .iter()
        .position(|room| Some(room.id) == view.current);
    let at = rows
        .iter()
        .position(|row| row.is_some() && *row == current)
        .unwrap_or(0);
    let height = usize::from(height).max(2);
    let over = (at + 2).saturating_sub(height);
    if over > 0 {
        rows.drain(1..=over);
    }
    rows.truncate(height);
    rows
}

/// Draws them.
pub(super) fn draw(view: &View, frame: &mut Frame, area: Rect, theme: Theme) {
    for (row, index) in rows(view, area.height).into_iter().enumerate() {
        let y = area.y + u16::try_from(row).unwrap_or(u16::MAX);
        let place = Rect::new(area.x, y, area.width, 1);
        let line = match (row, index.and_then(|index| view.rooms.get(index))) {
            (0, _) => title(view, area.width, theme),
            (_, Some(room)) => line(view, room, area.width, theme),
            (_, None) => Line::styled(format!(" {}", say!(view.lang, "chat-direct")), theme.dim()),
        };
        frame.render_widget(line, place);
    }
}

fn title(view: &View, width: u16, theme: Theme) -> Line<'static> {
    let name = fit::cut(
        &format!("@{}", view.handle),
        usize::from(width).saturating_sub(9),
    );
    Line::from(vec![
        Span::styled(" Lacre ", theme.strong()),
        Span::styled(name, theme.dim()),
    ])
}

fn line(view: &View, room: &RoomLine, width: u16, theme: Theme) -> Line<'static> {
    let current = view.current == Some(room.id);
    let count = match room.unread {
        0 => String::new(),
        1..1000 => room.unread.to_string(),
        _ => "999+".to_owned(),
    };
    let sign = match (room.mentions, room.unread) {
        (0, 0) if room.marked => "•",
        (0, 0) => " ",
        (0, _) => "•",
        _ => "@",
    };
    // Mark, sign, blank, name, blank, count, blank.
    let name = usize::from(width).saturating_sub(4 + count.len());
    let style = match (current, room.calls(), room.joined && room.stopped.is_none()) {
        (true, ..) => theme.chosen(),
        (_, true, _) => theme.strong(),
        (_, _, false) => theme.dim(),
        _ => Style::new(),
    };
    let call = match room.mentions {
        0 => theme.strong(),
        _ => theme.call(),
    };
    // Somebody who is there, unless there is something more to say.
    let (sign, sign_style) = match room.peer(view.me) {
        Some(there) if sign == " " => presence_sign(there, theme),
        _ => (sign, call),
    };
    Line::from(vec![
        Span::styled(format!("{sign} "), sign_style),
        Span::styled(fit::padded(&shown(view, room), name), style),
        Span::raw(" "),
        Span::styled(count, call),
    ])
}

/// How somebody is there, as a sign.
pub(super) fn presence_sign(presence: Presence, theme: Theme) -> (&'static str, Style) {
    match presence {
        Presence::Away => ("○", theme.dim()),
        Presence::Busy => ("●", theme.bad()),
        _ => ("●", theme.good()),
    }
}

/// How somebody is there, in a word.
pub(super) fn presence(lang: Lang, presence: Presence) -> String {
    match presence {
        Presence::Away => say!(lang, "chat-away"),
        Presence::Busy => say!(lang, "chat-busy"),
        _ => say!(lang, "chat-available"),
    }
}

/// The room's name, or what stands for it.
pub(super) fn shown(view: &View, room: &RoomLine) -> String {
    match room.name.is_empty() {
        true => say!(view.lang, "chat-unnamed"),
        false => room.name.clone(),
    }
}
