//! Markdown on a screen of letters: lines of runs, with signs where a page would have shapes.
//!
//! What comes in is the SDK's tree, in which nothing acts on a screen.

use crate::chat::model::entry::{Look, Run, TextLine};
use lacre::text::{Block, ListItem, Span};

/// The lines of a text.
pub(super) fn lines(blocks: &[Block]) -> Vec<TextLine> {
    let mut out = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        // Paragraphs stand apart, as they were written.
        if index > 0 && matches!(block, Block::Paragraph(_)) {
            out.push(Vec::new());
        }
        put(block, &mut out);
    }
    out
}

fn put(block: &Block, out: &mut Vec<TextLine>) {
    match block {
        Block::Paragraph(spans) => out.extend(runs(spans, Look::default())),
        Block::Heading { spans, .. } => {
            let strong = Look {
                strong: true,
                ..Look::default()
            };
            out.extend(runs(spans, strong));
        }
        Block::Quote(blocks) => {
            for line in lines(blocks) {
                let quoted = line.into_iter().map(|mut run| {
                    run.look.dim = true;
                    run
                });
                out.push([dim("│ ")].into_iter().chain(quoted).collect());
            }
        }
        Block::Code { text, .. } => {
            for line in text.trim_end_matches('\n').split('\n') {
                let code = Run {
                    text: line.replace('\t', "    "),
                    look: Look {
                        code: true,
                        ..Look::default()
                    },
                };
                out.push(vec![dim("  "), code]);
            }
        }
        Block::List { start, items } => {
            let mut number = *start;
            for item in items {
                let sign = match (item.done, &mut number) {
                    (Some(true), _) => "☑ ".to_owned(),
                    (Some(false), _) => "☐ ".to_owned(),
                    (None, Some(next)) => {
                        let sign = format!("{next}. ");
                        *next = next.saturating_add(1);
                        sign
                    }
                    (None, None) => "• ".to_owned(),
                };
                put_item(item, &sign, out);
            }
        }
        Block::Table { header, rows } => {
            for (index, row) in [header].into_iter().chain(rows).enumerate() {
                let look = Look {
                    strong: index == 0,
                    ..Look::default()
                };
                let mut line = Vec::new();
                for (column, cell) in row.iter().enumerate() {
                    if column > 0 {
                        line.push(dim(" │ "));
                    }
                    line.extend(runs(cell, look).into_iter().flatten());
                }
                out.push(line);
            }
        }
        Block::Rule => out.push(vec![dim("────")]),
        _ => {}
    }
}

/// An item: the sign before its first line, blanks before the others.
fn put_item(item: &ListItem, sign: &str, out: &mut Vec<TextLine>) {
    let blank = " ".repeat(sign.chars().count());
    for (index, line) in lines(&item.blocks).into_iter().enumerate() {
        let before = if index == 0 { sign } else { &blank };
        out.push([dim(before)].into_iter().chain(line).collect());
    }
}

/// Spans as lines: a line feed in one is a line break. An address stands behind the words that lead
/// to it, unless they are the address.
fn runs(spans: &[Span], look: Look) -> Vec<TextLine> {
    let mut lines = vec![Vec::new()];
    for (index, span) in spans.iter().enumerate() {
        let look = Look {
            strong: look.strong || span.style.bold,
            emphasis: look.emphasis || span.style.italic,
            struck: look.struck || span.style.strike,
            code: look.code || span.style.code,
            link: span.link.is_some(),
            mention: span.mention.is_some(),
            ..look
        };
        for (part, text) in span.text.split('\n').enumerate() {
            if part > 0 {
                lines.push(Vec::new());
            }
            if let (Some(line), false) = (lines.last_mut(), text.is_empty()) {
                let text = text.replace('\t', " ");
                line.push(Run { text, look });
            }
        }
        let ends = spans
            .get(index + 1)
            .is_none_or(|next| next.link != span.link);
        if let (Some(link), true, Some(line)) = (&span.link, ends, lines.last_mut())
            && !said(spans, link)
        {
            line.push(dim(&format!(" <{}>", crate::print::safe(link))));
        }
    }
    lines
}

/// Whether the words of a link are its address.
fn said(spans: &[Span], link: &str) -> bool {
    let words: String = spans
        .iter()
        .filter(|span| span.link.as_deref() == Some(link))
        .map(|span| span.text.as_str())
        .collect();
    let bare = |text: &str| {
        let text = text.strip_prefix("mailto:").unwrap_or(text);
        text.trim_end_matches('/').to_owned()
    };
    bare(&words) == bare(link)
}

fn dim(text: &str) -> Run {
    Run {
        text: text.to_owned(),
        look: Look {
            dim: true,
            ..Look::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::lines;
    use lacre::text::parse;

    fn shown(markdown: &str) -> Vec<String> {
        lines(&parse(markdown))
            .into_iter()
            .map(|line| line.into_iter().map(|run| run.text).collect())
            .collect()
    }

    #[test]
    fn blocks_become_lines() {
        assert_eq!(shown("a **b** c"), ["a b c"]);
        assert_eq!(shown("one\n\ntwo"), ["one", "", "two"]);
        assert_eq!(shown("> said"), ["│ said"]);
        assert_eq!(shown("- a\n- b"), ["• a", "• b"]);
        assert_eq!(shown("3. a\n4. b"), ["3. a", "4. b"]);
        assert_eq!(shown("- [x] a\n- [ ] b"), ["☑ a", "☐ b"]);
        assert_eq!(
            shown("```\nlet x;\n\n  y\n```"),
            ["  let x;", "  ", "    y"]
        );
    }

    #[test]
    fn an_address_is_shown_beside_words_that_hide_it() {
        assert_eq!(
            shown("[my bank](https://evil.example/x)"),
            ["my bank <https://evil.example/x>"]
        );
        assert_eq!(shown("<https://a.example/>"), ["https://a.example/"]);
    }

    #[test]
    fn looks_are_kept() {
        let line = &lines(&parse("**a** `b` ~~c~~ *d*"))[0];
        assert!(line[0].look.strong);
        assert!(line.iter().any(|run| run.look.code && run.text == "b"));
        assert!(line.iter().any(|run| run.look.struck && run.text == "c"));
        assert!(line.iter().any(|run| run.look.emphasis && run.text == "d"));
    }
}
