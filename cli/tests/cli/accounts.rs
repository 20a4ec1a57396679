//! Accounts that cannot be made, and who they are.

use crate::harness::{Person, Relay};

#[test]
fn a_taken_handle_is_refused_and_another_taken_instead() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let ana = Person::create(root.path(), &relay, "ana");
    let other = Person::nobody(root.path(), "other");
    let told = other
        .sign_up(&relay.address, "ana")
        .failed(1, "HandleTaken");
    assert!(told.contains("expected") && told.contains("do "), "{told}");
    other.run(&["account", "show"]).failed(1, "NoAccount");
    other.sign_up(&relay.address, "@other").good();
    let shown = other.run(&["account", "show", "--json"]).json().remove(0);
    assert_eq!(shown["handle"], "other");
    assert_eq!(shown["relay"], relay.address);
    assert_eq!(shown["key"], "file");
    assert_eq!(shown["approved"], true);
    assert_ne!(
        shown["account"],
        ana.run(&["account", "show", "--json"]).json()[0]["account"]
    );
    other
        .sign_up(&relay.address, "third")
        .failed(1, "AccountExists");
}

#[test]
fn a_bad_handle_is_a_wrong_argument() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    Person::nobody(root.path(), "x")
        .sign_up(&relay.address, "Ana Duarte")
        .failed(2, "BadHandle");
}

#[test]
fn another_relay_at_the_address_is_not_trusted() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let other = Relay::start(&root.path().join("other"));
    let host = relay.address.rsplit_once('@').unwrap().1;
    let pins = other.address.rsplit_once('@').unwrap().0;
    let told = Person::nobody(root.path(), "x")
        .sign_up(&format!("{pins}@{host}"), "x")
        .failed(1, "WrongFingerprint");
    assert!(told.contains("fingerprint"), "{told}");
}

#[test]
fn a_damaged_address_is_a_wrong_argument() {
    let root = tempfile::tempdir().unwrap();
    let person = Person::nobody(root.path(), "x");
    for address in [
        "chat.example",
        "lacre://chat.example",
        "lacre://abc@chat.example:4433",
    ] {
        person.sign_up(address, "x").failed(2, "BadAddress");
    }
}

#[test]
fn closed_sign_up_is_a_policy() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start_with(root.path(), &["--sign-up", "closed"]);
    Person::nobody(root.path(), "x")
        .sign_up(&relay.address, "ana")
        .failed(4, "SignUpClosed");
}

#[test]
fn failures_are_told_in_portuguese() {
    let root = tempfile::tempdir().unwrap();
    let told = Person::nobody(root.path(), "x")
        .run(&["--lang", "pt", "rooms"])
        .failed(1, "NoAccount");
    assert!(
        told.contains("não há conta") && told.contains("esperado") && told.contains("faça"),
        "{told}"
    );
    let mut command = Person::nobody(root.path(), "x").command(&["rooms"]);
    command.env("LANG", "pt_BR.UTF-8");
    let told = crate::harness::end(command, "").failed(1, "NoAccount");
    assert!(told.contains("não há conta"), "{told}");
}
