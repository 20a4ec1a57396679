//! Names under which a relay lists rooms for everybody.
//!
//! People compare names by eye, so one name has one form: composed (NFC), lower case, single spaces.
//! Which letters exist changes with every version of Unicode; what a room allows must not. So
//! `is_bounded` is the rule of the room, the same for ever, and [`normal`] is what clients write
//! and relays insist on.

use unicode_normalization::UnicodeNormalization;

/// A listed name's size in bytes: long enough for any title, short enough for a line.
pub const MAX_LISTED_NAME: usize = 128;

/// Characters of a listed name.
pub const MAX_LISTED_CHARS: usize = 64;

/// Why a text is no listed name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListedNameError {
    /// Nothing is left of it.
    #[error("a listed room needs a name of 1 to {MAX_LISTED_CHARS} characters")]
    Empty,
    /// More than [`MAX_LISTED_CHARS`] characters or [`MAX_LISTED_NAME`] bytes.
    #[error(
        "a listed name has at most {MAX_LISTED_CHARS} characters in {MAX_LISTED_NAME} bytes; this one has {0} characters"
    )]
    TooLong(usize),
    /// Neither letter nor digit nor one of the marks that names have.
    #[error(
        "a listed name has letters, digits, single spaces and . _ - ' # & + ! ?; {0:?} is none of them"
    )]
    Character(char),
    /// Looks like something that is not a name.
    #[error("a listed name begins with a letter or a digit")]
    Beginning,
}

/// Whether a name can stand in a room's state at all.
pub(super) fn is_bounded(name: &str) -> bool {
    (1..=MAX_LISTED_NAME).contains(&name.len()) && !name.chars().any(char::is_control)
}

/// The one form of a name.
///
/// ```
/// use lacre_wire::room::listed::normal;
/// assert_eq!(normal("  Álgebra   3 ").as_deref(), Ok("álgebra 3"));
/// assert!(normal("\u{202e}arbegla").is_err());
/// ```
///
/// # Errors
/// [`ListedNameError`] says what is wrong.
pub fn normal(name: &str) -> Result<String, ListedNameError> {
    let composed: String = name
        .nfc()
        .collect::<String>()
        .to_lowercase()
        .nfc()
        .collect();
    let name = composed.split(' ').filter(|word| !word.is_empty());
    let name = name.collect::<Vec<_>>().join(" ");
    let first = name.chars().next().ok_or(ListedNameError::Empty)?;
    let fits = |c: &char| c.is_alphanumeric() || " ._-'#&+!?".contains(*c);
    if let Some(wrong) = name.chars().find(|c| !fits(c)) {
        return Err(ListedNameError::Character(wrong));
    }
    if !first.is_alphanumeric() {
        return Err(ListedNameError::Beginning);
    }
    match name.chars().count() {
        got if got > MAX_LISTED_CHARS || name.len() > MAX_LISTED_NAME => {
            Err(ListedNameError::TooLong(got))
        }
        _ => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_name_has_one_form() {
        for (given, expected) in [
            ("Algebra", "algebra"),
            (" a  b ", "a b"),
            ("A\u{301}lgebra", "álgebra"),
            ("3º ano", "3º ano"),
            ("c++ & rust!", "c++ & rust!"),
            (&"a".repeat(64), &"a".repeat(64)),
            (&"\u{20000}".repeat(32), &"\u{20000}".repeat(32)),
        ] {
            assert_eq!(normal(given).as_deref(), Ok(expected));
        }
        for (given, expected) in [
            ("", ListedNameError::Empty),
            ("   ", ListedNameError::Empty),
            ("a\nb", ListedNameError::Character('\n')),
            ("a\u{202e}b", ListedNameError::Character('\u{202e}')),
            ("a/b", ListedNameError::Character('/')),
            ("@ana", ListedNameError::Character('@')),
            ("#sala", ListedNameError::Beginning),
            ("-x", ListedNameError::Beginning),
            (&"a".repeat(65), ListedNameError::TooLong(65)),
            (&"\u{20000}".repeat(33), ListedNameError::TooLong(33)),
        ] {
            assert_eq!(normal(given), Err(expected), "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn the_form_is_stable_and_bounded(name: String) {
            if let Ok(form) = normal(&name) {
                prop_assert!(is_bounded(&form));
                prop_assert_eq!(normal(&form), Ok(form));
            }
        }
    }
}
