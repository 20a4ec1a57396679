//! What a front end shows of an answer or an event. Every text in it is harmless on a screen.

use super::clock::Clock;
use super::said::said;
use crate::text::Lang;
use lacre::Item;

/// Something to show, one or more lines of text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Line {
    /// Something to know.
    Info(String),
    /// Something failed: what happened, and what to do.
    Error {
        /// What happened.
        what: String,
        /// What was expected or can be done; empty if there is nothing to say.
        hint: String,
    },
    /// Rows of cells that stand under each other.
    Table {
        /// What the rows are.
        title: String,
        /// The rows; the first cell is what a row is found by.
        rows: Vec<Vec<String>>,
    },
    /// A message of a room.
    Message {
        /// The room's name as people write it.
        room: String,
        /// The message.
        item: Box<Item>,
    },
}

impl Line {
    /// As plain text without a line feed at its end; a table has a line for each row.
    pub(crate) fn plain(&self, lang: Lang, clock: &Clock) -> String {
        match self {
            Self::Info(text) => format!("* {text}"),
            Self::Error { what, hint } if hint.is_empty() => format!("! {what}"),
            Self::Error { what, hint } => format!("! {what}\n  {hint}"),
            Self::Table { title, rows } => table(title, rows),
            Self::Message { room, item } => {
                let when = clock.stamp(lang, item.at_ms);
                let text = format!("{when} [{room}] {}", said(lang, item));
                text.replace('\n', "\n      ")
            }
        }
    }
}

/// The title, then aligned columns.
fn table(title: &str, rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell: &String| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = format!("* {title}");
    for row in rows {
        let mut line = String::from(" ");
        for (cell, width) in row.iter().zip(&widths) {
            let gap = width - cell.chars().count();
            line.push_str(&format!(" {cell}{} ", " ".repeat(gap)));
        }
        out.push('\n');
        out.push_str(line.trim_end());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [("@ana", "dona"), ("@bruno", ""), ("@é", "membro")]
            .map(|(who, what)| vec![who.to_owned(), what.to_owned()]);
        assert_eq!(
            table("Algebra", &rows),
            "* Algebra\n  @ana    dona\n  @bruno\n  @é      membro"
        );
    }
}
