//! The tree: its top level, its files.

use crate::graph::GRAPH;
use std::fs;
use std::path::Path;

const FOLDERS: [&str; 6] = ["bindings", "cli", "relay", "sdk", "specs", "tests"];
const ROOT_FILES: [&str; 12] = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LEIAME.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "clippy.toml",
    "deny.toml",
    "rust-toolchain.toml",
];
/// Not part of the tree: build output, and what fuzzing leaves.
const SKIPPED: [&str; 5] = [".git", "target", "corpus", "artifacts", "coverage"];
const MAX_LINES: usize = 400;
/// Files that may be longer, each with its reason. There is none.
const LONG_FILES: [&str; 0] = [];

#[test]
fn the_top_level_has_six_folders() {
    for entry in fs::read_dir(root()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if name.starts_with('.') || SKIPPED.contains(&name.as_str()) {
            continue;
        }
        let known: &[&str] = if entry.path().is_dir() {
            &FOLDERS
        } else {
            &ROOT_FILES
        };
        assert!(
            known.contains(&name.as_str()),
            "{name} is none of {known:?}"
        );
    }
}

#[test]
fn files_stay_small() {
    let in_tests = |path: &str| {
        Path::new(path)
            .components()
            .any(|part| part.as_os_str() == "tests")
    };
    let long: Vec<_> = sources()
        .map(|(path, text)| (text.lines().count(), path))
        .filter(|(lines, path)| {
            *lines > MAX_LINES && !in_tests(path) && !LONG_FILES.contains(&path.as_str())
        })
        .collect();
    assert!(
        long.is_empty(),
        "over {MAX_LINES} lines, to be split by verb or noun: {long:#?}"
    );
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let places = ["/work", "/root", "/home", "/Users"].map(|place| format!("{place}/"));
    for (path, text) in files().filter(|(path, _)| !is_this_test(path)) {
        for place in &places {
            let found = text.lines().position(|line| line.contains(place.as_str()));
            assert!(
                found.is_none(),
                "{path}:{} names {place}",
                found.unwrap_or_default() + 1
            );
        }
    }
}

/// Links in Markdown, and the paths that security.md names as proof.
#[test]
fn pages_name_what_exists() {
    for (path, text) in files().filter(|(path, _)| path.ends_with(".md")) {
        let folder = root().join(&path);
        let folder = folder.parent().unwrap();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')'))
        {
            let target = link.0.split('#').next().unwrap_or_default();
            let outside = target.contains("://") || target.is_empty();
            assert!(
                outside || folder.join(target).exists(),
                "{path} links to {target}"
            );
        }
    }
    let security = fs::read_to_string(root().join("specs/security.md")).unwrap();
    let proofs = security
        .split("## Which test shows it")
        .nth(1)
        .unwrap()
        .split("\n## ")
        .next()
        .unwrap();
    let paths = proofs
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains('/'));
    for proof in paths {
        assert!(
            root().join(proof).exists(),
            "security.md names {proof} as proof"
        );
    }
}

/// The documentation tests of the SDK compile that code; the README shows the same.
#[test]
fn the_readme_shows_code_that_compiles() {
    let block = |text: &str, fence: &str| {
        let code = text
            .split_once(fence)
            .unwrap()
            .1
            .split_once("```")
            .unwrap()
            .0;
        code.trim().to_owned()
    };
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let sdk = fs::read_to_string(root().join("sdk/src/lib.rs")).unwrap();
    let page: String = sdk
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n")
        .collect();
    assert_eq!(block(&readme, "```rust"), block(&page, "```no_run"));
}

#[test]
fn every_member_takes_the_lints_of_the_workspace() {
    for (member, manifest) in &GRAPH.manifests {
        let text = fs::read_to_string(manifest).unwrap();
        // Generated code of uniffi is unsafe; a lint that is forbidden cannot be allowed again.
        // A file system for SQLite is made of C functions; one file may be unsafe there.
        let excepted = match member.as_str() {
            "lacre-ffi" => !text.contains("unsafe_code"),
            "lacre-powercut" => text.contains("unsafe_code = \"deny\""),
            _ => false,
        };
        assert!(
            excepted || text.contains("[lints]\nworkspace = true"),
            "{member} has lints of its own"
        );
    }
}

/// Where the lint can be lifted, it is lifted in one file.
#[test]
fn one_file_is_unsafe() {
    let lifted: Vec<_> = sources()
        .filter(|(path, text)| text.contains("allow(\n    unsafe_code") && !is_this_test(path))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(lifted, ["tests/powercut/src/vfs.rs"]);
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

pub(crate) fn is_this_test(path: &str) -> bool {
    path.starts_with("tests/tests/architecture/")
}

/// Every text file of the tree: its path from the root, its text.
pub(crate) fn files() -> impl Iterator<Item = (String, String)> {
    let mut folders = vec![root().to_path_buf()];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if SKIPPED.contains(&entry.file_name().to_str().unwrap()) {
                continue;
            }
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                paths.push(path);
            }
        }
    }
    paths.into_iter().filter_map(|path| {
        let text = String::from_utf8(fs::read(&path).unwrap()).ok()?;
        let path = path
            .strip_prefix(root())
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        Some((path, text))
    })
}

pub(crate) fn sources() -> impl Iterator<Item = (String, String)> {
    files().filter(|(path, _)| path.ends_with(".rs"))
}
