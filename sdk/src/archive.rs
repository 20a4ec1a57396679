//! What is on a device already: read beside the process that uses it, or without one.

use crate::engine::{Item, Reader, Result, RoomInfo, StoreKey};
use lacre_wire::ids::RoomId;
use std::path::Path;

/// The rooms and messages of a data folder. It writes nothing and needs no network, so it may be
/// opened while a [`crate::Client`] uses the folder.
pub struct Archive(Reader);

impl Archive {
    /// Opens the store of a folder.
    ///
    /// # Errors
    /// `Refused` where there is no account, `WrongKey`, `Store`.
    pub fn open(folder: &Path, key: &StoreKey) -> Result<Self> {
        Reader::in_folder(folder, key).map(Self)
    }

    /// Every room the device is or was in, newest activity first.
    ///
    /// # Errors
    /// `Store`.
    pub fn rooms(&self) -> Result<Vec<RoomInfo>> {
        self.0.rooms()
    }

    /// A page of a room, oldest first: its newest `limit` messages (at most 1000), or those before one.
    ///
    /// # Errors
    /// `Store`.
    pub fn messages(&self, room: RoomId, before: Option<&Item>, limit: usize) -> Result<Vec<Item>> {
        self.0.page(room, before.map(Item::key), limit)
    }
}
