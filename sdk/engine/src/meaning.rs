//! What a message is to a timeline: a line of its own, or an act on another line.
//!
//! The one place where content becomes columns. Whoever takes a message in, from the log or from the
//! person at this device, asks here, and so does whoever works a line out anew from what was kept.

use crate::content::{
    Content, Disposition, Forwarded, Mention, Mentioned, MessageId, MessageStatus, MimiContent,
    PersonProfile, RoomKey, forward, mentions, registry,
};
use crate::store::acts::ActKind;
use crate::store::messages::Kind;
use lacre_wire::ids::AccountId;

/// What a message is.
pub(crate) enum Meaning {
    /// A line of the timeline.
    Line(Line),
    /// Changes how another message is shown.
    Act(Act),
    /// The room's key.
    RoomKeys { number: u32, key: RoomKey },
    /// Says something of its sender.
    Aside(Aside),
    /// Asks for no place on screen, and this version does not know what it is for.
    Nothing,
}

/// What a message says of its sender; it is neither shown nor kept as a message.
pub(crate) enum Aside {
    /// How far they are.
    Receipt(Vec<(MessageId, MessageStatus)>),
    /// Who they are.
    Profile(PersonProfile),
}

/// What follows from the content of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) kind: Kind,
    pub(crate) text: Option<String>,
    pub(crate) reply_to: Option<MessageId>,
    /// Who is mentioned in the text.
    pub(crate) mentions: Vec<Mention>,
    /// The message its thread begins with.
    pub(crate) thread: Option<MessageId>,
    pub(crate) forwarded: Option<Forwarded>,
    /// By kind: of a poll the value of its extension, of a notice what happened.
    pub(crate) extra: Option<Vec<u8>>,
}

/// An act as its content says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Act {
    /// The message it is about; of a reaction taken back, the reaction.
    pub(crate) target: MessageId,
    pub(crate) kind: ActKind,
    /// By kind: see [`ActKind`].
    pub(crate) value: Vec<u8>,
}

impl Meaning {
    /// What `message` is; `encoded` is its encoding.
    pub(crate) fn of(message: &MimiContent, encoded: &[u8]) -> Self {
        let said = |kind, markdown: String, reply_to| Line {
            reply_to,
            mentions: mentions::of(message, &markdown),
            thread: MessageId::from_slice(&message.topic_id),
            forwarded: forward::of(message),
            ..Line::new(kind, Some(markdown))
        };
        let text = |markdown, reply_to| Self::Line(said(Kind::Text, markdown, reply_to));
        let act = |target, kind, value| {
            Self::Act(Act {
                target,
                kind,
                value,
            })
        };
        match Content::read(message) {
            Content::Text { markdown } => text(markdown, None),
            Content::Reply { to, markdown } => text(markdown, Some(to)),
            Content::Edit { replaces, .. } => act(replaces, ActKind::Edit, encoded.to_vec()),
            Content::Delete { replaces } => act(replaces, ActKind::Delete, Vec::new()),
            Content::Reaction { to, emoji } => act(to, ActKind::React, emoji.into_bytes()),
            Content::Unreact { replaces } => act(replaces, ActKind::Unreact, Vec::new()),
            Content::Pin { to, pinned } => act(to, ActKind::Pin, vec![u8::from(pinned)]),
            Content::Poll { markdown, .. } => Self::Line(Line {
                extra: message.extensions.get(registry::POLL).map(<[u8]>::to_vec),
                ..said(Kind::Poll, markdown, None)
            }),
            Content::Vote { poll, chosen } => act(poll, ActKind::Vote, chosen),
            Content::ClosePoll { poll } => act(poll, ActKind::Close, Vec::new()),
            Content::RoomKeys { number, key } => Self::RoomKeys { number, key },
            Content::Receipt { report } => Self::Aside(Aside::Receipt(report)),
            Content::Profile { profile } => Self::Aside(Aside::Profile(profile)),
            Content::Unsupported {
                disposition: Disposition::UNSPECIFIED,
                ..
            } => Self::Nothing,
            Content::Unsupported { content_type, .. } => {
                Self::Line(Line::new(Kind::Unsupported, content_type))
            }
        }
    }

    /// The line of a kept message; `None` if it is none.
    pub(crate) fn line(encoded: &[u8]) -> Option<Line> {
        match Self::of(&MimiContent::decode(encoded).ok()?, &[]) {
            Self::Line(line) => Some(line),
            _ => None,
        }
    }
}

impl Line {
    /// A line that says nothing but `text`.
    pub(crate) fn new(kind: Kind, text: Option<String>) -> Self {
        Self {
            kind,
            text,
            reply_to: None,
            mentions: Vec::new(),
            thread: None,
            forwarded: None,
            extra: None,
        }
    }

    /// Whether `me` is mentioned by somebody else.
    pub(crate) fn mentions(&self, me: AccountId, sender: AccountId) -> bool {
        let mine = |mention: &Mention| match mention.who {
            Mentioned::Account(account) => account == me,
            Mentioned::Everyone => true,
        };
        sender != me && self.mentions.iter().any(mine)
    }

    /// The line with the text of a kept edit; `None` if it cannot be edited, or that is no edit.
    pub(crate) fn edited(&self, encoded: &[u8]) -> Option<Self> {
        let edit = MimiContent::decode(encoded).ok()?;
        match (self.kind, Content::read(&edit)) {
            (Kind::Text, Content::Edit { markdown, .. }) => Some(Self {
                mentions: mentions::of(&edit, &markdown),
                text: Some(markdown),
                ..self.clone()
            }),
            _ => None,
        }
    }
}
