//! From Markdown to blocks.
//!
//! Nothing is passed through: raw HTML is letters, images are links, and an address that a click
//! should not follow is written out instead. Nesting ends at a depth, so that a message cannot make a
//! tree that is too deep to walk.

use super::block::{Block, ListItem, Span, Style};
use super::{options, safe, safe_line};
use crate::content::Mention;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// How deep blocks are nested at most; what is deeper is shown at this depth.
pub(super) const MAX_DEPTH: usize = 12;
/// What an address may begin with to be a link.
const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", "lacre://"];

/// A Markdown text as blocks to show.
pub fn parse(markdown: &str) -> Vec<Block> {
    parse_mentioning(markdown, &[])
}

/// As [`parse`], with the mentions of the message marked in the spans.
pub fn parse_mentioning(markdown: &str, mentions: &[Mention]) -> Vec<Block> {
    let mut builder = Builder {
        open: vec![Open::new(Frame::Blocks)],
        style: Style::default(),
        links: Vec::new(),
        skipped: Vec::new(),
        markdown,
        mentions,
    };
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        builder.take(event, range);
    }
    builder.finish()
}

/// What is being filled.
enum Frame {
    /// The text, a quote or the like: takes blocks.
    Blocks,
    Quote,
    List(Option<u64>, Vec<ListItem>),
    Item(Option<bool>),
    Heading(u8),
    Paragraph,
    Code(String),
    Table(Vec<Vec<Vec<Span>>>),
    Row(Vec<Vec<Span>>),
    Cell,
}

struct Open {
    frame: Frame,
    blocks: Vec<Block>,
    spans: Vec<Span>,
}

impl Open {
    fn new(frame: Frame) -> Self {
        Self {
            frame,
            blocks: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// Letters outside a paragraph, as in tight lists, become one.
    fn settle(&mut self) {
        if !self.spans.is_empty() {
            let spans = std::mem::take(&mut self.spans);
            self.blocks.push(Block::Paragraph(spans));
        }
    }
}

struct Builder<'a> {
    open: Vec<Open>,
    style: Style,
    /// Targets of the links that are open, innermost last.
    links: Vec<String>,
    /// For each open tag whether it is too deep to have a frame.
    skipped: Vec<bool>,
    markdown: &'a str,
    mentions: &'a [Mention],
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.text(&text, range),
            Event::Code(text) => {
                let style = Style {
                    code: true,
                    ..self.style
                };
                self.push(&text, style, None);
            }
            Event::SoftBreak | Event::HardBreak => self.push("\n", self.style, None),
            Event::Rule => self.block(Block::Rule),
            Event::TaskListMarker(done) => {
                let item = self
                    .open
                    .iter_mut()
                    .rev()
                    .find_map(|open| match &mut open.frame {
                        Frame::Item(mark) => Some(mark),
                        _ => None,
                    });
                if let Some(mark) = item {
                    *mark = Some(done);
                }
            }
            // Letters, like everything else that is not asked for.
            Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => self.push(&text, self.style, None),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let frame = match tag {
            Tag::Strong => return self.style.bold = true,
            Tag::Emphasis => return self.style.italic = true,
            Tag::Strikethrough => return self.style.strike = true,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                return self.links.push(dest_url.into_string());
            }
            Tag::BlockQuote(_) => Frame::Quote,
            Tag::List(start) => Frame::List(start, Vec::new()),
            Tag::Item => Frame::Item(None),
            Tag::Heading { level, .. } => Frame::Heading(level as u8),
            Tag::CodeBlock(kind) => Frame::Code(match kind {
                CodeBlockKind::Fenced(language) => safe_line(&language).into_owned(),
                CodeBlockKind::Indented => String::new(),
            }),
            Tag::Table(_) => Frame::Table(Vec::new()),
            Tag::TableHead | Tag::TableRow => Frame::Row(Vec::new()),
            Tag::TableCell => Frame::Cell,
            _ => Frame::Paragraph,
        };
        let top = self.open.last().map(|last| &last.frame);
        let skips = match frame {
            Frame::Quote | Frame::List(..) => self.open.len() > MAX_DEPTH,
            Frame::Item(_) => !matches!(top, Some(Frame::List(..))),
            _ => false,
        };
        self.skipped.push(skips);
        if let Some(last) = self.open.last_mut() {
            last.settle();
        }
        if !skips {
            self.open.push(Open::new(frame));
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Strong => return self.style.bold = false,
            TagEnd::Emphasis => return self.style.italic = false,
            TagEnd::Strikethrough => return self.style.strike = false,
            TagEnd::Link | TagEnd::Image => return self.end_link(),
            _ => {}
        }
        if self.skipped.pop() == Some(true) {
            if let Some(last) = self.open.last_mut() {
                last.settle();
            }
        } else if self.open.len() > 1
            && let Some(open) = self.open.pop()
        {
            self.close(open);
        }
    }

    fn close(&mut self, mut open: Open) {
        let spans = match open.frame {
            Frame::Blocks | Frame::Quote | Frame::Item(_) => {
                open.settle();
                Vec::new()
            }
            _ => std::mem::take(&mut open.spans),
        };
        match open.frame {
            Frame::Blocks => open.blocks.into_iter().for_each(|block| self.block(block)),
            Frame::Quote => self.block(Block::Quote(open.blocks)),
            Frame::List(start, items) => self.block(Block::List { start, items }),
            Frame::Item(done) => {
                let item = ListItem {
                    done,
                    blocks: open.blocks,
                };
                match self.open.last_mut().map(|last| &mut last.frame) {
                    Some(Frame::List(_, items)) => items.push(item),
                    _ => item.blocks.into_iter().for_each(|block| self.block(block)),
                }
            }
            Frame::Heading(level) => self.block(Block::Heading { level, spans }),
            Frame::Paragraph => {
                if !spans.is_empty() {
                    self.block(Block::Paragraph(spans));
                }
                open.blocks.into_iter().for_each(|block| self.block(block));
            }
            Frame::Code(language) => {
                let text = spans.into_iter().map(|span| span.text).collect();
                self.block(Block::Code { language, text });
            }
            Frame::Table(mut rows) => {
                let header = match rows.is_empty() {
                    true => Vec::new(),
                    false => rows.remove(0),
                };
                self.block(Block::Table { header, rows });
            }
            Frame::Row(cells) => {
                if let Some(Frame::Table(rows)) = self.open.last_mut().map(|last| &mut last.frame) {
                    rows.push(cells);
                }
            }
            Frame::Cell => {
                if let Some(Frame::Row(cells)) = self.open.last_mut().map(|last| &mut last.frame) {
                    cells.push(spans);
                }
            }
        }
    }

    fn block(&mut self, block: Block) {
        if let Some(last) = self.open.last_mut() {
            last.settle();
            last.blocks.push(block);
        }
    }

    /// Text that stands in the source as it is may hold mentions; escapes and entities hold none.
    fn text(&mut self, text: &str, range: Range<usize>) {
        let (mut rest, mut at) = (text, range.start);
        let is_as_written = self.markdown.get(range.clone()) == Some(text);
        for mention in self.mentions.iter().filter(|_| is_as_written) {
            let (start, end) = (mention.range.start, mention.range.end);
            if start < at || end > range.end {
                continue;
            }
            let (Some(before), Some(name)) = (
                rest.get(..start - at),
                rest.get(start - at..end.saturating_sub(at)),
            ) else {
                continue;
            };
            self.push(before, self.style, None);
            self.push(name, self.style, Some(mention));
            rest = rest.get(end - at..).unwrap_or_default();
            at = end;
        }
        self.push(rest, self.style, None);
    }

    fn push(&mut self, text: &str, style: Style, mention: Option<&Mention>) {
        let link = self.links.last().filter(|target| is_link(target));
        let Some(last) = self.open.last_mut().filter(|_| !text.is_empty()) else {
            return;
        };
        let span = Span {
            text: match last.frame {
                Frame::Cell => safe_line(text).into_owned(),
                _ => safe(text).into_owned(),
            },
            style,
            link: link.map(|target| safe_line(target).into_owned()),
            mention: mention.map(|mention| mention.who),
        };
        match last.spans.last_mut() {
            Some(same)
                if (same.style, &same.link, same.mention) == (style, &span.link, span.mention)
                    && mention.is_none() =>
            {
                same.text.push_str(&span.text);
            }
            _ => last.spans.push(span),
        }
    }

    /// An image without a description shows its address; so does what is no link to follow.
    fn end_link(&mut self) {
        let Some(target) = self.links.last().cloned() else {
            return;
        };
        if !is_link(&target) {
            self.links.pop();
            if !target.is_empty() {
                self.push(&format!(" ({target})"), self.style, None);
            }
            return;
        }
        let is_empty = self.open.last().is_none_or(|last| {
            last.spans
                .last()
                .is_none_or(|span| span.link.as_deref() != Some(&*safe_line(&target)))
        });
        if is_empty {
            self.push(&target, self.style, None);
        }
        self.links.pop();
    }

    fn finish(mut self) -> Vec<Block> {
        while self.open.len() > 1 {
            if let Some(open) = self.open.pop() {
                self.close(open);
            }
        }
        let mut blocks = Vec::new();
        if let Some(mut whole) = self.open.pop() {
            whole.settle();
            blocks = whole.blocks;
        }
        blocks
    }
}

fn is_link(target: &str) -> bool {
    SCHEMES.iter().any(|scheme| {
        target
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}
