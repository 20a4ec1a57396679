//! The table is complete: registries and sources are read and compared.

use super::{all, entries, find};
use std::collections::BTreeSet;
use std::path::Path;

/// Every Rust source below a folder of the repository, tests left out.
fn sources(folder: &str) -> String {
    fn read(folder: &Path, out: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, out);
            } else if path.extension().is_some_and(|end| end == "rs")
                && path.file_stem().is_some_and(|stem| stem != "tests")
            {
                out.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut out = String::new();
    read(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("..")
            .join(folder),
        &mut out,
    );
    out
}

/// The string literals that follow `start`, with blanks between them skipped.
fn literals<'a>(source: &'a str, start: &str, comma: bool) -> BTreeSet<&'a str> {
    let literal = |rest: &'a str| {
        let rest = match comma {
            true => {
                rest.split_once(',')
                    .filter(|(kind, _)| kind.bytes().all(|b| b.is_ascii_alphanumeric()))?
                    .1
            }
            false => rest,
        };
        rest.trim_start()
            .strip_prefix('"')?
            .split_once('"')
            .map(|(code, _)| code)
    };
    source.split(start).skip(1).filter_map(literal).collect()
}

#[test]
fn every_code_of_the_wire_is_explained() {
    let missing: Vec<_> = lacre_wire::error::ErrorCode::ALL
        .iter()
        .map(|code| code.name())
        .filter(|code| find(code).is_none())
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_code_of_the_rules_is_explained() {
    let source = sources("specs/wire/src/room");
    let rules: BTreeSet<_> = source
        .split('"')
        .filter(|text| text.starts_with("room.") && !text.contains(' '))
        .collect();
    assert!(rules.len() > 20, "{rules:?}");
    let missing: Vec<_> = rules
        .into_iter()
        .filter(|code| find(code).is_none())
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_code_of_the_sdk_is_explained() {
    let source = sources("sdk/src") + &sources("sdk/engine/src");
    let codes = literals(&source, "ErrorKind::", true);
    assert!(codes.len() > 30, "{codes:?}");
    let missing: Vec<_> = codes
        .into_iter()
        .filter(|code| find(code).is_none())
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_code_of_a_relay_that_does_not_start_is_explained() {
    let source = sources("relay/src");
    let codes: BTreeSet<_> = source
        .split('"')
        .filter(|text| text.starts_with("relay-") && text.len() < 20 && !text.contains(['.', ' ']))
        .collect();
    assert!(codes.len() >= 5, "{codes:?}");
    let missing: Vec<_> = codes
        .into_iter()
        .filter(|code| find(code).is_none())
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_code_of_this_command_is_explained() {
    let source = sources("cli/src");
    let mut codes = literals(&source, "Failure::new(", false);
    codes.extend(literals(&source, "Failure::io(", false));
    assert!(codes.len() > 20, "{codes:?}");
    let missing: Vec<_> = codes
        .into_iter()
        .filter(|code| find(code).is_none())
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn codes_are_unique_and_texts_complete() {
    let mut seen = BTreeSet::new();
    for (code, _) in all() {
        assert!(seen.insert(code.to_ascii_lowercase()), "{code} twice");
    }
    for entry in entries() {
        for (en, pt) in [entry.cause, entry.expected, entry.fix] {
            assert!(
                !en.is_empty() && !pt.is_empty() && en != pt,
                "{:?}",
                entry.codes
            );
        }
    }
}
