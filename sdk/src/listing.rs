//! Listed rooms: open rooms that everybody on the relay finds by name.
//!
//! A listed name is public: the relay and everybody with an account there can read it, see how many
//! people are in the room, and come in while it is open. Names differ by more than capital letters
//! and spaces: `Algebra  3` and `algebra 3` are one.

use crate::client::Client;
use crate::engine::{Done, Error, Result};
use crate::room::Room;
use lacre_wire::answer::Listed;
use lacre_wire::ids::RoomId;

/// Pages of a list that are asked for at most; a longer one is cut.
const PAGES: usize = 40;

impl Client {
    /// Creates an open group that everybody finds under its name: room for 128 devices.
    ///
    /// # Errors
    /// `Exists` with the code `NameTaken` when another room has the name, `Invalid` or `TooLarge`
    /// for what cannot be one.
    pub async fn create_listed(&self, name: &str) -> Result<Room> {
        let name = name.to_owned();
        let done = self
            .driver
            .perform(move |engine, now| engine.create_listed(&name, now))
            .await?;
        self.entered(done)
    }

    /// Creates an open space that everybody finds under its name: room for 2000 devices, with keys
    /// that are not post-quantum.
    ///
    /// # Errors
    /// As [`Client::create_listed`].
    pub async fn create_listed_space(&self, name: &str) -> Result<Room> {
        let name = name.to_owned();
        let done = self
            .driver
            .perform(move |engine, now| engine.create_listed_space(&name, now))
            .await?;
        self.entered(done)
    }

    /// The room that is listed under a name; [`Client::join`] enters it. The relay says which one
    /// it is; once in the room, [`Room::listed_name`] is what the room itself says.
    ///
    /// # Errors
    /// `NotFound` when no room has the name, `Invalid` for what cannot be one.
    pub async fn find_listed(&self, name: &str) -> Result<RoomId> {
        let name = name.to_owned();
        let done = self
            .driver
            .perform(move |engine, _| engine.find_listed(&name))
            .await?;
        match page(done)?.0.first() {
            Some(found) => Ok(found.room),
            None => Err(Error::internal("a room was found and not named")),
        }
    }

    /// The rooms that everybody may find, in the order of their names; at most 2000.
    ///
    /// # Errors
    /// `Offline` when the client is closed meanwhile.
    pub async fn listed(&self) -> Result<Vec<Listed>> {
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let after = all.last().map(|room: &Listed| room.name.clone());
            let (rooms, more) = self.listed_after(after.as_deref()).await?;
            let grew = !rooms.is_empty();
            all.extend(rooms);
            if !more || !grew {
                break;
            }
        }
        Ok(all)
    }

    /// A page of the list, after a name; and whether there are more after it.
    ///
    /// # Errors
    /// As [`Client::listed`].
    pub async fn listed_after(&self, name: Option<&str>) -> Result<(Vec<Listed>, bool)> {
        let after = name.map(str::to_owned);
        let done = self
            .driver
            .perform(move |engine, _| Ok(engine.listed(after)))
            .await?;
        page(done)
    }
}

impl Room {
    /// The name under which everybody finds the room, if it is listed.
    pub fn listed_name(&self) -> Option<String> {
        self.cell.info().listed.clone()
    }

    /// Lists the room under a name, renames it on the list, or takes it off. Whether anybody may
    /// come in is [`Room::set_join_rule`]'s to say.
    ///
    /// # Errors
    /// `Exists` with the code `NameTaken` when another room has the name, `Invalid` for what cannot
    /// be one, `NotAllowed` when this account may not.
    pub async fn set_listed(&self, name: Option<&str>) -> Result<()> {
        let (room, name) = (self.id(), name.map(str::to_owned));
        self.client
            .driver
            .perform(move |engine, now| engine.set_listed(room, name.as_deref(), now))
            .await
            .map(drop)
    }
}

fn page(done: Done) -> Result<(Vec<Listed>, bool)> {
    match done {
        Done::Listed { rooms, more } => Ok((rooms, more)),
        other => Err(Error::internal(format!("a list ended with {other:?}"))),
    }
}
