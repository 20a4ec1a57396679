//! Where the store's key comes from.

use crate::harness::{Ended, Person, Relay, end};

fn with_passphrase(person: &Person, passphrase: &str, arguments: &[&str]) -> Ended {
    let mut command = person.command(arguments);
    command.env("LACRE_PASSPHRASE", passphrase);
    end(command, "")
}

#[test]
fn a_passphrase_opens_the_store_and_a_wrong_one_does_not() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let ana = Person::nobody(root.path(), "ana");
    let create = [
        "account",
        "create",
        "--relay",
        &relay.address,
        "--handle",
        "ana",
        "--passphrase",
    ];
    with_passphrase(&ana, "correct horse", &create).good();
    let shown = with_passphrase(&ana, "correct horse", &["account", "show", "--json"]).json();
    assert_eq!(shown[0]["key"], "passphrase");
    with_passphrase(&ana, "wrong horse", &["rooms"]).failed(1, "WrongKey");
    with_passphrase(&ana, "", &["rooms"]).failed(1, "WrongKey");
    with_passphrase(&ana, "correct horse", &["rooms"]).good();
    let settings = std::fs::read_to_string(ana.folder.join("account.json")).unwrap();
    assert!(
        !settings.contains("horse") && !settings.contains("ana\""),
        "{settings}"
    );
}

#[test]
fn without_a_keyring_both_other_ways_are_named() {
    let root = tempfile::tempdir().unwrap();
    let person = Person::nobody(root.path(), "x");
    let address = format!("lacre://{}@127.0.0.1:1", "a".repeat(52));
    let told = person
        .run(&["account", "create", "--relay", &address, "--handle", "x"])
        .failed(1, "NoKeyring");
    assert!(
        told.contains("--key-file") && told.contains("--passphrase"),
        "{told}"
    );
}

#[test]
#[cfg(unix)]
fn a_key_file_is_private_and_needed() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let ana = Person::create(root.path(), &relay, "ana");
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(ana.key()), 0o600);
    assert_eq!(mode(ana.folder.clone()), 0o700);

    let moved = root.path().join("elsewhere");
    std::fs::rename(ana.key(), &moved).unwrap();
    ana.run(&["rooms"]).failed(1, "KeyFileUnreadable");
    ana.run(&["rooms", "--key-file", moved.to_str().unwrap()])
        .good();
    std::fs::set_permissions(&moved, std::fs::Permissions::from_mode(0o644)).unwrap();
    ana.run(&["rooms", "--key-file", moved.to_str().unwrap()])
        .failed(1, "KeyFileOpen");
    ana.run(&["rooms", "--passphrase"]).failed(2, "OtherKey");

    let bruno = Person::create(root.path(), &relay, "bruno");
    ana.run(&["rooms", "--key-file", bruno.key().to_str().unwrap()])
        .failed(1, "WrongKey");
}
