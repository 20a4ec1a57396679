//! Seals parcels, so that who carries them reads nothing and can add nothing: AES-256-GCM.
//!
//! Each relay seals under a key of its own, made of the relays' common one and of bytes drawn when it
//! starts, and counts: a nonce never comes twice. A sealed parcel is those bytes (16), the count (8) and
//! what was sealed.

use crate::keys::Secret;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use lacre_wire::hash::hmac_sha256;
use std::sync::atomic::{AtomicU64, Ordering};
use zeroize::Zeroizing;

const SALT: usize = 16;
const COUNT: usize = 8;
/// What the keys are for.
const LABEL: &[u8] = b"lacre/wake-parcel/1";

/// Seals for one relay, and opens what the others sealed.
pub(super) struct Seal {
    common: Secret,
    salt: [u8; SALT],
    own: LessSafeKey,
    count: AtomicU64,
}

impl Seal {
    /// With the relays' common key. Nothing where the system has no randomness.
    pub(super) fn new(common: Secret) -> Option<Self> {
        let mut salt = [0; SALT];
        getrandom::fill(&mut salt).ok()?;
        Some(Self {
            own: key(&common, &salt)?,
            common,
            salt,
            count: AtomicU64::new(0),
        })
    }

    pub(super) fn seal(&self, parcel: &[u8]) -> Option<Vec<u8>> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mut sealed = Vec::with_capacity(SALT + COUNT + parcel.len() + AES_256_GCM.tag_len());
        sealed.extend(self.salt);
        sealed.extend(count.to_be_bytes());
        sealed.extend(parcel);
        let body = sealed.get_mut(SALT + COUNT..)?;
        let tag = self
            .own
            .seal_in_place_separate_tag(nonce(count), Aad::empty(), body);
        sealed.extend(tag.ok()?.as_ref());
        Some(sealed)
    }

    /// What another relay sealed; nothing of what anybody else made.
    pub(super) fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (salt, rest) = sealed.split_first_chunk::<SALT>()?;
        let (count, body) = rest.split_first_chunk::<COUNT>()?;
        let mut body = body.to_vec();
        let nonce = nonce(u64::from_be_bytes(*count));
        let key = key(&self.common, salt)?;
        let length = key
            .open_in_place(nonce, Aad::empty(), &mut body)
            .ok()?
            .len();
        body.truncate(length);
        Some(body)
    }
}

fn key(common: &Secret, salt: &[u8; SALT]) -> Option<LessSafeKey> {
    let key = Zeroizing::new(hmac_sha256(&**common, &[LABEL, salt]).0);
    UnboundKey::new(&AES_256_GCM, &*key)
        .ok()
        .map(LessSafeKey::new)
}

fn nonce(count: u64) -> Nonce {
    let mut nonce = [0; 12];
    let (_, last) = nonce.split_at_mut(4);
    last.copy_from_slice(&count.to_be_bytes());
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(key: u8) -> Seal {
        Seal::new(Zeroizing::new([key; 32])).unwrap()
    }

    #[test]
    fn relays_with_one_key_open_each_others_parcels_and_no_changed_byte() {
        let (one, two, stranger) = (relay(1), relay(1), relay(2));
        for parcel in [&b"news"[..], &[7; 40_000]] {
            let sealed = one.seal(parcel).unwrap();
            assert_eq!(two.open(&sealed).unwrap(), parcel);
            assert_eq!(stranger.open(&sealed), None);
            assert_ne!(one.seal(parcel).unwrap(), sealed);
        }
        let sealed = one.seal(b"news").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(two.open(&changed), None, "byte {at}");
            assert_eq!(two.open(&sealed[..at]), None);
        }
    }
}
