//! Both languages say the same things, and nothing is left over.

use super::{ENGLISH, PORTUGUESE, text};
use crate::talk::command;
use crate::text::Lang;
use fluent_bundle::FluentResource;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The ids of a file, attributes as `id.attribute`, each with its variables.
fn ids(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut message, mut current) = (String::new(), String::new());
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let named = line.split_once(" =").map(|(name, _)| name);
        if let Some(name) = named.filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase())) {
            message = name.to_owned();
            current.clone_from(&message);
            assert!(
                ids.insert(current.clone(), BTreeSet::new()).is_none(),
                "{name} twice"
            );
        } else if let Some(name) = named.and_then(|name| name.trim_start().strip_prefix('.')) {
            current = format!("{message}.{name}");
            ids.insert(current.clone(), BTreeSet::new());
        }
        for variable in line.split('$').skip(1) {
            let end = variable.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let name = &variable[..end.unwrap_or(variable.len())];
            ids.get_mut(&current).unwrap().insert(name.to_owned());
        }
    }
    ids
}

/// Every use of `say!` in the sources: its id and variables.
fn uses() -> Vec<(String, BTreeSet<String>)> {
    let mut sources = Vec::new();
    read(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut sources,
    );
    let mut uses = Vec::new();
    for source in sources {
        for rest in source.split("say!(").skip(1) {
            let inside = closed(rest);
            let Some((_, rest)) = inside.split_once('"') else {
                continue;
            };
            let (id, rest) = rest.split_once('"').unwrap();
            let mut depth = 0;
            let mut names = BTreeSet::new();
            let mut part = String::new();
            for c in rest.chars().chain([',']) {
                match c {
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' => depth -= 1,
                    ',' if depth == 0 => {
                        if let Some((name, _)) = part.split_once('=') {
                            names.insert(name.trim().to_owned());
                        }
                        part.clear();
                        continue;
                    }
                    _ => {}
                }
                part.push(c);
            }
            uses.push((id.to_owned(), names));
        }
    }
    uses
}

/// What stands before the parenthesis that closes.
fn closed(rest: &str) -> &str {
    let mut depth = 1;
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &rest[..at];
        }
    }
    rest
}

/// Every source of the command, tests and the definition of `say!` left out.
fn read(folder: &Path, out: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, out);
        } else if !["tests.rs", "fluent.rs"]
            .iter()
            .any(|end| path.ends_with(end))
        {
            out.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn both_files_are_well_formed() {
    for source in [ENGLISH, PORTUGUESE] {
        if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
            panic!("{errors:?}");
        }
    }
}

#[test]
fn both_languages_have_the_same_ids_and_variables() {
    let (english, portuguese) = (ids(ENGLISH), ids(PORTUGUESE));
    for (id, variables) in &english {
        assert_eq!(portuguese.get(id), Some(variables), "{id}");
    }
    for id in portuguese.keys() {
        assert!(english.contains_key(id), "{id} is not in en.ftl");
    }
    assert!(english.len() > 50);
}

#[test]
fn every_text_is_used_with_its_variables() {
    let (known, uses) = (ids(ENGLISH), uses());
    let mut used = BTreeSet::new();
    for (id, variables) in uses {
        assert_eq!(known.get(&id), Some(&variables), "{id}");
        used.insert(id);
    }
    for command in command::all() {
        let id = format!("command-{}", command.id);
        used.extend([format!("{id}.usage"), format!("{id}.more"), id]);
    }
    let left: Vec<_> = known.keys().filter(|id| !used.contains(*id)).collect();
    assert_eq!(left, Vec::<&String>::new(), "defined, not used");
}

#[test]
fn counts_and_names_are_put_in() {
    let people = |lang, count| text(lang, "rooms-people", &[("count", count)]);
    assert_eq!(people(Lang::En, 1.into()), "1 person");
    assert_eq!(people(Lang::Pt, 3.into()), "3 pessoas");
    let joined = text(
        Lang::Pt,
        "told-joined",
        &[("who", "@ana".into()), ("room", "X".into())],
    );
    assert_eq!(joined, "@ana entrou em X");
}
