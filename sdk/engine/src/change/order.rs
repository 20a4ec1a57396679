//! What keeps a room in order: bans, and how long messages stay.

use super::Intent;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::LocalId;
use crate::mls::{Plan, invalid};
use crate::store::rooms::RoomRow;
use lacre_wire::ids::{AccountId, Millis, RoomId};
use lacre_wire::room::mls::Leaves;
use lacre_wire::room::{Operation, RoomKind, RoomView};
use std::time::Duration;

/// The longest time after which messages disappear: what is to stay longer can stay.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl Engine {
    /// Keeps a person out of a room, and removes them with all their devices if they are in it.
    ///
    /// # Errors
    /// As [`Engine::remove`]. Ends with `NotAllowed` where this account may not.
    pub fn ban(&mut self, room: RoomId, account: AccountId, now: Millis) -> Result<LocalId> {
        self.not_oneself(account)?;
        self.change(room, &Intent::Ban { account }, now)
    }

    /// Lifts a ban; the person can come in again as anybody else.
    ///
    /// # Errors
    /// As [`Engine::invite`]. Ends with `NotAllowed` where this account may not.
    pub fn unban(&mut self, room: RoomId, account: AccountId, now: Millis) -> Result<LocalId> {
        self.change(room, &Intent::Unban { account }, now)
    }

    /// Says how long messages stay in a room, in whole seconds; none for ever.
    ///
    /// # Errors
    /// As [`Engine::invite`], and `Invalid` for less than a second or more than 366 days. Ends with
    /// `NotAllowed` where this account may not.
    pub fn set_disappearing(
        &mut self,
        room: RoomId,
        after: Option<Duration>,
        now: Millis,
    ) -> Result<LocalId> {
        let seconds = match after {
            None => 0,
            Some(after) if after > LONGEST || after.as_secs() == 0 => {
                return Err(Error::new(
                    ErrorKind::Invalid,
                    "BadDuration",
                    "messages disappear after 1 second to 366 days, or never",
                ));
            }
            Some(after) => u32::try_from(after.as_secs()).unwrap_or(u32::MAX),
        };
        self.change(room, &Intent::SetDisappearing { seconds }, now)
    }

    /// Who owns the room after this person, if nobody else does yet: the first leaf of another
    /// account. None in direct rooms, for members, and where nobody else is.
    pub(super) fn successor(&mut self, row: &RoomRow) -> Result<Option<AccountId>> {
        let me = self.me()?.card.account;
        let state = self.view(row)?.state;
        let alone = state.owners().eq([&me]);
        if state.kind == RoomKind::Direct || !alone {
            return Ok(None);
        }
        let group = self.groups.get(&self.provider, row.id, row.generation)?;
        let leaves =
            Leaves::known(group.members()).map_err(|e| invalid("the members cannot be read", e))?;
        let mut accounts = leaves.devices().map(|device| device.account);
        Ok(accounts.find(|account| *account != me))
    }

    pub(super) fn not_oneself(&self, account: AccountId) -> Result<()> {
        match self.me()?.card.account == account {
            true => Err(Error::new(
                ErrorKind::Invalid,
                "NotOneself",
                "nobody puts themselves out of a room; leave it instead",
            )),
            false => Ok(()),
        }
    }
}

/// A ban, with the removal of whoever is there. Nothing where it stands already.
pub(super) fn plan_ban(account: AccountId, view: &RoomView, plan: &mut Plan) {
    if view.members.has_account(&account) {
        plan.remove.push(account);
    }
    if !view.state.bans.contains(&account) {
        plan.operations.push(Operation::Ban { account });
    }
}

/// The end of a ban. Nothing where there is none.
pub(super) fn plan_unban(account: AccountId, view: &RoomView, plan: &mut Plan) {
    if view.state.bans.contains(&account) {
        plan.operations.push(Operation::Unban { account });
    }
}

/// What is told to whoever adds somebody who is kept out.
pub(super) fn banned(handle: &str) -> Error {
    Error::new(
        ErrorKind::NotAllowed,
        "Banned",
        format!("@{handle} is banned from this room; an owner must lift the ban first"),
    )
}
