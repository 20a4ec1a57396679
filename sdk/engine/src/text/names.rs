//! Finding `@names` in what a person wrote.
//!
//! A name counts where it is read as text: not in code, not in the address of a link, not behind a
//! letter as in an e-mail address, and not behind a backslash.

use super::options;
use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};
use std::ops::Range;

/// Every `@name` of a Markdown text that `known` knows, with what it says and where it stands. Names
/// are tried from the longest on, so that a full stop may follow one.
pub(crate) fn mentioned<T>(
    markdown: &str,
    mut known: impl FnMut(&str) -> Option<T>,
) -> Vec<(T, Range<usize>)> {
    let mut found = Vec::new();
    if !markdown.contains('@') {
        return found;
    }
    for read in prose(markdown) {
        let Some(text) = markdown.get(read.clone()) else {
            continue;
        };
        let mut end = 0;
        for (at, _) in text.match_indices('@') {
            let start = read.start + at;
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            let is_escaped = markdown.get(..start).is_some_and(|all| all.ends_with('\\'));
            if at < end || is_escaped || before.is_some_and(belongs_to_a_word) {
                continue;
            }
            let rest = text.get(at + 1..).unwrap_or_default();
            let longest = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
            let name = rest.get(..longest).unwrap_or_default();
            if let Some((who, length)) = resolve(name, &mut known) {
                end = at + 1 + length;
                found.push((who, start..start + 1 + length));
            }
        }
    }
    found
}

/// The longest beginning of `name` that is known, down to where only punctuation follows.
fn resolve<T>(name: &str, known: &mut impl FnMut(&str) -> Option<T>) -> Option<(T, usize)> {
    let mut name = name;
    while !name.is_empty() {
        if let Some(who) = known(&name.to_ascii_lowercase()) {
            return Some((who, name.len()));
        }
        name = name.strip_suffix(['.', '-', '_'])?;
    }
    None
}

/// The characters of handles; capitals are forgiven.
fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// Whether an `@` behind this is part of an address.
fn belongs_to_a_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '/' | '@' | '_' | '.' | '-' | '+')
}

/// Where a text is read as prose, in order; parts that touch are one.
fn prose(markdown: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut hidden = 0_u32;
    let is_hidden = |tag: &Tag<'_>| match tag {
        Tag::CodeBlock(_) => true,
        Tag::Link { link_type, .. } => matches!(link_type, LinkType::Autolink | LinkType::Email),
        _ => false,
    };
    let mut links = Vec::new();
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                let hides = is_hidden(&tag);
                hidden += u32::from(hides);
                if matches!(tag, Tag::Link { .. }) {
                    links.push(hides);
                }
            }
            Event::End(TagEnd::CodeBlock) => hidden = hidden.saturating_sub(1),
            Event::End(TagEnd::Link) => {
                let was_hidden = links.pop() == Some(true);
                hidden = hidden.saturating_sub(u32::from(was_hidden));
            }
            Event::Text(_) if hidden == 0 => match ranges.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => ranges.push(range),
            },
            _ => {}
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::mentioned;
    use proptest::prelude::*;

    fn names(text: &str) -> Vec<String> {
        let known = |name: &str| {
            ["ana", "ana.b", "o_o", "bruno"]
                .contains(&name)
                .then(|| name.to_owned())
        };
        mentioned(text, known)
            .into_iter()
            .map(|(name, range)| {
                assert_eq!(text[range].to_lowercase(), format!("@{name}"));
                name
            })
            .collect()
    }

    #[test]
    fn names_are_found_where_they_are_read() {
        assert_eq!(names("@ana, is @Bruno there?"), ["ana", "bruno"]);
        assert_eq!(names("ask @ana. Or @ana.b... @ana.c"), ["ana", "ana.b"]);
        assert_eq!(names("**@ana** (@o_o) _@bruno_"), ["ana", "o_o", "bruno"]);
        assert_eq!(
            names("# @ana\n\n- @bruno\n\n> @o_o"),
            ["ana", "bruno", "o_o"]
        );
        assert_eq!(names("[@ana](https://x.example/@bruno)"), ["ana"]);
        assert_eq!(names("é@ana olá @ana"), ["ana"]);
    }

    #[test]
    fn names_are_not_found_elsewhere() {
        for text in [
            "`@ana`",
            "```\n@ana\n```",
            "    @ana",
            "x@ana",
            "a.b@ana",
            "\\@ana",
            "<x@ana.example>",
            "<https://x.example/@ana>",
            "[x](@ana)",
            "@anab",
            "@@ana",
            "@",
            "@zoe",
        ] {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn ranges_are_in_order_and_in_the_text(text in "([@`*_<>\\[\\]() .\n#-]|ana|é){0,30}") {
            let mut end = 0;
            for (_, range) in mentioned(&text, |name| (name == "ana").then_some(())) {
                prop_assert!(range.start >= end);
                prop_assert_eq!(&text[range.clone()], "@ana");
                end = range.end;
            }
        }
    }
}
