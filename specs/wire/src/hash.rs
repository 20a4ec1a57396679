//! The two hash constructions everything here is built on, over a list of parts.

use crate::ids::Hash;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// SHA-256 over the concatenation of `parts`. Callers start with a label and use fixed-size
/// parts (or one variable part, last), so that the concatenation is unambiguous.
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut state = Sha256::new();
    parts.iter().for_each(|part| state.update(part));
    Hash(state.finalize().into())
}

/// HMAC-SHA-256 (RFC 2104) over the concatenation of `parts`.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Hash {
    // HMAC takes a key of any length: longer ones are hashed first, as the RFC says.
    let Ok(mut state) = Hmac::<Sha256>::new_from_slice(key) else {
        return Hash([0; 32]);
    };
    parts.iter().for_each(|part| state.update(part));
    Hash(state.finalize().into_bytes().into())
}
