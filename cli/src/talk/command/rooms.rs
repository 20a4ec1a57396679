//! `/salas`, `/rooms`: the rooms of this person, and those that everybody may enter.

use super::Command;
use crate::print::safe;
use crate::talk::line::Line;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;
use lacre::{Listed, Room, RoomId, RoomKind};

pub(super) const COMMAND: Command = Command {
    id: "rooms",
    pt: "salas",
    en: "rooms",
    also: &[],
    takes: &[],
    run: |session, _| Box::pin(list(session)),
};

/// How many rooms of others are shown at most.
const MOST: usize = 50;

async fn list(session: &Session) -> Answer {
    let lang = session.lang();
    // Without a connection there is nobody to ask; one's own rooms are no less there.
    let mut listed = match session.is_online() {
        true => session.ask(session.client().listed()).await?,
        false => Vec::new(),
    };
    // After the answer: what came or went while it was waited for is known by now.
    let rooms = session.client().rooms();
    let mut rooms = rooms.map_err(|error| Problem::of(lang, &error))?;
    rooms.retain(Room::is_joined);
    let mine: Vec<RoomId> = rooms.iter().map(Room::id).collect();
    let mut lines = vec![match rooms.is_empty() {
        true => Line::Info(say!(lang, "rooms-none")),
        false => Line::Table {
            title: say!(lang, "rooms-title", count = rooms.len()),
            rows: rooms.iter().map(|room| row(session, room)).collect(),
        },
    }];
    listed.retain(|room| room.open && !mine.contains(&room.room));
    let left = listed.len().saturating_sub(MOST);
    listed.truncate(MOST);
    if !listed.is_empty() {
        lines.push(Line::Table {
            title: say!(lang, "rooms-open"),
            rows: listed.iter().map(|room| open_row(session, room)).collect(),
        });
    }
    if left > 0 {
        lines.push(Line::Info(say!(lang, "rooms-more", count = left)));
    }
    Ok(lines)
}

/// A room of this person.
fn row(session: &Session, room: &Room) -> Vec<String> {
    let lang = session.lang();
    let kind = match (room.kind(), room.listed_name()) {
        (RoomKind::Direct, _) => say!(lang, "kind-direct"),
        (_, Some(_)) => say!(lang, "kind-open"),
        (RoomKind::Group, None) => say!(lang, "kind-group"),
        (RoomKind::Space, None) => say!(lang, "kind-space"),
    };
    let here = session.room().is_some_and(|here| here.id() == room.id());
    let mark = match (room.stopped(), here) {
        (Some(_), _) => say!(lang, "rooms-stopped"),
        (None, true) => say!(lang, "rooms-here"),
        (None, false) => String::new(),
    };
    let unread = match room.unread().map_or(0, |unread| unread.messages) {
        0 => String::new(),
        count => say!(lang, "rooms-unread", count = count),
    };
    let people = say!(lang, "rooms-people", count = room.members().len());
    vec![session.title(room), kind, people, unread, mark]
}

/// A room that everybody may enter.
fn open_row(session: &Session, room: &Listed) -> Vec<String> {
    let people = say!(session.lang(), "rooms-people", count = room.members);
    vec![safe(&room.name), people]
}
