//! The guides of the SDK leave nothing out: every call and every event stands in them.

use crate::tree::{files, root};
use std::collections::BTreeSet;
use std::fs;

/// The words between backticks on a page, cut at what is not part of a name.
fn named(page: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let code = text.split('`').skip(1).step_by(2);
    let words = code.flat_map(|code| code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    words.map(str::to_owned).collect()
}

/// Public functions of a file, those of its tests left out.
fn calls(source: &str) -> impl Iterator<Item = &str> {
    let source = source.split("#[cfg(test)]").next().unwrap();
    let starts = ["    pub fn ", "    pub async fn "];
    source.lines().filter_map(move |line| {
        let rest = starts.iter().find_map(|start| line.strip_prefix(start))?;
        rest.split(['(', '<']).next()
    })
}

#[test]
fn every_call_of_the_sdk_stands_on_its_page() {
    let page = named("specs/guides/API.md");
    // Inside of the crate, which no application sees.
    let inside = [
        "sdk/src/driver/",
        "sdk/src/platform/",
        "sdk/src/transport/",
        "sdk/src/queue.rs",
    ];
    let mut seen = 0;
    for (path, text) in files() {
        let of_sdk = path.starts_with("sdk/src/") && path.ends_with(".rs");
        if !of_sdk || inside.iter().any(|part| path.starts_with(part)) {
            continue;
        }
        for call in calls(&text) {
            seen += 1;
            assert!(page.contains(call), "API.md leaves out {call} of {path}");
        }
    }
    assert!(seen > 100, "only {seen} calls were found");
}

#[test]
fn every_event_stands_on_its_page() {
    let page = named("specs/guides/EVENTS.md");
    let source = fs::read_to_string(root().join("sdk/src/events.rs")).unwrap();
    let (_, body) = source.split_once("pub enum Event {").unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    // A variant stands four blanks in; its fields further.
    let variants = body.lines().filter_map(|line| {
        let name = line.strip_prefix("    ")?;
        let name = name.split(['(', ' ', ',']).next()?;
        name.starts_with(|c: char| c.is_ascii_uppercase())
            .then_some(name)
    });
    let variants: Vec<_> = variants.collect();
    assert!(variants.len() > 15, "{variants:?}");
    for variant in variants {
        assert!(page.contains(variant), "EVENTS.md leaves out {variant}");
    }
}
