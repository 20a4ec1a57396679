//! Bytes that only relays with the same key read and make: XChaCha20-Poly1305 under a drawn nonce.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

/// Bytes of a nonce of XChaCha20: wide enough to be drawn.
const NONCE: usize = 24;

/// Seals bytes for one purpose: the nonce, and behind it what was sealed. Nothing where the system has
/// no randomness.
pub(crate) fn seal(key: &[u8; 32], label: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).ok()?;
    let payload = Payload {
        msg: plain,
        aad: label,
    };
    let sealed = cipher(key).encrypt(XNonce::from_slice(&nonce), payload);
    Some([&nonce[..], &sealed.ok()?].concat())
}

/// Opens what [`seal`] made with the same key for the same purpose, and nothing else.
pub(crate) fn open(key: &[u8; 32], label: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let payload = Payload {
        msg: sealed,
        aad: label,
    };
    cipher(key).decrypt(XNonce::from_slice(nonce), payload).ok()
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(Key::from_slice(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_purpose_open_and_no_changed_byte() {
        let sealed = seal(&[1; 32], b"one", b"news").unwrap();
        assert_eq!(open(&[1; 32], b"one", &sealed).unwrap(), b"news");
        assert_eq!(open(&[2; 32], b"one", &sealed), None);
        assert_eq!(open(&[1; 32], b"two", &sealed), None);
        assert_ne!(seal(&[1; 32], b"one", b"news").unwrap(), sealed);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&[1; 32], b"one", &changed), None, "byte {at}");
            assert_eq!(open(&[1; 32], b"one", &sealed[..at]), None);
        }
    }
}
