//! The extensions of a message: a map whose values are kept byte for byte, known or not.
//!
//! A version that does not know an extension must still compute the same message id and show
//! the message, so nothing here interprets more than it is asked for.

use super::cbor;
use super::error::{ContentError, InField, at_most};
use super::limits::{MAX_EXTENSION_NAME, MAX_EXTENSION_VALUE, MAX_EXTENSIONS, MAX_INTEGER_KEY};
use super::registry::{ROOM_URI, SENDER_URI};
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use std::cmp::Ordering;
use std::collections::BTreeMap;

const MAP: &str = "mimiExtensions";
const KEY: &str = "the key of an extension";
const VALUE: &str = "the value of an extension";

/// The key of an extension; [`registry`](super::registry) lists those in use.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ExtensionKey {
    /// Registered at IANA when positive, Lacre's own when negative; at most 2^53 - 1 from zero.
    Integer(i64),
    /// For private use of others; 1 to 255 bytes.
    Text(String),
}

impl ExtensionKey {
    fn check(&self) -> Result<(), ContentError> {
        match self {
            Self::Integer(key) if key.unsigned_abs() > MAX_INTEGER_KEY => {
                Err(ContentError::Unexpected {
                    field: KEY,
                    expected: "at most 2^53 - 1 from zero",
                })
            }
            Self::Integer(_) => Ok(()),
            Self::Text(name) if name.is_empty() => Err(ContentError::Unexpected {
                field: KEY,
                expected: "1 to 255 bytes of text",
            }),
            Self::Text(name) => at_most(KEY, name.len(), MAX_EXTENSION_NAME),
        }
    }

    /// Sorts as the encodings do: by major type, then by the argument, then by the bytes.
    fn rank(&self) -> (u8, u64, &str) {
        match self {
            Self::Integer(key) if *key >= 0 => (0, key.unsigned_abs(), ""),
            Self::Integer(key) => (1, key.unsigned_abs(), ""),
            Self::Text(name) => (3, u64::try_from(name.len()).unwrap_or(u64::MAX), name),
        }
    }
}

impl From<i64> for ExtensionKey {
    fn from(key: i64) -> Self {
        Self::Integer(key)
    }
}

/// The order of deterministic CBOR (RFC 8949 §4.2.1).
impl Ord for ExtensionKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for ExtensionKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The extensions of a message, by key. Values are deterministic CBOR, checked on the way in.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extensions(BTreeMap<ExtensionKey, Vec<u8>>);

impl Extensions {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them in their encoded order, values as CBOR.
    pub fn iter(&self) -> impl Iterator<Item = (&ExtensionKey, &[u8])> {
        self.0.iter().map(|(key, value)| (key, value.as_slice()))
    }

    /// The CBOR value under `key`.
    pub fn get(&self, key: impl Into<ExtensionKey>) -> Option<&[u8]> {
        self.0.get(&key.into()).map(Vec::as_slice)
    }

    /// The value under `key`, if it is text.
    pub fn text(&self, key: impl Into<ExtensionKey>) -> Option<&str> {
        let mut value = Decoder::new(self.0.get(&key.into())?);
        value.str().ok()
    }

    /// Puts `value`, one item of deterministic CBOR, under `key`; what was there is replaced.
    ///
    /// Refused: bad keys, values that are not deterministic or too large, `senderUri` and
    /// `roomUri` that are not text.
    pub fn insert(
        &mut self,
        key: impl Into<ExtensionKey>,
        value: Vec<u8>,
    ) -> Result<(), ContentError> {
        let key = key.into();
        key.check()?;
        at_most(VALUE, value.len(), MAX_EXTENSION_VALUE)?;
        let length = cbor::value_len(&value)?;
        if length != value.len() {
            let extra = value.len().saturating_sub(length);
            return Err(ContentError::Trailing { extra });
        }
        for (uri, field) in [(SENDER_URI, "senderUri"), (ROOM_URI, "roomUri")] {
            if key == ExtensionKey::Integer(uri) {
                Decoder::new(&value).str().in_field(field)?;
            }
        }
        self.0.insert(key, value);
        Ok(())
    }

    /// Puts text under `key`; as [`Extensions::insert`].
    pub fn insert_text(
        &mut self,
        key: impl Into<ExtensionKey>,
        text: &str,
    ) -> Result<(), ContentError> {
        let mut value = Vec::with_capacity(text.len() + 5);
        Encoder::new(&mut value).str(text)?;
        self.insert(key, value)
    }

    /// Takes away what is under `key`.
    pub fn remove(&mut self, key: impl Into<ExtensionKey>) -> Option<Vec<u8>> {
        self.0.remove(&key.into())
    }

    pub(super) fn write(&self, out: &mut Encoder<&mut Vec<u8>>) -> Result<(), ContentError> {
        at_most(MAP, self.0.len(), MAX_EXTENSIONS)?;
        out.map(u64::try_from(self.0.len()).unwrap_or(u64::MAX))?;
        for (key, value) in &self.0 {
            match key {
                ExtensionKey::Integer(key) => out.i64(*key)?,
                ExtensionKey::Text(name) => out.str(name)?,
            };
            out.writer_mut().extend_from_slice(value);
        }
        Ok(())
    }

    pub(super) fn read(input: &mut Decoder<'_>) -> Result<Self, ContentError> {
        let expected = "a map of definite length";
        let unexpected = ContentError::Unexpected {
            field: MAP,
            expected,
        };
        let count = input.map().in_field(MAP)?.ok_or(unexpected)?;
        at_most(
            MAP,
            usize::try_from(count).unwrap_or(usize::MAX),
            MAX_EXTENSIONS,
        )?;
        let mut extensions = Self::new();
        for _ in 0..count {
            let key = match input.datatype().in_field(KEY)? {
                Type::String => ExtensionKey::Text(input.str().in_field(KEY)?.to_owned()),
                _ => ExtensionKey::Integer(input.i64().in_field(KEY)?),
            };
            // Keys out of order or repeated show when the message is written again.
            let rest = input.input().get(input.position()..).unwrap_or_default();
            let length = cbor::value_len(rest)?;
            let value = rest.get(..length).unwrap_or_default();
            input.set_position(input.position().saturating_add(length));
            extensions.insert(key, value.to_vec())?;
        }
        Ok(extensions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(key: &ExtensionKey) -> Vec<u8> {
        match key {
            ExtensionKey::Integer(key) => minicbor::to_vec(key).unwrap(),
            ExtensionKey::Text(name) => minicbor::to_vec(name).unwrap(),
        }
    }

    #[test]
    fn keys_sort_as_their_encodings() {
        let numbers = [
            0,
            1,
            23,
            24,
            255,
            256,
            70_000,
            1 << 40,
            -1,
            -24,
            -25,
            -256,
            -257,
            -70_000,
        ];
        let names = [
            "a",
            "b",
            "aa",
            "ab",
            "ü",
            &"z".repeat(23),
            &"a".repeat(24),
            &"b".repeat(255),
        ];
        let mut keys: Vec<_> = numbers.map(ExtensionKey::Integer).into();
        keys.extend(names.map(|name| ExtensionKey::Text(name.to_owned())));
        for one in &keys {
            for other in &keys {
                assert_eq!(
                    one.cmp(other),
                    encoded(one).cmp(&encoded(other)),
                    "{one:?} {other:?}"
                );
            }
        }
    }

    #[test]
    fn bad_keys_and_values_are_refused() {
        let mut extensions = Extensions::new();
        let mut refused = |key: ExtensionKey, value: &[u8]| {
            assert!(extensions.insert(key, value.to_vec()).is_err());
        };
        refused((1_i64 << 53).into(), &[0]);
        refused((-(1_i64 << 53)).into(), &[0]);
        refused(i64::MIN.into(), &[0]);
        refused(ExtensionKey::Text(String::new()), &[0]);
        refused(ExtensionKey::Text("x".repeat(256)), &[0]);
        refused((-1).into(), &[]);
        refused((-1).into(), &[0, 0]);
        refused((-1).into(), &[0x18, 0x17]);
        refused(SENDER_URI.into(), &[0]);
        refused(ROOM_URI.into(), &[0x41, 0]);
        assert!(extensions.is_empty());
    }

    #[test]
    fn values_end_at_4095_bytes() {
        let mut extensions = Extensions::new();
        let largest = minicbor::to_vec("x".repeat(4092)).unwrap();
        assert_eq!(largest.len(), MAX_EXTENSION_VALUE);
        assert!(extensions.insert(-1, largest).is_ok());
        let larger = extensions.insert_text(-1, &"x".repeat(4093));
        assert!(matches!(
            larger,
            Err(ContentError::TooLarge { got: 4096, .. })
        ));
    }

    #[test]
    fn text_is_read_back() {
        let mut extensions = Extensions::new();
        extensions
            .insert_text(SENDER_URI, "lacre:account/00")
            .unwrap();
        extensions.insert(-1, vec![0x01]).unwrap();
        assert_eq!(extensions.text(SENDER_URI), Some("lacre:account/00"));
        assert_eq!(extensions.text(-1), None);
        assert_eq!(extensions.get(-1), Some(&[1][..]));
        assert_eq!(extensions.remove(-1), Some(vec![1]));
        assert_eq!(extensions.len(), 1);
    }
}
