//! The own profile: what to be called, and what to say of oneself.
//!
//! It is told to each room of the account when it changes, when a room is entered, and again when
//! somebody comes who has not heard it.

use super::{READ_ACCOUNTS, Reading};
use crate::content::limits::{MAX_DISPLAY_NAME, MAX_STATUS};
use crate::content::{Content, PersonProfile};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::ids::{AccountId, Millis, RoomId, Seq};

/// A room is told the profile once in this time, however many come.
const AGAIN_MS: Millis = 60_000;

impl Engine {
    /// What this account is called, if it is called anything but its handle, and what it says of itself.
    ///
    /// # Errors
    /// `Store` if it cannot be read, `Refused` without an account.
    pub fn own_profile(&self) -> Result<PersonProfile> {
        self.db.profile(self.me()?.card.account)
    }

    /// Sets what to be called; an empty name leaves the handle. Durable when it returns, told when it
    /// can be.
    ///
    /// # Errors
    /// `TooLarge` above 128 bytes.
    pub fn set_display_name(&mut self, name: &str, now: Millis) -> Result<()> {
        let name = bounded(name, "a display name", MAX_DISPLAY_NAME)?;
        self.change_profile(now, |profile| profile.name = name)
    }

    /// Sets what to say of oneself; nothing, if it is empty. As [`Engine::set_display_name`].
    ///
    /// # Errors
    /// `TooLarge` above 256 bytes.
    pub fn set_status(&mut self, status: Option<&str>, now: Millis) -> Result<()> {
        let status = bounded(status.unwrap_or_default(), "a status", MAX_STATUS)?;
        self.change_profile(now, |profile| profile.status = status)
    }

    /// Says whether others may keep when this person was last there; they may not, at first. As
    /// [`Engine::set_display_name`]; where it is taken back, what they kept goes.
    ///
    /// # Errors
    /// `Store` if it could not be kept.
    pub fn set_show_last_seen(&mut self, show: bool, now: Millis) -> Result<()> {
        self.change_profile(now, |profile| profile.seen = show)
    }

    fn change_profile(
        &mut self,
        now: Millis,
        change: impl FnOnce(&mut PersonProfile),
    ) -> Result<()> {
        let me = self.me()?.card.account;
        let old = self.db.profile(me)?;
        let mut new = old.clone();
        change(&mut new);
        if new == old {
            return Ok(());
        }
        new.version = now.max(old.version.saturating_add(1));
        self.atomically(|e| e.db.keep_profile(me, &new))?;
        self.reading.version = None;
        for room in self.db.rooms_of(me)? {
            self.tell(Event::RoomChanged(room));
            self.reading.owe(room, now);
        }
        Ok(())
    }

    /// Somebody said who they are; another device of this account perhaps.
    pub(crate) fn profile_arrived(
        &mut self,
        row: &RoomRow,
        sender: AccountId,
        profile: &PersonProfile,
    ) -> Result<()> {
        let me = self.me()?.card.account;
        if sender == me {
            self.reading.version = None;
            self.db.set_sent_profile(row.r, me, profile.version)?;
        }
        if self.db.keep_profile(sender, profile)? {
            for room in self.db.rooms_of(sender)? {
                self.tell(Event::RoomChanged(room));
            }
        }
        Ok(())
    }

    /// People came into a room: earlier messages are not theirs to have, and they do not know who is
    /// here.
    pub(crate) fn members_came(
        &mut self,
        row: &RoomRow,
        came: impl Iterator<Item = AccountId>,
        seq: Seq,
    ) -> Result<()> {
        let me = self.me()?.card.account;
        for account in came.filter(|account| *account != me) {
            self.db.member_since(row.r, account, seq)?;
            self.db.set_sent_profile(row.r, me, 0)?;
        }
        Ok(())
    }

    /// Whether a room has to be told who this is.
    pub(super) fn owes_profile(&mut self, row: &RoomRow) -> Result<bool> {
        let version = match self.reading.version {
            Some(version) => version,
            None => self.own_profile()?.version,
        };
        self.reading.version = Some(version);
        Ok(version > 0 && self.db.sent_profile(row.r)? < version)
    }

    /// Tells a room who this is, inside the transaction that is open.
    pub(super) fn send_profile(&mut self, row: &RoomRow, now: Millis) -> Result<()> {
        let accounts = self.db.count_members(row.r)?;
        if !(2..=READ_ACCOUNTS).contains(&accounts) || !self.owes_profile(row)? {
            return Ok(());
        }
        if let Some(at) = self.reading.profile_again(row.id, now) {
            self.reading.owe_at(row.id, at);
            return Ok(());
        }
        let (me, profile) = (self.me()?.card.account, self.own_profile()?);
        self.db.set_sent_profile(row.r, me, profile.version)?;
        self.queue_silent(row, Content::Profile { profile })
    }

    /// A session began: rooms that were not told who this is are told.
    pub(crate) fn owe_profiles(&mut self, now: Millis) -> Result<()> {
        for row in self.db.rooms()? {
            if row.status == Status::Joined && self.owes_profile(&row)? {
                self.reading.owe(row.id, now);
            }
        }
        Ok(())
    }
}

impl Reading {
    /// A room was entered: it learns who came.
    pub(crate) fn entered(&mut self, room: RoomId) {
        self.owe_at(room, 0);
    }

    /// When a room that was told a profile lately may be told again; `None`: now. The own profile
    /// changing does not wait.
    fn profile_again(&mut self, room: RoomId, now: Millis) -> Option<Millis> {
        let version = self.version;
        let told = self.profiles.get(&room).copied();
        if let Some((at, what)) = told
            && Some(what) == version
            && now < at + AGAIN_MS
        {
            return Some(at + AGAIN_MS);
        }
        self.profiles.insert(room, (now, version.unwrap_or(0)));
        None
    }
}

fn bounded(text: &str, what: &str, limit: usize) -> Result<Option<String>> {
    let text = text.trim();
    if text.len() > limit {
        return Err(Error::new(
            ErrorKind::TooLarge,
            "BadName",
            format!("{what} has at most {limit} bytes, this one {}", text.len()),
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
