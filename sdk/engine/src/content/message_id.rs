//! The name of a message: a hash of who said what where, so nobody can move it elsewhere.

use super::error::{ContentError, InField};
use lacre_wire::hash::sha256;
use minicbor::Decoder;
use minicbor::data::Type;
use std::fmt;

/// The number of SHA-256 in IANA's Named Information Hash Algorithm Registry.
const SHA_256: u8 = 1;

/// The id of a message (draft-ietf-mimi-content-08, "Message ID"): 0x01, then the first 31
/// bytes of a SHA-256. Computed by everyone from what was decrypted, never sent along.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId([u8; 32]);

impl MessageId {
    /// Length in bytes.
    pub const SIZE: usize = 32;

    /// The id of no message.
    pub const NONE: Self = Self([SHA_256; Self::SIZE]);

    /// The id of the message with the canonical encoding `content`, sent by `sender_uri` to
    /// `room_uri`, with `salt` as in the content. Refused: URIs of more than 65 535 bytes.
    ///
    /// The salt ends the hashed bytes a second time, against length extension.
    pub fn compute(
        sender_uri: &str,
        room_uri: &str,
        content: &[u8],
        salt: &[u8; 16],
    ) -> Result<Self, ContentError> {
        let length = |field, uri: &str| match u16::try_from(uri.len()) {
            Ok(length) => Ok(length.to_be_bytes()),
            Err(_) => Err(ContentError::TooLarge {
                field,
                limit: usize::from(u16::MAX),
                got: uri.len(),
            }),
        };
        let digest = sha256(&[
            &length("senderUri", sender_uri)?,
            sender_uri.as_bytes(),
            &length("roomUri", room_uri)?,
            room_uri.as_bytes(),
            content,
            salt,
        ]);
        let mut id = [SHA_256; Self::SIZE];
        id.iter_mut()
            .skip(1)
            .zip(digest.0)
            .for_each(|(to, from)| *to = from);
        Ok(Self(id))
    }

    /// The id of a line that stands for no message: a placeholder, or a notice. Known on this device
    /// and on those that make the same one.
    pub(crate) fn of_line(label: &[u8], room: &[u8], seq: u64, number: u32) -> Self {
        let digest = sha256(&[label, room, &seq.to_be_bytes(), &number.to_be_bytes()]);
        let mut id = [SHA_256; Self::SIZE];
        id.iter_mut()
            .skip(1)
            .zip(digest.0)
            .for_each(|(to, from)| *to = from);
        Self(id)
    }

    /// Reads an id; `None` unless it has 32 bytes and says SHA-256.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let id: [u8; Self::SIZE] = bytes.try_into().ok()?;
        id.first()
            .is_some_and(|hash| *hash == SHA_256)
            .then_some(Self(id))
    }

    /// The raw bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads `null / MessageId`.
    pub(super) fn read(
        input: &mut Decoder<'_>,
        field: &'static str,
    ) -> Result<Option<Self>, ContentError> {
        if input.datatype().in_field(field)? == Type::Null {
            input.null().in_field(field)?;
            return Ok(None);
        }
        let bytes = input.bytes().in_field(field)?;
        let expected = "a message id: 32 bytes, the first of them 1";
        match Self::from_slice(bytes) {
            Some(id) => Ok(Some(id)),
            None => Err(ContentError::Unexpected { field, expected }),
        }
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The first byte is the same in all of them.
        f.write_str("MessageId(")?;
        self.0
            .iter()
            .skip(1)
            .take(4)
            .try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_counts() {
        let id = |sender, room, content, salt: u8| {
            MessageId::compute(sender, room, content, &[salt; 16]).unwrap()
        };
        let first = id("a", "bc", b"hello", 1);
        assert_ne!(first, id("ab", "c", b"hello", 1));
        assert_ne!(first, id("a", "bc", b"hullo", 1));
        assert_ne!(first, id("a", "bc", b"hello", 2));
        assert_eq!(MessageId::from_slice(first.as_bytes()), Some(first));
    }

    #[test]
    fn other_hashes_and_lengths_are_refused() {
        assert!(MessageId::from_slice(&[2; 32]).is_none());
        assert!(MessageId::from_slice(&[1; 31]).is_none());
        assert!(MessageId::from_slice(&[1; 33]).is_none());
        let long = "x".repeat(65_536);
        assert!(MessageId::compute(&long, "", b"", &[0; 16]).is_err());
    }
}
