//! The message container of draft-ietf-mimi-content-08: what is sealed, hashed and franked.
//!
//! A message has exactly one encoding. [`MimiContent::decode`] refuses any other, so the bytes
//! that arrived can be hashed, stamped and reported as they are.

use super::error::{ContentError, InField, at_most};
use super::extensions::Extensions;
use super::limits::{MAX_CONTENT, MAX_TOPIC_ID};
use super::message_id::MessageId;
use super::part::{NestedPart, length};
use super::registry::{CHANNEL, ROOM_URI, SENDER_URI};
use super::uri::{account_uri, parse_account_uri, parse_room_uri, room_uri};
use lacre_wire::ids::{AccountId, RoomId};
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use std::fmt;
use zeroize::Zeroizing;

const MESSAGE: &str = "mimiContent";
const FIELDS: u64 = 7;

/// A message. Canonical CBOR, at most [`MAX_CONTENT`] bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct MimiContent {
    /// Random bytes, fresh for each message: they make the id unguessable and key the franking
    /// tag. A message that is sealed again keeps them.
    pub salt: [u8; 16],
    /// The first version of the message that this one edits or deletes.
    pub replaces: Option<MessageId>,
    /// The thread the message belongs to, the id of its root message; empty: none.
    pub topic_id: Vec<u8>,
    /// When to forget the message.
    pub expires: Option<Expiration>,
    /// The exact version of the message that this one answers or reacts to.
    pub in_reply_to: Option<MessageId>,
    /// Sender, room, and whatever else [`registry`](super::registry) lists.
    pub extensions: Extensions,
    /// What is said.
    pub body: NestedPart,
}

/// When receivers forget a message; a request, not a guarantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expiration {
    /// Seconds after it was read.
    AfterReading(u32),
    /// Seconds since the Unix epoch.
    At(u32),
}

impl Expiration {
    fn write(self, out: &mut Encoder<&mut Vec<u8>>) -> Result<(), ContentError> {
        let (relative, time) = match self {
            Self::AfterReading(seconds) => (true, seconds),
            Self::At(seconds) => (false, seconds),
        };
        out.array(2)?.bool(relative)?.u32(time)?;
        Ok(())
    }

    fn read(input: &mut Decoder<'_>) -> Result<Option<Self>, ContentError> {
        let field = "expires";
        if input.datatype().in_field(field)? == Type::Null {
            input.null().in_field(field)?;
            return Ok(None);
        }
        if length(input, field)? != 2 {
            return Err(ContentError::Unexpected {
                field,
                expected: "null or [bool, uint]",
            });
        }
        let relative = input.bool().in_field(field)?;
        let time = input.u32().in_field(field)?;
        Ok(Some(if relative {
            Self::AfterReading(time)
        } else {
            Self::At(time)
        }))
    }
}

impl MimiContent {
    /// A message of `sender` in `room` with nothing but a body.
    pub fn new(origin: &Origin, body: NestedPart) -> Result<Self, ContentError> {
        let mut extensions = Extensions::new();
        extensions.insert_text(SENDER_URI, &account_uri(&origin.sender))?;
        extensions.insert_text(ROOM_URI, &room_uri(&origin.room))?;
        if let Some(channel) = origin.channel {
            let mut value = Vec::new();
            Encoder::new(&mut value).u64(channel)?;
            extensions.insert(CHANNEL, value)?;
        }
        Ok(Self {
            salt: origin.salt,
            replaces: None,
            topic_id: Vec::new(),
            expires: None,
            in_reply_to: None,
            extensions,
            body,
        })
    }

    /// The canonical encoding. Refuses what [`MimiContent::decode`] would refuse.
    ///
    /// The bytes hold whatever the message holds: wipe them if that is a key.
    pub fn encode(&self) -> Result<Vec<u8>, ContentError> {
        at_most("topicId", self.topic_id.len(), MAX_TOPIC_ID)?;
        let mut bytes = Vec::with_capacity(512);
        let mut out = Encoder::new(&mut bytes);
        out.array(FIELDS)?.bytes(&self.salt)?;
        write_id(&mut out, self.replaces)?;
        out.bytes(&self.topic_id)?;
        match self.expires {
            Some(expires) => expires.write(&mut out)?,
            None => out.null()?.ok()?,
        }
        write_id(&mut out, self.in_reply_to)?;
        self.extensions.write(&mut out)?;
        self.body.write(&mut out, 1, &mut 0)?;
        at_most(MESSAGE, bytes.len(), MAX_CONTENT)?;
        Ok(bytes)
    }

    /// Reads a message from exactly `bytes`, which come without padding.
    ///
    /// Refused: anything over [`limits`](super::limits), anything after the message, and every
    /// encoding but the canonical one. Unknown extensions, media types and dispositions pass.
    pub fn decode(bytes: &[u8]) -> Result<Self, ContentError> {
        at_most(MESSAGE, bytes.len(), MAX_CONTENT)?;
        let mut input = Decoder::new(bytes);
        let message = Self::read(&mut input)?;
        let extra = bytes.len().saturating_sub(input.position());
        if extra > 0 {
            return Err(ContentError::Trailing { extra });
        }
        // Writing checks the limits, and whatever was spelled differently comes out differently.
        let canonical = Zeroizing::new(message.encode()?);
        if *canonical != bytes {
            let same = canonical
                .iter()
                .zip(bytes)
                .take_while(|(one, other)| one == other);
            return Err(ContentError::NotCanonical { at: same.count() });
        }
        Ok(message)
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, ContentError> {
        if length(input, MESSAGE)? != FIELDS {
            let expected = "an array of 7 fields";
            return Err(ContentError::Unexpected {
                field: MESSAGE,
                expected,
            });
        }
        let salt = input.bytes().in_field("salt")?;
        let expected = "16 bytes";
        let wrong_salt = |_| ContentError::Unexpected {
            field: "salt",
            expected,
        };
        Ok(Self {
            salt: salt.try_into().map_err(wrong_salt)?,
            replaces: MessageId::read(input, "replaces")?,
            topic_id: input.bytes().in_field("topicId")?.to_vec(),
            expires: Expiration::read(input)?,
            in_reply_to: MessageId::read(input, "inReplyTo")?,
            extensions: Extensions::read(input)?,
            body: NestedPart::read(input, 1)?,
        })
    }

    /// The account that the message says it is from.
    pub fn sender(&self) -> Option<AccountId> {
        parse_account_uri(self.extensions.text(SENDER_URI)?)
    }

    /// The room that the message says it is for.
    pub fn room(&self) -> Option<RoomId> {
        parse_room_uri(self.extensions.text(ROOM_URI)?)
    }

    /// The channel of a space that the message says it is for.
    pub fn channel(&self) -> Option<u64> {
        Decoder::new(self.extensions.get(CHANNEL)?).u64().ok()
    }

    /// Refuses a message that does not say it is from `sender` and for `room` and `channel`,
    /// which are what MLS authenticated. Without this a member could pass on someone's message, tag
    /// included, as its own or as said elsewhere.
    pub fn check_origin(
        &self,
        sender: &AccountId,
        room: &RoomId,
        channel: Option<u64>,
    ) -> Result<(), ContentError> {
        if self.sender().as_ref() != Some(sender) {
            return Err(ContentError::WrongOrigin { field: "senderUri" });
        }
        if self.room().as_ref() != Some(room) {
            return Err(ContentError::WrongOrigin { field: "roomUri" });
        }
        // A channel that is there and not a number is not "no channel".
        let says_channel = self.extensions.get(CHANNEL).is_some();
        if self.channel() != channel || says_channel != channel.is_some() {
            return Err(ContentError::WrongOrigin { field: "channel" });
        }
        Ok(())
    }

    /// The id of the message. `encoded` is its canonical encoding: what
    /// [`MimiContent::encode`] returned or [`MimiContent::decode`] accepted.
    ///
    /// Refused: messages that name no sender or room.
    pub fn message_id(&self, encoded: &[u8]) -> Result<MessageId, ContentError> {
        let uri = |key, field| {
            let expected = "there, as text";
            let missing = ContentError::Unexpected { field, expected };
            self.extensions.text(key).ok_or(missing)
        };
        let sender = uri(SENDER_URI, "senderUri")?;
        let room = uri(ROOM_URI, "roomUri")?;
        MessageId::compute(sender, room, encoded, &self.salt)
    }
}

/// Where a message comes from. The salt is given because the engine takes randomness as input.
#[derive(Clone, Copy)]
pub struct Origin {
    /// The account that speaks.
    pub sender: AccountId,
    /// The room it speaks in.
    pub room: RoomId,
    /// The channel, in a space.
    pub channel: Option<u64>,
    /// 16 random bytes, never used for another message.
    pub salt: [u8; 16],
}

/// The shape of the message; logs must not hold what people write, nor the salt, which keys
/// the franking tag.
impl fmt::Debug for MimiContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MimiContent")
            .field("replaces", &self.replaces)
            .field("in_reply_to", &self.in_reply_to)
            .field("expires", &self.expires)
            .field("extensions", &self.extensions.len())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

fn write_id(out: &mut Encoder<&mut Vec<u8>>, id: Option<MessageId>) -> Result<(), ContentError> {
    match id {
        Some(id) => out.bytes(id.as_bytes())?,
        None => out.null()?,
    };
    Ok(())
}
