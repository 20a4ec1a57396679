//! A room: a set of people and their messages.

use crate::client::Client;
use crate::driver::RoomCell;
use crate::engine::{Draft, Engine, Error, ErrorKind, Item, Member, MessageId, Result, RoomInfo};
use crate::send::SendHandle;
use crate::timeline::Timeline;
use lacre_wire::ids::{AccountId, Millis, RoomId};
use lacre_wire::room::{JoinRule, Role, RoomKind};
use std::sync::Arc;

/// A room. Cheap to clone; what it tells of itself is kept up to date.
///
/// Messages are safe on this device when `send` and its relatives return, and go out by
/// themselves, in order, over restarts too. Changes (`invite`, `set_name` …) return when the relay
/// has accepted them.
#[derive(Clone)]
pub struct Room {
    pub(crate) client: Client,
    pub(crate) cell: Arc<RoomCell>,
}

impl Room {
    pub(crate) fn new(client: Client, cell: Arc<RoomCell>) -> Self {
        Self { client, cell }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Names the room everywhere.
    pub fn id(&self) -> RoomId {
        self.cell.id
    }

    /// Its name; in a direct room, the other person's handle.
    pub fn name(&self) -> String {
        self.cell.info().name.clone()
    }

    /// What sort of room it is.
    pub fn kind(&self) -> RoomKind {
        self.cell.info().kind
    }

    /// Who is in it.
    pub fn members(&self) -> Vec<Member> {
        self.cell.info().members.clone()
    }

    /// Whether this device reads and writes it; false after leaving or being removed.
    pub fn is_joined(&self) -> bool {
        self.cell.info().joined
    }

    /// Why the room stopped, if it could not be followed.
    pub fn stopped(&self) -> Option<String> {
        self.cell.info().stopped.clone()
    }

    /// Everything a list of rooms shows of it, as stored now.
    ///
    /// # Errors
    /// `Store` when the store cannot be read, `NotFound` when the room is gone.
    pub fn info(&self) -> Result<RoomInfo> {
        let id = self.id();
        self.client
            .driver
            .shared
            .read(|reader| reader.room(id))?
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::NotFound,
                    "NoSuchRoom",
                    format!("room {id} is no longer on this device"),
                )
            })
    }

    /// Sends a text in Markdown. Safe on this device when it returns; the handle tells how far it
    /// came.
    ///
    /// # Errors
    /// `NotAllowed` when this device does not write here, `TooLarge` above 48 KiB, `Store` when it
    /// could not be kept.
    pub async fn send(&self, text: &str) -> Result<SendHandle> {
        self.post(Draft::Text(text.to_owned())).await
    }

    /// Answers a message. As [`Room::send`].
    ///
    /// # Errors
    /// As [`Room::send`]; `NotFound` when there is no such message here.
    pub async fn reply(&self, to: MessageId, text: &str) -> Result<SendHandle> {
        self.post(Draft::Reply {
            to,
            text: text.to_owned(),
        })
        .await
    }

    /// Reacts to a message with an emoji. Safe on this device when it returns.
    ///
    /// # Errors
    /// As [`Room::send`]; `NotFound` when there is no such message here.
    pub async fn react(&self, to: MessageId, emoji: &str) -> Result<()> {
        self.act(Draft::React {
            to,
            emoji: emoji.to_owned(),
        })
        .await
    }

    /// Takes a reaction back. Safe on this device when it returns.
    ///
    /// # Errors
    /// As [`Room::send`]; `NotFound` when there is no such message or reaction here.
    pub async fn unreact(&self, to: MessageId, emoji: &str) -> Result<()> {
        self.act(Draft::Unreact {
            to,
            emoji: emoji.to_owned(),
        })
        .await
    }

    /// Replaces the text of an own message. Safe on this device when it returns.
    ///
    /// # Errors
    /// As [`Room::send`]; `NotFound` when there is no such message here, `NotAllowed` when it is
    /// not an own one.
    pub async fn edit(&self, message: MessageId, text: &str) -> Result<()> {
        self.act(Draft::Edit {
            message,
            text: text.to_owned(),
        })
        .await
    }

    /// Deletes an own message for everybody. Safe on this device when it returns.
    ///
    /// # Errors
    /// As [`Room::send`]; `NotFound` when there is no such message here, `NotAllowed` when it is
    /// not an own one.
    pub async fn delete(&self, message: MessageId) -> Result<()> {
        self.act(Draft::Delete { message }).await
    }

    /// Adds people by handle, with all their devices.
    ///
    /// # Errors
    /// `NotFound` when nobody has one of the handles (nobody was added then), `NotAllowed` when
    /// the room does not let this account add people, `TooLarge` when the room would be too full.
    pub async fn invite(&self, handles: &[&str]) -> Result<()> {
        let accounts = self.client.accounts(handles).await?;
        self.invite_accounts(accounts).await
    }

    /// As [`Room::invite`], by account.
    ///
    /// # Errors
    /// As [`Room::invite`].
    pub async fn invite_accounts(&self, accounts: Vec<AccountId>) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .perform(move |engine, now| engine.invite(room, accounts, now))
            .await
            .map(drop)
    }

    /// Removes a person with all their devices. They keep what they had and read nothing new.
    ///
    /// # Errors
    /// `NotFound` when they are not in the room, `NotAllowed` when this account may not.
    pub async fn remove(&self, account: AccountId) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .perform(move |engine, now| engine.remove(room, account, now))
            .await
            .map(drop)
    }

    /// Leaves the room with all devices of this account.
    ///
    /// # Errors
    /// `NotAllowed` in direct rooms.
    pub async fn leave(&self) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .perform(move |engine, now| engine.leave(room, now))
            .await
            .map(drop)
    }

    /// Renames the room.
    ///
    /// # Errors
    /// `NotAllowed` when this account may not.
    pub async fn set_name(&self, name: &str) -> Result<()> {
        let (room, name) = (self.id(), name.to_owned());
        self.client
            .driver
            .perform(move |engine, now| engine.set_name(room, &name, now))
            .await
            .map(drop)
    }

    /// Gives a member a role.
    ///
    /// # Errors
    /// `NotFound` when they are not in the room, `NotAllowed` when this account may not.
    pub async fn set_role(&self, account: AccountId, role: Role) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .perform(move |engine, now| engine.set_role(room, account, role, now))
            .await
            .map(drop)
    }

    /// Says who may come in.
    ///
    /// # Errors
    /// `NotAllowed` when this account may not.
    pub async fn set_join_rule(&self, rule: JoinRule) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .perform(move |engine, now| engine.set_join_rule(room, rule, now))
            .await
            .map(drop)
    }

    /// The room's messages as a list that stays up to date, from the last 50 on.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub async fn timeline(&self) -> Result<Timeline> {
        Timeline::open(self.client.clone(), self.id(), None).await
    }

    /// Queues what has no item of its own.
    pub(crate) async fn act(&self, draft: Draft) -> Result<()> {
        let room = self.id();
        self.client
            .driver
            .call(move |engine, now| engine.send(room, draft, now).map(drop))
            .await
    }

    pub(crate) async fn post(&self, draft: Draft) -> Result<SendHandle> {
        let room = self.id();
        self.post_with(move |engine, now| engine.send(room, draft, now))
            .await
    }

    pub(crate) async fn post_with(
        &self,
        send: impl FnOnce(&mut Engine, Millis) -> Result<Item> + Send + 'static,
    ) -> Result<SendHandle> {
        let (room, shared) = (self.id(), Arc::clone(&self.client.driver.shared));
        self.client
            .driver
            // On the engine thread, before its events go out: no state can be missed.
            .call(move |engine, now| send(engine, now).map(|item| shared.track(room, &item)))
            .await
    }
}

impl std::fmt::Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Room")
            .field("id", &self.cell.id)
            .finish_non_exhaustive()
    }
}
