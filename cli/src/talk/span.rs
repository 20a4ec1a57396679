//! Lengths of time as people type them: `30s`, `10m`, `2h`, `1d`, `1w`.

use super::problem::Problem;
use crate::print::safe;
use crate::text::{Lang, say};
use std::time::Duration;

/// The length that a word means, or why it means none.
pub(crate) fn read(lang: Lang, word: &str) -> Result<Duration, Problem> {
    parse(word).ok_or_else(|| {
        Problem::usage(
            say!(lang, "error-span", word = safe(word)),
            say!(lang, "error-span.hint"),
        )
    })
}

/// The length that a word means; `None` if it means none. A number alone is minutes.
pub(crate) fn parse(word: &str) -> Option<Duration> {
    let word = word.trim().to_lowercase();
    let end = word
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(word.len());
    let (number, unit) = word.split_at(end);
    let seconds = match unit {
        "s" | "seg" => 1,
        "" | "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" | "sem" => 604_800,
        _ => return None,
    };
    let count: u64 = number.parse().ok().filter(|count| *count > 0)?;
    count.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn lengths_are_short_words() {
        let seconds = |word| parse(word).map(|span| span.as_secs());
        for (word, length) in [
            ("30s", 30),
            ("10", 600),
            ("10min", 600),
            ("2H", 7_200),
            ("1d", 86_400),
            ("1w", 604_800),
            ("2sem", 1_209_600),
        ] {
            assert_eq!(seconds(word), Some(length), "{word}");
        }
        for word in ["", "h", "0m", "-1h", "1y", "1 h", "99999999999999999999d"] {
            assert_eq!(seconds(word), None, "{word}");
        }
    }
}
