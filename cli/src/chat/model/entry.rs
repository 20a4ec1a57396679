//! One line of a timeline as the screen shows it. All texts are harmless to show.

use lacre::{AccountId, LocalId, MessageId, Millis};

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
    /// On a device of everybody it was meant for.
    Delivered,
    /// Read by so many, of so many.
    Read(u32, u32),
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
    /// A question with options.
    Poll(Poll),
    /// Something that happened to the room, in words. Nobody said it.
    Notice(String),
    /// Deleted by its sender.
    Deleted,
    /// Cannot be read; why.
    Unreadable(String),
    /// Of a kind this version does not know.
    Unsupported(String),
    /// The relay no longer holds it.
    Gone,
}

/// A question with options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Poll {
    pub(crate) question: Vec<TextLine>,
    pub(crate) options: Vec<PollOption>,
    /// Several may be chosen.
    pub(crate) multiple: bool,
    pub(crate) closed: bool,
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PollOption {
    pub(crate) text: String,
    pub(crate) votes: usize,
    /// The person at the screen chose it.
    pub(crate) mine: bool,
}

impl Poll {
    /// The vote after an option was chosen or taken back: one option, or several where that may be.
    pub(crate) fn choosing(&self, option: usize) -> Option<Vec<usize>> {
        let mine = self.options.get(option)?.mine;
        let kept = self.options.iter().enumerate();
        let mut chosen: Vec<usize> = kept
            .filter(|(index, known)| self.multiple && known.mine && *index != option)
            .map(|(index, _)| index)
            .collect();
        if !mine {
            chosen.push(option);
            chosen.sort_unstable();
        }
        (!self.closed).then_some(chosen)
    }
}

/// What is known of one person and a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) delivered: Option<Millis>,
    pub(crate) read: Option<Millis>,
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
    pub(crate) pinned: bool,
    /// Who wrote it first, if it was forwarded; may be empty.
    pub(crate) forwarded: Option<String>,
    /// The message its thread begins with.
    pub(crate) thread: Option<MessageId>,
    /// How many messages the thread has that begins with it.
    pub(crate) replies: u32,
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
    pub(crate) fn is_said(&self) -> bool {
        matches!(self.body, Body::Text { .. } | Body::Poll(_))
    }

    /// Whether it has a text that can be edited and copied.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.body, Body::Text { .. })
    }

    /// Its first line, without looks.
    pub(crate) fn snippet(&self) -> String {
        match &self.body {
            Body::Text { lines, .. }
            | Body::Poll(Poll {
                question: lines, ..
            }) => lines
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
