//! How output looks: two aligned columns, one fact a line, colour only where a person looks.

mod checks;
mod hit;
mod item;
mod json;
mod notice;
mod safe;
mod said;

pub(crate) use checks::{Check, Health, checks};
pub(crate) use hit::hit_line;
pub(crate) use item::item_line;
pub(crate) use json::{event_json, item_json, json_line, room_json};
pub(crate) use notice::{notice, poll, poll_line};
pub(crate) use safe::{safe, safe_json};
pub(crate) use said::{at_handle, brief, called, notes, words};

use crate::failure::{Exit, Failure, Outcome};
use crate::text;
use std::io::{ErrorKind, IsTerminal, Write};

/// The code of the failure that whoever read the output went away. Not an error.
pub(crate) const CLOSED: &str = "OutputClosed";

/// Prints lines to standard output, at once: what reads them may be waiting.
pub(crate) fn out(lines: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{lines}").and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            Err(Failure::new(CLOSED, String::new(), Exit::Failed))
        }
        Err(error) => Err(Failure::new(
            "NoOutput",
            text::failure::no_output(error),
            Exit::Failed,
        )),
    }
}

/// Two columns: labels padded to the same width, then facts.
pub(crate) fn facts(rows: &[(String, String)], paint: Paint) -> String {
    let width = rows
        .iter()
        .map(|(label, _)| label.chars().count())
        .max()
        .unwrap_or_default();
    let line = |(label, fact): &(String, String)| {
        let gap = " ".repeat(width - label.chars().count());
        format!("  {}{gap}  {fact}", paint.dim(label))
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A number of bytes with three digits or so: `812 B`, `4.1 KiB`, `23 MiB`.
pub(crate) fn size(bytes: u64) -> String {
    let mut unit = 1u64;
    for name in ["B", "KiB", "MiB", "GiB"] {
        if bytes / unit < 1024 || name == "GiB" {
            return match bytes / unit {
                whole if name == "B" || whole >= 100 => format!("{whole} {name}"),
                whole => format!("{whole}.{} {name}", bytes % unit * 10 / unit),
            };
        }
        unit *= 1024;
    }
    format!("{bytes} B")
}

/// Whether errors may be coloured.
pub(crate) fn colour_on_errors() -> bool {
    colour_wanted() && std::io::stderr().is_terminal()
}

/// Whether colours are wanted. <https://no-color.org>: set and not empty means no.
pub(crate) fn colour_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Colours, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint(bool);

impl Paint {
    /// For standard output.
    pub(crate) fn output() -> Self {
        Self(colour_wanted() && std::io::stdout().is_terminal())
    }

    /// For standard error.
    pub(crate) fn errors() -> Self {
        Self(colour_on_errors())
    }

    /// None.
    pub(crate) fn plain() -> Self {
        Self(false)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// What stands back.
    pub(crate) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// What stands out.
    pub(crate) fn strong(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// What went well.
    pub(crate) fn good(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// What went wrong.
    pub(crate) fn bad(self, text: &str) -> String {
        self.wrap("31", text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Paint, facts, size};

    #[test]
    fn sizes_are_short() {
        let shown = [0, 812, 1024, 4_200, 150_000, 24_117_248, 3 << 40].map(size);
        assert_eq!(
            shown,
            [
                "0 B", "812 B", "1.0 KiB", "4.1 KiB", "146 KiB", "23.0 MiB", "3072 GiB"
            ]
        );
    }

    #[test]
    fn facts_are_aligned() {
        let rows = [
            ("é".to_owned(), "1".to_owned()),
            ("longer".to_owned(), "2".to_owned()),
        ];
        assert_eq!(facts(&rows, Paint::plain()), "  é       1\n  longer  2");
    }
}
