//! The first page in two languages: what can be typed or run is the same in both.

use crate::tree::root;
use std::collections::BTreeSet;
use std::fs;

/// The part of a page up to where the English one goes on alone.
fn page(name: &str) -> String {
    let text = fs::read_to_string(root().join(name)).unwrap();
    let end = text.find("\n## What you get").unwrap_or(text.len());
    text[..end].to_owned()
}

/// The fenced blocks of a page, each with its language, without the remarks: those are translated.
fn blocks(page: &str) -> Vec<String> {
    let fenced = page.split("```").skip(1).step_by(2);
    let code = |block: &str| {
        let sign = if block.starts_with("rust") {
            "// "
        } else {
            "# "
        };
        let lines = block.lines().map(|line| {
            let code = line.split(sign).next().unwrap_or_default();
            code.trim_end().to_owned() + "\n"
        });
        lines.collect()
    };
    fenced.map(code).collect()
}

/// What stands between single backticks outside of the blocks, and what is linked or shown.
fn names(page: &str) -> BTreeSet<String> {
    let prose: String = page.split("```").step_by(2).collect();
    let typed = prose.split('`').skip(1).step_by(2);
    let links = prose.split("](").skip(1).filter_map(|link| {
        let target = link.split(')').next()?;
        // Each page leads to the other.
        (!["README.md", "LEIAME.md"].contains(&target)).then_some(target)
    });
    typed.chain(links).map(str::to_owned).collect()
}

#[test]
fn the_first_page_says_the_same_in_portuguese() {
    let (english, portuguese) = (page("README.md"), page("LEIAME.md"));
    let (here, there) = (blocks(&english), blocks(&portuguese));
    assert!(here.len() >= 4, "{here:#?}");
    assert_eq!(here, there);
    // The Portuguese page ends with the licences, which the English one names at its own end.
    let licences = ["LICENSE-MIT", "LICENSE-APACHE"].map(str::to_owned);
    let mut known = names(&english);
    known.extend(licences);
    assert_eq!(known, names(&portuguese));
    let titles = |page: &str| page.matches("\n## ").count();
    assert_eq!(titles(&english), titles(&portuguese));
    assert!(english.contains("(LEIAME.md)") && portuguese.contains("(README.md)"));
}
