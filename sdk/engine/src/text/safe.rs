//! Text of others: nothing in it may act on the screen that shows it.
//!
//! Escape sequences could move a cursor, change a title or a clipboard; bidirectional controls could
//! make a line read as another one. What acts is shown as a replacement character, so that its place
//! is seen.

use std::borrow::Cow;

/// What stands for a character that would act.
const REPLACEMENT: char = '\u{fffd}';

/// Whether a character acts instead of being shown: C0 and C1 controls, delete, line and paragraph
/// separators, bidirectional controls, and the deprecated format characters.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{206f}'
                | '\u{fff9}'..='\u{fffb}'
        )
}

/// `text` with everything that would act replaced by U+FFFD. Line feeds and tabs stay; a carriage
/// return before a line feed goes.
pub fn safe(text: &str) -> Cow<'_, str> {
    replaced(text, |c| matches!(c, '\n' | '\t'))
}

/// As [`safe`], for what belongs into one line, such as names: line feeds and tabs become blanks.
pub fn safe_line(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let blank = |c: char| matches!(c, '\n' | '\t' | '\r');
    replaced(&text.replace(blank, " "), |_| false)
        .into_owned()
        .into()
}

fn replaced(text: &str, keeps: impl Fn(char) -> bool) -> Cow<'_, str> {
    let replaces = |c: char| acts(c) && !keeps(c);
    if !text.contains(replaces) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\r' if keeps('\n') && letters.peek() == Some(&'\n') => {}
            c if replaces(c) => out.push(REPLACEMENT),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_acts_on_the_screen() {
        assert_eq!(
            safe("a\x1b[2Jb\u{9b}31mc\u{202e}d\te\r\nf\rg\u{85}h"),
            "a\u{fffd}[2Jb\u{fffd}31mc\u{fffd}d\te\nf\u{fffd}g\u{fffd}h"
        );
        assert_eq!(safe_line("a\nb\tc\x07d"), "a b c\u{fffd}d");
    }

    #[test]
    fn what_people_write_stays() {
        for text in ["olá 👩‍👩‍👧 שלום\n\t🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", ""]
        {
            assert!(matches!(safe(text), Cow::Borrowed(same) if same == text));
        }
        assert!(matches!(safe_line("Ana ❤️"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn what_comes_out_does_not_act(text in ".{0,60}|[\0-\u{a0}\u{2000}-\u{2070}]{0,60}") {
            let kept = |c: char| matches!(c, '\n' | '\t');
            prop_assert!(!safe(&text).contains(|c| acts(c) && !kept(c)));
            prop_assert!(!safe_line(&text).contains(acts));
            let once = safe(&text);
            prop_assert_eq!(&safe(&once), &once);
        }
    }
}
