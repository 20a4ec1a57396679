//! What people send: from bytes to something to show, and back.
//!
//! Three layers. [`MimiContent`] is the message container of draft-ietf-mimi-content-08, with
//! exactly one encoding for each message. [`Content`] is what the product knows how to show or
//! to act on; everything else is kept as it came and shown as unsupported. Around the
//! encoding stand its name ([`MessageId`]), its padding ([`pad`]) and its franking tag
//! ([`frank`](frank())).
//!
//! Sending: [`Content::build`], [`MimiContent::encode`], [`frank`](frank()),
//! [`MimiContent::message_id`], [`pad`], seal. Receiving: open, [`unpad`], [`check_frank`] after
//! [`MimiContent::decode`], [`MimiContent::check_origin`], [`Content::read`].
//!
//! Who may edit or delete what is not decided here: a `replaces` is a claim until the room's
//! policy and the author of the first version agree with it.

mod cbor;
mod error;
mod extensions;
pub(crate) mod forward;
mod frank;
pub mod limits;
pub(crate) mod mentions;
mod message_id;
mod mimi;
mod padding;
mod part;
mod pin;
pub(crate) mod poll;
mod profile;
mod reaction;
pub mod registry;
mod room_keys;
mod status;
mod text;
pub mod uri;

#[cfg(test)]
mod examples;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod strictness;

pub use error::ContentError;
pub use extensions::{ExtensionKey, Extensions};
pub use forward::Forwarded;
pub use frank::{check_frank, frank};
pub use mentions::{Mention, Mentioned};
pub use message_id::MessageId;
pub use mimi::{Expiration, MimiContent, Origin};
pub use padding::{pad, padded_len, unpad};
pub use part::{Disposition, ExternalPart, NestedPart, Part, PartSemantics, SinglePart};
pub use profile::PersonProfile;
pub use room_keys::RoomKey;
pub use status::MessageStatus;

use std::fmt;

/// What a message means to the product.
///
/// Markdown is the draft's profile of it ([`registry::MARKDOWN`]). `replaces` always names the
/// first version of a message; `to` names the exact version that was on screen.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// A message of its own.
    Text {
        /// What is said.
        markdown: String,
    },
    /// An answer.
    Reply {
        /// The message that is answered.
        to: MessageId,
        /// What is said.
        markdown: String,
    },
    /// A reaction; its own message id is what takes it back.
    Reaction {
        /// The message that is reacted to.
        to: MessageId,
        /// One emoji, at most [`limits::MAX_REACTION`] bytes.
        emoji: String,
    },
    /// A reaction taken back.
    Unreact {
        /// The reaction.
        replaces: MessageId,
    },
    /// A new version of a text or an answer. What it answered stays as it was.
    Edit {
        /// The first version.
        replaces: MessageId,
        /// What is said now.
        markdown: String,
    },
    /// A message taken back.
    Delete {
        /// The first version.
        replaces: MessageId,
    },
    /// A message put up for everybody to see, or taken down.
    Pin {
        /// The first version of the message.
        to: MessageId,
        /// Whether it is up now.
        pinned: bool,
    },
    /// A question with options to choose from.
    Poll {
        /// The question.
        markdown: String,
        /// 2 to 10 options of at most [`limits::MAX_POLL_OPTION`] bytes.
        options: Vec<String>,
        /// Whether a person may choose several.
        multiple: bool,
    },
    /// What a person chooses in a poll; replaces what they chose before.
    Vote {
        /// The poll.
        poll: MessageId,
        /// The options in rising order, counted from 0.
        chosen: Vec<u8>,
    },
    /// The end of a poll.
    ClosePoll {
        /// The poll.
        poll: MessageId,
    },
    /// The room's key, for members who lack it; nothing to show.
    RoomKeys {
        /// Its number; a higher one is newer.
        number: u32,
        /// The key.
        key: RoomKey,
    },
    /// How far somebody received or read the room; nothing to show.
    Receipt {
        /// Messages, and what holds for each and all before it.
        report: Vec<(MessageId, MessageStatus)>,
    },
    /// What somebody wants to be called, and says of themselves; nothing to show.
    Profile {
        /// The whole profile.
        profile: PersonProfile,
    },
    /// Something this version does not know. The [`MimiContent`] still has all of it.
    Unsupported {
        /// The media type, if the body has one.
        content_type: Option<String>,
        /// What it is meant for; [`Disposition::UNSPECIFIED`] asks for no place on screen.
        disposition: Disposition,
    },
}

impl Content {
    /// The message that says this. Topic, expiry and more extensions can be set on the result.
    ///
    /// Refused: reactions that are empty or too long, and [`Content::Unsupported`]. Size is
    /// checked by [`MimiContent::encode`].
    pub fn build(&self, origin: &Origin) -> Result<MimiContent, ContentError> {
        let message = |body| MimiContent::new(origin, body);
        let nothing = |disposition| message(NestedPart::new(disposition, Part::Null));
        match self {
            Self::Text { markdown } => message(text::body(markdown)),
            Self::Reply { to, markdown } => Ok(MimiContent {
                in_reply_to: Some(*to),
                ..message(text::body(markdown))?
            }),
            Self::Reaction { to, emoji } => Ok(MimiContent {
                in_reply_to: Some(*to),
                ..message(reaction::body(emoji)?)?
            }),
            Self::Unreact { replaces } => Ok(MimiContent {
                replaces: Some(*replaces),
                ..nothing(Disposition::REACTION)?
            }),
            Self::Edit { replaces, markdown } => Ok(MimiContent {
                replaces: Some(*replaces),
                ..message(text::body(markdown))?
            }),
            Self::Delete { replaces } => Ok(MimiContent {
                replaces: Some(*replaces),
                ..nothing(Disposition::RENDER)?
            }),
            Self::Pin { to, pinned } => Ok(MimiContent {
                in_reply_to: Some(*to),
                ..message(pin::body(*pinned))?
            }),
            Self::Poll {
                markdown,
                options,
                multiple,
            } => {
                let mut poll = message(text::body(markdown))?;
                let (options, multiple) = (options.clone(), *multiple);
                poll::put(&mut poll, &poll::Choice { options, multiple })?;
                Ok(poll)
            }
            Self::Vote { poll, chosen } => Ok(MimiContent {
                in_reply_to: Some(*poll),
                ..message(poll::vote(chosen)?)?
            }),
            Self::ClosePoll { poll } => Ok(MimiContent {
                in_reply_to: Some(*poll),
                ..message(poll::close()?)?
            }),
            Self::RoomKeys { number, key } => message(room_keys::body(*number, key)?),
            Self::Receipt { report } => message(status::body(report)?),
            Self::Profile { profile } => message(profile::body(profile)?),
            Self::Unsupported { .. } => Err(ContentError::CannotSend),
        }
    }

    /// What `message` says. Never fails: what is not understood is [`Content::Unsupported`].
    pub fn read(message: &MimiContent) -> Self {
        Self::recognise(message).unwrap_or_else(|| {
            let content_type = match &message.body.part {
                Part::Single(single) => Some(single.content_type.clone()),
                Part::External(external) => Some(external.content_type.clone()),
                Part::Null | Part::Multi(..) => None,
            };
            Self::Unsupported {
                content_type,
                disposition: message.body.disposition,
            }
        })
    }

    /// The text, if that is what it says.
    pub fn markdown(&self) -> Option<&str> {
        match self {
            Self::Text { markdown }
            | Self::Reply { markdown, .. }
            | Self::Edit { markdown, .. }
            | Self::Poll { markdown, .. } => Some(markdown),
            _ => None,
        }
    }

    /// What has no place on screen.
    fn silent(body: &NestedPart) -> Option<Self> {
        if let Some((number, key)) = room_keys::read(body) {
            return Some(Self::RoomKeys { number, key });
        }
        let receipt = status::read(body).map(|report| Self::Receipt { report });
        receipt.or_else(|| profile::read(body).map(|profile| Self::Profile { profile }))
    }

    fn recognise(message: &MimiContent) -> Option<Self> {
        let body = &message.body;
        let reaction = body.disposition == Disposition::REACTION;
        match (message.replaces, message.in_reply_to) {
            (Some(replaces), _) if body.part == Part::Null => Some(match reaction {
                true => Self::Unreact { replaces },
                false => Self::Delete { replaces },
            }),
            // An edited answer may repeat what it answers; that cannot be changed by editing.
            (Some(replaces), _) => {
                text::read(body).map(|markdown| Self::Edit { replaces, markdown })
            }
            (None, Some(to)) if reaction => {
                reaction::read(body).map(|emoji| Self::Reaction { to, emoji })
            }
            (None, Some(to)) => match (pin::read(body), poll::read(body)) {
                (Some(pinned), _) => Some(Self::Pin { to, pinned }),
                (_, Some(poll::Said::Vote(chosen))) => Some(Self::Vote { poll: to, chosen }),
                (_, Some(poll::Said::Close)) => Some(Self::ClosePoll { poll: to }),
                (None, None) => text::read(body).map(|markdown| Self::Reply { to, markdown }),
            },
            (None, None) => text::read(body)
                .map(|markdown| match poll::of(message) {
                    Some(poll::Choice { options, multiple }) => Self::Poll {
                        markdown,
                        options,
                        multiple,
                    },
                    None => Self::Text { markdown },
                })
                .or_else(|| Self::silent(body)),
        }
    }
}

/// The kind and the ids; logs must not hold what people write, nor keys.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { .. } => f.write_str("Text"),
            Self::Reply { to, .. } => write!(f, "Reply({to:?})"),
            Self::Reaction { to, .. } => write!(f, "Reaction({to:?})"),
            Self::Unreact { replaces } => write!(f, "Unreact({replaces:?})"),
            Self::Edit { replaces, .. } => write!(f, "Edit({replaces:?})"),
            Self::Delete { replaces } => write!(f, "Delete({replaces:?})"),
            Self::Pin { to, pinned } => write!(f, "Pin({to:?}, {pinned})"),
            Self::Poll { options, .. } => write!(f, "Poll({})", options.len()),
            Self::Vote { poll, .. } => write!(f, "Vote({poll:?})"),
            Self::ClosePoll { poll } => write!(f, "ClosePoll({poll:?})"),
            Self::RoomKeys { number, .. } => write!(f, "RoomKeys({number})"),
            Self::Receipt { report } => write!(f, "Receipt({})", report.len()),
            Self::Profile { profile } => write!(f, "{profile:?}"),
            Self::Unsupported {
                content_type,
                disposition,
            } => {
                write!(f, "Unsupported({content_type:?}, {disposition:?})")
            }
        }
    }
}
