//! Pins: a message is kept in sight, by whoever may write.
//!
//! A bool under the media type [`PIN`], in reply to the message: true puts it up, false takes it
//! down. Nothing to show by itself.

use super::part::{Disposition, NestedPart, Part};
use super::registry::PIN;
use minicbor::{Decoder, Encoder};

/// A body that pins, or takes a pin away.
pub(super) fn body(pinned: bool) -> NestedPart {
    let mut content = Vec::with_capacity(1);
    // Writing to memory does not fail.
    let _infallible = Encoder::new(&mut content).bool(pinned);
    NestedPart::single(Disposition::UNSPECIFIED, PIN, content)
}

/// Whether a body pins; `None` if it is about something else.
pub(super) fn read(body: &NestedPart) -> Option<bool> {
    let Part::Single(single) = &body.part else {
        return None;
    };
    if body.disposition != Disposition::UNSPECIFIED || single.content_type != PIN {
        return None;
    }
    let mut input = Decoder::new(&single.content);
    let pinned = input.bool().ok()?;
    (input.position() == single.content.len()).then_some(pinned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_round_trip_and_nothing_else_is_one() {
        for pinned in [true, false] {
            assert_eq!(read(&body(pinned)), Some(pinned));
        }
        for bytes in [&[][..], &[0xf5, 0xf5], &[0x01], &[0xf6]] {
            let other = NestedPart::single(Disposition::UNSPECIFIED, PIN, bytes.to_vec());
            assert_eq!(read(&other), None);
        }
    }
}
