//! `specs/errors.md` is the registry, written out. When it fails: run
//! `cargo test -p lacre-wire --test wire -- --ignored write`.

use lacre_wire::error::ErrorCode;
use std::fmt::Write;
use std::fs;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../errors.md");
const SOURCE: &str = include_str!("../../src/error.rs");

/// The comment above a code in the registry.
fn meaning(code: ErrorCode) -> String {
    let line = format!(
        "    {} {} {},",
        code.number(),
        code.name(),
        code.is_retryable()
    );
    let above = SOURCE
        .split_once(&line)
        .unwrap_or_else(|| panic!("{line} is not in the registry"))
        .0;
    let comment = above
        .lines()
        .rev()
        .map_while(|line| line.trim().strip_prefix("/// "));
    let mut comment: Vec<_> = comment.collect();
    comment.reverse();
    comment.join(" ")
}

fn page() -> String {
    let mut page = String::from(
        "# Errors\n\n\
         One registry for everything a relay refuses. A code's number and name never change; its text may improve.\n\
         `retry` says whether the same request, unchanged, may succeed later. Then `retry_after_ms`, if there, says when.\n\
         The registry is `specs/wire/src/error.rs`; this page is written from it, and a test compares them.\n\n\
         An error travels as `wire-error` in [`cddl/common.cddl`](cddl/common.cddl): code, message, `retry_after_ms`.\n\
         The message is English, for developers and logs. Programs look at the code.\n\n\
         | number | name | retry | meaning |\n|---|---|---|---|\n",
    );
    for code in ErrorCode::ALL {
        let retry = if code.is_retryable() { "yes" } else { "no" };
        writeln!(
            page,
            "| {} | `{}` | {retry} | {} |",
            code.number(),
            code.name(),
            meaning(*code)
        )
        .unwrap();
    }
    page.push_str(
        "\nSome answers to requests are not errors but outcomes, with what the client needs to go on:\n\
         `WrongEpoch`, `OutOfOrder`, `CommitFirst`, `Exists`, and for logs `Trimmed` and `LogReset`. See [logs.md](logs.md).\n",
    );
    page
}

#[test]
fn the_page_is_the_registry() {
    assert_eq!(fs::read_to_string(PAGE).unwrap(), page());
}

#[test]
#[ignore = "writes specs/errors.md"]
fn write_errors() {
    fs::write(PAGE, page()).unwrap();
}
