//! What a person can ask for. Each call is durable when it returns and ends as an event of its id.

use super::Intent;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Done, Event, LocalId};
use crate::random;
use crate::store::rooms::Status;
use lacre_wire::ids::{AccountId, Millis, RoomId};
use lacre_wire::room::listed::normal;
use lacre_wire::room::{JoinRule, Role, RoomKind};

/// Characters of a room's name.
const MAX_NAME: usize = 128;

fn name(name: &str) -> Result<String> {
    let name = name.trim();
    match name.chars().count() {
        1..=MAX_NAME => Ok(name.to_owned()),
        0 => Err(Error::new(
            ErrorKind::Invalid,
            "BadName",
            "a room needs a name",
        )),
        got => Err(Error::new(
            ErrorKind::TooLarge,
            "BadName",
            format!("a room's name has at most {MAX_NAME} characters, this one {got}"),
        )),
    }
}

/// The one form of a listed name.
pub(super) fn listed_name(name: &str) -> Result<String> {
    normal(name).map_err(|error| Error::new(ErrorKind::Invalid, "BadName", error.to_string()))
}

impl Engine {
    /// Opens the direct room with a person, creating it if there is none. Ends as [`Done::Room`].
    ///
    /// # Errors
    /// `Store`.
    pub fn direct(&mut self, account: AccountId, now: Millis) -> Result<LocalId> {
        let known = self
            .db
            .rooms()?
            .into_iter()
            .find(|row| row.peer == Some(account) && row.status == Status::Joined);
        if let Some(row) = known {
            let id = self.live.unstored_id();
            self.tell(Event::Done {
                id,
                result: Ok(Done::Room(row.id)),
            });
            return Ok(id);
        }
        self.change_new_room(&Intent::CreateDirect { peer: account }, now)
    }

    /// Creates a group room with its first members. Ends as [`Done::Room`].
    ///
    /// # Errors
    /// `Invalid` or `TooLarge` for its name.
    pub fn create_group(
        &mut self,
        room_name: &str,
        members: Vec<AccountId>,
        now: Millis,
    ) -> Result<LocalId> {
        self.create_room(RoomKind::Group, room_name, None, members, now)
    }

    /// Creates a space with its first members: a room for up to 2000 devices. Ends as
    /// [`Done::Room`].
    ///
    /// # Errors
    /// As [`Engine::create_group`].
    pub fn create_space(
        &mut self,
        room_name: &str,
        members: Vec<AccountId>,
        now: Millis,
    ) -> Result<LocalId> {
        self.create_room(RoomKind::Space, room_name, None, members, now)
    }

    /// Creates an open group that everybody finds under its name. Ends as [`Done::Room`].
    ///
    /// # Errors
    /// `Invalid` or `TooLarge` for its name. Ends with `Exists` if another room has it.
    pub fn create_listed(&mut self, room_name: &str, now: Millis) -> Result<LocalId> {
        let listed = Some(listed_name(room_name)?);
        self.create_room(RoomKind::Group, room_name, listed, Vec::new(), now)
    }

    /// Creates an open space that everybody finds under its name. Ends as [`Done::Room`].
    ///
    /// # Errors
    /// As [`Engine::create_listed`].
    pub fn create_listed_space(&mut self, room_name: &str, now: Millis) -> Result<LocalId> {
        let listed = Some(listed_name(room_name)?);
        self.create_room(RoomKind::Space, room_name, listed, Vec::new(), now)
    }

    /// Adds people, with all their devices.
    ///
    /// # Errors
    /// `NotFound` or `NotAllowed` where this device is not in the room.
    pub fn invite(
        &mut self,
        room: RoomId,
        accounts: Vec<AccountId>,
        now: Millis,
    ) -> Result<LocalId> {
        let by_request = false;
        let intent = Intent::Invite {
            accounts,
            by_request,
        };
        self.change(room, &intent, now)
    }

    /// Removes a person, with all their devices.
    ///
    /// # Errors
    /// As [`Engine::invite`], and `Invalid` for oneself.
    pub fn remove(&mut self, room: RoomId, account: AccountId, now: Millis) -> Result<LocalId> {
        self.not_oneself(account)?;
        self.change(room, &Intent::Remove { account }, now)
    }

    /// Leaves a room with all devices of this account. The last owner makes another member owner
    /// first: the one who has been there longest, as far as the group tells.
    ///
    /// # Errors
    /// As [`Engine::invite`], and `NotAllowed` in direct rooms: there is no way back into one.
    pub fn leave(&mut self, room: RoomId, now: Millis) -> Result<LocalId> {
        let row = self.joined_room(room)?;
        if row.kind == RoomKind::Direct {
            return Err(Error::new(
                ErrorKind::NotAllowed,
                "DirectRoom",
                "a direct room belongs to its two people and cannot be left",
            ));
        }
        let successor = match row.status {
            Status::Joined => self.successor(&row)?,
            _ => None,
        };
        let id = self.atomically(|e| {
            if successor.is_some() {
                e.db.add_change(Some(room), &Intent::HandOver)?;
            }
            e.db.add_change(Some(room), &Intent::Leave)
        })?;
        self.work(now);
        Ok(id)
    }

    /// Renames a room.
    ///
    /// # Errors
    /// As [`Engine::invite`], and `Invalid` or `TooLarge` for the name.
    pub fn set_name(&mut self, room: RoomId, room_name: &str, now: Millis) -> Result<LocalId> {
        self.change(
            room,
            &Intent::SetName {
                name: name(room_name)?,
            },
            now,
        )
    }

    /// Changes a member's role.
    ///
    /// # Errors
    /// As [`Engine::invite`].
    pub fn set_role(
        &mut self,
        room: RoomId,
        account: AccountId,
        role: Role,
        now: Millis,
    ) -> Result<LocalId> {
        self.change(room, &Intent::SetRole { account, role }, now)
    }

    /// Changes who may join.
    ///
    /// # Errors
    /// As [`Engine::invite`].
    pub fn set_join_rule(&mut self, room: RoomId, rule: JoinRule, now: Millis) -> Result<LocalId> {
        self.change(room, &Intent::SetJoinRule { rule }, now)
    }

    /// Joins an open room by its id. Ends as [`Done::Room`].
    ///
    /// # Errors
    /// `NotAllowed` with the code `RoomStopped` for a room that has stopped here; `Store`.
    pub fn join(&mut self, room: RoomId, now: Millis) -> Result<LocalId> {
        let known = self.db.room(room)?;
        if known.is_some_and(|row| matches!(row.status, Status::Joined | Status::Stopped)) {
            // One that has stopped finds its own way back, or none: the relay alone opens no other.
            let row = self.joined_room(room)?;
            let id = self.live.unstored_id();
            self.tell(Event::Done {
                id,
                result: Ok(Done::Room(row.id)),
            });
            return Ok(id);
        }
        let id = self.atomically(|e| e.db.add_change(Some(room), &Intent::Join { peer: None }))?;
        self.work(now);
        Ok(id)
    }

    pub(super) fn change(&mut self, room: RoomId, intent: &Intent, now: Millis) -> Result<LocalId> {
        self.joined_room(room)?;
        let id = self.atomically(|e| e.db.add_change(Some(room), intent))?;
        self.work(now);
        Ok(id)
    }

    fn create_room(
        &mut self,
        kind: RoomKind,
        room_name: &str,
        listed: Option<String>,
        members: Vec<AccountId>,
        now: Millis,
    ) -> Result<LocalId> {
        let intent = Intent::CreateGroup {
            name: name(room_name)?,
            members,
            listed,
            kind,
        };
        self.change_new_room(&intent, now)
    }

    fn change_new_room(&mut self, intent: &Intent, now: Millis) -> Result<LocalId> {
        self.me()?;
        let room = RoomId(random::bytes()?);
        let id = self.atomically(|e| e.db.add_change(Some(room), intent))?;
        self.work(now);
        Ok(id)
    }
}
