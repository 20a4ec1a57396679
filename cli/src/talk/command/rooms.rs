//! `/salas`, `/rooms`: the rooms of this person.

use super::Command;
use crate::talk::line::Line;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;
use lacre::{Room, RoomKind};

pub(super) const COMMAND: Command = Command {
    id: "rooms",
    pt: "salas",
    en: "rooms",
    also: &[],
    takes: &[],
    run: |session, _| Box::pin(async move { list(session) }),
};

fn list(session: &Session) -> Answer {
    let lang = session.lang();
    let rooms = session.client().rooms();
    let mut rooms = rooms.map_err(|error| Problem::of(lang, &error))?;
    rooms.retain(Room::is_joined);
    if rooms.is_empty() {
        return Session::info(say!(lang, "rooms-none"));
    }
    let here = session.room().map(|room| room.id());
    let row = |room: &Room| {
        let kind = match room.kind() {
            RoomKind::Direct => say!(lang, "kind-direct"),
            RoomKind::Group => say!(lang, "kind-group"),
            RoomKind::Space => say!(lang, "kind-space"),
        };
        let mark = match (room.stopped(), here == Some(room.id())) {
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
    };
    Ok(vec![Line::Table {
        title: say!(lang, "rooms-title", count = rooms.len()),
        rows: rooms.iter().map(row).collect(),
    }])
}
