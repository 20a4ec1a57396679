//! One line of a timeline as the screen shows it. All texts are harmless to show.

use lacre::{AccountId, LocalId, MessageId, Millis, Notice, Poll};

/// How a run of text looks. Markdown says it; the terminal shows what it can.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) strong: bool,
    pub(crate) emphasis: bool,
    pub(crate) struck: bool,
    pub(crate) code: bool,
    pub(crate) link: bool,
    /// Stands back: quotes, signs around a link.
    pub(crate) dim: bool,
    /// Speaks to somebody.
    pub(crate) mention: bool,
}

/// A run of text with one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) look: Look,
}

impl Run {
    /// A run without a look.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            look: Look::default(),
        }
    }
}

/// A line of text before it is fitted to the screen.
pub(crate) type TextLine = Vec<Run>;

/// How far an own message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Safe here, not yet with the relay.
    Queued,
    /// With the relay.
    Sent,
    /// Refused for good.
    Failed,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    /// A message.
    Text {
        /// As it is shown.
        lines: Vec<TextLine>,
        /// As it was written, to edit and to copy.
        source: String,
    },
    /// Deleted by its sender.
    Deleted,
    /// Cannot be read; why.
    Unreadable(String),
    /// Of a kind this version does not know.
    Unsupported(String),
    /// The relay no longer holds it.
    Gone,
    /// A question with options.
    Poll(Poll),
    /// Something that happened to the room.
    Notice(Notice),
}

/// A reaction: which, how many, and whether an own one is among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reaction {
    pub(crate) emoji: String,
    pub(crate) count: usize,
    pub(crate) mine: bool,
}

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: LocalId,
    pub(crate) message: MessageId,
    pub(crate) sender: AccountId,
    pub(crate) name: String,
    pub(crate) own: bool,
    pub(crate) at: Millis,
    pub(crate) body: Body,
    pub(crate) reply_to: Option<MessageId>,
    /// It speaks to the person at the screen.
    pub(crate) mentions_me: bool,
    pub(crate) edited: bool,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) progress: Progress,
}

impl Entry {
    /// The text as it was written; empty if it is none.
    pub(crate) fn source(&self) -> &str {
        match &self.body {
            Body::Text { source, .. } => source,
            _ => "",
        }
    }

    /// Whether it can be answered, reacted to and the like.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.body, Body::Text { .. })
    }

    /// Its first line, without looks.
    pub(crate) fn snippet(&self) -> String {
        match &self.body {
            Body::Text { lines, .. } => lines
                .iter()
                .find(|line| !line.is_empty())
                .map(|line| line.iter().map(|run| run.text.as_str()).collect())
                .unwrap_or_default(),
            _ => String::new(),
        }
    }
}

/// How a list of entries changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Before the one at the index.
    Insert(usize, Entry),
    /// At the index.
    Update(usize, Entry),
    /// At the index.
    Remove(usize),
    /// Another list.
    Reset(Vec<Entry>),
}
