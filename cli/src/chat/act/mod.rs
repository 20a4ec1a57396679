//! What a key or message makes the program do, and doing it.
//!
//! The screen never waits: everything that reads the store or asks the client runs as a task, and
//! its result comes back as a [`Msg`](super::msg::Msg).

mod dress;
mod find;
mod follow;
mod hands;
mod markdown;

pub(crate) use hands::Hands;

use super::model::Seat;
use super::msg::News;
use lacre::{AccountId, MessageId, RoomId};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// Load a room and follow it.
    Enter(RoomId),
    /// Stop following a room.
    Unload(RoomId),
    /// Load a thread and follow it, and no other.
    EnterThread {
        room: RoomId,
        root: MessageId,
    },
    /// Stop following a thread.
    LeaveThread,
    /// Read messages before those that are loaded.
    Older(RoomId),
    /// The same of a thread.
    OlderThread {
        room: RoomId,
        root: MessageId,
    },
    /// Let the others see that this person is away, or back.
    Away(bool),
    /// Keep what is being written.
    Draft {
        room: RoomId,
        text: String,
    },
    /// This room is on the screen, and somebody looks.
    Focus(Option<RoomId>),
    /// This person writes here.
    Typing(RoomId),
    /// This person writes no longer.
    StopTyping(RoomId),
    /// Everything in the room was read.
    Read(RoomId),
    /// Mark the room as unread from a message on.
    Keep {
        room: RoomId,
        message: MessageId,
    },
    /// Look for words, in a room or everywhere. The number comes back with what was found.
    Search {
        room: Option<RoomId>,
        words: String,
        number: u64,
    },
    Send {
        room: RoomId,
        text: String,
    },
    /// Run a command, in a room and a thread of it if there is one.
    Say {
        room: Option<RoomId>,
        thread: Option<MessageId>,
        text: String,
    },
    Reply {
        room: RoomId,
        to: MessageId,
        /// The thread it is written in.
        root: Option<MessageId>,
        text: String,
    },
    Edit {
        room: RoomId,
        message: MessageId,
        text: String,
    },
    React {
        room: RoomId,
        message: MessageId,
        emoji: String,
    },
    /// Take a reaction back.
    Unreact {
        room: RoomId,
        message: MessageId,
        emoji: String,
    },
    Delete {
        room: RoomId,
        message: MessageId,
    },
    /// A text in the thread of a message.
    Thread {
        room: RoomId,
        root: MessageId,
        text: String,
    },
    /// Keep a message in sight for everybody, or no longer.
    Pin {
        room: RoomId,
        message: MessageId,
        pinned: bool,
    },
    /// Read who has a message and who read it.
    Info {
        room: RoomId,
        message: MessageId,
    },
    /// Read what is pinned.
    Pins(RoomId),
    /// Say in another room what was said in this one.
    Forward {
        from: RoomId,
        message: MessageId,
        to: RoomId,
    },
    Vote {
        room: RoomId,
        poll: MessageId,
        options: Vec<usize>,
    },
    ClosePoll {
        room: RoomId,
        poll: MessageId,
    },
    /// Open the room with a person.
    Direct(AccountId),
    /// Put a text into the clipboard.
    Copy(String),
    /// Write in the person's editor.
    Editor {
        seat: Seat,
        text: String,
    },
    /// Let the mouse scroll, or leave it to the terminal.
    Mouse(bool),
    /// Tell of a message.
    Tell(News),
    Quit,
}
