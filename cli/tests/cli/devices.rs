//! A second device of an account.

use crate::harness::{Person, Relay, Running};
use serde_json::Value;

#[test]
fn a_second_device_asks_is_let_in_and_reads() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let (ana, bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    ana.say("@bruno", "from the first device");
    let account = ana.run(&["account", "show", "--json"]).json()[0]["account"]
        .as_str()
        .unwrap()
        .to_owned();

    let phone = Person::nobody(root.path(), "phone");
    let key = phone.key();
    let request = [
        "account",
        "devices",
        "request",
        &account,
        "--name",
        "phone",
        "--relay",
        &relay.address,
    ];
    let mut command = phone.command(&request);
    command.arg("--key-file").arg(&key);
    let mut waiting = Running::start(command);
    let device = waiting.line("what to do", |line| {
        line.rsplit_once("approve ")
            .map(|(_, device)| device.to_owned())
    });
    ana.run(&["account", "devices", "approve", &device, "--timeout", "60"])
        .good();
    waiting.line("approval", |line| line.contains("let in").then_some(()));
    drop(waiting);

    let devices = ana.run(&["account", "devices", "--json"]).json().remove(0);
    let known: Vec<&Value> = devices
        .as_array()
        .unwrap()
        .iter()
        .filter(|known| known["device"] == device)
        .collect();
    assert_eq!(known.len(), 1, "{devices}");
    assert_eq!(known[0]["this"], false);
    assert_eq!(
        phone.run(&["account", "show", "--json"]).json()[0]["handle"],
        "ana"
    );

    // Both devices read on, the new one also in rooms that were there before it.
    let (mut first, mut second) = (ana.listen(), phone.listen());
    second.event("the room", |event| event["type"] == "room_added");
    bruno.say("@ana", "to both devices");
    first.message("to both devices");
    second.message("to both devices");
}

#[test]
fn a_device_that_nobody_asked_for_is_not_approved() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let ana = Person::create(root.path(), &relay, "ana");
    let told = ana.run(&[
        "account",
        "devices",
        "approve",
        &"0".repeat(32),
        "--timeout",
        "2",
    ]);
    assert_eq!(told.code, 1, "{told:?}");
}
