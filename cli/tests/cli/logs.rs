//! What programs write to their logs, at the finest level, and what a relay counts: never what people
//! write, what they or their rooms are called, or a key.

use crate::harness::{Person, Running, end, lacre};
use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

/// Stands in every handle, room and message of this test, and nowhere else.
const WORD: &str = "quartzo";

/// The same program with everything logged into a file.
fn logging(command: &Command, log: &Path) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec \"$0\" \"$@\" 2>\"$LOG\""]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.env("LACRE_LOG", "trace").env("LOG", log);
    shell
}

fn said(person: &Person, words: &[&str], log: &Path) -> String {
    let ended = end(logging(&person.command(words), log), "");
    // What a person asked for is printed to them, and stays out of the log.
    ended.out
}

#[test]
fn logs_and_metrics_hold_no_words_names_or_keys() {
    let root = tempfile::tempdir().unwrap();
    let log = |name: &str| root.path().join(format!("{name}.log"));
    let folder = root.path().join("relay");
    let mut command = lacre(&["relay", "run", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(&folder);
    let mut relay = Running::start(logging(&command, &log("relay")));
    let address = relay.line("address", |line| {
        Some(line.trim().strip_prefix("address")?.trim().to_owned())
    });
    let people = ["ana", "bruno"].map(|name| Person::nobody(root.path(), name));
    for (number, person) in people.iter().enumerate() {
        let handle = format!("{WORD}-{number}");
        let key = person.key();
        let words = [
            "account", "create", "--relay", &address, "--handle", &handle,
        ];
        let words = [&words[..], &["--key-file", key.to_str().unwrap()]].concat();
        said(person, &words, &log(&format!("sign-up-{number}")));
    }
    let mut listener = Running::start(logging(
        &people[1].command(&["listen", "--json"]),
        &log("listener"),
    ));
    listener.online();
    let to = format!("@{WORD}-1");
    let words = ["send", &to, "o segredo é quartzo", "--wait", "sent"];
    said(&people[0], &words, &log("send"));
    listener.message("o segredo é quartzo");
    let room = format!("sala {WORD}");
    said(&people[0], &["rooms", "create", &room, &to], &log("create"));
    listener.event("the room", |event| event["room_name"] == room.as_str());
    let found = said(&people[0], &["search", WORD], &log("search"));
    assert!(found.contains(WORD), "{found}");
    // A name that is taken, and one that nobody has.
    let taken = Person::nobody(root.path(), "other");
    let ended = end(
        logging(
            &taken.command(&[
                "account",
                "create",
                "--relay",
                &address,
                "--handle",
                "quartzo-0",
                "--key-file",
                taken.key().to_str().unwrap(),
            ]),
            &log("taken"),
        ),
        "",
    );
    assert_ne!(ended.code, 0);

    let status = fs::read_to_string(folder.join("relay.http")).unwrap();
    let mut stream = std::net::TcpStream::connect(status.trim()).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    listener.terminate();
    relay.terminate();

    let mut logs: Vec<(OsString, String)> = vec![("metrics".into(), page)];
    for entry in fs::read_dir(root.path()).unwrap().map(Result::unwrap) {
        if entry.path().extension().is_some_and(|end| end == "log") {
            let text = String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned();
            logs.push((entry.file_name(), text));
        }
    }
    let keys = people
        .each_ref()
        .map(|person| fs::read_to_string(person.key()).unwrap());
    for (name, text) in &logs {
        // The one line that tells a person what they typed is not a log.
        let logged: Vec<_> = text
            .lines()
            .filter(|line| !line.starts_with("lacre: "))
            .collect();
        for secret in [WORD, "segredo"]
            .into_iter()
            .chain(keys.iter().map(|key| key.trim()))
        {
            let told = logged.iter().find(|line| line.contains(secret));
            assert_eq!(told, None, "{} tells {secret}", name.display());
        }
    }
    let size = |wanted: &str| {
        logs.iter()
            .find(|(name, _)| name == wanted)
            .unwrap()
            .1
            .len()
    };
    assert!(
        size("relay.log") > 10_000 && size("listener.log") > 1000,
        "almost nothing was logged"
    );
}
