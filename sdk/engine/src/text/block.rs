//! Markdown as a tree to show. Every string in it is safe to show.

use crate::content::Mentioned;

/// A part of a text, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Span>),
    /// A heading.
    Heading {
        /// 1 to 6; 1 is the largest.
        level: u8,
        /// What it says.
        spans: Vec<Span>,
    },
    /// Somebody else's words.
    Quote(Vec<Block>),
    /// Code, letter for letter, with line feeds.
    Code {
        /// What follows the opening fence, such as `rust`; may be empty.
        language: String,
        /// The code.
        text: String,
    },
    /// A list.
    List {
        /// The first number; `None` for bullets.
        start: Option<u64>,
        /// Its items.
        items: Vec<ListItem>,
    },
    /// A table.
    Table {
        /// The cells of the first row.
        header: Vec<Vec<Span>>,
        /// The cells of the others.
        rows: Vec<Vec<Vec<Span>>>,
    },
    /// A line across.
    Rule,
}

/// An item of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListItem {
    /// Whether it is ticked, if it is a task.
    pub done: Option<bool>,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A run of letters that look alike. Line feeds in it are line breaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// The letters.
    pub text: String,
    /// How they look.
    pub style: Style,
    /// Where they lead: an address of the web, a mail address or one of Lacre. Show it beside them:
    /// the letters may say something else. An image is a link.
    pub link: Option<String>,
    /// Who is mentioned by them.
    pub mention: Option<Mentioned>,
}

/// How letters look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Style {
    /// Strong.
    pub bold: bool,
    /// Emphasised.
    pub italic: bool,
    /// Struck through.
    pub strike: bool,
    /// Code.
    pub code: bool,
}
