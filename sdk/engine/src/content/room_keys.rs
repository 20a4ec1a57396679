//! The key of a room, on its way to those who joined.
//!
//! `[number: uint .size 4, key: bstr .size 32]`, canonical, under the media type
//! [`ROOM_KEYS`]. The key travels only like this and sealed under an invite's secret.

use super::error::ContentError;
use super::part::{Disposition, NestedPart, Part};
use super::registry::ROOM_KEYS;
use minicbor::{Decoder, Encoder};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Encoded length with the longest number.
const LONGEST: usize = 1 + 5 + 2 + RoomKey::SIZE;

/// The key that opens a room's profile and authenticates its GroupInfos. Wiped on drop,
/// compared in constant time, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RoomKey([u8; 32]);

impl RoomKey {
    /// Length in bytes.
    pub const SIZE: usize = 32;

    /// The key made of `bytes`: random, or from where one was kept.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for RoomKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for RoomKey {}

/// A body with the key of that number.
pub(super) fn body(number: u32, key: &RoomKey) -> Result<NestedPart, ContentError> {
    let content = encode(number, key)?.to_vec();
    Ok(NestedPart::single(
        Disposition::UNSPECIFIED,
        ROOM_KEYS,
        content,
    ))
}

/// The number and the key in a body.
pub(super) fn read(body: &NestedPart) -> Option<(u32, RoomKey)> {
    let Part::Single(single) = &body.part else {
        return None;
    };
    if body.disposition != Disposition::UNSPECIFIED || single.content_type != ROOM_KEYS {
        return None;
    }
    let mut input = Decoder::new(&single.content);
    input.array().ok()?;
    let number = input.u32().ok()?;
    let key = RoomKey(input.bytes().ok()?.try_into().ok()?);
    let canonical = encode(number, &key).ok()?;
    (*canonical == *single.content).then_some((number, key))
}

fn encode(number: u32, key: &RoomKey) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    // All the room there is need of, so that no copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST));
    Encoder::new(&mut *bytes)
        .array(2)?
        .u32(number)?
        .bytes(key.as_bytes())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hexadecimal: &str) -> NestedPart {
        let content = hex::decode(hexadecimal).unwrap();
        NestedPart::single(Disposition::UNSPECIFIED, ROOM_KEYS, content)
    }

    #[test]
    fn keys_round_trip_without_growing() {
        for number in [0, 23, 24, 70_000, u32::MAX] {
            let key = RoomKey::new([9; 32]);
            assert!(encode(number, &key).unwrap().len() <= LONGEST);
            let (read_number, read_key) = read(&body(number, &key).unwrap()).unwrap();
            assert!(read_number == number && read_key == key);
        }
    }

    #[test]
    fn other_encodings_and_lengths_are_refused() {
        let key = "01".repeat(32);
        assert!(read(&of(&format!("82075820{key}"))).is_some());
        for bad in [
            format!("8218075820{key}"),
            format!("9f075820{key}ff"),
            format!("82075820{key}00"),
            format!("8307{}5820{key}", "00"),
            format!("8207581f{}", "01".repeat(31)),
            format!("82275820{key}"),
            String::new(),
        ] {
            assert!(read(&of(&bad)).is_none(), "{bad}");
        }
    }
}
