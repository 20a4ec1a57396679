//! What rooms and people are called, to tell when they are called otherwise.
//!
//! A room learns the names of its people one after the other, most of them before anybody has said
//! a word. So only those are told of whose messages were shown: others would not be missed.

use super::line::Line;
use super::said::{called, name};
use super::session::Session;
use crate::print::safe;
use crate::text::say;
use lacre::{AccountId, Member, RoomId, RoomKind};
use std::collections::HashMap;

/// The rooms, and the people whose messages were shown.
#[derive(Debug, Default)]
pub(crate) struct Names {
    rooms: HashMap<RoomId, String>,
    people: HashMap<AccountId, Known>,
}

/// As somebody was last shown.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    name: String,
    status: Option<String>,
}

impl Known {
    fn of(member: &Member) -> Self {
        Self {
            name: member.name.clone(),
            status: member.status.clone(),
        }
    }
}

impl Names {
    /// Those of the rooms that are there.
    pub(crate) fn of(session: &Session) -> Self {
        let mut names = Self::default();
        // A store that cannot be read says so where it matters.
        for room in session.client().rooms().unwrap_or_default() {
            names.rooms.insert(room.id(), session.title(&room));
        }
        names
    }

    /// A room is there, under the name it has now.
    pub(crate) fn added(&mut self, session: &Session, room: RoomId) {
        self.rooms.insert(room, session.title_of(room));
    }

    /// A message of somebody was shown in a room.
    pub(crate) fn heard(&mut self, session: &Session, room: RoomId, account: AccountId) {
        if self.people.contains_key(&account) {
            return;
        }
        let members = session.client().room(room).map(|room| room.members());
        let mut members = members.into_iter().flatten();
        if let Some(member) = members.find(|member| member.account == account) {
            self.people.insert(account, Known::of(&member));
        }
    }

    /// A room has changed: whether it is called otherwise now, or who of its people is or says something
    /// else.
    pub(crate) fn told(&mut self, session: &Session, room: RoomId) -> Vec<Line> {
        let (lang, me) = (session.lang(), session.client().me().account);
        let members = session.client().room(room).map(|room| room.members());
        let mut lines: Vec<Line> = self.renamed(session, room).into_iter().collect();
        for member in members.into_iter().flatten() {
            let Some(known) = self.people.get_mut(&member.account) else {
                continue;
            };
            let before = std::mem::replace(known, Known::of(&member));
            if member.account == me || before == *known {
                continue;
            }
            let handle = name(lang, &member.handle);
            if before.name != known.name {
                let told = match known.name == member.handle {
                    true => say!(lang, "told-unnamed", who = handle),
                    false => say!(lang, "told-named", who = handle, name = safe(&known.name)),
                };
                lines.push(Line::Info(told));
            }
            if let Some(status) = known
                .status
                .as_deref()
                .filter(|_| before.status != known.status)
            {
                let who = called(lang, &known.name, &member.handle);
                let told = say!(lang, "told-status", who = who, status = safe(status));
                lines.push(Line::Info(told));
            }
        }
        lines
    }

    fn renamed(&mut self, session: &Session, id: RoomId) -> Option<Line> {
        let room = session.client().room(id).ok()?;
        // A conversation of two is called by the other one; until its name has come a room has none.
        if room.kind() == RoomKind::Direct || room.name().is_empty() {
            return None;
        }
        let now = session.title(&room);
        let before = self.rooms.insert(id, now.clone())?;
        let told = || {
            say!(
                session.lang(),
                "told-renamed",
                room = before.as_str(),
                name = now.as_str()
            )
        };
        (before != now).then(told).map(Line::Info)
    }
}
