//! Messages and people as plain data.

use crate::id;

/// A person or bot.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Person {
    /// Their account: what to compare and to keep.
    pub account: String,
    /// Their name, as far as it is known here.
    pub name: String,
}

/// How far a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SendState {
    /// Safe on this device, not yet with the relay.
    Queued,
    /// Durable at the relay.
    Sent,
    /// Refused for good.
    Failed,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Body {
    /// Markdown text.
    Text {
        /// The text.
        text: String,
    },
    /// Deleted by its sender.
    Deleted,
    /// Could not be read.
    Unreadable {
        /// Why.
        reason: String,
    },
    /// No longer held by the relay when this device came to read it.
    Gone,
    /// Of a kind that these bindings do not show yet.
    Other {
        /// The kind, in a word.
        kind: String,
    },
}

/// An emoji and who reacted with it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// Their accounts.
    pub accounts: Vec<String>,
}

/// A message as it stands in a timeline.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Message {
    /// Names the message everywhere.
    pub id: String,
    /// Names it on this device; stable while the message is on its way.
    pub local_id: i64,
    /// Its room.
    pub room: String,
    /// Who wrote it.
    pub sender: Person,
    /// Whether this account wrote it.
    pub own: bool,
    /// When the relay accepted it or, until then, when it was queued: milliseconds since 1970 UTC.
    pub time_ms: u64,
    /// What it says.
    pub body: Body,
    /// The message it answers.
    pub reply_to: Option<String>,
    /// Whether it was edited.
    pub edited: bool,
    /// Reactions, in the order of their first use.
    pub reactions: Vec<Reaction>,
    /// How far it came.
    pub state: SendState,
}

impl From<lacre::SendState> for SendState {
    fn from(state: lacre::SendState) -> Self {
        match state {
            lacre::SendState::Queued => Self::Queued,
            lacre::SendState::Sent => Self::Sent,
            lacre::SendState::Failed => Self::Failed,
        }
    }
}

impl From<&lacre::ItemBody> for Body {
    fn from(body: &lacre::ItemBody) -> Self {
        match body {
            lacre::ItemBody::Text(text) => Self::Text { text: text.clone() },
            lacre::ItemBody::Deleted => Self::Deleted,
            lacre::ItemBody::Unreadable(reason) => Self::Unreadable {
                reason: reason.clone(),
            },
            lacre::ItemBody::Gone => Self::Gone,
            lacre::ItemBody::Unsupported(kind) => Self::Other { kind: kind.clone() },
            #[allow(
                unreachable_patterns,
                reason = "kinds are added to timelines over time"
            )]
            _ => Self::Other {
                kind: String::new(),
            },
        }
    }
}

impl Message {
    pub(crate) fn new(room: lacre::RoomId, item: &lacre::Item) -> Self {
        let reaction = |(emoji, accounts): &(String, Vec<lacre::AccountId>)| Reaction {
            emoji: emoji.clone(),
            accounts: accounts.iter().map(ToString::to_string).collect(),
        };
        Self {
            id: id::of_message(item.message),
            local_id: item.id,
            room: room.to_string(),
            sender: Person {
                account: item.sender.to_string(),
                name: item.sender_name.clone(),
            },
            own: item.own,
            time_ms: item.at_ms,
            body: Body::from(&item.body),
            reply_to: item.reply_to.map(id::of_message),
            edited: item.edited,
            reactions: item.reactions.iter().map(reaction).collect(),
            state: item.state.into(),
        }
    }
}

impl From<&lacre::Person> for Person {
    fn from(person: &lacre::Person) -> Self {
        Self {
            account: person.account().to_string(),
            name: person.name().to_owned(),
        }
    }
}
