//! What an application is told.

use crate::content::MessageId;
use crate::error::Error;
use crate::hints::Presence;
use crate::reading::{NotifyReason, Unread};
use crate::schedule::{Scheduled, ScheduledId};
use crate::timeline::Item;
use lacre_wire::answer::Listed;
use lacre_wire::ids::{AccountId, DeviceId, Millis, PublicKey, RoomId};

/// Names a local intention (a message to send, a change to make) on this device.
pub type LocalId = i64;

/// Something happened. Own messages never come back as [`Event::Message`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The session came up or went down.
    Connection(Connection),
    /// A room appeared: created here, by another own device, or by a Welcome.
    RoomAdded(RoomId),
    /// A room's name, members, roles or rules changed.
    RoomChanged(RoomId),
    /// This device no longer reads the room.
    RoomRemoved {
        /// The room.
        room: RoomId,
        /// True if this person left; false if they were removed.
        left: bool,
        /// True if they were banned, and cannot come in again until an owner lifts it.
        banned: bool,
    },
    /// A message of somebody else was read for the first time.
    Message {
        /// The room.
        room: RoomId,
        /// The message.
        item: Item,
    },
    /// An item of a timeline is new or has changed (edited, deleted, reacted to, sent, failed);
    /// also own messages and system lines. Timelines apply it.
    Item {
        /// The room.
        room: RoomId,
        /// The item as it is now.
        item: Item,
    },
    /// What is unread in a room has changed.
    Unread {
        /// The room.
        room: RoomId,
        /// What is unread now.
        unread: Unread,
    },
    /// The person is to be told about a message now. Each at most once.
    Notify {
        /// The room.
        room: RoomId,
        /// The message.
        item: Item,
        /// Why.
        reason: NotifyReason,
    },
    /// An item is gone from its timeline for good: its time had come, or it was taken back before
    /// it left this device.
    ItemRemoved {
        /// The room.
        room: RoomId,
        /// The item.
        id: LocalId,
        /// The message.
        message: MessageId,
    },
    /// A message that was to be sent later is now on its way.
    ScheduledSent {
        /// Names it in the list of those that wait, which it has left.
        id: ScheduledId,
        /// The room.
        room: RoomId,
        /// The message it became.
        message: MessageId,
    },
    /// A message that was to be sent later could not be. It stays on the list.
    ScheduledFailed {
        /// The message.
        scheduled: Scheduled,
        /// Why, and what to do.
        error: Error,
    },
    /// A member joined or left.
    Member {
        /// The room.
        room: RoomId,
        /// The person.
        account: AccountId,
        /// Their handle, or empty if it is not known here.
        handle: String,
        /// What to call them; their handle if they gave themselves no name.
        name: String,
        /// True for joined.
        joined: bool,
        /// When the relay accepted it.
        at_ms: Millis,
    },
    /// Somebody else began to write in a room, or no longer does.
    Typing {
        /// The room.
        room: RoomId,
        /// The person.
        account: AccountId,
        /// Their handle, or empty if it is not known here.
        handle: String,
        /// True for began.
        active: bool,
    },
    /// Somebody else is seen differently from now on.
    Presence {
        /// The person.
        account: AccountId,
        /// Their handle, or empty if it is not known here.
        handle: String,
        /// How they are there; none when they are gone.
        presence: Option<Presence>,
    },
    /// Something asked for on this device is done, or has failed.
    Done {
        /// Names what was asked.
        id: LocalId,
        /// Its outcome.
        result: Result<Done, Error>,
    },
    /// A new device of this account asks to be approved.
    ApprovalRequested {
        /// The device.
        device: DeviceId,
        /// Its key.
        key: PublicKey,
        /// What the person called it.
        name: String,
    },
    /// This device was approved; it can now be used.
    Approved,
    /// A room stopped because it could not be followed; others go on.
    RoomStopped {
        /// The room.
        room: RoomId,
        /// Why, and what to do.
        error: Error,
    },
    /// Something failed that belongs to no call.
    Error(Error),
}

/// The outcome of something asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// A change was made.
    Changed,
    /// A room was created, found or entered.
    Room(RoomId),
    /// A person was found.
    Person {
        /// The account.
        account: AccountId,
        /// Its handle, without `@`.
        handle: String,
    },
    /// Rooms that everybody may find.
    Listed {
        /// In the order of their names.
        rooms: Vec<Listed>,
        /// Whether there are more after them.
        more: bool,
    },
}

/// State of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Logged in.
    Online,
    /// Not connected; the driver tries again by itself.
    Offline,
}
