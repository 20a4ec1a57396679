//! Markdown as blocks: what is shown, and what never gets through.

use super::parse::MAX_DEPTH;
use super::*;
use crate::content::{Mention, Mentioned};
use proptest::prelude::*;

fn span(text: &str) -> Span {
    Span {
        text: text.to_owned(),
        ..Span::default()
    }
}

fn link(text: &str, target: &str) -> Span {
    Span {
        link: Some(target.to_owned()),
        ..span(text)
    }
}

fn styled(text: &str, set: impl Fn(&mut Style)) -> Span {
    let mut span = span(text);
    set(&mut span.style);
    span
}

fn paragraph(markdown: &str) -> Vec<Span> {
    match parse(markdown).as_slice() {
        [Block::Paragraph(spans)] => spans.clone(),
        other => panic!("{markdown:?} is {other:?}"),
    }
}

#[test]
fn styles_are_spans() {
    let spans = [
        span("a "),
        styled("b", |style| style.bold = true),
        span(" "),
        styled("c", |style| style.italic = true),
        span(" "),
        styled("d", |style| style.strike = true),
        span(" "),
        styled("e*", |style| style.code = true),
        span("\nf"),
    ];
    assert_eq!(paragraph("a **b** _c_ ~~d~~ `e*`\nf"), spans);
}

#[test]
fn blocks_nest() {
    let text = |text: &str| Block::Paragraph(vec![span(text)]);
    let item = |done, blocks| ListItem { done, blocks };
    assert_eq!(
        parse("# T\n\n> q\n\n- [x] a\n- b\n  1. c\n\n```rs\nx\n```\n\n---\n"),
        [
            Block::Heading {
                level: 1,
                spans: vec![span("T")],
            },
            Block::Quote(vec![text("q")]),
            Block::List {
                start: None,
                items: vec![
                    item(Some(true), vec![text("a")]),
                    item(
                        None,
                        vec![
                            text("b"),
                            Block::List {
                                start: Some(1),
                                items: vec![item(None, vec![text("c")])],
                            },
                        ],
                    ),
                ],
            },
            Block::Code {
                language: "rs".to_owned(),
                text: "x\n".to_owned(),
            },
            Block::Rule,
        ]
    );
    let table = Block::Table {
        header: vec![vec![span("a")], vec![span("b")]],
        rows: vec![vec![vec![span("1")], vec![span("2")]]],
    };
    assert_eq!(parse("|a|b|\n|-|-|\n|1|2|"), [table]);
}

#[test]
fn links_show_where_they_lead() {
    let target = "https://x.example/a";
    assert_eq!(paragraph(&format!("[b]({target})")), [link("b", target)]);
    assert_eq!(paragraph(&format!("![b]({target})")), [link("b", target)]);
    assert_eq!(paragraph(&format!("![]({target})")), [link(target, target)]);
    assert_eq!(paragraph(&format!("<{target}>")), [link(target, target)]);
    let acting = paragraph("[b](javascript:alert)");
    assert_eq!(acting, [span("b (javascript:alert)")]);
}

#[test]
fn html_is_letters() {
    let spans = paragraph("a <b>c</b> <script>x</script>");
    assert_eq!(spans, [span("a <b>c</b> <script>x</script>")]);
    assert_eq!(parse("<div>\nx\n</div>").len(), 1);
}

#[test]
fn mentions_are_marked() {
    let (text, who) = ("**@ana** e @ana!", Mentioned::Everyone);
    let mentions = [2..6, 11..15].map(|range| Mention { who, range });
    let Some(Block::Paragraph(spans)) = parse_mentioning(text, &mentions).pop() else {
        panic!("one paragraph")
    };
    let marked: Vec<_> = spans
        .iter()
        .map(|span| (span.text.as_str(), span.mention))
        .collect();
    let who = Some(who);
    assert_eq!(
        marked,
        [("@ana", who), (" e ", None), ("@ana", who), ("!", None)]
    );
}

fn depth(blocks: &[Block]) -> usize {
    let inner = |block: &Block| match block {
        Block::Quote(blocks) => depth(blocks),
        Block::List { items, .. } => items
            .iter()
            .map(|item| depth(&item.blocks))
            .max()
            .unwrap_or(0),
        _ => 0,
    };
    blocks.iter().map(inner).max().map_or(0, |inner| inner + 1)
}

#[test]
fn depth_is_bounded_and_nothing_is_lost() {
    for text in [
        format!("{} deep", ">".repeat(5000)),
        format!("{} deep", "- ".repeat(5000)),
        format!("{} deep", "> - ".repeat(2000)),
    ] {
        let blocks = parse(&text);
        assert!(depth(&blocks) <= 2 * MAX_DEPTH, "{}", depth(&blocks));
        assert!(plain(&blocks).contains("deep"));
    }
}

#[test]
fn plain_text_keeps_marks_and_targets() {
    let markdown =
        "# T\n> q\n> r\n\n1. [a](https://x.example)\n2. b\n   - c\n\n|d|e|\n|-|-|\n|1|2|\n";
    let plain = plain(&parse(markdown));
    assert_eq!(
        plain,
        "T\n> q\n> r\n1. a (https://x.example)\n2. b\n   - c\nd | e\n1 | 2"
    );
}

proptest! {
    #[test]
    fn nothing_that_comes_out_acts(
        text in "([#>*_`~|!\\[\\]()<&;\n\r\t\u{1b}\u{9b}\u{202e}\u{0} -]|a|&#27;|&#x202e;|https://x|@ana){0,60}",
        start in 0..60_usize,
    ) {
        let mention = Mention { who: Mentioned::Everyone, range: start..start + 4 };
        let said = plain(&parse_mentioning(&text, &[mention]));
        prop_assert!(!said.contains(|c| acts(c) && !matches!(c, '\n' | '\t')), "{:?}", said);
    }
}
