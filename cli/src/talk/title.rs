//! What rooms and people are called.

use super::session::Session;
use crate::print::{brief, safe};
use crate::text::say;
use lacre::{AccountId, Item, Room, RoomId, RoomKind};
use std::time::Duration;

/// How long the name of a room is waited for; that it is the listed one cannot be told.
const NAME_PATIENCE: Duration = Duration::from_secs(1);

impl Session {
    /// Waits a moment for the name of a room that was entered: it comes from a member. Until then a
    /// listed one is called as it is listed.
    pub(crate) async fn named(&self, room: &Room) {
        let named = self.shows(room, |room| {
            let name = room.name();
            !name.is_empty() && room.listed_name().is_none_or(|listed| listed != name)
        });
        let _nobody_there = tokio::time::timeout(NAME_PATIENCE, named).await;
    }

    /// A room's name as people write it.
    pub(crate) fn title(&self, room: &Room) -> String {
        match (room.kind(), room.name()) {
            // Until the room's key has come, what everybody calls it.
            (_, name) if name.is_empty() => match room.listed_name() {
                Some(listed) => safe(&listed),
                None => say!(self.lang(), "unnamed"),
            },
            (RoomKind::Direct, name) if room.members().iter().any(|m| m.handle == name) => {
                format!("@{}", safe(&name))
            }
            (_, name) => safe(&name),
        }
    }

    /// The handle under which a room knows an account, else the one that came with it.
    pub(crate) fn handle_in(&self, room: &Room, account: AccountId, handle: &str) -> String {
        let members = room.members();
        let known = members.into_iter().find(|member| member.account == account);
        known.map_or_else(|| handle.to_owned(), |member| member.handle)
    }

    /// Puts the name and the handle that are known by now into a message.
    pub(crate) fn name_sender(&self, room: RoomId, item: &mut Item) {
        if let Ok(room) = self.client().room(room) {
            let members = room.members();
            let known = members.into_iter().find(|m| m.account == item.sender);
            if let Some(member) = known {
                (item.sender_name, item.sender_handle) = (member.name, member.handle);
            }
        }
    }

    /// The name of the room with an id.
    pub(crate) fn title_of(&self, room: RoomId) -> String {
        let room = self.client().room(room);
        room.map_or_else(|_| say!(self.lang(), "unnamed"), |room| self.title(&room))
    }

    /// Where a message stands: its room, and the thread if it is in one.
    pub(crate) fn place(&self, room: RoomId, item: &Item) -> String {
        let title = self.title_of(room);
        let Some(root) = item.thread else {
            return title;
        };
        let found = self.client().room(room).and_then(|room| room.message(root));
        let text = found.map_or_else(|_| String::new(), |found| brief(&safe(found.text())));
        say!(self.lang(), "place-thread", room = title, text = text)
    }
}
