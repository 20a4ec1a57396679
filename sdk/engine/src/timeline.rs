//! What a room's timeline shows, item by item.

use crate::content::{Forwarded, Mention, MessageId};
use crate::event::LocalId;
use crate::expiry::Expiry;
use crate::notice::Notice;
use crate::reading::Receipt;
use lacre_wire::ids::{AccountId, Millis, RoomId, Seq};

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
    /// The message its thread begins with, if it was said in one.
    pub thread: Option<MessageId>,
    /// How many messages the thread has that begins with this one; deleted ones do not count.
    pub replies_in_thread: u32,
    /// Whether somebody pinned it, and nobody took it down.
    pub pinned: bool,
    /// Where it was forwarded from.
    pub forwarded: Option<Forwarded>,
    /// Reactions: emoji and who, in order of first use.
    pub reactions: Vec<(String, Vec<AccountId>)>,
    /// How far it came.
    pub state: SendState,
    /// How many have it and have read it: of own messages that the relay has, in rooms of up to 50
    /// people.
    pub receipt: Option<Receipt>,
    /// When it goes by itself; `None` if it stays.
    pub expires: Option<Expiry>,
}

/// What an item says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemBody {
    /// Markdown text.
    Text(String),
    /// A question with options to choose from.
    Poll(Poll),
    /// Something that happened to the room. Nobody said it; the sender is who did it.
    Notice(Notice),
    /// Deleted by its sender.
    Deleted,
    /// Could not be read; the text says why.
    Unreadable(String),
    /// Valid, but of a kind this version does not know.
    Unsupported(String),
    /// The relay no longer holds it: expired or deleted before this device read it.
    Gone,
}

/// A question with options to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// The question, in Markdown.
    pub question: String,
    /// What can be chosen.
    pub options: Vec<PollOption>,
    /// Whether a person may choose several.
    pub multiple: bool,
    /// Whether votes no longer count.
    pub closed: bool,
}

/// What can be chosen in a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollOption {
    /// What it says; safe to show.
    pub text: String,
    /// Who chose it, in the order of their first vote.
    pub votes: Vec<AccountId>,
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
    /// A message in a thread.
    InThread {
        /// The message the thread begins with, or one in it.
        root: MessageId,
        /// Markdown.
        text: String,
    },
    /// Puts a message up for everybody to see, or takes it down.
    Pin {
        /// The message.
        message: MessageId,
        /// Whether it is to be up.
        pinned: bool,
    },
    /// What was said somewhere, said here.
    Forward {
        /// The room it was said in.
        from: RoomId,
        /// The message.
        message: MessageId,
    },
    /// A question with options to choose from.
    Poll {
        /// Markdown.
        question: String,
        /// 2 to 10.
        options: Vec<String>,
        /// Whether a person may choose several.
        multiple: bool,
    },
    /// A vote; replaces an earlier one.
    Vote {
        /// The poll.
        poll: MessageId,
        /// The options, counted from 0; none takes the vote back.
        options: Vec<usize>,
    },
    /// Ends an own poll.
    ClosePoll {
        /// The poll.
        poll: MessageId,
    },
}
