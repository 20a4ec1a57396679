//! Text: Markdown, or plain text made into Markdown that shows the same.

use super::part::{Disposition, NestedPart, Part, PartSemantics, SinglePart};
use super::registry::{MARKDOWN, PLAIN_TEXT};

/// Dispositions under which text is shown as a message.
const SHOWN: [Disposition; 3] = [
    Disposition::UNSPECIFIED,
    Disposition::RENDER,
    Disposition::INLINE,
];

/// A body of Markdown.
pub(super) fn body(markdown: &str) -> NestedPart {
    NestedPart::single(Disposition::RENDER, MARKDOWN, markdown.as_bytes().to_vec())
}

/// The Markdown of a body, if it is text that is to be shown. Of alternatives the first that
/// can be shown, as the order is the sender's preference.
pub(super) fn read(body: &NestedPart) -> Option<String> {
    if !SHOWN.contains(&body.disposition) {
        return None;
    }
    match &body.part {
        Part::Single(single) => read_single(single),
        Part::Multi(PartSemantics::ChooseOne, parts) => parts.iter().find_map(read),
        Part::Null | Part::External(_) | Part::Multi(..) => None,
    }
}

fn read_single(single: &SinglePart) -> Option<String> {
    let text = || std::str::from_utf8(&single.content).ok();
    if single.content_type == MARKDOWN {
        text().map(str::to_owned)
    } else if single.content_type == PLAIN_TEXT {
        text().map(escape)
    } else {
        None
    }
}

/// Markdown that shows `plain` letter for letter: punctuation loses its meaning by a
/// backslash, and so does the softness of a line break (GFM §6.1 and §6.12).
fn escape(plain: &str) -> String {
    let mut markdown = String::with_capacity(plain.len() + plain.len() / 8);
    for letter in plain.trim().chars() {
        if letter.is_ascii_punctuation() || letter == '\n' {
            markdown.push('\\');
        }
        if letter != '\r' {
            markdown.push(letter);
        }
    }
    markdown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> NestedPart {
        NestedPart::single(Disposition::RENDER, PLAIN_TEXT, text.as_bytes().to_vec())
    }

    fn choose(parts: Vec<NestedPart>) -> NestedPart {
        NestedPart::new(
            Disposition::RENDER,
            Part::Multi(PartSemantics::ChooseOne, parts),
        )
    }

    #[test]
    fn plain_text_loses_its_markup() {
        assert_eq!(
            read(&plain("  # 2*3 <b>\r\nyes")).unwrap(),
            "\\# 2\\*3 \\<b\\>\\\nyes"
        );
        assert_eq!(read(&plain("olá ❤")).unwrap(), "olá ❤");
    }

    #[test]
    fn the_first_alternative_that_can_be_shown_is() {
        let other = || NestedPart::single(Disposition::RENDER, "application/x", vec![1]);
        let both = choose(vec![
            other(),
            choose(vec![other(), body("*hi*")]),
            plain("hi"),
        ]);
        assert_eq!(read(&both).unwrap(), "*hi*");
        assert_eq!(read(&choose(vec![other(), other()])), None);
    }

    #[test]
    fn what_is_not_text_is_not_read() {
        let not_utf8 = NestedPart::single(Disposition::RENDER, MARKDOWN, vec![0xff]);
        let attached = NestedPart {
            disposition: Disposition::ATTACHMENT,
            ..body("hi")
        };
        let unknown = NestedPart {
            disposition: Disposition(9),
            ..body("hi")
        };
        for part in [
            not_utf8,
            attached,
            unknown,
            NestedPart::new(Disposition::RENDER, Part::Null),
        ] {
            assert_eq!(read(&part), None);
        }
    }
}
