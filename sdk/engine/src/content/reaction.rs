//! Reactions: one emoji to one message; several are several messages.

use super::error::{ContentError, at_most};
use super::limits::MAX_REACTION;
use super::part::{Disposition, NestedPart, Part};
use super::registry::PLAIN_TEXT;

/// A body with one emoji.
pub(super) fn body(emoji: &str) -> Result<NestedPart, ContentError> {
    at_most("reaction", emoji.len(), MAX_REACTION)?;
    if emoji.is_empty() {
        return Err(ContentError::Unexpected {
            field: "reaction",
            expected: "one emoji",
        });
    }
    let content = emoji.as_bytes().to_vec();
    Ok(NestedPart::single(
        Disposition::REACTION,
        PLAIN_TEXT,
        content,
    ))
}

/// The emoji of a body. A long one is not a reaction but an attempt to write past the rules
/// for text.
pub(super) fn read(body: &NestedPart) -> Option<String> {
    let Part::Single(single) = &body.part else {
        return None;
    };
    let emoji = std::str::from_utf8(&single.content).ok()?;
    let fits = body.disposition == Disposition::REACTION
        && single.content_type == PLAIN_TEXT
        && (1..=MAX_REACTION).contains(&emoji.len());
    fits.then(|| emoji.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_round_trips() {
        let family = "👩🏽‍❤️‍💋‍👨🏿";
        assert_eq!(read(&body(family).unwrap()).unwrap(), family);
    }

    #[test]
    fn nothing_and_novels_are_refused() {
        assert!(body("").is_err());
        assert!(body(&"❤".repeat(22)).is_err());
        let of =
            |bytes: &[u8]| NestedPart::single(Disposition::REACTION, PLAIN_TEXT, bytes.to_vec());
        assert_eq!(read(&of(b"")), None);
        assert_eq!(read(&of(&[b'x'; 65])), None);
        assert_eq!(read(&of(&[0xff])), None);
    }
}
