//! Reading rooms and timelines on a connection of its own, beside the engine.

use crate::content::MessageId;
use crate::error::{Error, ErrorKind, Result};
use crate::me::Card;
use crate::reading::{NotifySetting, Unread};
use crate::schedule::Scheduled;
use crate::search::{self, Hit, Search};
use crate::store::people::short_id;
use crate::store::profiles::Called;
use crate::store::rooms::{self, RoomRow, Status};
use crate::store::{
    StoreKey, has_store, items, open_reader, people, profiles, rules, schedule, settings, unread,
};
use crate::text::safe_line;
use crate::timeline::{Item, PageKey};
use lacre_wire::ids::{AccountId, Millis, RoomId};
use lacre_wire::room::{Role, RoomKind};
use rusqlite::Connection;
use std::path::Path;
use std::time::Duration;

/// A read connection. Each answer shows one moment of what the engine has committed.
pub struct Reader {
    pub(crate) connection: Connection,
    pub(crate) me: AccountId,
}

/// A room as shown in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomInfo {
    /// The room.
    pub id: RoomId,
    /// What sort of room it is.
    pub kind: RoomKind,
    /// Its name; for a direct room the other person's name; empty until the room's key has come.
    pub name: String,
    /// The other person of a direct room.
    pub peer: Option<AccountId>,
    /// Its members, with this account.
    pub members: Vec<Member>,
    /// Whether this device is in it.
    pub joined: bool,
    /// Whether this account is banned from it, as far as this device was told.
    pub banned: bool,
    /// Why it stopped, if it could not be followed.
    pub stopped: Option<String>,
    /// How long messages stay, if they disappear.
    pub disappearing: Option<Duration>,
    /// The name under which everybody finds it.
    pub listed: Option<String>,
    /// Last activity.
    pub last_ms: Millis,
    /// What this account has not read of it.
    pub unread: Unread,
    /// What of it notifies.
    pub notify: NotifySetting,
}

/// A member of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: AccountId,
    /// Its handle; the start of its id until the directory has answered.
    pub handle: String,
    /// What to call them: the name they gave themselves, else the handle. Two in the room who would read
    /// alike have their handle with it, as `Ana (@ana2)`. A person wrote it: neutralise it before it is
    /// shown.
    pub name: String,
    /// What they say of themselves.
    pub status: Option<String>,
    /// Its role.
    pub role: Role,
}

/// A handle, or the start of the account's id until the directory has answered.
fn shown(account: AccountId, handle: Option<String>) -> String {
    match handle {
        Some(handle) => safe_line(&handle).into_owned(),
        None => short_id(account),
    }
}

impl Reader {
    /// Opens the store of a folder to read what is on the device, beside the process that uses it or
    /// without one. Nothing is written, and no network is needed.
    ///
    /// # Errors
    /// `Refused` where there is no account; `WrongKey` and `Store` as for an engine.
    pub fn in_folder(folder: &Path, key: &StoreKey) -> Result<Self> {
        let none = || {
            let text = format!(
                "there is no account in {}; create one first",
                folder.display()
            );
            Error::new(ErrorKind::Refused, "NoAccount", text)
        };
        if !has_store(folder) {
            return Err(none());
        }
        let connection = open_reader(folder, key)?;
        let me = Card::read_from(&connection)?.ok_or_else(none)?.account;
        Ok(Self { connection, me })
    }

    pub(crate) fn open(path: &Path, key: &StoreKey, me: AccountId) -> Result<Self> {
        Ok(Self {
            connection: open_reader(path, key)?,
            me,
        })
    }

    /// One moment of the store for a query of several statements: what commits meanwhile is not half seen.
    pub(crate) fn view<T>(&self, query: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let moment = self.connection.unchecked_transaction()?;
        query(&moment)
    }

    /// A view of one room by its row and this account; the default where the room is not on this device.
    pub(crate) fn of<T: Default>(
        &self,
        room: RoomId,
        read: impl FnOnce(&Connection, i64, AccountId) -> rusqlite::Result<T>,
    ) -> Result<T> {
        self.view(|c| match rooms::find(c, room)? {
            Some(row) => read(c, row.r, self.me).map_err(Error::from),
            None => Ok(T::default()),
        })
    }

    fn info(&self, row: RoomRow) -> Result<RoomInfo> {
        let members: Vec<Member> = rooms::members(&self.connection, row.r)?
            .into_iter()
            .map(|(account, role, _)| {
                let Called {
                    handle,
                    name,
                    status,
                } = profiles::named(&self.connection, row.r, account)?;
                Ok(Member {
                    account,
                    handle: safe_line(&handle).into_owned(),
                    name: safe_line(&name).into_owned(),
                    status: status.map(|status| safe_line(&status).into_owned()),
                    role,
                })
            })
            .collect::<rusqlite::Result<_>>()?;
        let name = match (&row.name, row.peer) {
            (Some(name), _) => Some(name.clone()),
            (None, Some(peer)) => Some(profiles::named(&self.connection, row.r, peer)?.name),
            // Who came from outside sees this until a member sends the room's key.
            (None, None) => row.listed.clone(),
        };
        let disappearing = (row.disappearing_s > 0).then_some(row.disappearing_s);
        Ok(RoomInfo {
            id: row.id,
            kind: row.kind,
            name: safe_line(&name.unwrap_or_default()).into_owned(),
            peer: row.peer,
            joined: row.status == Status::Joined,
            banned: row.status == Status::Banned,
            disappearing: disappearing.map(|seconds| Duration::from_secs(seconds.into())),
            listed: row.listed,
            stopped: row.reason.filter(|_| row.status == Status::Stopped),
            last_ms: row.last_ms,
            unread: unread::unread(&self.connection, row.r, self.me)?,
            notify: settings::notify(&self.connection, row.r)?,
            members,
        })
    }

    /// Every room this device is or was in, newest activity first.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn rooms(&self) -> Result<Vec<RoomInfo>> {
        self.view(|c| {
            let shown = |row: &RoomRow| !matches!(row.status, Status::Creating | Status::Joining);
            let rows = rooms::list(c)?.into_iter().filter(shown);
            rows.map(|row| self.info(row)).collect()
        })
    }

    /// One room.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn room(&self, room: RoomId) -> Result<Option<RoomInfo>> {
        self.view(|c| {
            let row = rooms::find(c, room)?;
            row.map(|row| self.info(row)).transpose()
        })
    }

    /// Who is banned from a room: account, and handle as in [`Member`].
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn bans(&self, room: RoomId) -> Result<Vec<(AccountId, String)>> {
        let bans = self.of(room, |c, r, _| rules::bans(c, r))?.into_iter();
        Ok(bans
            .map(|(account, handle)| (account, shown(account, handle)))
            .collect())
    }

    /// A page of a timeline, oldest first: the newest `limit` items (at most 1000), or those before a place.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn page(&self, room: RoomId, before: Option<PageKey>, limit: usize) -> Result<Vec<Item>> {
        self.of(room, |c, r, me| items::page(c, r, me, None, before, limit))
    }

    /// As [`Reader::page`], of the thread that begins with `root`, with that message.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn thread_page(
        &self,
        room: RoomId,
        root: MessageId,
        before: Option<PageKey>,
        limit: usize,
    ) -> Result<Vec<Item>> {
        self.of(room, |c, r, me| {
            items::page(c, r, me, Some(root), before, limit)
        })
    }

    /// The pinned messages of a room, in the order of its timeline.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn pins(&self, room: RoomId) -> Result<Vec<Item>> {
        self.of(room, items::pins)
    }

    /// Looks for messages, newest first: a [`Search`] says for which, and in which order.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn search(&self, wanted: &Search) -> Result<Vec<Hit>> {
        self.view(|c| search::search(c, self.me, wanted).map_err(Error::from))
    }

    /// The messages that wait to be sent later, in a room or in all, in the order of their times.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn scheduled(&self, room: Option<RoomId>) -> Result<Vec<Scheduled>> {
        schedule::list(&self.connection, room).map_err(Error::from)
    }

    /// The account that is known here under a handle, without `@`.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn account_of(&self, handle: &str) -> Result<Option<AccountId>> {
        people::account_of(&self.connection, handle).map_err(Error::from)
    }

    /// The item of one message.
    ///
    /// # Errors
    /// `Store` if the file cannot be read.
    pub fn item(&self, room: RoomId, message: MessageId) -> Result<Option<Item>> {
        self.of(room, |c, r, me| items::item(c, r, me, message))
    }
}
