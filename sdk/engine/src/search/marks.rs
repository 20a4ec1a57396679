//! Where in a text the words were found, and a piece of it to show.

use std::ops::Range;

/// Around a match, in what FTS5 returns: characters that Unicode will never give a meaning.
pub(super) const BEGIN: char = '\u{fdd0}';
/// See [`BEGIN`].
pub(super) const END: char = '\u{fdd1}';

/// The text without its marks, and the ranges between them. Marks that the sender wrote are left
/// out of the text in the same way; their ranges then mean nothing, and there are none.
pub(super) fn read(marked: &str, original: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut at, mut begin) = (0, None);
    for letter in marked.chars() {
        match letter {
            BEGIN => begin = Some(at),
            END => ranges.extend(begin.take().map(|begin| begin..at)),
            other => at += other.len_utf8(),
        }
    }
    if at != original.len() {
        ranges.clear();
    }
    ranges
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The piece, in one line; `…` stands where it was cut.
    pub text: String,
    /// What fits in it, as ranges of bytes.
    pub matches: Vec<Range<usize>>,
}

/// The piece of `text` around the first of `matches`, of at most about `width` characters, cut
/// between words.
pub fn snippet(text: &str, matches: &[Range<usize>], width: usize) -> Snippet {
    let letters = text.chars().count();
    let first = matches.first().map_or(0, |first| first.start);
    let before = text.get(..first).map_or(0, |before| before.chars().count());
    // A third of the piece stands before the match.
    let skipped = match letters > width {
        true => before.saturating_sub(width / 3).min(letters - width),
        false => 0,
    };
    let start = word_from(text, byte_of(text, skipped), first);
    let end = start + byte_of(text.get(start..).unwrap_or_default(), width);
    let end = if end < text.len() {
        word_until(text, start, end)
    } else {
        end
    };
    let mut piece = Snippet {
        text: String::new(),
        matches: Vec::new(),
    };
    if start > 0 {
        piece.text.push('…');
    }
    let shift = piece.text.len();
    for letter in text.get(start..end).unwrap_or_default().chars() {
        // One byte for one byte, so that ranges stay right.
        piece.text.push(match letter {
            '\n' | '\r' | '\t' => ' ',
            other => other,
        });
    }
    if end < text.len() {
        piece.text.push('…');
    }
    let inside = matches
        .iter()
        .filter(|range| range.start >= start && range.end <= end);
    piece.matches = inside
        .map(|range| range.start - start + shift..range.end - start + shift)
        .collect();
    piece
}

/// The byte at which the character with this number begins.
fn byte_of(text: &str, number: usize) -> usize {
    text.char_indices()
        .nth(number)
        .map_or(text.len(), |(at, _)| at)
}

/// The beginning of the first word from `at` on, not behind `most`.
fn word_from(text: &str, at: usize, most: usize) -> usize {
    if at == 0 {
        return 0;
    }
    let rest = text.get(at..).unwrap_or_default();
    match rest.find(char::is_whitespace) {
        Some(space) => {
            let skipped = rest.get(space..).unwrap_or_default();
            let word = skipped.len() - skipped.trim_start().len();
            match at + space + word {
                word if word <= most => word,
                _ => at,
            }
        }
        None => at,
    }
}

/// The end of the last whole word before `at`; `at` itself inside a word that has no beginning.
fn word_until(text: &str, start: usize, at: usize) -> usize {
    let piece = text.get(start..at).unwrap_or_default();
    match piece.rfind(char::is_whitespace) {
        Some(space) if space > piece.len() / 2 => {
            start + piece.get(..space).unwrap_or_default().trim_end().len()
        }
        _ => at,
    }
}

#[cfg(test)]
#[allow(
    clippy::single_range_in_vec_init,
    reason = "one match is a list of one range"
)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_ranges() {
        let marked = format!("a {BEGIN}não{END} b {BEGIN}c{END}");
        assert_eq!(read(&marked, "a não b c"), [2..6, 9..10]);
        assert!(read("plain", "plain").is_empty());
    }

    #[test]
    fn forged_marks_mark_nothing() {
        let original = format!("x{BEGIN}y z");
        let marked = format!("x{BEGIN}y {BEGIN}z{END}");
        assert!(read(&marked, &original).is_empty());
    }

    #[test]
    fn short_texts_are_whole() {
        let piece = snippet("one\ntwo", &[4..7], 40);
        assert_eq!(
            (piece.text.as_str(), piece.matches),
            ("one two", vec![4..7])
        );
    }

    #[test]
    fn long_texts_are_cut_between_words_around_the_match() {
        let text = format!("{} agulha {}", "palha ".repeat(50), "feno ".repeat(50));
        let at = text.find("agulha").unwrap();
        let piece = snippet(&text, &[at..at + 6], 40);
        assert!(piece.text.starts_with("…palha "), "{}", piece.text);
        assert!(piece.text.ends_with("feno…"), "{}", piece.text);
        assert!(piece.text.chars().count() <= 42, "{}", piece.text);
        assert_eq!(piece.text.get(piece.matches[0].clone()), Some("agulha"));
    }

    #[test]
    fn one_endless_word_is_cut_anyway() {
        let text = "ã".repeat(500);
        let piece = snippet(&text, &[], 10);
        assert_eq!(piece.text, format!("{}…", "ã".repeat(10)));
        let piece = snippet(&text, &[900..902], 10);
        assert!(piece.text.starts_with('…') && piece.text.chars().count() <= 12);
    }
}
