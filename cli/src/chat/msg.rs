//! What reaches the screen: keys, time, and what the client tells.

use super::model::entry::{Change, Entry, Seen};
use super::model::room::RoomLine;
use super::model::search::Found;
use super::model::{Link, Seat};
use lacre::{AccountId, MessageId, Millis, Presence, RoomId, Unread};
use ratatui::crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Size;

/// One thing that happened. All texts are harmless to show.
#[derive(Debug, Clone)]
pub(crate) enum Msg {
    Key(KeyEvent),
    Paste(String),
    Mouse(MouseEvent),
    Size(Size),
    /// The terminal's window got or lost the focus.
    Focus(bool),
    Tick(Millis),
    Link(Link),
    /// The rooms as they are now.
    Rooms(Vec<RoomLine>),
    /// What was being written in a room when the chat was left.
    Draft {
        room: RoomId,
        text: String,
    },
    /// Somebody writes, or no longer.
    Typing {
        room: RoomId,
        who: AccountId,
        name: String,
        active: bool,
    },
    /// Somebody is there in another way.
    Presence {
        who: AccountId,
        presence: Option<Presence>,
    },
    /// What is unread in a room.
    Unread {
        room: RoomId,
        unread: Unread,
    },
    /// The first page of a room.
    Page {
        room: RoomId,
        entries: Vec<Entry>,
    },
    /// What changed in a room's list.
    Changes {
        room: RoomId,
        changes: Vec<Change>,
    },
    /// Older messages were read, so many.
    Older {
        room: RoomId,
        count: usize,
    },
    /// The thread that begins with a message.
    Thread {
        root: MessageId,
        told: Told,
    },
    /// What was found for the search of this number.
    Found {
        number: u64,
        hits: Vec<Found>,
    },
    /// Who has a message and who read it.
    Info {
        message: MessageId,
        seen: Vec<Seen>,
    },
    /// What is pinned in the room on the screen.
    Pins(Vec<Found>),
    /// Somebody wrote.
    News(News),
    /// A room is there that was asked for.
    Entered(RoomId),
    /// The text came back from the editor.
    Written {
        seat: Seat,
        text: String,
    },
    /// A command has answered; the room or thread to go to, if it went to another one.
    Said {
        lines: Vec<String>,
        room: Option<RoomId>,
        /// The thread it went into, or the room alone where it left one.
        thread: Option<Seat>,
    },
    /// A command said that the person is away.
    Away,
    /// Something was not done; why.
    Failed(String),
    /// A text could not be sent, or a command not be done: it goes back to where it was written.
    Refused {
        seat: Seat,
        text: String,
        why: String,
    },
}

/// A message to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct News {
    pub(crate) room: RoomId,
    pub(crate) who: String,
    pub(crate) text: String,
}

/// What there is to know of a list of messages.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    /// Its first page.
    Page(Vec<Entry>),
    /// What changed in it.
    Changes(Vec<Change>),
    /// So many older messages were read.
    Older(usize),
}
