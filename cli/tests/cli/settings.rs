//! Setting up a relay: the file, what holds and where it comes from, and the doctor.

use crate::harness::{Ended, Relay, end, lacre};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn relay(words: &[&str], folder: &Path, more: &[&str]) -> Ended {
    let mut command = lacre(&["relay"]);
    command.args(words).arg("--data").arg(folder).args(more);
    end(command, "")
}

fn shown(folder: &Path, more: &[&str]) -> Value {
    relay(&["config", "show", "--json"], folder, more)
        .json()
        .remove(0)
}

#[test]
fn a_relay_is_set_up_from_the_file_that_init_writes() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("relay");
    let said = relay(&["init"], &folder, &[]).good();
    assert!(
        said.contains("relay.toml") && said.contains("lacre relay doctor"),
        "{said}"
    );
    let file = folder.join("relay.toml");
    let text = fs::read_to_string(&file).unwrap();
    let text = text.replace("#sign-up = \"open\"", "sign-up = \"closed\"");
    fs::write(&file, text.replace("#drain = 1", "drain = 0")).unwrap();
    relay(&["config", "check"], &folder, &[]).good();

    let all = shown(&folder, &["--drain", "2"]);
    assert_eq!(all["sign-up"]["value"], "closed");
    assert_eq!(all["sign-up"]["origin"], "file");
    let place = all["sign-up"]["where"].as_str().unwrap();
    let line: usize = place.rsplit(':').next().unwrap().parse().unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().nth(line - 1), Some("sign-up = \"closed\""));
    assert_eq!(
        (&all["drain"]["value"], &all["drain"]["origin"]),
        (&"2".into(), &"flag".into())
    );
    assert_eq!(all["durability"]["origin"], "default");

    // What the file says, the relay does.
    let running = Relay::start_with(root.path(), &["--config", file.to_str().unwrap()]);
    let refused =
        crate::harness::Person::nobody(root.path(), "ana").sign_up(&running.address, "ana");
    refused.failed(4, "SignUpClosed");
    // A second init leaves the file alone.
    relay(&["init"], &folder, &[]).failed(1, "relay-config");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn the_environment_goes_before_the_file_and_a_flag_before_both() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("relay.toml"), "listen = \"127.0.0.1:1\"\n").unwrap();
    let listen = |variable: Option<&str>, more: &[&str]| {
        let mut command = lacre(&["relay", "config", "show", "--json", "--data"]);
        command.arg(root.path()).args(more);
        if let Some(value) = variable {
            command.env("LACRE_RELAY_LISTEN", value);
        }
        let all = end(command, "").json().remove(0);
        let field = |name: &str| all["listen"][name].as_str().unwrap_or_default().to_owned();
        (field("value"), field("where"))
    };
    let (value, place) = listen(None, &[]);
    assert!(
        value == "127.0.0.1:1" && place.ends_with("relay.toml:1"),
        "{value} {place}"
    );
    let variable = listen(Some("127.0.0.1:2"), &[]);
    assert_eq!(
        variable,
        ("127.0.0.1:2".into(), "LACRE_RELAY_LISTEN".into())
    );
    let flag = listen(Some("127.0.0.1:2"), &["--listen", "127.0.0.1:3"]);
    assert_eq!(flag, ("127.0.0.1:3".into(), "--listen".into()));
}

#[test]
fn a_file_that_is_wrong_is_refused_with_its_line_and_nothing_is_made() {
    let root = tempfile::tempdir().unwrap();
    let cases = [
        ("\nlisten = 4433\n", "relay.toml:2: "),
        ("port = 4433\n", "port"),
        ("sign-up = \"everybody\"\n", "open"),
        ("advertise = \"x:port\"\n", "expected name"),
        ("drain = 4000\n", "between 0 and 600"),
        ("tail-memory = 0\n", "relay.toml:1"),
        ("trusted-proxy = \"10.0.0.0/40\"\n", "10.0.0.0/8"),
        ("listen = \n", "relay.toml:1: "),
    ];
    for (number, (text, tells)) in cases.into_iter().enumerate() {
        let folder = root.path().join(number.to_string());
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("relay.toml"), text).unwrap();
        for words in [&["config", "check"][..], &["run"], &["doctor"]] {
            let said = relay(words, &folder, &[]).failed(1, "relay-config");
            assert!(said.contains(tells), "{text:?}: {said}");
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "{text:?}");
    }
    let missing = root.path().join("nothing.toml");
    let said = relay(
        &["run"],
        root.path(),
        &["--config", missing.to_str().unwrap()],
    );
    said.failed(1, "relay-config");
}

fn diagnosis(folder: &Path, more: &[&str], code: i32) -> Vec<(String, String)> {
    let mut words = vec!["doctor", "--json"];
    words.extend(more);
    let ended = relay(&words[..2], folder, more);
    assert_eq!(ended.code, code, "{}", ended.out);
    let lines = ended
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|check| {
            let field = |name: &str| check[name].as_str().unwrap_or_default().to_owned();
            assert_eq!(
                check["result"] == "good",
                check["remedy"].is_null(),
                "{check}"
            );
            (field("check"), field("result"))
        })
        .collect()
}

#[test]
#[cfg(unix)]
fn the_doctor_finds_what_is_wrong_and_changes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let result = |found: &[(String, String)], name: &str| {
        found
            .iter()
            .find(|(check, _)| check == name)
            .unwrap()
            .1
            .clone()
    };
    let fresh = root.path().join("fresh");
    let found = diagnosis(&fresh, &["--listen", "127.0.0.1:0"], 0);
    assert_eq!(result(&found, "keys"), "good");
    assert!(!fresh.exists());

    // A database that nobody answers for.
    let nowhere = "postgres://lacre:secret@127.0.0.1:1/chat";
    let found = diagnosis(&fresh, &["--listen", "127.0.0.1:0", "--store", nowhere], 1);
    assert_eq!(result(&found, "store"), "bad");

    // Beside a running relay, with its settings and with others.
    let running = Relay::start(root.path());
    let address = running.address.rsplit('@').next().unwrap().to_owned();
    let found = diagnosis(&running.folder, &["--listen", &address], 0);
    assert_eq!(
        (result(&found, "port"), result(&found, "relay")),
        ("good".into(), "good".into())
    );
    let found = diagnosis(&fresh, &["--listen", &address], 1);
    assert_eq!(result(&found, "port"), "bad");
    let folder = running.folder.clone();
    let (code, _) = running.process().terminate();
    assert_eq!(code, 0);
    // A relay that was stopped leaves everything in the database.
    assert!(!folder.join("relay.db-wal").exists());

    // The keys are gone; then they are another's; then the store is damaged.
    let (keys, store) = (folder.join("relay.keys"), folder.join("relay.db"));
    let kept = fs::read(&keys).unwrap();
    fs::remove_file(&keys).unwrap();
    assert_eq!(
        result(&diagnosis(&folder, &["--listen", "127.0.0.1:0"], 1), "keys"),
        "bad"
    );
    assert!(!keys.exists());
    fs::write(&keys, b"not keys").unwrap();
    assert_eq!(
        result(&diagnosis(&folder, &["--listen", "127.0.0.1:0"], 1), "keys"),
        "bad"
    );
    fs::write(&keys, kept).unwrap();
    let mut pages = fs::read(&store).unwrap();
    let end = pages.len().min(3 * 4096);
    pages[4096..end].fill(0x5a);
    fs::write(&store, &pages).unwrap();
    let found = diagnosis(&folder, &["--listen", "127.0.0.1:0"], 1);
    assert_eq!(result(&found, "store"), "bad");
    assert_eq!(fs::read(&store).unwrap(), pages);
}
