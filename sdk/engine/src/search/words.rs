//! What a person typed, taken apart: nothing of it is an operator.

/// Words that count; the rest of a longer text is not looked for.
const MOST: usize = 32;

/// One thing that must be in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A word, or several that stand one after the other.
    Whole(String),
    /// The same, and the last word may go on.
    Beginning(String),
}

/// Takes apart what was typed. Parts without a letter or digit are left out: the index has none.
pub(super) fn parts(typed: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut quoted = false;
    for letter in typed.chars() {
        // A NUL would end the query.
        let letter = if letter.is_control() { ' ' } else { letter };
        let ends = match letter {
            '"' | '“' | '”' | '„' | '«' | '»' => {
                quoted = !quoted;
                true
            }
            space => space.is_whitespace() && !quoted,
        };
        if ends {
            keep(&mut parts, Part::Whole(std::mem::take(&mut part)));
        } else {
            part.push(letter);
        }
    }
    // What stands last is still being typed, unless a space followed.
    let last = match part.ends_with(char::is_whitespace) {
        true => Part::Whole(part),
        false => Part::Beginning(part),
    };
    keep(&mut parts, last);
    parts
}

fn keep(parts: &mut Vec<Part>, part: Part) {
    let (Part::Whole(words) | Part::Beginning(words)) = &part;
    if parts.len() < MOST && words.chars().any(char::is_alphanumeric) {
        parts.push(part);
    }
}

/// A string of FTS5's query language. The tokenizer splits what is in it; nothing else reads it.
pub(super) fn literal(words: &str) -> String {
    format!("\"{}\"", words.replace('"', " "))
}

/// The word as the index has it, if that is certain: one word of Latin letters and digits, whose
/// accents are known here. SQLite's tokenizer knows all; this only serves to look words up early.
pub(super) fn folded(word: &str) -> Option<String> {
    let word = word.trim();
    word.chars().map(fold).collect()
}

fn fold(letter: char) -> Option<char> {
    Some(match letter {
        'a'..='z' | '0'..='9' => letter,
        'A'..='Z' => letter.to_ascii_lowercase(),
        'À'..='Å' | 'à'..='å' => 'a',
        'Ç' | 'ç' => 'c',
        'È'..='Ë' | 'è'..='ë' => 'e',
        'Ì'..='Ï' | 'ì'..='ï' => 'i',
        'Ñ' | 'ñ' => 'n',
        'Ò'..='Ö' | 'ò'..='ö' => 'o',
        'Ù'..='Ü' | 'ù'..='ü' => 'u',
        'Ý' | 'ý' | 'ÿ' => 'y',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(words: &str) -> Part {
        Part::Whole(words.to_owned())
    }

    fn beginning(words: &str) -> Part {
        Part::Beginning(words.to_owned())
    }

    #[test]
    fn the_last_word_may_go_on() {
        assert_eq!(parts("boa noi"), [whole("boa"), beginning("noi")]);
        assert_eq!(parts(" boa noite "), [whole("boa"), whole("noite")]);
        assert_eq!(parts(""), []);
    }

    #[test]
    fn quoted_words_stay_together() {
        assert_eq!(
            parts("\"boa noite\" ana"),
            [whole("boa noite"), beginning("ana")]
        );
        assert_eq!(parts("ana “boa noite”"), [whole("ana"), whole("boa noite")]);
        // Still being typed.
        assert_eq!(parts("\"boa noi"), [beginning("boa noi")]);
        assert_eq!(parts("\"boa "), [whole("boa ")]);
    }

    #[test]
    fn nothing_is_an_operator() {
        assert_eq!(
            parts("NOT text:a* AND (b) ^c - + {d}\0e"),
            [
                whole("NOT"),
                whole("text:a*"),
                whole("AND"),
                whole("(b)"),
                whole("^c"),
                whole("{d}"),
                beginning("e")
            ]
        );
        assert_eq!(parts("... ❤ -- \" \" '"), []);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(parts(&"word ".repeat(500)).len(), MOST);
    }

    #[test]
    fn only_what_is_certain_is_folded() {
        assert_eq!(folded("Informação").unwrap(), "informacao");
        assert_eq!(folded("ÀÿÑ9").unwrap(), "ayn9");
        for unsure in ["smørrebrød", "it's", "日本", "e\u{301}"] {
            assert_eq!(folded(unsure), None, "{unsure}");
        }
    }
}
