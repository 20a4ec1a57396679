//! The sealed profile of a room, and the MAC over its GroupInfo: what K_room is for.

use crate::content::RoomKey;
use crate::error::{Error, ErrorKind, Result};
use crate::random;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use lacre_wire::codec;
use lacre_wire::hash::{hmac_sha256, sha256};
use lacre_wire::ids::{Hash, RoomId};
use lacre_wire::room::SealedProfile;
use minicbor::{Decode, Encode};

/// What a profile says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct RoomProfile {
    #[n(0)]
    pub(crate) name: String,
}

/// Bytes of an XChaCha20 nonce.
const NONCE: usize = 24;

fn cipher(key: &RoomKey) -> XChaCha20Poly1305 {
    let derived = hmac_sha256(key.as_bytes(), &[b"lacre/profile/1"]);
    XChaCha20Poly1305::new(Key::from_slice(&derived.0))
}

fn aad(room: RoomId, number: u32) -> Vec<u8> {
    [room.0.as_slice(), &number.to_be_bytes()].concat()
}

/// Seals a profile under K_room.
pub(crate) fn seal(
    profile: &RoomProfile,
    room: RoomId,
    number: u32,
    key: &RoomKey,
) -> Result<SealedProfile> {
    let nonce: [u8; NONCE] = random::bytes()?;
    let plain = codec::to_vec(profile);
    let payload = Payload {
        msg: &plain,
        aad: &aad(room, number),
    };
    let sealed = cipher(key)
        .encrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| Error::internal("a profile could not be sealed"))?;
    Ok(SealedProfile {
        key_number: number,
        sealed: [nonce.as_slice(), &sealed].concat().into(),
    })
}

/// Opens a profile.
pub(crate) fn open(sealed: &SealedProfile, room: RoomId, key: &RoomKey) -> Result<RoomProfile> {
    let bad = || {
        Error::new(
            ErrorKind::Security,
            "BadProfile",
            "the room's name does not open with the room's key",
        )
    };
    let (nonce, ciphertext) = sealed.sealed.split_at_checked(NONCE).ok_or_else(bad)?;
    let payload = Payload {
        msg: ciphertext,
        aad: &aad(room, sealed.key_number),
    };
    let plain = cipher(key)
        .decrypt(XNonce::from_slice(nonce), payload)
        .map_err(|_| bad())?;
    codec::from_slice(&plain).map_err(|_| bad())
}

/// The MAC that members check before they trust a GroupInfo; the relay cannot make one.
pub(crate) fn gi_mac(key: &RoomKey, group_info: &[u8]) -> Hash {
    hmac_sha256(key.as_bytes(), &[b"lacre/gi/1", &sha256(&[group_info]).0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_opens_only_in_its_room_and_under_its_key() {
        let (room, key) = (RoomId([1; 16]), RoomKey::new([2; 32]));
        let profile = RoomProfile {
            name: "Álgebra 3".into(),
        };
        let sealed = seal(&profile, room, 1, &key).unwrap();
        assert_eq!(open(&sealed, room, &key).unwrap(), profile);
        assert!(open(&sealed, RoomId([9; 16]), &key).is_err());
        assert!(open(&sealed, room, &RoomKey::new([3; 32])).is_err());
        let renumbered = SealedProfile {
            key_number: 2,
            ..sealed
        };
        assert!(open(&renumbered, room, &key).is_err());
    }
}
