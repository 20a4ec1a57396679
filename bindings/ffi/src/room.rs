//! Rooms.

use crate::error::Result;
use crate::id;
use crate::message::Person;
use crate::send::SendHandle;
use crate::timeline::Timeline;
use std::sync::Arc;

/// What sort of room it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum RoomKind {
    /// The one room of two accounts.
    Direct,
    /// A room of any accounts.
    Group,
    /// A room with channels.
    Space,
}

/// A member of a room.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RoomMember {
    /// Who.
    pub person: Person,
    /// Whether they run the room.
    pub owner: bool,
}

/// A room: a set of people and their messages. What it tells of itself is kept up to date.
#[derive(uniffi::Object)]
pub struct Room(pub(crate) lacre::Room);

#[uniffi::export]
impl Room {
    /// Names the room everywhere.
    pub fn id(&self) -> String {
        self.0.id().to_string()
    }

    /// Its name; in a direct room, the other person's.
    pub fn name(&self) -> String {
        self.0.name()
    }

    /// What sort of room it is.
    pub fn kind(&self) -> RoomKind {
        match self.0.kind() {
            lacre::RoomKind::Direct => RoomKind::Direct,
            lacre::RoomKind::Group => RoomKind::Group,
            lacre::RoomKind::Space => RoomKind::Space,
        }
    }

    /// Whether this device reads and writes it; false after leaving or being removed.
    pub fn is_joined(&self) -> bool {
        self.0.is_joined()
    }

    /// Why the room stopped, if it could not be followed.
    pub fn stopped(&self) -> Option<String> {
        self.0.stopped()
    }

    /// Who is in it.
    pub fn members(&self) -> Vec<RoomMember> {
        let member = |member: lacre::Member| RoomMember {
            owner: member.role == lacre::Role::Owner,
            person: Person {
                account: member.account.to_string(),
                name: member.handle,
            },
        };
        self.0.members().into_iter().map(member).collect()
    }

    /// How many messages of others are unread.
    pub fn unread(&self) -> Result<u32> {
        Ok(self.0.info()?.unread.messages)
    }

    /// Sends a text in Markdown. Safe on this device when it returns; the handle tells how far it came.
    pub async fn send(&self, text: String) -> Result<Arc<SendHandle>> {
        Ok(Arc::new(SendHandle(self.0.send(&text).await?)))
    }

    /// Answers a message. As `send`.
    pub async fn reply(&self, to: String, text: String) -> Result<Arc<SendHandle>> {
        let to = id::message(&to)?;
        Ok(Arc::new(SendHandle(self.0.reply(to, &text).await?)))
    }

    /// Reacts to a message with an emoji. Safe on this device when it returns.
    pub async fn react(&self, to: String, emoji: String) -> Result<()> {
        self.0.react(id::message(&to)?, &emoji).await?;
        Ok(())
    }

    /// Takes a reaction back.
    pub async fn unreact(&self, to: String, emoji: String) -> Result<()> {
        self.0.unreact(id::message(&to)?, &emoji).await?;
        Ok(())
    }

    /// Replaces the text of an own message. Safe on this device when it returns.
    pub async fn edit(&self, message: String, text: String) -> Result<()> {
        self.0.edit(id::message(&message)?, &text).await?;
        Ok(())
    }

    /// Deletes an own message for everybody. Safe on this device when it returns.
    pub async fn delete(&self, message: String) -> Result<()> {
        self.0.delete(id::message(&message)?).await?;
        Ok(())
    }

    /// Marks everything in the room as read.
    pub async fn mark_all_read(&self) -> Result<()> {
        self.0.mark_all_read().await?;
        Ok(())
    }

    /// Adds people by handle, with all their devices.
    pub async fn invite(&self, handles: Vec<String>) -> Result<()> {
        let handles: Vec<&str> = handles.iter().map(String::as_str).collect();
        Ok(self.0.invite(&handles).await?)
    }

    /// Removes a person with all their devices.
    pub async fn remove(&self, account: String) -> Result<()> {
        let account = id::parse(&account, "person")?;
        Ok(self.0.remove(account).await?)
    }

    /// Leaves the room with all devices of this account.
    pub async fn leave(&self) -> Result<()> {
        Ok(self.0.leave().await?)
    }

    /// Renames the room.
    pub async fn set_name(&self, name: String) -> Result<()> {
        Ok(self.0.set_name(&name).await?)
    }

    /// Lets everybody in who knows the room's id, or only those who are invited.
    pub async fn set_open(&self, open: bool) -> Result<()> {
        let rule = match open {
            true => lacre::JoinRule::Open,
            false => lacre::JoinRule::Closed,
        };
        Ok(self.0.set_join_rule(rule).await?)
    }

    /// The room's messages as a list that stays up to date, from the last 50 on.
    pub async fn timeline(&self) -> Result<Arc<Timeline>> {
        Ok(Arc::new(Timeline(self.0.timeline().await?)))
    }
}
