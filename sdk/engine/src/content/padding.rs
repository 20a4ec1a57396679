//! Padding: the relay sees a step, not the length of what was written.
//!
//! `content ‖ 0x80 ‖ zeros` (ISO/IEC 7816-4), to the next multiple of 256 bytes up to 2 KiB and
//! then by Padmé ("Reducing Metadata Leakage from Encrypted Files and Communication with
//! PURBs", PETS 2019), which costs at most 12 % and leaves O(log log n) bits of the length.

use super::error::ContentError;

const STEP: usize = 256;
const STEPS_END: usize = 2048;
const MARKER: u8 = 0x80;

/// The length of `length` bytes of content after [`pad`].
pub fn padded_len(length: usize) -> usize {
    let marked = length.saturating_add(1);
    if marked <= STEPS_END {
        return marked.next_multiple_of(STEP);
    }
    // Padmé: keep as many leading bits of the length as its exponent has bits itself.
    let exponent = marked.ilog2();
    let kept = exponent.ilog2() + 1;
    marked.next_multiple_of(1 << (exponent - kept))
}

/// Pads `content` to [`padded_len`].
pub fn pad(content: &[u8]) -> Vec<u8> {
    let length = padded_len(content.len());
    let mut padded = Vec::with_capacity(length);
    padded.extend_from_slice(content);
    padded.push(MARKER);
    padded.resize(length, 0);
    padded
}

/// The content in `padded`. Refuses everything that [`pad`] does not make, so that a message
/// has one padded form.
pub fn unpad(padded: &[u8]) -> Result<&[u8], ContentError> {
    let marked = padded.iter().rposition(|byte| *byte != 0);
    let (content, rest) = marked
        .and_then(|at| padded.split_at_checked(at))
        .ok_or(ContentError::Padding)?;
    let marker = rest.first().copied();
    if marker != Some(MARKER) || padded_len(content.len()) != padded.len() {
        return Err(ContentError::Padding);
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::limits::MAX_CONTENT;
    use proptest::prelude::*;

    #[test]
    fn steps_then_padme() {
        let cases = [
            (0, 256),
            (255, 256),
            (256, 512),
            (2047, 2048),
            (2048, 2176),
            (4095, 4096),
            (4096, 4352),
            (10_000, 10_240),
        ];
        for (length, padded) in cases {
            assert_eq!(padded_len(length), padded, "{length}");
        }
    }

    #[test]
    fn the_largest_message_fits_the_wire() {
        assert_eq!(padded_len(MAX_CONTENT), 50 * 1024);
        assert!(padded_len(MAX_CONTENT) + 8 * 1024 < lacre_wire::limits::MAX_MESSAGE);
    }

    #[test]
    fn foreign_padding_is_refused() {
        let one_step_too_many = [pad(b"hello"), vec![0; 256]].concat();
        let mut other_marker = pad(b"hello");
        other_marker[5] = 0x40;
        for bytes in [
            &[][..],
            &[0; 256],
            b"hello",
            &one_step_too_many,
            &other_marker,
        ] {
            assert!(matches!(unpad(bytes), Err(ContentError::Padding)));
        }
    }

    proptest! {
        #[test]
        fn unpad_undoes_pad(content in prop::collection::vec(any::<u8>(), 0..5000)) {
            let padded = pad(&content);
            prop_assert_eq!(padded.len(), padded_len(content.len()));
            prop_assert_eq!(unpad(&padded).unwrap(), &content[..]);
        }

        #[test]
        fn overhead_is_bounded_and_lengths_never_cross(length in 2048_usize..1 << 30) {
            let padded = padded_len(length);
            prop_assert!(padded > length && padded - length <= length * 12 / 100 + 1);
            prop_assert!(padded <= padded_len(length + 1));
        }

        #[test]
        fn only_what_pad_makes_is_unpadded(bytes in prop::collection::vec(prop_oneof![Just(0), Just(0x80), any::<u8>()], 0..600)) {
            if let Ok(content) = unpad(&bytes) {
                prop_assert_eq!(pad(content), bytes);
            }
        }
    }
}
