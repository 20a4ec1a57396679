//! Backup and restore as an operator does them.

use crate::harness::{Person, Relay, end, lacre};
use std::path::Path;
use std::process::Command;

fn command(verb: &str, flag: &str, file: &Path, data: &Path) -> Command {
    let mut command = lacre(&["relay", verb, flag]);
    command.arg(file).arg("--data").arg(data);
    command
}

#[test]
fn a_running_relay_is_backed_up_and_restored() {
    let root = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(root.path());
    let (ana, _bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    ana.say("@bruno", "Kartoffelsalat");
    let (file, data) = (root.path().join("backup.db"), relay.folder.clone());
    let made = end(command("backup", "--to", &file, &data), "").good();
    assert!(
        made.contains("relay.keys") && made.contains("not in the backup"),
        "{made}"
    );
    end(command("backup", "--to", &file, &data), "").failed(1, "relay-backup");
    let nowhere = root.path().join("nowhere");
    end(command("backup", "--to", &nowhere, &nowhere), "").failed(1, "relay-backup");
    // Nothing that was said, and no piece of a key.
    let bytes = std::fs::read(&file).unwrap();
    let keys = std::fs::read(data.join("relay.keys")).unwrap();
    let holds = |piece: &[u8]| bytes.windows(piece.len()).any(|found| found == piece);
    assert!(!holds(b"Kartoffelsalat") && holds(b"bruno"));
    assert!(keys.chunks_exact(24).all(|piece| !holds(piece)));
    assert!(bytes.starts_with(b"SQLite format 3\0"));

    let restore = |file: &Path, more: &[&str]| {
        let mut command = command("restore", "--from", file, &data);
        command.args(more);
        end(command, "")
    };
    restore(&file, &["--replace"]).failed(1, "relay-in-use");
    relay.kill();
    restore(&file, &[]).failed(1, "relay-not-empty");
    restore(&nowhere, &["--replace"]).failed(1, "relay-bad-backup");
    let restored = restore(&file, &["--replace", "--json"]).json().remove(0);
    assert_eq!(restored["has_keys"], true);
    assert_eq!(
        restored["lineage"].as_str().unwrap().len(),
        32,
        "{restored}"
    );
    assert!(Path::new(restored["kept"].as_str().unwrap()).exists());
    let again = restore(&file, &["--replace"]).good();
    assert!(
        again.contains("lineage") && again.contains("kept"),
        "{again}"
    );
    // Same identity, same address; accounts are there.
    relay.restart();
    Person::create(root.path(), &relay, "clara");
    let taken = Person::nobody(root.path(), "other").sign_up(&relay.address, "bruno");
    taken.failed(1, "HandleTaken");
}
