//! What a room's timeline shows, item by item.

use crate::content::{Mention, MessageId};
use crate::event::LocalId;
use crate::reading::Receipt;
use lacre_wire::ids::{AccountId, Millis, Seq};

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Names the item on this device; stable for its life.
    pub id: LocalId,
    /// Names the message everywhere.
    pub message: MessageId,
    /// Position in the room's log; `None` until the relay has accepted it. Orders the timeline.
    pub seq: Option<Seq>,
    /// Who wrote it.
    pub sender: AccountId,
    /// What to call the sender: the name they gave themselves, else their handle, as far as it is known
    /// here; see [`crate::Member::name`].
    pub sender_name: String,
    /// The sender's handle; the start of their id until the directory has answered.
    pub sender_handle: String,
    /// Whether this account wrote it.
    pub own: bool,
    /// When the relay accepted it, or when it was queued here.
    pub at_ms: Millis,
    /// What it says.
    pub body: ItemBody,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// Who is mentioned in the text, in its order.
    pub mentions: Vec<Mention>,
    /// Whether it mentions this account, by name or with everyone; never of an own message.
    pub mentions_me: bool,
    /// Whether it was edited.
    pub edited: bool,
    /// Reactions: emoji and who, in order of first use.
    pub reactions: Vec<(String, Vec<AccountId>)>,
    /// How far it came.
    pub state: SendState,
    /// How many have it and have read it: of own messages that the relay has, in rooms of up to 50
    /// people.
    pub receipt: Option<Receipt>,
}

/// What an item says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemBody {
    /// Markdown text.
    Text(String),
    /// Deleted by its sender.
    Deleted,
    /// Could not be read; the text says why.
    Unreadable(String),
    /// Valid, but of a kind this version does not know.
    Unsupported(String),
    /// The relay no longer holds it: expired or deleted before this device read it.
    Gone,
}

/// How far a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendState {
    /// Safe on this device, not yet with the relay.
    Queued,
    /// Durable at the relay.
    Sent,
    /// Refused for good; the error was told by [`crate::Event`].
    Failed,
}

/// Names a place in a timeline, to read what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageKey {
    /// The item's position.
    pub seq: Option<Seq>,
    /// The item.
    pub id: LocalId,
}

impl Item {
    /// The place of this item.
    pub fn key(&self) -> PageKey {
        PageKey {
            seq: self.seq,
            id: self.id,
        }
    }
}

/// What a person wants to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draft {
    /// A message of its own, in Markdown.
    Text(String),
    /// An answer.
    Reply {
        /// The message that is answered.
        to: MessageId,
        /// Markdown.
        text: String,
    },
    /// A reaction.
    React {
        /// The message that is reacted to.
        to: MessageId,
        /// One emoji.
        emoji: String,
    },
    /// Takes an own reaction back.
    Unreact {
        /// The message that was reacted to.
        to: MessageId,
        /// The emoji.
        emoji: String,
    },
    /// A new version of an own message.
    Edit {
        /// The message.
        message: MessageId,
        /// Markdown.
        text: String,
    },
    /// Takes an own message back, for everyone.
    Delete {
        /// The message.
        message: MessageId,
    },
}
