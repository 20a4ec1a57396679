//! How well a few typed letters fit a name: the letters in order, gaps allowed.
//!
//! Letters at the start of words and next to each other count more, so that `alg3` finds
//! "Algebra 3" before "Calligraphy, group 3". Accents and case do not matter.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text without case and accents.
pub(crate) fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// How well `typed` fits `name`, higher is better; `None` if a letter is missing. Nothing typed
/// fits everything.
pub(crate) fn score(typed: &str, name: &str) -> Option<i32> {
    let typed = fold(typed);
    let name: Vec<char> = fold(name).chars().collect();
    // For each place of the name: the best way to have the letters so far end there.
    let mut ends: Option<Vec<Option<i32>>> = None;
    for letter in typed.chars().filter(|c| !c.is_whitespace()) {
        ends = Some(step(ends.as_deref(), &name, letter));
    }
    // Of two that fit as well, the shorter name is meant.
    let length = i32::try_from(name.len().min(63)).unwrap_or(63);
    let best = match ends {
        None => 0,
        Some(ends) => ends.into_iter().flatten().max()?,
    };
    Some(best * 64 - length)
}

/// Takes one more letter, at every place where the name has it.
fn step(ends: Option<&[Option<i32>]>, name: &[char], letter: char) -> Vec<Option<i32>> {
    let mut before: Option<i32> = None;
    let mut out = Vec::with_capacity(name.len());
    for (place, c) in name.iter().enumerate() {
        let beside = place.checked_sub(1);
        let neighbour = beside.and_then(|beside| name.get(beside));
        let here = match neighbour {
            None => 10,
            Some(c) if !c.is_alphanumeric() => 7,
            Some(_) => 1,
        };
        let last = beside.and_then(|beside| *ends?.get(beside)?);
        before = before.max(last);
        let found = match ends {
            None => Some(here),
            Some(_) => (before.map(|before| before + here)).max(last.map(|last| last + 8)),
        };
        out.push(found.filter(|_| *c == letter));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{fold, score};

    fn best<'a>(typed: &str, names: &[&'a str]) -> Vec<&'a str> {
        let mut found: Vec<_> = names
            .iter()
            .filter_map(|name| Some((score(typed, name)?, *name)))
            .collect();
        found.sort_by_key(|(score, _)| -score);
        found.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn accents_and_case_do_not_matter() {
        assert_eq!(fold("Açúcar ÀÉÎõü"), "acucar aeiou");
        assert!(score("historia", "História").is_some());
        assert!(score("HISTÓRIA", "historia").is_some());
    }

    #[test]
    fn starts_of_words_come_first() {
        let names = ["Calligraphy, group 3", "Algebra 3", "Algebra 1"];
        assert_eq!(best("alg3", &names), ["Algebra 3", "Calligraphy, group 3"]);
        assert_eq!(
            best("pg", &["pages", "Portuguese grammar"])[0],
            "Portuguese grammar"
        );
        assert_eq!(
            best("ana", &["banana", "Joana", "ana", "anabela"])[0],
            "ana"
        );
    }

    #[test]
    fn what_lacks_a_letter_does_not_fit() {
        assert_eq!(score("xyz", "Algebra"), None);
        assert_eq!(score("aa", "a"), None);
        assert!(score("", "anything").is_some());
        assert!(score("", "").is_some());
    }
}
