//! What people write, made fit to be shown.
//!
//! Texts are Markdown: [`parse`] makes a tree of our own types of it, without HTML, and with nothing in
//! it that could act on a screen. For everything else that others wrote (names of files, codes, what
//! a program prints of a message as it came) there is [`safe()`].
//!
//! ```
//! use lacre::text::{Block, parse};
//!
//! let blocks = parse("See **question 4**: [the lesson](https://school.example/l/4)");
//! let Some(Block::Paragraph(spans)) = blocks.first() else { panic!("a paragraph") };
//! assert!(spans[1].style.bold);
//! assert_eq!(spans[3].link.as_deref(), Some("https://school.example/l/4"));
//! ```

pub use lacre_engine::text::{
    Block, ListItem, Span, Style, acts, parse, parse_mentioning, plain, safe, safe_line,
};
