//! Several accounts on one machine.

use crate::harness::{Person, Relay, end};

#[test]
fn each_profile_is_an_account_of_its_own() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let ana = Person::create(root.path(), &relay, "ana");
    let handle = |arguments: &[&str]| {
        let mut words = vec!["account", "show", "--json"];
        words.extend(arguments);
        ana.run(&words).json()[0]["handle"].clone()
    };
    ana.run(&["account", "show", "--profile", "work"])
        .failed(2, "NoSuchProfile");
    ana.run(&["profile", "add", "Work!"])
        .failed(2, "BadProfileName");
    ana.run(&["profile", "add", "work"]).good();
    ana.run(&["profile", "add", "work"])
        .failed(1, "ProfileExists");
    ana.run(&["account", "show", "--profile", "work"])
        .failed(1, "NoAccount");
    let key = root.path().join("work.key");
    let mut chat = ana.command(&["chat", "--profile", "work", "--key-file"]);
    chat.arg(&key);
    end(chat, &format!("{}\nana.work\n", relay.address)).good();
    assert_eq!(handle(&["--profile", "work"]), "ana.work");
    assert_eq!(handle(&[]), "ana");
    ana.run(&["profile", "use", "work"]).good();
    assert_eq!(handle(&[]), "ana.work");
    assert_eq!(handle(&["--profile", "default"]), "ana");
    let list = ana.run(&["profile"]).good();
    let rows: Vec<_> = list.lines().map(str::trim).collect();
    assert!(
        rows[0].starts_with("default") && !rows[0].contains("in use"),
        "{list}"
    );
    assert!(
        rows[1].starts_with("work") && rows[1].ends_with("in use"),
        "{list}"
    );
}

#[test]
fn a_profile_is_removed_when_that_is_sure_and_nobody_uses_it() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let ana = Person::create(root.path(), &relay, "ana");
    ana.run(&["profile", "remove", "default", "--yes"])
        .failed(2, "DefaultProfile");
    ana.run(&["profile", "add", "work"]).good();
    let key = root.path().join("work.key");
    let mut chat = ana.command(&["chat", "--profile", "work", "--key-file"]);
    chat.arg(&key);
    end(chat, &format!("{}\nana.work\n", relay.address)).good();
    ana.run(&["profile", "use", "work"]).good();
    let told = ana.run(&["profile", "remove", "work"]);
    assert!(told.out.contains("without another device"), "{told:?}");
    told.failed(2, "NotConfirmed");
    let listener = ana.listen();
    ana.run(&["profile", "remove", "work", "--yes"])
        .failed(1, "StoreInUse");
    drop(listener);
    ana.run(&["profile", "remove", "work", "--yes"]).good();
    assert!(!ana.folder.join("profiles").join("work").exists());
    let shown = ana.run(&["account", "show", "--json"]).json();
    assert_eq!(shown[0]["handle"], "ana");
}
