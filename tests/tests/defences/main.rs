//! Defences: what stands between the attacks of `tests/tests/attacks` and their success. The tables say
//! where each defence stands in the code and which attacks succeed without it. With every test run they
//! are held against the code: a defence that moves takes its line in the table along, and no attack is
//! without a defence.
//!
//! `LACRE_DEFENCES=all`, or a part of a name, takes the defences away, one after the other, in a copy of
//! the workspace, and runs the tests of the attacks there: each must fail. That compiles the copy once
//! for every defence; `.ci/run defences` does it. A line for each, and the sum, are printed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]

mod attacks;
mod copy;
mod defence;
mod engine;
mod inbound;
mod relay;
mod trial;
mod wire;

use copy::Copy;
use defence::Defence;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// The defences by place. A name and its place are what `LACRE_DEFENCES` is looked for in.
const PLACES: [(&str, &[Defence]); 4] = [
    ("inbound", inbound::DEFENCES),
    ("engine", engine::DEFENCES),
    ("relay", relay::DEFENCES),
    ("wire", wire::DEFENCES),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Every defence, and its name with its place.
fn defences() -> impl Iterator<Item = (String, &'static Defence)> {
    PLACES.into_iter().flat_map(|(place, defences)| {
        let named =
            move |defence: &'static Defence| (format!("{place}: {}", defence.name), defence);
        defences.iter().map(named)
    })
}

#[test]
fn every_defence_stands_where_the_table_says() {
    let mut names = BTreeSet::new();
    for (name, defence) in defences() {
        assert!(!defence.edits.is_empty(), "{name}: nothing is removed");
        for edit in defence.edits {
            let text = fs::read_to_string(root().join(edit.file));
            let text = text.unwrap_or_else(|error| panic!("{name}: {}: {error}", edit.file));
            let times = text.matches(edit.stands).count();
            assert_eq!(
                times, 1,
                "{name}: in {} there should be once, and is {times} times:\n{}",
                edit.file, edit.stands
            );
            assert_ne!(edit.stands, edit.without, "{name}: it stays");
        }
        assert!(names.insert(name.clone()), "{name}: it is there twice");
    }
}

#[test]
fn every_attack_has_a_defence() {
    let attacks = attacks::all();
    assert!(!attacks.is_empty(), "the attacks were not read");
    let mut named = BTreeSet::new();
    for (name, defence) in defences() {
        assert!(!defence.attacks.is_empty(), "{name}: it guards nothing");
        for attack in defence.attacks {
            assert!(attacks.contains(*attack), "{name}: no test {attack}");
            named.insert((*attack).to_owned());
        }
    }
    for (attack, reason) in attacks::ELSEWHERE {
        assert!(attacks.contains(attack), "{reason}: no test {attack}");
        assert!(named.insert(attack.to_owned()), "{attack} has a defence");
    }
    let missing: Vec<_> = attacks.difference(&named).collect();
    assert!(missing.is_empty(), "which defence is it? {missing:#?}");
}

#[test]
fn every_attack_succeeds_without_its_defence() {
    let Ok(wanted) = std::env::var("LACRE_DEFENCES") else {
        return;
    };
    let chosen: Vec<_> = defences()
        .filter(|(name, _)| wanted == "all" || name.contains(&wanted))
        .collect();
    assert!(!chosen.is_empty(), "no defence is called {wanted}");
    let (began, copy) = (Instant::now(), Copy::of(root()));
    let (mut failed, mut complaints) = (0, Vec::new());
    for (name, defence) in &chosen {
        let began = Instant::now();
        let removed = copy.remove(defence);
        let verdict = trial::hold(&copy, defence.attacks);
        drop(removed);
        println!("{name}: {verdict} ({} s)", began.elapsed().as_secs());
        failed += verdict.failed();
        if !verdict.is_shown() {
            complaints.push(format!("{name}: {verdict}"));
        }
    }
    println!(
        "in all: removed {}, tests failed {failed}, not shown {} ({} s)",
        chosen.len(),
        complaints.len(),
        began.elapsed().as_secs()
    );
    assert!(complaints.is_empty(), "not shown: {complaints:#?}");
}
