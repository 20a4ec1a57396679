//! A relay's identity is changed under people who are there, who are away, and who were away too long.

use crate::harness::{Ended, Person, Relay, end, lacre};
use serde_json::Value;
use std::path::Path;

fn keys(words: &[&str], folder: &Path) -> Ended {
    let mut command = lacre(&["relay", "keys"]);
    command.args(words).arg("--data").arg(folder);
    end(command, "")
}

fn told(words: &[&str], folder: &Path) -> Value {
    keys(&[words, &["--json"]].concat(), folder)
        .json()
        .remove(0)
}

/// The fingerprints of an address.
fn pins(address: &str) -> Vec<String> {
    let rest = address.strip_prefix("lacre://").unwrap();
    let (pins, _) = rest.split_once('@').unwrap();
    pins.split(',').map(str::to_owned).collect()
}

#[test]
fn a_new_identity_cuts_nobody_off_who_was_told_of_it() {
    let root = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(root.path());
    let folder = relay.folder.clone();
    let person = |relay: &Relay, name| Person::create(root.path(), relay, name);
    let [ana, bruno, clara, dario] = ["ana", "bruno", "clara", "dario"].map(|n| person(&relay, n));
    let first = pins(&relay.address);
    keys(&["rotate"], &folder).failed(1, "relay-keys");
    let before = std::fs::read(folder.join("relay.keys")).unwrap();

    // Prepared, once; the relay says so from its next start on.
    let said = keys(&["next"], &folder).good();
    assert!(said.contains("restart the relay"), "{said}");
    let next = told(&["next"], &folder);
    assert_eq!(next["fingerprint"], first[0].as_str());
    relay.kill();
    relay.restart_as_another();
    let both = pins(&relay.address);
    assert_eq!(both, [&first[0], next["next"].as_str().unwrap()]);
    // Ana, Bruno and Clara are told; Bruno stays. Dario is away.
    ana.say("@bruno", "one");
    clara.say("@ana", "here");
    let mut bruno_hears = bruno.listen();
    bruno_hears.message("one");

    // A relay that runs goes on with what it read.
    let rotated = told(&["rotate"], &folder);
    assert_eq!(rotated["fingerprint"], both[1].as_str());
    assert_eq!(rotated["former"][0], first[0].as_str());
    ana.say("@bruno", "two");
    bruno_hears.message("two");
    relay.kill();
    relay.restart_as_another();
    assert_eq!(pins(&relay.address), both[1..]);

    // Who was told gets in, with the address of long ago: one that stayed, two that come back.
    ana.say("@bruno", "three");
    bruno_hears.message("three");
    clara.say("@ana", "here again");
    ana.run(&["doctor"]).good();
    let shown = clara.run(&["account", "show", "--json"]).json().remove(0);
    assert_eq!(pins(shown["relay"].as_str().unwrap()), both[1..]);

    // Who was not told is refused, and told what to do. Nothing of the account is lost by it.
    let words = ["send", "@ana", "late", "--wait", "sent"];
    let said = dario.run(&words).failed(1, "WrongFingerprint");
    assert!(said.contains("lacre account relay"), "{said}");
    let (_, host) = relay.address.rsplit_once('@').unwrap();
    let unknown = dario.run(&["account", "relay", &relay.address]);
    unknown.failed(1, "OtherRelay");
    let named = format!("lacre://{},{}@{host}", both[1], both[0]);
    dario.run(&["account", "relay", &named]).good();
    dario.say("@ana", "here at last");
    let mut ana_hears = ana.listen();
    ana_hears.message("here at last");
    ana_hears.kill();

    // The former identity is not trusted again, whoever has it now.
    relay.kill();
    std::fs::write(folder.join("relay.keys"), before).unwrap();
    relay.restart_as_another();
    assert_eq!(pins(&relay.address), first);
    let words = ["send", "@bruno", "four", "--wait", "sent"];
    ana.run(&words).failed(1, "WrongFingerprint");
    let old = relay.address.clone();
    ana.run(&["account", "relay", &old]).good();
    ana.run(&words).failed(1, "WrongFingerprint");
}
