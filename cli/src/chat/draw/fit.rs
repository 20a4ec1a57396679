//! Fitting text into cells: widths of what is seen as one character, breaking and cutting lines.

use crate::chat::model::entry::{Look, Run, TextLine};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Cells of a text: the sum over what is seen as one character, as the screen counts them.
pub(super) fn width(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The text in at most so many cells; what is cut is marked by `…`.
pub(super) fn cut(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += UnicodeWidthStr::width(grapheme);
        if used + 1 > cells {
            break;
        }
        out.push_str(grapheme);
    }
    if cells > 0 {
        out.push('…');
    }
    out
}

/// The text in exactly so many cells.
pub(super) fn padded(text: &str, cells: usize) -> String {
    let mut out = cut(text, cells);
    let gap = cells.saturating_sub(width(&out));
    out.extend(std::iter::repeat_n(' ', gap));
    out
}

/// One visible character.
struct Piece<'a> {
    text: &'a str,
    cells: usize,
    look: Look,
}

/// Breaks a line at blanks where it can, into lines of at most `cells`.
pub(super) fn wrap(line: &[Run], cells: usize) -> Vec<TextLine> {
    let pieces: Vec<Piece> = line
        .iter()
        .flat_map(|run| {
            run.text.graphemes(true).map(|text| Piece {
                text,
                cells: UnicodeWidthStr::width(text),
                look: run.look,
            })
        })
        .collect();
    let mut rows = Vec::new();
    let mut rest = pieces.as_slice();
    while !rest.is_empty() {
        let (row, after) = break_at(rest, cells.max(1));
        rows.push(join(row));
        rest = after;
    }
    if rows.is_empty() {
        rows.push(Vec::new());
    }
    rows
}

/// What fits on one row, and what is left. The blank at the break is on neither.
fn break_at<'a, 'b>(pieces: &'a [Piece<'b>], cells: usize) -> (&'a [Piece<'b>], &'a [Piece<'b>]) {
    let blank = |piece: &Piece| piece.text == " ";
    let mut used = 0;
    let fits = pieces
        .iter()
        .take_while(|piece| {
            used += piece.cells;
            used <= cells
        })
        .count();
    if fits == pieces.len() {
        return (pieces, &[]);
    }
    let (row, after) = pieces.split_at(fits);
    if after.first().is_some_and(blank) {
        return (row, after.get(1..).unwrap_or_default());
    }
    // A blank that indents is no place to break.
    let text = row.iter().position(|piece| !blank(piece)).unwrap_or(fits);
    match row.iter().rposition(blank) {
        Some(at) if at > text => {
            let (row, after) = pieces.split_at(at);
            (row, after.get(1..).unwrap_or_default())
        }
        // One word wider than the row; a row takes at least one character.
        _ => pieces.split_at(fits.max(1)),
    }
}

fn join(pieces: &[Piece]) -> TextLine {
    let mut line: TextLine = Vec::new();
    for piece in pieces {
        match line.last_mut() {
            Some(run) if run.look == piece.look => run.text.push_str(piece.text),
            _ => line.push(Run {
                text: piece.text.to_owned(),
                look: piece.look,
            }),
        }
    }
    line
}

/// How many rows a line needs.
pub(super) fn rows_of(line: &str, cells: usize) -> usize {
    // The cursor at the end needs a cell too.
    wrap(&[Run::plain(format!("{line}_"))], cells).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILY: &str = "👩\u{200d}👩\u{200d}👧";

    fn broken(text: &str, cells: usize) -> Vec<String> {
        wrap(&[Run::plain(text)], cells)
            .into_iter()
            .map(|line| line.into_iter().map(|run| run.text).collect())
            .collect()
    }

    #[test]
    fn visible_characters_are_measured() {
        for (text, cells) in [
            ("abc", 3),
            ("你好", 4),
            (FAMILY, 2),
            ("e\u{301}", 1),
            ("❤\u{fe0f}", 2),
            ("🇧🇷", 2),
            ("👍🏽", 2),
            ("", 0),
        ] {
            assert_eq!(width(text), cells, "{text}");
        }
    }

    #[test]
    fn lines_break_at_blanks() {
        assert_eq!(broken("one two three", 7), ["one two", "three"]);
        assert_eq!(broken("one two three", 8), ["one two", "three"]);
        assert_eq!(broken("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(broken("    let x = 1;", 8), ["    let", "x = 1;"]);
        assert_eq!(broken("", 5), [""]);
    }

    #[test]
    fn wide_characters_are_not_split() {
        assert_eq!(broken("你好吗", 5), ["你好", "吗"]);
        let two = format!("{FAMILY}{FAMILY}");
        assert_eq!(broken(&two, 3), [FAMILY, FAMILY]);
        // Narrower than the character: it is shown anyway, and the loop ends.
        assert_eq!(broken("你好", 1), ["你", "好"]);
    }

    #[test]
    fn looks_survive_the_break() {
        let strong = Look {
            strong: true,
            ..Look::default()
        };
        let line = [
            Run::plain("a "),
            Run {
                text: "bb cc".to_owned(),
                look: strong,
            },
        ];
        let rows = wrap(&line, 4);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].len(), 2);
        assert_eq!(rows[1][0].look, strong);
    }

    #[test]
    fn cut_text_says_so_and_fits() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("你好吗", 4), "你…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abc", 0), "");
        assert_eq!(padded("你", 4), "你  ");
        for cells in 0..9 {
            assert_eq!(width(&padded(&format!("a{FAMILY}你好b"), cells)), cells);
        }
    }
}
