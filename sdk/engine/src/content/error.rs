//! What can be wrong with a message, from bytes or to bytes.

use std::convert::Infallible;

/// A message could not be read or written. None of these goes away by trying again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContentError {
    /// The bytes are not the CBOR that the field needs.
    #[error("{field} is not what a message needs there: {source}")]
    Malformed {
        /// The field, by its name in the draft.
        field: &'static str,
        /// What the CBOR reader met.
        source: minicbor::decode::Error,
    },
    /// A value has the right CBOR type and is still not allowed.
    #[error("{field} must be {expected}")]
    Unexpected {
        /// The field, by its name in the draft.
        field: &'static str,
        /// What is allowed there.
        expected: &'static str,
    },
    /// Something is larger than [`limits`](super::limits) allows.
    #[error("{field} has {got} bytes or items, at most {limit} are allowed")]
    TooLarge {
        /// The field, by its name in the draft.
        field: &'static str,
        /// The bound.
        limit: usize,
        /// What was met.
        got: usize,
    },
    /// Parts, or the values of extensions, are nested too deeply.
    #[error("{field} is nested deeper than {limit} levels")]
    TooDeep {
        /// The field, by its name in the draft.
        field: &'static str,
        /// The bound.
        limit: usize,
    },
    /// Bytes follow the message.
    #[error("{extra} bytes follow the message, none may")]
    Trailing {
        /// How many.
        extra: usize,
    },
    /// The value of an extension breaks a rule of deterministic CBOR (RFC 8949 §4.2.1) or of
    /// the draft's data model.
    #[error("an extension is not deterministic CBOR: {rule}")]
    NotDeterministic {
        /// The rule that was broken.
        rule: &'static str,
    },
    /// The same message has another, canonical encoding, so this one is refused: the message
    /// id and the franking tag are computed over the bytes.
    #[error("the encoding is not the canonical one, from byte {at} on")]
    NotCanonical {
        /// Offset of the first byte that differs.
        at: usize,
    },
    /// The message names a sender, room or channel other than the one it arrived from.
    #[error("the {field} in the message is not the one it arrived from: do not show it")]
    WrongOrigin {
        /// `senderUri`, `roomUri` or `channel`.
        field: &'static str,
    },
    /// Content that this version does not know can be kept, not written.
    #[error("content of an unsupported kind cannot be sent: use a kind this version knows")]
    CannotSend,
    /// Padding that the sender's side would not have made.
    #[error("the padding is not that of a message: expected content, 0x80, zeros to a fixed step")]
    Padding,
    /// The CBOR writer failed.
    #[error("the message could not be encoded: {0}")]
    Encode(#[from] minicbor::encode::Error<Infallible>),
}

/// Attaches the name of the field to an error of the CBOR reader.
pub(super) trait InField<T> {
    /// The value, or [`ContentError::Malformed`] in `field`.
    fn in_field(self, field: &'static str) -> Result<T, ContentError>;
}

impl<T> InField<T> for Result<T, minicbor::decode::Error> {
    fn in_field(self, field: &'static str) -> Result<T, ContentError> {
        self.map_err(|source| ContentError::Malformed { field, source })
    }
}

/// Refuses `got` above `limit`.
pub(super) fn at_most(field: &'static str, got: usize, limit: usize) -> Result<(), ContentError> {
    if got > limit {
        return Err(ContentError::TooLarge { field, limit, got });
    }
    Ok(())
}
