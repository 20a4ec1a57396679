//! What goes wrong with folders, files and networks.

use crate::harness::{Person, Relay};
use std::path::Path;

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_second_process_on_a_folder_is_told_so() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let ana = Person::create(root.path(), &relay, "ana");
    let listener = ana.listen();
    let told = ana.run(&["rooms"]).failed(1, "StoreInUse");
    assert!(told.contains("lacre listen"), "{told}");
    // Its lock goes with the process, however that ends.
    listener.kill();
    ana.run(&["rooms"]).good();
}

#[test]
fn without_a_relay_what_is_here_can_be_read() {
    let root = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(root.path());
    let (ana, _bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    ana.say("@bruno", "while it ran");
    relay.kill();
    assert_eq!(ana.history("@bruno"), ["while it ran"]);
    ana.run(&["rooms", "list"]).good();
    ana.run(&["rooms", "create", "Algebra", "--timeout", "1"])
        .failed(3, "Unreachable");
    ana.run(&["send", "@clara", "hello", "--timeout", "1"])
        .failed(3, "Unreachable");
    relay.restart();
    ana.say("@bruno", "it is back");
    assert_eq!(ana.history("@bruno"), ["while it ran", "it is back"]);
}

#[test]
fn a_damaged_store_is_refused_and_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let ana = Person::create(root.path(), &relay, "ana");
    let store = ana.folder.join("store.db");
    let mut bytes = std::fs::read(&store).unwrap();
    bytes[..4096].fill(0x5a);
    std::fs::write(&store, &bytes).unwrap();
    let told = ana.run(&["rooms"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(
        ["WrongKey", "StoreDamaged"].iter().any(|code| told
            .err
            .lines()
            .next()
            .unwrap()
            .ends_with(code)),
        "{told:?}"
    );
    assert!(told.err.contains("damaged"), "{told:?}");
    assert_eq!(std::fs::read(&store).unwrap(), bytes);
}

#[test]
fn damaged_settings_are_told() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let ana = Person::create(root.path(), &relay, "ana");
    std::fs::write(ana.folder.join("account.json"), b"{").unwrap();
    ana.run(&["rooms"]).failed(1, "SettingsDamaged");
}

#[test]
fn a_copied_folder_is_noticed_and_the_original_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let (ana, _bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    let copied = Person::nobody(root.path(), "copied");
    copy(&ana.folder, &copied.folder);
    ana.say("@bruno", "from the original");
    copied
        .run(&["send", "@bruno", "from the copy", "--wait", "sent"])
        .failed(4, "CopiedStore");
    ana.say("@bruno", "still here");
    assert_eq!(ana.history("@bruno"), ["from the original", "still here"]);
}
