//! A relay's store on its way into a database and out of it, as an operator does it: the settings
//! stand in one file, and people go on talking.

use crate::harness::{Ended, Person, Relay, Running, end, lacre};
use crate::postgres::Database;
use crate::process::LIMIT;
use std::path::Path;
use std::time::Instant;

/// A command on a relay's folder.
fn relay(words: &[&str], folder: &Path) -> Ended {
    let mut command = lacre(&["relay"]);
    command.args(words).arg("--data").arg(folder);
    end(command, "")
}

/// Names the database in the relay's file of settings.
fn settle(folder: &Path, database: &Database) {
    let line = format!("store = \"{}\"\n", database.url());
    std::fs::write(folder.join("relay.toml"), line).unwrap();
}

fn count(database: &Database, table: &str) -> u64 {
    let sql = format!("SELECT count(*) FROM lacre.{table}");
    database.sql(&sql).parse().unwrap()
}

/// Ana and Bruno, and what he hears.
fn people(root: &Path, relay: &Relay) -> (Person, Person, Running) {
    let (ana, bruno) = (
        Person::create(root, relay, "ana"),
        Person::create(root, relay, "bruno"),
    );
    let mut listener = bruno.listen();
    ana.say("@bruno", "before");
    listener.message("before");
    (ana, bruno, listener)
}

/// Waits until Bruno's receipt is kept: the room, its key and the message stand before it.
fn receipt(database: &Database) {
    let until = Instant::now() + LIMIT;
    let kept = || database.sql("SELECT count(*) FROM lacre.entry WHERE seq >= 4");
    while kept() == "0" {
        assert!(Instant::now() < until, "no receipt");
    }
}

#[test]
fn a_relay_moves_into_a_database_and_its_people_go_on() {
    let (root, database) = (tempfile::tempdir().unwrap(), Database::new());
    let mut running = Relay::start(root.path());
    let folder = running.folder.clone();
    let (ana, bruno, mut listener) = people(root.path(), &running);
    // No word of where to: nothing happens.
    let said = relay(&["migrate"], &folder).failed(2, "relay-config");
    assert!(said.contains("--to postgres://"), "{said}");
    settle(&folder, &database);
    relay(&["migrate"], &folder).failed(1, "relay-in-use");
    running.kill();

    let moved = relay(&["migrate", "--json"], &folder).json().remove(0);
    let number = |field: &str| moved[field].as_u64().unwrap();
    assert_eq!(number("accounts"), 2, "{moved}");
    assert_eq!(number("entries"), count(&database, "entry"), "{moved}");
    assert!(number("logs") >= 3 && number("entries") >= 2, "{moved}");
    assert_eq!(moved["lineage"].as_str().unwrap().len(), 32, "{moved}");
    assert!(Path::new(moved["key_file"].as_str().unwrap()).exists());
    relay(&["migrate"], &folder).failed(1, "relay-not-empty");
    let store = std::fs::read(folder.join("relay.db")).unwrap();

    // The listener ran through it all; what comes now comes once, behind what was.
    running.restart();
    let accepted = count(&database, "entry");
    ana.say("@bruno", "after");
    listener.message("after");
    assert!(count(&database, "entry") > accepted);
    let heard = listener.kill();
    assert_eq!(crate::harness::texts(&heard), ["before", "after"]);
    assert!(!heard.iter().any(|line| line.contains("room_stopped")));
    bruno.say("@ana", "indeed");
    let expected = ["before", "after", "indeed"];
    assert_eq!(bruno.history("@ana"), expected);
    let mut hers = ana.listen();
    hers.message("indeed");
    assert_eq!(ana.history("@bruno"), expected);
    // Somebody new is in the database alone.
    Person::create(root.path(), &running, "clara");
    assert_eq!(count(&database, "account"), 3);
    let untouched = std::fs::read(folder.join("relay.db")).unwrap() == store;
    assert!(untouched, "the old store was written to");
}

#[test]
fn a_database_is_backed_up_and_restored_as_the_file_of_settings_names_it() {
    let (root, database) = (tempfile::tempdir().unwrap(), Database::new());
    let folder = root.path().join("relay");
    std::fs::create_dir(&folder).unwrap();
    settle(&folder, &database);
    let mut running = Relay::start(root.path());
    let (ana, bruno, mut listener) = people(root.path(), &running);
    receipt(&database);
    let file = root.path().join("backup.db");
    let backup = ["backup", "--json", "--to", file.to_str().unwrap()];
    let made = relay(&backup, &folder).json().remove(0);
    let bytes = std::fs::read(&file).unwrap();
    assert_eq!(made["bytes"].as_u64(), u64::try_from(bytes.len()).ok());
    assert!(bytes.starts_with(b"SQLite format 3\0"));
    relay(&backup, &folder).failed(1, "relay-backup");
    // A flag goes before the file; this database has no store.
    let empty = Database::new();
    let other = root.path().join("other.db");
    let words = [
        "backup",
        "--to",
        other.to_str().unwrap(),
        "--store",
        &empty.url(),
    ];
    relay(&words, &folder).failed(1, "relay-backup");

    let restore = ["restore", "--json", "--from", file.to_str().unwrap()];
    relay(&[&restore[..], &["--replace"]].concat(), &folder).failed(1, "relay-in-use");
    running.kill();
    relay(&restore, &folder).failed(1, "relay-not-empty");
    let restored = relay(&[&restore[..], &["--replace"]].concat(), &folder)
        .json()
        .remove(0);
    assert_eq!(restored["has_keys"], true, "{restored}");
    let kept = restored["kept"].as_str().unwrap();
    let before = format!("SELECT count(*) FROM {kept}.account");
    assert_eq!(database.sql(&before), "2");
    assert!(!folder.join("relay.db").exists());

    // Nothing was lost: people go on under the new lineage.
    running.restart();
    ana.say("@bruno", "after");
    listener.message("after");
    assert_eq!(bruno.history("@ana"), ["before", "after"]);
}

#[test]
fn settings_elsewhere_and_the_environment_name_the_store_too() {
    let (root, database) = (tempfile::tempdir().unwrap(), Database::new());
    let running = Relay::start(root.path());
    let elsewhere = root.path().join("elsewhere.toml");
    settle(root.path(), &database);
    std::fs::rename(root.path().join("relay.toml"), &elsewhere).unwrap();
    let file = root.path().join("backup.db");
    let words = ["backup", "--to", file.to_str().unwrap()];
    let config = ["--config", elsewhere.to_str().unwrap()];
    // The database has no store, the folder has one.
    let said = relay(&[&words[..], &config].concat(), &running.folder).failed(1, "relay-backup");
    assert!(said.contains("has no store"), "{said}");
    let mut command = lacre(&["relay"]);
    command.args(words).arg("--data").arg(&running.folder);
    command.env("LACRE_RELAY_STORE", database.url());
    let said = end(command, "").failed(1, "relay-backup");
    assert!(said.contains("has no store"), "{said}");
    std::fs::write(&elsewhere, "store = 1\n").unwrap();
    relay(&[&words[..], &config].concat(), &running.folder).failed(1, "relay-config");
    assert!(!file.exists());
    relay(&words, &running.folder).good();
}
