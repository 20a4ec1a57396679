//! Text of others on this terminal: nothing in it may act on the screen.
//!
//! Escape sequences could move the cursor, change the title or the clipboard; bidirectional
//! controls could make a line read as another one. They are shown as a box, tabs as a blank.

use lacre::text::{self, acts};
use std::fmt::Write;

/// The text in one line or, where it has several, with line feeds only.
pub(crate) fn safe(words: &str) -> String {
    text::safe(words).replace('\t', " ")
}

/// JSON with the same characters as escapes: the same values, and harmless when shown.
pub(crate) fn safe_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if acts(c) {
            // Writing to a string cannot fail. Characters that act have four hexadecimal digits.
            let _infallible = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{safe, safe_json};
    use lacre::text::acts;

    #[test]
    fn nothing_acts_on_the_screen() {
        assert_eq!(
            safe("a\x1b[2Jb\u{9b}31mc\u{202e}d\te\r\nf\rg"),
            "a\u{fffd}[2Jb\u{fffd}31mc\u{fffd}d e\nf\u{fffd}g"
        );
        assert_eq!(safe("olá 👩‍👩‍👧 שלום"), "olá 👩‍👩‍👧 שלום");
    }

    #[test]
    fn json_keeps_its_values() {
        let value = serde_json::json!({ "text": "a\u{9b}b\u{202e}c\n\u{7f}" });
        let json = safe_json(&value.to_string());
        assert!(!json.chars().any(acts));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&json).unwrap(),
            value
        );
    }
}
