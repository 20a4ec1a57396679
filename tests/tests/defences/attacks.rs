//! The attacks, read from their sources.

use crate::root;
use std::collections::BTreeSet;
use std::fs;

/// Attacks that no line of ours stands against, each with what does.
pub(crate) const ELSEWHERE: [(&str, &str); 0] = [];

/// Every test of `tests/tests/attacks`, as the test runner names it.
pub(crate) fn all() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in fs::read_dir(root().join("tests/tests/attacks")).unwrap() {
        let path = file.unwrap().path();
        let module = path.file_stem().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if !line.starts_with("#[tokio::test") {
                continue;
            }
            let function = lines.find_map(|line| line.strip_prefix("async fn "));
            let (name, _) = function.unwrap().split_once('(').unwrap();
            names.insert(format!("{module}::{name}"));
        }
    }
    names
}
