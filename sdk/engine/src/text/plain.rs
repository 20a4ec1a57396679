//! Blocks as plain text: for notifications, line modes, and whoever reads aloud.

use super::{Block, Span};
use std::fmt::Write;

/// The letters of blocks without their looks: a line each, lists with their marks, quotes behind
/// `>`, links followed by where they lead. Safe to show, as the blocks are.
pub fn plain(blocks: &[Block]) -> String {
    let mut lines = Vec::new();
    blocks.iter().for_each(|block| write(block, &mut lines));
    lines.join("\n")
}

fn write(block: &Block, lines: &mut Vec<String>) {
    match block {
        Block::Paragraph(spans) | Block::Heading { spans, .. } => {
            lines.extend(letters(spans).split('\n').map(str::to_owned));
        }
        Block::Quote(blocks) => lines.extend(behind("> ", "> ", blocks)),
        Block::Code { text, .. } => lines.extend(text.lines().map(str::to_owned)),
        Block::List { start, items } => {
            for (number, item) in items.iter().enumerate() {
                let number = u64::try_from(number).unwrap_or(u64::MAX);
                let mut mark = match start {
                    Some(start) => format!("{}. ", start.saturating_add(number)),
                    None => "- ".to_owned(),
                };
                match item.done {
                    Some(true) => mark.push_str("[x] "),
                    Some(false) => mark.push_str("[ ] "),
                    None => {}
                }
                let indent = " ".repeat(mark.chars().count());
                lines.extend(behind(&mark, &indent, &item.blocks));
            }
        }
        Block::Table { header, rows } => {
            for row in std::iter::once(header).chain(rows) {
                let cells: Vec<String> = row.iter().map(|spans| letters(spans)).collect();
                lines.push(cells.join(" | "));
            }
        }
        Block::Rule => lines.push("---".to_owned()),
    }
}

/// Blocks with something before their first line, and something else before the others.
fn behind(first: &str, others: &str, blocks: &[Block]) -> Vec<String> {
    let mut lines = Vec::new();
    blocks.iter().for_each(|block| write(block, &mut lines));
    if lines.is_empty() {
        lines.push(String::new());
    }
    let marks = std::iter::once(first).chain(std::iter::repeat(others));
    let marked = marks.zip(lines).map(|(mark, line)| format!("{mark}{line}"));
    marked.collect()
}

fn letters(spans: &[Span]) -> String {
    let mut out = String::new();
    for (at, span) in spans.iter().enumerate() {
        out.push_str(&span.text);
        let ends = spans.get(at + 1).is_none_or(|next| next.link != span.link);
        if let Some(link) = span
            .link
            .as_deref()
            .filter(|link| ends && *link != span.text)
        {
            // A string takes everything.
            let _infallible = write!(out, " ({link})");
        }
    }
    out
}
