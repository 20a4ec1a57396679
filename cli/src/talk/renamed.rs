//! What rooms and people are called, to tell when they are called otherwise.
//!
//! A room learns the names of its people one after the other, most of them before anybody has said
//! a word. So only those are told of whose messages were shown: others would not be missed. Two who
//! are called alike in one room may not be so in another, so somebody is looked at in the room where
//! they were heard last.

use super::line::Line;
use super::said::{called, name};
use super::session::Session;
use crate::print::safe;
use crate::text::{Lang, say};
use lacre::{AccountId, Member, RoomId, RoomKind};
use std::collections::HashMap;

/// The rooms, and the people whose messages were shown.
#[derive(Debug, Default)]
pub(crate) struct Names {
    rooms: HashMap<RoomId, String>,
    people: HashMap<AccountId, Known>,
}

/// Somebody as they were last shown.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    /// Where they were heard last.
    room: RoomId,
    name: String,
    status: Option<String>,
}

impl Known {
    fn of(room: RoomId, member: &Member) -> Self {
        Self {
            room,
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
        let members = session.client().room(room).map(|room| room.members());
        let mut members = members.into_iter().flatten();
        if let Some(member) = members.find(|member| member.account == account) {
            self.hear(room, &member);
        }
    }

    fn hear(&mut self, room: RoomId, member: &Member) {
        let known = self.people.entry(member.account);
        let known = known.or_insert_with(|| Known::of(room, member));
        if known.room != room {
            *known = Known::of(room, member);
        }
    }

    /// A room has changed: whether it is called otherwise now, or who of its people is or says something
    /// else.
    pub(crate) fn told(&mut self, session: &Session, room: RoomId) -> Vec<Line> {
        let members = session.client().room(room).map(|room| room.members());
        let me = session.client().me().account;
        let mut lines: Vec<Line> = self.renamed(session, room).into_iter().collect();
        let others = members.into_iter().flatten();
        for member in others.filter(|member| member.account != me) {
            lines.extend(self.compare(session.lang(), room, &member));
        }
        lines
    }

    /// What is new of somebody in a room.
    fn compare(&mut self, lang: Lang, room: RoomId, member: &Member) -> Vec<Line> {
        let known = self.people.get_mut(&member.account);
        let Some(known) = known.filter(|known| known.room == room) else {
            return Vec::new();
        };
        let before = std::mem::replace(known, Known::of(room, member));
        let mut told = Vec::new();
        // The handle of somebody who had none yet is no news.
        let nameless = member.account.to_string().starts_with(&before.name);
        if before.name != known.name && !nameless {
            let handle = name(lang, &member.handle);
            told.push(match known.name == member.handle {
                true => say!(lang, "told-unnamed", who = handle),
                false => say!(lang, "told-named", who = handle, name = safe(&known.name)),
            });
        }
        let status = known.status.as_deref();
        if let Some(status) = status.filter(|_| before.status != known.status) {
            let who = called(lang, &known.name, &member.handle);
            told.push(say!(lang, "told-status", who = who, status = safe(status)));
        }
        told.into_iter().map(Line::Info).collect()
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

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::talk::line::Line;
    use crate::text::Lang;
    use lacre::{AccountId, Member, Role, RoomId};

    const HERE: RoomId = RoomId([1; 16]);
    const THERE: RoomId = RoomId([2; 16]);

    fn ana(name: &str, status: Option<&str>) -> Member {
        Member {
            account: AccountId([7; 32]),
            handle: "ana".to_owned(),
            name: name.to_owned(),
            status: status.map(str::to_owned),
            role: Role::Member,
        }
    }

    fn told(names: &mut Names, room: RoomId, member: &Member) -> Vec<String> {
        let lines = names.compare(Lang::En, room, member);
        let text = |line: Line| match line {
            Line::Info(text) => text,
            other => panic!("{other:?}"),
        };
        lines.into_iter().map(text).collect()
    }

    #[test]
    fn a_new_name_is_told_once_of_those_who_were_heard() {
        let mut names = Names::default();
        let nothing: [&str; 0] = [];
        let duarte = ana("Ana Duarte", None);
        assert_eq!(told(&mut names, HERE, &duarte), nothing);
        names.hear(HERE, &ana("ana", None));
        let named = ["@ana is called Ana Duarte now"];
        assert_eq!(told(&mut names, HERE, &duarte), named);
        assert_eq!(told(&mut names, HERE, &duarte), nothing);
        let says = ana("Ana\u{1b} Duarte", Some("in class"));
        let both = [
            "@ana is called Ana\u{fffd} Duarte now",
            "Ana\u{fffd} Duarte says: in class",
        ];
        assert_eq!(told(&mut names, HERE, &says), both);
        let back = ["@ana goes by the handle again"];
        assert_eq!(told(&mut names, HERE, &ana("ana", None)), back);
    }

    #[test]
    fn being_told_apart_in_one_room_is_no_news_in_another() {
        let mut names = Names::default();
        names.hear(HERE, &ana("Ana", None));
        let apart = ana("Ana (@ana)", None);
        assert!(told(&mut names, THERE, &apart).is_empty());
        assert!(told(&mut names, HERE, &ana("Ana", None)).is_empty());
        // Heard there, they are looked at there.
        names.hear(THERE, &apart);
        assert!(told(&mut names, HERE, &ana("Ana", None)).is_empty());
        assert_eq!(told(&mut names, THERE, &ana("Anita", None)).len(), 1);
    }

    #[test]
    fn a_handle_that_was_not_known_yet_is_no_news() {
        let mut names = Names::default();
        names.hear(HERE, &ana("07070707", None));
        assert!(told(&mut names, HERE, &ana("ana", None)).is_empty());
    }
}
