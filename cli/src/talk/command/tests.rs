//! What lines mean, and what they can become.

use super::{Known, Parsed, all, complete, find, guide, parse};
use crate::text::Lang;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What a line means, in short.
fn meaning(line: &str) -> String {
    match parse(line) {
        Parsed::Nothing => "nothing".to_owned(),
        Parsed::Text(text) => format!("text {text:?}"),
        Parsed::Call(call) => format!("{} {:?}", call.command.id, call.rest),
        Parsed::Unknown { name, nearest } => {
            format!("unknown {name} {:?}", nearest.map(|command| command.id))
        }
    }
}

#[test]
fn lines_are_texts_or_commands() {
    for (line, means) in [
        ("", "nothing"),
        ("  \t ", "nothing"),
        ("olá / mundo ", "text \"olá / mundo\""),
        ("//sair", "text \"/sair\""),
        ("/sair", "quit \"\""),
        ("  /QUIT ", "quit \"\""),
        (
            "/privado  @ana   duas  palavras ",
            "msg \"@ana   duas  palavras\"",
        ),
        ("/histórico 5", "history \"5\""),
        ("/?", "help \"\""),
        ("/hsitorico", "unknown hsitorico Some(\"history\")"),
        ("/usarios", "unknown usarios Some(\"users\")"),
        ("/kik @ana", "unknown kik Some(\"kick\")"),
        ("/hist", "unknown hist Some(\"history\")"),
        ("/xyzzy", "unknown xyzzy None"),
        ("/", "unknown  None"),
    ] {
        assert_eq!(meaning(line), means, "{line:?}");
    }
}

#[test]
fn names_are_unique_and_texts_begin_with_them() {
    let mut seen = BTreeSet::new();
    for command in all() {
        let names: BTreeSet<_> = command.names().collect();
        for name in names {
            assert!(seen.insert(name), "/{name} twice");
            assert_eq!(find(name).map(|found| found.id), Some(command.id));
        }
        for lang in [Lang::En, Lang::Pt] {
            let usage = command.usage(lang);
            let name = usage.split(' ').next().unwrap();
            assert_eq!(name, format!("/{}", command.name(lang)));
            assert!(!command.about(lang).ends_with('.'), "{usage}");
            assert!(command.more(lang).ends_with('.'), "{usage}");
            assert!(usage.chars().count() <= 34, "{usage}");
        }
    }
}

#[test]
fn lines_are_completed() {
    let known = Known {
        people: ["ana", "andre", "bruno"].map(str::to_owned).to_vec(),
        rooms: ["Álgebra 3", "Algas", "História"]
            .map(str::to_owned)
            .to_vec(),
    };
    let pt = |line: &str| complete(Lang::Pt, &known, line);
    assert_eq!(pt("/hi"), ["/historico "]);
    assert_eq!(pt("/qui"), ["/quit "]);
    assert_eq!(complete(Lang::En, &known, "/qui"), ["/quit "]);
    assert_eq!(pt("/privado a"), ["/privado @ana ", "/privado @andre "]);
    assert_eq!(pt("/privado @b"), ["/privado @bruno "]);
    assert_eq!(
        pt("/privado @bruno olá @an"),
        ["/privado @bruno olá @ana ", "/privado @bruno olá @andre "]
    );
    assert_eq!(pt("/entrar ál"), ["/entrar Álgebra 3"]);
    assert_eq!(pt("/entrar Álgebra "), ["/entrar Álgebra 3"]);
    assert_eq!(pt("/ajuda exp"), ["/ajuda expulsar "]);
    assert_eq!(pt("oi @br"), ["oi @bruno "]);
    assert_eq!(pt("oi br"), Vec::<String>::new());
    assert_eq!(pt("/xyz a"), Vec::<String>::new());
    assert_eq!(pt("//hi"), Vec::<String>::new());
    assert_eq!(pt("/hora x"), Vec::<String>::new());
}

/// The page of the commands, with its tables as they are now.
fn page() -> (PathBuf, String, String) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../specs/guides/COMMANDS.md");
    let now = std::fs::read_to_string(&path).unwrap();
    let mut fresh = now.clone();
    for lang in [Lang::En, Lang::Pt] {
        let mark = format!("<!-- commands {lang:?} -->\n\n").to_lowercase();
        let (head, rest) = fresh.split_once(&mark).unwrap();
        let (_, tail) = rest.split_once("\n\n").unwrap();
        fresh = format!("{head}{mark}{}\n{tail}", guide(lang));
    }
    (path, now, fresh)
}

/// After a change: `cargo test -p lacre-cli --bin lacre -- --ignored write_the_guide`.
#[test]
fn the_guide_lists_the_commands() {
    let (_, now, fresh) = page();
    assert_eq!(now, fresh);
}

#[test]
#[ignore = "writes the guide"]
fn write_the_guide() {
    let (path, _, fresh) = page();
    std::fs::write(path, fresh).unwrap();
}
