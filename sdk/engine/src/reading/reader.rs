//! What readers tell of all this.

use crate::content::{MessageId, PersonProfile};
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::reading::{SeenBy, Unread};
use crate::store::{meta, profiles, receipts, rooms, settings, unread};
use lacre_wire::ids::{AccountId, Millis, RoomId};

impl Reader {
    /// What is unread in a room; nothing in one that is not on this device.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn unread(&self, room: RoomId) -> Result<Unread> {
        self.of(room, unread::unread)
    }

    /// What was being written in a room; empty if nothing was.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn draft(&self, room: RoomId) -> Result<String> {
        let draft = self.of(room, |c, r, _| settings::draft(c, r))?;
        Ok(draft.unwrap_or_default())
    }

    /// Who has a message and who read it, as they said.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn seen_by(&self, room: RoomId, message: MessageId) -> Result<Vec<SeenBy>> {
        self.of(room, |c, r, me| receipts::seen_by(c, r, me, message))
    }

    /// What this account is called, and what it says of itself.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn own_profile(&self) -> Result<PersonProfile> {
        profiles::profile(&self.connection, self.me).map_err(Error::from)
    }

    /// When somebody was last there, as far as this device has seen it and they have said that it may be
    /// kept.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn last_seen(&self, account: AccountId) -> Result<Option<Millis>> {
        profiles::last_seen(&self.connection, account).map_err(Error::from)
    }

    /// The name that somebody gave themselves, as shown in a room or where there is none; `None` if they gave
    /// none.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn name_of(&self, room: Option<RoomId>, account: AccountId) -> Result<Option<String>> {
        self.view(|c| {
            let name = profiles::profile(c, account)?.name;
            let row = match room.filter(|_| name.is_some()) {
                Some(room) => rooms::find(c, room)?,
                None => return Ok(name),
            };
            let shown = row.map(|row| profiles::named(c, row.r, account));
            Ok(shown.transpose()?.map(|named| named.name))
        })
    }

    /// Whether others are told what was read here.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn sends_read_receipts(&self) -> Result<bool> {
        let set = meta::value(&self.connection, super::receipts::SEND_READ)?;
        Ok(set.as_deref() != Some(&[0]))
    }
}
