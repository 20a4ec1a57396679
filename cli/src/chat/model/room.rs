//! What the side bar and the header know of rooms.

use crate::chat::score::score;
use lacre::{AccountId, MessageId, Millis, Presence, RoomId};

/// What sort of room it is, for its sign and its place in the side bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Two people.
    Direct,
    /// Many.
    Group,
}

/// A member of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) account: AccountId,
    /// Their handle without `@`, harmless to show.
    pub(crate) handle: String,
    /// What they call themselves; their handle if nothing else.
    pub(crate) name: String,
    pub(crate) owner: bool,
    /// How they are there; `None` if they are not.
    pub(crate) presence: Option<Presence>,
    /// When they were last there, in a direct room and if they let it be kept.
    pub(crate) seen: Option<Millis>,
}

impl Person {
    /// How well their name or handle fits what was typed.
    pub(crate) fn fits(&self, typed: &str) -> Option<i32> {
        score(typed, &self.handle).max(score(typed, &self.name))
    }
}

/// A room as the side bar shows it. All texts are harmless to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoomLine {
    pub(crate) id: RoomId,
    pub(crate) kind: Kind,
    /// Its name; in a direct room the other person's.
    pub(crate) name: String,
    pub(crate) people: Vec<Person>,
    /// Whether this device reads and writes it.
    pub(crate) joined: bool,
    /// Why it stopped, if it did.
    pub(crate) stopped: Option<String>,
    /// How many messages were not seen yet.
    pub(crate) unread: u32,
    /// How many of them speak to this person.
    pub(crate) mentions: u32,
    /// The first of them.
    pub(crate) first: Option<MessageId>,
    /// Marked as unread by hand.
    pub(crate) marked: bool,
}

impl RoomLine {
    /// How many others are there now; the header counts this person with them.
    pub(crate) fn here(&self, me: AccountId) -> usize {
        let others = self.people.iter().filter(|person| person.account != me);
        others.filter(|person| person.presence.is_some()).count()
    }

    /// How the other person of a direct room is there.
    pub(crate) fn peer(&self, me: AccountId) -> Option<Presence> {
        self.other(me)?.presence
    }

    /// When the other person of a direct room was last there.
    pub(crate) fn peer_seen(&self, me: AccountId) -> Option<Millis> {
        self.other(me)?.seen
    }

    fn other(&self, me: AccountId) -> Option<&Person> {
        let mut others = self.people.iter().filter(|person| person.account != me);
        others.next().filter(|_| self.kind == Kind::Direct)
    }

    /// Whether there is something to look at.
    pub(crate) fn calls(&self) -> bool {
        self.unread > 0 || self.mentions > 0 || self.marked
    }
}

/// The rooms, groups first, each part by name: places do not move while one looks at them.
pub(crate) fn sort(rooms: &mut [RoomLine]) {
    rooms.sort_by_cached_key(|room| {
        (
            room.kind == Kind::Direct,
            crate::chat::score::fold(&room.name),
            room.id,
        )
    });
}

/// The room to look at next: one with mentions before one with messages, after the current one in
/// the order of the side bar.
pub(crate) fn next_unread(rooms: &[RoomLine], current: Option<RoomId>) -> Option<RoomId> {
    let at = rooms
        .iter()
        .position(|room| Some(room.id) == current)
        .map_or(0, |at| at + 1);
    let around = || {
        let (before, after) = rooms.split_at(at.min(rooms.len()));
        after
            .iter()
            .chain(before)
            .filter(|room| Some(room.id) != current && room.calls())
    };
    around()
        .find(|room| room.mentions > 0)
        .or_else(|| around().next())
        .map(|room| room.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(name: &str, kind: Kind, unread: u32, mentions: u32) -> RoomLine {
        RoomLine {
            id: RoomId([name.as_bytes()[0]; 16]),
            kind,
            name: name.to_owned(),
            people: Vec::new(),
            joined: true,
            stopped: None,
            unread,
            mentions,
            first: None,
            marked: false,
        }
    }

    #[test]
    fn groups_stand_before_people() {
        let mut rooms = [
            room("bruno", Kind::Direct, 0, 0),
            room("Zoologia", Kind::Group, 0, 0),
            room("Álgebra", Kind::Group, 0, 0),
        ];
        sort(&mut rooms);
        assert_eq!(
            rooms.map(|room| room.name),
            ["Álgebra", "Zoologia", "bruno"]
        );
    }

    #[test]
    fn mentions_come_before_chatter() {
        let rooms = [
            room("a", Kind::Group, 3, 0),
            room("b", Kind::Group, 0, 0),
            room("c", Kind::Group, 2, 1),
            room("d", Kind::Group, 9, 0),
        ];
        let next = |current: Option<u8>| {
            next_unread(&rooms, current.map(|id| RoomId([id; 16]))).map(|id| id.0[0] as char)
        };
        assert_eq!(next(Some(b'a')), Some('c'));
        assert_eq!(next(Some(b'c')), Some('d'));
        assert_eq!(next(None), Some('c'));
        assert_eq!(next_unread(&rooms[1..2], None), None);
    }
}
