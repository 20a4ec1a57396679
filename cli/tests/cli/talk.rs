//! Two people talk; processes die in between.

use crate::harness::{Person, Relay, Running, end, texts};

#[test]
fn a_message_arrives_while_somebody_listens() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let (ana, bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    let mut listener = bruno.listen();
    ana.say("@bruno", "Olá, **Bruno**");
    let event = listener.message("Olá, **Bruno**");
    assert_eq!(event["sender"]["handle"], "ana");
    assert_eq!(event["room_name"], "ana");
    assert_eq!(event["own"], false);
    assert_eq!(event["kind"], "text");
    assert_eq!(event["state"], "sent");
    assert_eq!(event["reply_to"], serde_json::Value::Null);
    assert_eq!(event["room"].as_str().unwrap().len(), 32);
    assert_eq!(event["id"].as_str().unwrap().len(), 64);
    assert!(
        event["seq"].as_u64().unwrap() > 0 && event["time"].as_u64().unwrap() > 1_700_000_000_000
    );
    listener.kill();
    assert_eq!(bruno.history("@ana"), ["Olá, **Bruno**"]);
    assert_eq!(ana.history("@bruno"), ["Olá, **Bruno**"]);
    let shown = bruno.run(&["history", "@ana"]).good();
    assert!(
        shown.trim_end().ends_with("@ana: Olá, **Bruno**"),
        "{shown}"
    );
}

#[test]
fn text_is_read_from_standard_input() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let (ana, _bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    end(
        ana.command(&["send", "@bruno", "-", "--timeout", "60"]),
        "two\nlines\n",
    )
    .good();
    let sent = end(
        ana.command(&["send", "@bruno", "--json", "--timeout", "60"]),
        "one line",
    )
    .json();
    assert_eq!(sent[0]["state"], "sent");
    assert_eq!(ana.history("@bruno"), ["two\nlines", "one line"]);
    ana.run(&["send", "@bruno"]).failed(2, "NoText");
}

#[test]
fn a_relay_that_was_killed_has_lost_nothing() {
    let root = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(root.path());
    let (ana, bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    let mut listener = bruno.listen();
    ana.say("@bruno", "one");
    listener.message("one");
    ana.say("@bruno", "two");
    relay.kill();
    ana.run(&[
        "send",
        "@bruno",
        "three",
        "--wait",
        "sent",
        "--timeout",
        "1",
    ])
    .failed(3, "NotSent");
    let queued = ana
        .run(&["send", "@bruno", "four", "--timeout", "1", "--json"])
        .json();
    assert_eq!(queued[0]["state"], "queued");
    relay.restart();
    ana.say("@bruno", "five");
    listener.message("five");
    assert_eq!(
        texts(&listener.kill()),
        ["one", "two", "three", "four", "five"]
    );
    assert_eq!(
        bruno.history("@ana"),
        ["one", "two", "three", "four", "five"]
    );
    assert_eq!(
        ana.history("@bruno"),
        ["one", "two", "three", "four", "five"]
    );
}

#[test]
fn a_listener_that_was_killed_catches_up_once() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let (ana, bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    let mut listener = bruno.listen();
    ana.say("@bruno", "before");
    listener.message("before");
    listener.kill();
    let missed: Vec<String> = (0..10).map(|number| format!("missed {number}")).collect();
    missed.iter().for_each(|text| ana.say("@bruno", text));
    let mut listener = bruno.listen();
    ana.say("@bruno", "after");
    listener.message("after");
    let told = texts(&listener.kill());
    assert_eq!(told[..10], missed);
    assert_eq!(told[10..], ["after"]);
    let all: Vec<String> = std::iter::once("before".to_owned())
        .chain(missed)
        .chain(["after".to_owned()])
        .collect();
    assert_eq!(bruno.history("@ana"), all);
    assert_eq!(
        bruno
            .run(&["history", "@ana", "--limit", "2", "--json"])
            .json()
            .len(),
        2
    );
}

#[test]
fn one_room_can_be_listened_to() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let (ana, bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    let clara = Person::create(root.path(), &relay, "clara");
    let mut listener =
        Running::start(bruno.command(&["listen", "@ana", "--json", "--timeout", "60"]));
    listener.online();
    clara.say("@bruno", "not for this listener");
    ana.say("@bruno", "for this listener");
    listener.message("for this listener");
    assert_eq!(texts(&listener.kill()), ["for this listener"]);
}

#[test]
fn people_read_lines() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let (ana, bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    let mut listener = Running::start(bruno.command(&["listen"]));
    listener.line("connection", |line| (line == "connected").then_some(()));
    ana.say("@bruno", "a\u{1b}[2Jb\u{202e}c");
    let line = listener.line("message", |line| {
        line.contains("@ana: ").then(|| line.to_owned())
    });
    assert!(line.ends_with("@ana: a\u{fffd}[2Jb\u{fffd}c"), "{line:?}");
    ana.say("@bruno", "next");
    listener.line("message", |line| line.ends_with("@ana: next").then_some(()));
    let told = listener
        .seen()
        .iter()
        .filter(|line| line.contains("[2J"))
        .count();
    assert_eq!(told, 1);
}
