//! The franking tag: what lets a report be proven without the relay reading anything.
//!
//! The sender puts the tag next to the sealed message, where the relay stamps it. Whoever
//! opens the message recomputes the tag, so a message that could not be reported is noticed
//! and not shown. The salt is inside the content: it commits to itself.

use lacre_wire::hash::hmac_sha256;
use lacre_wire::ids::Hash;
use subtle::ConstantTimeEq;

const LABEL: &[u8] = b"lacre/frank/1";

/// `HMAC-SHA256(salt, "lacre/frank/1" ‖ content)`; `content` is the canonical encoding of the
/// message without padding, `salt` the one inside it.
pub fn frank(salt: &[u8; 16], content: &[u8]) -> Hash {
    hmac_sha256(salt, &[LABEL, content])
}

/// Whether `tag` is the tag of `content`, in time that does not depend on where they differ.
pub fn check_frank(salt: &[u8; 16], content: &[u8], tag: &Hash) -> bool {
    frank(salt, content).0.ct_eq(&tag.0).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_fits_one_content_and_salt() {
        let tag = frank(&[1; 16], b"content");
        assert!(check_frank(&[1; 16], b"content", &tag));
        assert!(!check_frank(&[2; 16], b"content", &tag));
        assert!(!check_frank(&[1; 16], b"Content", &tag));
        for bit in 0..256 {
            let mut other = tag;
            other.0[bit / 8] ^= 1 << (bit % 8);
            assert!(!check_frank(&[1; 16], b"content", &other));
        }
    }

    #[test]
    fn the_construction_does_not_change() {
        // Computed by another implementation of HMAC.
        let tag = "a7971e5186d40949d7d4ca270db4c1a9382ca0f100fda38679a0e1d33ec8cd12";
        assert_eq!(frank(&[7; 16], b"hello").to_string(), tag);
    }
}
