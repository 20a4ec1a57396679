//! The clear header of an MLS PrivateMessage (RFC 9420 §6 and §6.3), read without MLS.
//!
//! The relay routes every message by room and epoch and stamps its authenticated data; loading a
//! group for that would cost more than all the rest of accepting a message.

/// What stands in the clear in front of a sealed message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrivateMessageHeader<'b> {
    /// The MLS group id.
    pub group_id: &'b [u8],
    /// The epoch it was sealed in.
    pub epoch: u64,
    /// What is sealed.
    pub content: ContentType,
    /// Authenticated in the clear by the sender.
    pub authenticated_data: &'b [u8],
}

/// What is sealed (RFC 9420 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentType {
    /// An application message.
    Application,
    /// A proposal.
    Proposal,
    /// A commit.
    Commit,
}

/// Bytes that are not one MLS PrivateMessage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The message ends inside a field.
    #[error("the MLS message ends too early")]
    Truncated,
    /// Bytes follow the message.
    #[error("bytes follow the MLS message")]
    Trailing,
    /// Not MLS 1.0.
    #[error("expected MLS version 1, got {0}")]
    Version(u16),
    /// Another wire format than PrivateMessage.
    #[error("expected a PrivateMessage (wire format 2), got {0}")]
    WireFormat(u16),
    /// An unknown content type.
    #[error("unknown content type {0}")]
    ContentType(u8),
    /// A vector length that is not in its shortest form, or reserved (RFC 9420 §2.1.2).
    #[error("a vector length is not in its shortest form")]
    Length,
}

impl<'b> PrivateMessageHeader<'b> {
    /// Reads an `MLSMessage` that holds exactly one PrivateMessage. The sealed parts are measured,
    /// not read; nothing is copied.
    ///
    /// # Errors
    /// [`HeaderError`] for anything else.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, HeaderError> {
        let mut reader = Reader(bytes);
        match u16::from_be_bytes(reader.array()?) {
            1 => {}
            version => return Err(HeaderError::Version(version)),
        }
        match u16::from_be_bytes(reader.array()?) {
            2 => {}
            format => return Err(HeaderError::WireFormat(format)),
        }
        let group_id = reader.vector()?;
        let epoch = u64::from_be_bytes(reader.array()?);
        let [content] = reader.array()?;
        let content = match content {
            1 => ContentType::Application,
            2 => ContentType::Proposal,
            3 => ContentType::Commit,
            other => return Err(HeaderError::ContentType(other)),
        };
        let authenticated_data = reader.vector()?;
        let _sealed_sender = reader.vector()?;
        let _ciphertext = reader.vector()?;
        if reader.0.is_empty() {
            Ok(Self {
                group_id,
                epoch,
                content,
                authenticated_data,
            })
        } else {
            Err(HeaderError::Trailing)
        }
    }
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, n: usize) -> Result<&'b [u8], HeaderError> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(HeaderError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], HeaderError> {
        self.take(N)?.try_into().map_err(|_| HeaderError::Truncated)
    }

    /// A vector with a variable-size length (RFC 9420 §2.1.2).
    fn vector(&mut self) -> Result<&'b [u8], HeaderError> {
        let [first] = self.array()?;
        let (more, least) = match first >> 6 {
            0 => (0, 0),
            1 => (1, 1 << 6),
            2 => (3, 1 << 14),
            _ => return Err(HeaderError::Length),
        };
        let high = usize::from(first & 0x3f);
        let length = self
            .take(more)?
            .iter()
            .fold(high, |sum, byte| sum << 8 | usize::from(*byte));
        if length < least {
            return Err(HeaderError::Length);
        }
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vector(bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(bytes.len()).unwrap();
        let mut out = match length {
            0..=63 => length.to_be_bytes()[3..].to_vec(),
            64..=16383 => (length | 0x4000).to_be_bytes()[2..].to_vec(),
            _ => (length | 0x8000_0000).to_be_bytes().to_vec(),
        };
        out.extend(bytes);
        out
    }

    fn message(group: &[u8], epoch: u64, content: u8, aad: &[u8], sealed: &[u8]) -> Vec<u8> {
        let head = [0, 1, 0, 2];
        [
            &head[..],
            &vector(group),
            &epoch.to_be_bytes(),
            &[content],
            &vector(aad),
            &vector(&[9; 20]),
            &vector(sealed),
        ]
        .concat()
    }

    #[test]
    fn refuses_everything_else() {
        let good = message(b"group", 7, 1, b"aad", &[1; 100]);
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            bytes
        };
        assert_eq!(
            PrivateMessageHeader::parse(&with(1, 2)),
            Err(HeaderError::Version(2))
        );
        assert_eq!(
            PrivateMessageHeader::parse(&with(3, 1)),
            Err(HeaderError::WireFormat(1))
        );
        assert_eq!(
            PrivateMessageHeader::parse(&with(18, 9)),
            Err(HeaderError::ContentType(9))
        );
        assert_eq!(
            PrivateMessageHeader::parse(&with(4, 0xc5)),
            Err(HeaderError::Length)
        );
        // A length in more bytes than it needs.
        for length in [&[0x40, 5][..], &[0x40, 0x3f], &[0x80, 0, 0x3f, 0xff]] {
            assert_eq!(
                PrivateMessageHeader::parse(&[&good[..4], length].concat()),
                Err(HeaderError::Length)
            );
        }
        for length in [&[0x40, 0x40][..], &[0x80, 0, 0x40, 0]] {
            assert_eq!(
                PrivateMessageHeader::parse(&[&good[..4], length].concat()),
                Err(HeaderError::Truncated)
            );
        }
        assert_eq!(
            PrivateMessageHeader::parse(&[&good[..], &[0]].concat()),
            Err(HeaderError::Trailing)
        );
        for end in 0..good.len() {
            assert_eq!(
                PrivateMessageHeader::parse(&good[..end]),
                Err(HeaderError::Truncated)
            );
        }
    }

    proptest! {
        #[test]
        fn reads_what_was_written(group: Vec<u8>, epoch: u64, content in 1u8..=3, aad: Vec<u8>, length in 0usize..20_000) {
            let bytes = message(&group, epoch, content, &aad, &vec![3; length]);
            let header = PrivateMessageHeader::parse(&bytes).unwrap();
            prop_assert_eq!((header.group_id, header.epoch), (&group[..], epoch));
            prop_assert_eq!(header.authenticated_data, &aad[..]);
        }

        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let _ = PrivateMessageHeader::parse(&bytes);
            let _ = PrivateMessageHeader::parse(&[&[0, 1, 0, 2], &bytes[..]].concat());
        }
    }
}
