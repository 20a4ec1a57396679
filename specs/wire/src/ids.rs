//! Identifiers: fixed-size, opaque, compared by value, printed in full as lower-case hex.
//!
//! Every identifier that names a key holder is a hash of that key, so nobody can put
//! another key behind it (design: identity is self-certifying).

use crate::hash::sha256;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use std::fmt;
use std::str::FromStr;

/// A hexadecimal identifier could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} hexadecimal digits, got {got:?}")]
pub struct ParseIdError {
    expected: usize,
    got: String,
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0u8; N];
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(bytes)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $size:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $size]);

        impl $name {
            /// Length in bytes.
            pub const SIZE: usize = $size;

            /// The raw bytes.
            pub const fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }

            /// Reads the identifier from a slice of exactly the right length.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}(", stringify!($name))?;
                self.0.iter().take(4).try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_str("…)")
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse_hex(text).map(Self).ok_or_else(|| ParseIdError {
                    expected: $size * 2,
                    got: text.to_owned(),
                })
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                let bytes = d.bytes()?;
                Self::from_slice(bytes)
                    .ok_or_else(|| decode::Error::message(concat!("wrong length for ", stringify!($name))))
            }
        }
    };
}

id!(
    /// A SHA-256 digest.
    Hash, 32
);
id!(
    /// An account: `SHA-256("lacre/account" ‖ AIK)`.
    AccountId, 32
);
id!(
    /// A device: the first 16 bytes of `SHA-256("lacre/device" ‖ device key)`.
    DeviceId, 16
);
id!(
    /// A room, chosen at random by its creator.
    RoomId, 16
);
id!(
    /// A submission, chosen at random by the sender; names one intention across retries.
    SubmitId, 16
);
id!(
    /// The lineage of a store; renewed by restore and promotion.
    Lineage, 16
);
id!(
    /// Names a stream of a WebSocket session; random, and known to nobody but its two ends.
    Ticket, 16
);
id!(
    /// An Ed25519 public key.
    PublicKey, 32
);
id!(
    /// An Ed25519 signature.
    Signature, 64
);

impl AccountId {
    /// The account that the identity key `aik` opens.
    pub fn of(aik: &PublicKey) -> Self {
        Self(sha256(&[b"lacre/account", &aik.0]).0)
    }
}

impl DeviceId {
    /// The device that holds `key`.
    pub fn of(key: &PublicKey) -> Self {
        let digest = sha256(&[b"lacre/device", &key.0]).0;
        let mut id = [0u8; 16];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(id)
    }
}

/// A sequence number in a log; the first entry is 1, 0 means "before the first".
pub type Seq = u64;
/// The number of an MLS group in a room's chain of groups, from 0.
pub type Generation = u32;
/// An MLS epoch (RFC 9420 §8).
pub type Epoch = u64;
/// Milliseconds since the Unix epoch.
pub type Millis = u64;

impl RoomId {
    /// The MLS group id of a generation: `room id ‖ generation` (4 bytes, big endian).
    pub fn group_id(&self, generation: Generation) -> [u8; 20] {
        let mut id = [0u8; 20];
        let bytes = self.0.iter().copied().chain(generation.to_be_bytes());
        id.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        id
    }

    /// The inverse of [`RoomId::group_id`].
    pub fn from_group_id(group_id: &[u8]) -> Option<(Self, Generation)> {
        let (room, generation) = group_id.split_at_checked(Self::SIZE)?;
        let generation = u32::from_be_bytes(generation.try_into().ok()?);
        Some((Self::from_slice(room)?, generation))
    }
}

/// A log: every room has one, every device has an inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum LogId {
    /// The log of a room.
    #[n(0)]
    Room(#[n(0)] RoomId),
    /// The inbox of a device.
    #[n(1)]
    Inbox(#[n(0)] DeviceId),
}

impl LogId {
    /// The room whose log this is.
    pub fn room(&self) -> Option<RoomId> {
        match self {
            Self::Room(room) => Some(*room),
            Self::Inbox(_) => None,
        }
    }

    /// A fixed 17-byte key: the kind, then the id. Stores use it as their key.
    pub fn to_key(self) -> [u8; 17] {
        let (kind, id) = match self {
            Self::Room(room) => (0, room.0),
            Self::Inbox(device) => (1, device.0),
        };
        let mut key = [kind; 17];
        key.iter_mut()
            .skip(1)
            .zip(id)
            .for_each(|(to, from)| *to = from);
        key
    }

    /// The inverse of [`LogId::to_key`].
    pub fn from_key(key: &[u8]) -> Option<Self> {
        let (kind, id) = key.split_first()?;
        match kind {
            0 => RoomId::from_slice(id).map(Self::Room),
            1 => DeviceId::from_slice(id).map(Self::Inbox),
            _ => None,
        }
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room(room) => write!(f, "room:{room}"),
            Self::Inbox(device) => write!(f, "inbox:{device}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_ids_name_room_and_generation() {
        let room = RoomId([7; 16]);
        assert_eq!(RoomId::from_group_id(&room.group_id(3)), Some((room, 3)));
        assert_eq!(RoomId::from_group_id(&[0; 19]), None);
    }

    #[test]
    fn log_keys_round_trip() {
        for log in [
            LogId::Room(RoomId([1; 16])),
            LogId::Inbox(DeviceId([2; 16])),
        ] {
            assert_eq!(LogId::from_key(&log.to_key()), Some(log));
        }
    }

    #[test]
    fn hex_round_trips_and_refuses_wrong_lengths() {
        let id = RoomId([0xab; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("ab".parse::<RoomId>().is_err());
        assert!("zz".repeat(16).parse::<RoomId>().is_err());
    }
}
