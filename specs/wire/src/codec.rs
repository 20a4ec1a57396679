//! Canonical CBOR (RFC 8949 §4.2.1): one value has one encoding, anything else is refused.
//!
//! Types derive minicbor with integer keys. [`from_slice`] walks the bytes first and refuses
//! indefinite lengths, long forms, unsorted or repeated keys, floats, deep nesting and trailing
//! bytes; only then it decodes. Unknown keys are passed over, so that a newer peer may add some;
//! whatever is stored, hashed or signed is kept as the bytes that were received.

use crate::limits::MAX_NESTING;
use minicbor::{Decode, Encode};

/// Bytes that are not the canonical encoding of the expected type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The input ends inside a value.
    #[error("the message ends too early, at byte {at}")]
    Truncated {
        /// Offset in bytes.
        at: usize,
    },
    /// Well-formed CBOR, but not in canonical form.
    #[error("not canonical CBOR at byte {at}: {why}")]
    NotCanonical {
        /// Offset in bytes.
        at: usize,
        /// The rule that was broken.
        why: &'static str,
    },
    /// Canonical CBOR of another shape than expected.
    #[error("unexpected shape: {0}")]
    Shape(String),
}

/// Encodes a value canonically. Encoding into memory cannot fail.
pub fn to_vec<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    // The writer is a vector and no type here has a failing encoder.
    let _infallible = minicbor::encode(value, &mut out);
    out
}

/// Decodes exactly one canonically encoded value from `bytes`.
///
/// # Errors
/// [`CodecError`] says where and why.
pub fn from_slice<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, CodecError> {
    check(bytes)?;
    minicbor::decode(bytes).map_err(|e| CodecError::Shape(e.to_string()))
}

/// Refuses bytes that are not exactly one canonical CBOR item.
///
/// # Errors
/// [`CodecError::Truncated`] or [`CodecError::NotCanonical`].
pub fn check(bytes: &[u8]) -> Result<(), CodecError> {
    let mut walk = Walk { bytes, at: 0 };
    walk.item(0)?;
    if walk.at == bytes.len() {
        Ok(())
    } else {
        Err(walk.refuse("trailing bytes"))
    }
}

struct Walk<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Walk<'b> {
    fn refuse(&self, why: &'static str) -> CodecError {
        CodecError::NotCanonical { at: self.at, why }
    }

    fn take(&mut self, n: usize) -> Result<&'b [u8], CodecError> {
        let end = self.at.checked_add(n);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or(CodecError::Truncated {
            at: self.bytes.len(),
        })?;
        self.at += n;
        Ok(taken)
    }

    /// Reads a head: major type and argument, in shortest form.
    fn head(&mut self) -> Result<(u8, u64), CodecError> {
        let &[first] = self.take(1)? else {
            return Err(CodecError::Truncated { at: self.at });
        };
        let (major, info) = (first >> 5, first & 0x1f);
        let (size, least) = match info {
            0..=23 => return Ok((major, u64::from(info))),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return Err(self.refuse("indefinite length or reserved head")),
        };
        let value = self
            .take(size)?
            .iter()
            .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        if major != 7 && value < least {
            return Err(self.refuse("number not in its shortest form"));
        }
        Ok((major, if major == 7 { u64::MAX } else { value }))
    }

    fn item(&mut self, depth: usize) -> Result<(), CodecError> {
        if depth > MAX_NESTING {
            return Err(self.refuse("nested too deeply"));
        }
        let (major, value) = self.head()?;
        match major {
            0 | 1 => Ok(()),
            2 | 3 => self.text_or_bytes(major, value),
            4 => (0..value).try_for_each(|_| self.item(depth + 1)),
            5 => self.map(value, depth + 1),
            7 if matches!(value, 20..=22) => Ok(()),
            6 => Err(self.refuse("tags are not used")),
            _ => Err(self.refuse("floats and other simple values are not used")),
        }
    }

    fn text_or_bytes(&mut self, major: u8, length: u64) -> Result<(), CodecError> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let bytes = self.take(length)?;
        if major == 3 && std::str::from_utf8(bytes).is_err() {
            return Err(self.refuse("text is not UTF-8"));
        }
        Ok(())
    }

    fn map(&mut self, pairs: u64, depth: usize) -> Result<(), CodecError> {
        let mut last: &[u8] = &[];
        for _ in 0..pairs {
            let start = self.at;
            self.item(depth)?;
            let key = self.bytes.get(start..self.at).unwrap_or_default();
            if key <= last {
                return Err(self.refuse("map keys not in ascending order"));
            }
            last = key;
            self.item(depth)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_not_canonical() {
        for (bytes, why) in [
            (&[0x18, 0x05][..], "long form"),
            (&[0x9f, 0xff], "indefinite"),
            (&[0xa2, 0x01, 0x00, 0x01, 0x00], "repeated key"),
            (&[0xa2, 0x02, 0x00, 0x01, 0x00], "unsorted"),
            (&[0x00, 0x00], "trailing"),
            (&[0xc0, 0x00], "tag"),
            (&[0xf9, 0x00, 0x00], "float"),
            (&[0x61, 0xff], "utf-8"),
        ] {
            assert!(
                matches!(check(bytes), Err(CodecError::NotCanonical { .. })),
                "{why}"
            );
        }
        assert!(matches!(
            check(&[0x42, 0]),
            Err(CodecError::Truncated { .. })
        ));
        assert!(check(&[0x81; 100]).is_err());
        assert_eq!(check(&[0xa2, 0x01, 0x80, 0x02, 0xf6]), Ok(()));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let _ = check(&bytes);
        }
    }
}
