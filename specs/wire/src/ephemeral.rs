//! Hints: who is writing, who is there. Never stored, each a QUIC datagram of its own.
//!
//! The datagram is the same both ways: the relay looks at its head and passes on the bytes that
//! came. What the hint says, and even of which kind it is, is sealed and padded to one size.

use crate::codec::{self, CodecError};
use crate::hash::hmac_sha256;
use crate::ids::{DeviceId, Epoch, Generation, RoomId};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

/// What the key of an epoch is exported under (RFC 9420 §8.5), with an empty context.
pub const EXPORT_LABEL: &str = "lacre/ephemeral/1";

/// Bytes of the padded hint, before it is sealed.
pub const PADDED: usize = 32;

/// Bytes of a sealed hint: nonce (24), padded hint, tag (16).
pub const SEALED: usize = 24 + PADDED + 16;

/// A sealed hint on its way, in either direction.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ephemeral {
    /// The room.
    #[n(0)]
    pub room: RoomId,
    /// Generation of the room's group.
    #[n(1)]
    pub generation: Generation,
    /// The epoch whose key seals the hint. In another one it is worth nothing.
    #[n(2)]
    pub epoch: Epoch,
    /// The sending device. The relay drops what does not come from its session.
    #[n(3)]
    pub device: DeviceId,
    /// Rises with every hint of the device, over restarts too: login counter × 2³² + a number.
    #[n(4)]
    pub counter: u64,
    /// XChaCha20-Poly1305: nonce, then a padded [`Hint`] with its tag; [`SEALED`] bytes.
    #[n(5)]
    pub sealed: ByteVec,
}

impl Ephemeral {
    /// What the seal authenticates beside the hint: label, room, generation (4 bytes, big endian),
    /// epoch (8), device, counter (8).
    pub fn aad(&self) -> Vec<u8> {
        [
            EXPORT_LABEL.as_bytes(),
            &self.room.0,
            &self.generation.to_be_bytes(),
            &self.epoch.to_be_bytes(),
            &self.device.0,
            &self.counter.to_be_bytes(),
        ]
        .concat()
    }
}

/// The key of one sender in one epoch: `HMAC-SHA-256(exported, "lacre/ephemeral/sender/1" ‖ device)`,
/// from the 32 bytes exported under [`EXPORT_LABEL`]. A secret: wipe it after use.
pub fn sender_key(exported: &[u8], device: &DeviceId) -> [u8; 32] {
    hmac_sha256(exported, &[b"lacre/ephemeral/sender/1", &device.0]).0
}

/// What a hint says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Hint {
    /// Somebody writes. Holds for 8 s unless repeated.
    #[n(0)]
    Typing,
    /// They no longer do.
    #[n(1)]
    StoppedTyping,
    /// How reachable somebody is. Holds for two and a half times the heartbeat of the room.
    #[n(2)]
    Presence(#[n(0)] Presence),
    /// Asks the devices of one account for an [`Hint::EchoReply`].
    #[n(3)]
    Echo {
        /// Random; comes back.
        #[n(0)]
        nonce: u64,
        /// The first 8 bytes of the account's id.
        #[n(1)]
        to: ByteArray<8>,
    },
    /// Answers an [`Hint::Echo`].
    #[n(4)]
    EchoReply {
        /// The nonce that was sent.
        #[n(0)]
        nonce: u64,
    },
}

/// How reachable somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Presence {
    /// There.
    #[n(0)]
    Available,
    /// There, and not looking.
    #[n(1)]
    Away,
    /// There, and not to be disturbed.
    #[n(2)]
    Busy,
    /// Leaving now.
    #[n(3)]
    Gone,
}

impl Hint {
    /// The hint at the one size all hints have: its length, its encoding, zeros.
    pub fn pad(&self) -> [u8; PADDED] {
        let encoded = codec::to_vec(self);
        let mut out = [0; PADDED];
        let length = u8::try_from(encoded.len()).unwrap_or(u8::MAX);
        out.iter_mut()
            .zip(std::iter::once(length).chain(encoded))
            .for_each(|(to, from)| *to = from);
        out
    }

    /// The inverse of [`Hint::pad`].
    ///
    /// # Errors
    /// When it is of another size, the padding is not zero, or the hint is of a later version.
    pub fn unpad(padded: &[u8]) -> Result<Self, CodecError> {
        let bad = || CodecError::Shape("a hint is its length, its encoding and zeros".to_owned());
        let (length, rest) = padded.split_first().ok_or_else(bad)?;
        let (encoded, zeros) = rest
            .split_at_checked(usize::from(*length))
            .ok_or_else(bad)?;
        if padded.len() != PADDED || zeros.iter().any(|byte| *byte != 0) {
            return Err(bad());
        }
        codec::from_slice(encoded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hint_has_one_size_and_one_reading() {
        let largest = Hint::Echo {
            nonce: u64::MAX,
            to: [0xff; 8].into(),
        };
        for hint in [
            Hint::Typing,
            Hint::StoppedTyping,
            Hint::Presence(Presence::Gone),
            largest,
            Hint::EchoReply { nonce: u64::MAX },
        ] {
            let padded = hint.pad();
            assert_eq!(Hint::unpad(&padded), Ok(hint));
            let used = 1 + codec::to_vec(&hint).len();
            for at in used..PADDED {
                let mut other = padded;
                other[at] = 1;
                assert!(Hint::unpad(&other).is_err(), "byte {at}");
            }
            assert!(Hint::unpad(&padded[1..]).is_err());
            assert!(Hint::unpad(&[&padded[..], &[0]].concat()).is_err());
        }
        assert!(codec::to_vec(&largest).len() < PADDED);
    }

    #[test]
    fn the_head_is_authenticated_to_the_last_byte() {
        let one = Ephemeral {
            room: RoomId([1; 16]),
            generation: 2,
            epoch: 3,
            device: DeviceId([4; 16]),
            counter: 5,
            sealed: vec![6; SEALED].into(),
        };
        let others = [
            Ephemeral {
                room: RoomId([9; 16]),
                ..one.clone()
            },
            Ephemeral {
                generation: 9,
                ..one.clone()
            },
            Ephemeral {
                epoch: 9,
                ..one.clone()
            },
            Ephemeral {
                device: DeviceId([9; 16]),
                ..one.clone()
            },
            Ephemeral {
                counter: 9,
                ..one.clone()
            },
        ];
        for other in others {
            assert_ne!(other.aad(), one.aad());
        }
        let size = codec::to_vec(&Ephemeral {
            generation: u32::MAX,
            epoch: u64::MAX,
            counter: u64::MAX,
            ..one
        })
        .len();
        assert!(size <= crate::limits::MAX_EPHEMERAL, "{size}");
    }
}
