//! Side by side: what people read, and what the relay stored of it.

use super::Stage;
use super::envelopes::{self, Envelope};
use super::story::Story;
use crate::failure::{Exit, Failure, Outcome};
use crate::print::{self, Paint};
use crate::text::demo as text;
use lacre::{Item, ItemBody};

/// Below this the columns would be too narrow to read.
const NARROWEST: usize = 64;
/// Wider columns are harder to read.
const WIDEST: usize = 120;
/// Lines of hexadecimal digits for each message.
const HEX_LINES: usize = 2;
/// Messages shown of the many that Bruno missed.
const SHOWN: usize = 8;

/// The width of the terminal; `None` if the output is none, or too narrow.
pub(super) fn terminal_width() -> Option<usize> {
    let (terminal_size::Width(width), _) = terminal_size::terminal_size()?;
    let width = usize::from(width);
    (width >= NARROWEST).then(|| width.min(WIDEST))
}

/// The words of a message.
pub(super) fn words(item: &Item) -> String {
    match &item.body {
        ItemBody::Text(words) => words.clone(),
        _ => String::new(),
    }
}

/// Shows the group as Bruno reads it, next to the relay's store.
pub(super) async fn rows(stage: &Stage, story: &Story) -> Outcome<Vec<(String, u64, Envelope)>> {
    let mut rows = Vec::new();
    for room in story.rooms.iter().take(2) {
        let mut stored = envelopes::read(&stage.relay(), *room)?;
        let items = story.items(*room, &story.bruno).await?;
        let last = items.len().saturating_sub(2);
        for (index, item) in items.iter().enumerate() {
            // The beginning and the end; what Bruno missed in between looks alike.
            if index >= SHOWN - 2 && index < last {
                continue;
            }
            let Some(seq) = item.seq else { continue };
            let missing = || Failure::new("DemoWrong", text::no_envelope(seq), Exit::Failed);
            let envelope = stored.remove(&seq).ok_or_else(missing)?;
            rows.push((line(item), seq, envelope));
        }
    }
    Ok(rows)
}

fn line(item: &Item) -> String {
    let name = item.sender_name.split('-').next().unwrap_or_default();
    let reactions: String = item
        .reactions
        .iter()
        .map(|(emoji, _)| format!(" {emoji}"))
        .collect();
    let edited = if item.edited {
        format!(" ({})", crate::text::people::edited())
    } else {
        String::new()
    };
    print::safe(&format!("{name}: {}{edited}{reactions}", words(item)))
}

/// Prints it.
pub(super) async fn show(stage: &Stage, story: &Story) -> Outcome {
    let rows = rows(stage, story).await?;
    match stage.width {
        Some(width) => {
            stage.heading(&two(
                &text::read_by_people(),
                &text::stored_by_relay(),
                column(width),
            ))?;
            rows.iter()
                .try_for_each(|row| print::out(&beside(row, width, stage.paint)))?;
        }
        None => {
            stage.heading(&format!(
                "{} / {}",
                text::read_by_people(),
                text::stored_by_relay()
            ))?;
            rows.iter().try_for_each(|row| print::out(&below(row)))?;
        }
    }
    print::out(&stage.paint.dim(&format!("  {}", text::padded())))
}

/// Columns on one line each: two spaces, the left one, a bar, the right one.
fn column(width: usize) -> usize {
    (width - 5) / 2
}

fn two(left: &str, right: &str, column: usize) -> String {
    format!(
        "  {left}{}   {right}",
        " ".repeat(column.saturating_sub(width_of(left)))
    )
}

/// One message, words on the left, bytes on the right.
fn beside((words, seq, envelope): &(String, u64, Envelope), width: usize, paint: Paint) -> String {
    let column = column(width);
    let left = wrap(words, column);
    let mut right = vec![text::envelope(seq, envelope.size)];
    right.extend(hex_lines(&envelope.end, column, HEX_LINES));
    let lines = left.len().max(right.len());
    let mut out = String::new();
    for index in 0..lines {
        let left = left.get(index).map(String::as_str).unwrap_or_default();
        let right = right.get(index).map(String::as_str).unwrap_or_default();
        let gap = " ".repeat(column.saturating_sub(width_of(left)));
        out.push_str(&format!(
            "  {left}{gap} {} {}\n",
            paint.dim("│"),
            paint.dim(right)
        ));
    }
    out.truncate(out.trim_end_matches('\n').len());
    out
}

/// One message, bytes below the words, for pipes, narrow terminals and screen readers.
fn below((words, seq, envelope): &(String, u64, Envelope)) -> String {
    let hex = hex_lines(&envelope.end, 44, 1).join("");
    format!(
        "  {words}\n      {}  …{hex}",
        text::envelope(seq, envelope.size)
    )
}

/// Bytes as lines of hexadecimal digits, in groups of four bytes.
fn hex_lines(bytes: &[u8], width: usize, lines: usize) -> Vec<String> {
    let groups = ((width + 1) / 9).max(1);
    let line = |bytes: &[u8]| {
        bytes
            .chunks(4)
            .map(hex::encode)
            .collect::<Vec<_>>()
            .join(" ")
    };
    // From the end: what is shown is the same however long the envelope.
    let shown = bytes
        .get(bytes.len().saturating_sub(groups * 4 * lines)..)
        .unwrap_or_default();
    shown.chunks(groups * 4).map(line).collect()
}

/// Breaks at blanks; a word longer than the column stands out of it.
fn wrap(text: &str, column: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        if let Some(line) = lines.last_mut() {
            if line.is_empty() {
                line.push_str(word);
            } else if width_of(line) + 1 + width_of(word) <= column {
                line.push(' ');
                line.push_str(word);
            } else {
                lines.push(word.to_owned());
            }
        }
    }
    lines
}

/// Cells on the screen: two for emoji, one for everything else these people write.
fn width_of(text: &str) -> usize {
    text.chars()
        .map(|c| if u32::from(c) >= 0x1f000 { 2 } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{Envelope, Paint, beside, hex_lines, width_of, wrap};

    #[test]
    fn lines_are_broken_at_blanks() {
        assert_eq!(
            wrap("um dois três quatro", 8),
            ["um dois", "três", "quatro"]
        );
        assert_eq!(wrap("", 8), [""]);
        assert_eq!(width_of("né 👍"), 5);
    }

    #[test]
    fn bytes_fit_their_column() {
        let lines = hex_lines(&[0xab; 100], 30, 2);
        assert_eq!(
            lines,
            ["abababab abababab abababab", "abababab abababab abababab"]
        );
    }

    #[test]
    fn both_columns_have_as_many_lines() {
        let row = (
            "ana: one two three four five six".to_owned(),
            7,
            Envelope {
                size: 512,
                end: vec![1; 64],
            },
        );
        let shown = beside(&row, 64, Paint::plain());
        assert!(shown.lines().all(|line| line.contains('│')), "{shown}");
        assert!(shown.contains("#7  512 bytes"));
    }
}
