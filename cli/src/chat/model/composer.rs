//! What is being written: text of several lines, and what it is meant for.
//!
//! The text area moves by characters; a person moves by what they see. An emoji of several
//! characters is stepped over and deleted as one.

use lacre::MessageId;
use ratatui_textarea::{CursorMove, TextArea, WrapMode};
use unicode_segmentation::UnicodeSegmentation;

/// What the text is meant for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Aim {
    /// A message of its own.
    #[default]
    New,
    /// An answer.
    Reply {
        to: MessageId,
        name: String,
        snippet: String,
    },
    /// Another text for an own message.
    Edit { message: MessageId },
}

/// What is being written in one room.
#[derive(Debug, Clone)]
pub(crate) struct Composer {
    pub(crate) area: TextArea<'static>,
    pub(crate) aim: Aim,
}

impl Default for Composer {
    fn default() -> Self {
        Self::holding("")
    }
}

impl Composer {
    /// A composer that holds a text, with the cursor at its end.
    pub(crate) fn holding(text: &str) -> Self {
        let mut area = TextArea::from(text.split('\n'));
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        area.set_cursor_line_style(ratatui::style::Style::default());
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self {
            area,
            aim: Aim::New,
        }
    }

    /// All of it.
    pub(crate) fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether there is nothing but blanks.
    pub(crate) fn is_blank(&self) -> bool {
        self.area.lines().iter().all(|line| line.trim().is_empty())
    }

    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.area.is_empty()
    }

    /// The line of the cursor before and after it.
    pub(crate) fn around(&self) -> (String, String) {
        let cursor = self.area.cursor();
        let line = self.area.lines().get(cursor.0).cloned().unwrap_or_default();
        let at = line
            .char_indices()
            .nth(cursor.1)
            .map_or(line.len(), |(at, _)| at);
        let (before, after) = line.split_at(at);
        (before.to_owned(), after.to_owned())
    }

    /// Puts pasted text in; controls other than line ends have no meaning here.
    pub(crate) fn paste(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace(['\r'], "\n");
        let text: String = text
            .chars()
            .map(|c| if c == '\t' { ' ' } else { c })
            .filter(|c| *c == '\n' || !c.is_control())
            .collect();
        self.area.insert_str(text);
    }

    /// One step back, over a whole visible character.
    pub(crate) fn back(&mut self) {
        let (before, _) = self.around();
        self.repeat(last(&before), CursorMove::Back);
    }

    /// One step forward, over a whole visible character.
    pub(crate) fn forward(&mut self) {
        let (_, after) = self.around();
        self.repeat(first(&after), CursorMove::Forward);
    }

    fn repeat(&mut self, times: usize, step: CursorMove) {
        (0..times.max(1)).for_each(|_| self.area.move_cursor(step));
    }

    /// Deletes the visible character before the cursor.
    pub(crate) fn delete_back(&mut self) {
        let (before, _) = self.around();
        let times = if self.area.is_selecting() {
            1
        } else {
            last(&before)
        };
        for _ in 0..times.max(1) {
            self.area.delete_char();
        }
    }

    /// Deletes the visible character after the cursor.
    pub(crate) fn delete_forward(&mut self) {
        let (_, after) = self.around();
        let times = if self.area.is_selecting() {
            1
        } else {
            first(&after)
        };
        for _ in 0..times.max(1) {
            self.area.delete_next_char();
        }
    }

    /// Puts `text` in the place of the last `count` characters before the cursor.
    pub(crate) fn replace_before(&mut self, count: usize, text: &str) {
        for _ in 0..count {
            self.area.delete_char();
        }
        self.area.insert_str(text);
    }
}

/// Characters of the last visible character.
fn last(text: &str) -> usize {
    text.graphemes(true)
        .next_back()
        .map_or(0, |grapheme| grapheme.chars().count())
}

/// Characters of the first visible character.
fn first(text: &str) -> usize {
    text.graphemes(true)
        .next()
        .map_or(0, |grapheme| grapheme.chars().count())
}

#[cfg(test)]
mod tests {
    use super::Composer;

    const FAMILY: &str = "👩\u{200d}👩\u{200d}👧";

    #[test]
    fn what_is_seen_as_one_is_one() {
        let mut composer = Composer::holding(&format!("a{FAMILY}e\u{301}"));
        composer.delete_back();
        assert_eq!(composer.text(), format!("a{FAMILY}"));
        composer.back();
        assert_eq!(composer.around().0, "a");
        composer.forward();
        composer.delete_back();
        assert_eq!(composer.text(), "a");
        let mut composer = Composer::holding(&format!("{FAMILY}b"));
        composer.back();
        composer.back();
        composer.delete_forward();
        assert_eq!(composer.text(), "b");
    }

    #[test]
    fn steps_go_over_line_ends() {
        let mut composer = Composer::holding("a\nb");
        composer.back();
        composer.back();
        assert_eq!(composer.around(), ("a".to_owned(), String::new()));
        composer.delete_forward();
        assert_eq!(composer.text(), "ab");
    }

    #[test]
    fn pasted_controls_are_left_out() {
        let mut composer = Composer::default();
        composer.paste("a\x1b[31mb\r\nc\td\re");
        assert_eq!(composer.text(), "a[31mb\nc d\ne");
    }
}
