//! Help, explanations, exit codes.

use crate::harness::{end, lacre};

#[test]
fn alone_it_shows_the_first_page() {
    let page = end(lacre(&[]), "").good();
    for word in [
        "demo", "send", "listen", "history", "rooms", "account", "explain", "relay",
    ] {
        assert!(
            page.lines().any(|line| line.trim_start().starts_with(word)),
            "{word} in {page}"
        );
    }
    assert_eq!(end(lacre(&["--help"]), "").good().trim(), page.trim());
    let page = end(lacre(&["--lang", "pt"]), "").good();
    assert!(
        page.contains("Opere um relay") && !page.contains("Usage"),
        "{page}"
    );
}

#[test]
fn every_command_has_help_in_both_languages() {
    let pages = [
        vec!["demo"],
        vec!["send"],
        vec!["listen"],
        vec!["history"],
        vec!["rooms"],
        vec!["rooms", "create"],
        vec!["account", "create"],
        vec!["account", "devices", "request"],
        vec!["relay", "run"],
        vec!["relay", "dev"],
        vec!["relay", "status"],
        vec!["explain"],
    ];
    for page in pages {
        let mut words = page.clone();
        words.push("--help");
        assert!(end(lacre(&words), "").good().contains("Usage:"), "{page:?}");
        words.extend(["--lang", "pt"]);
        let shown = end(lacre(&words), "").good();
        assert!(
            shown.contains("Uso:") && !shown.contains("Usage:") && !shown.contains("Options:"),
            "{shown}"
        );
    }
}

#[test]
fn codes_are_explained() {
    let shown = end(lacre(&["explain", "copiedstore"]), "").good();
    assert!(
        shown.contains("cause") && shown.contains("expected") && shown.contains("do "),
        "{shown}"
    );
    let shown = end(lacre(&["explain", "CopiedStore", "--lang", "pt"]), "").good();
    assert!(
        shown.contains("causa") && shown.contains("cópia"),
        "{shown}"
    );
    assert!(end(lacre(&["explain"]), "").good().lines().count() > 80);
    end(lacre(&["explain", "Nonsense"]), "").failed(2, "UnknownCode");
}

#[test]
fn wrong_usage_is_two() {
    for words in [
        vec!["nonsense"],
        vec!["send"],
        vec!["history", "x", "--limit", "0"],
        vec!["relay", "run", "--listen", "x"],
    ] {
        end(lacre(&words), "").failed_usage();
    }
}

#[test]
fn output_without_a_terminal_has_no_colours() {
    for words in [vec![], vec!["explain", "Busy"], vec!["explain"]] {
        assert!(
            !end(lacre(&words), "").good().contains('\u{1b}'),
            "{words:?}"
        );
    }
}

#[test]
#[cfg(unix)]
fn whoever_stops_reading_ends_the_output_quietly() {
    use std::process::Stdio;
    let mut child = lacre(&["explain"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let left = child.wait_with_output().unwrap();
    assert_eq!(
        (
            left.status.code(),
            String::from_utf8_lossy(&left.stderr).as_ref()
        ),
        (Some(0), "")
    );
}
