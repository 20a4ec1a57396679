//! What is on a device already: read beside the process that uses it, or without one.

use crate::engine::{
    FoundMessage, Item, Reader, Result, RoomInfo, Search, Snippet, StoreKey, snippet,
};
use lacre_wire::ids::{AccountId, RoomId};
use std::ops::Range;
use std::path::Path;

/// A message that an [`Archive`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveHit {
    /// Its room.
    pub room: RoomId,
    /// The message.
    pub item: Item,
    /// The text that was searched.
    pub text: String,
    /// What fits in the text, as ranges of bytes.
    pub matches: Vec<Range<usize>>,
}

impl ArchiveHit {
    /// The piece of the text around what fits, of at most about `width` characters, in one line.
    pub fn snippet(&self, width: usize) -> Snippet {
        snippet(&self.text, &self.matches, width)
    }
}

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

    /// Looks for messages, newest first.
    ///
    /// # Errors
    /// `Store`.
    pub fn search(&self, search: &Search) -> Result<Vec<ArchiveHit>> {
        let hit = |found: FoundMessage| ArchiveHit {
            room: found.room,
            item: found.item,
            text: found.text,
            matches: found.matches,
        };
        Ok(self.0.search(search)?.into_iter().map(hit).collect())
    }

    /// The account that is known here under a handle, without `@`.
    ///
    /// # Errors
    /// `Store`.
    pub fn account_of(&self, handle: &str) -> Result<Option<AccountId>> {
        self.0.account_of(handle)
    }
}
