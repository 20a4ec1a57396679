//! The chat as lines: what is typed, what comes back, what a script learns from the exit code.

use crate::harness::{Person, Relay, end};

/// Types lines into a chat that ends with them; what it printed.
#[track_caller]
fn typed(person: &Person, arguments: &[&str], lines: &str) -> String {
    let mut words = vec!["chat", "--plain", "--timeout", "60"];
    words.extend(arguments);
    end(person.command(&words), lines).good()
}

#[test]
fn lines_of_a_pipe_are_sent_and_the_end_waits_for_them() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let (ana, bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    let mut listener = bruno.listen();
    let shown = typed(&ana, &["@bruno"], "um\n\n//dois\n");
    assert!(shown.starts_with("* you are @ana;"), "{shown}");
    assert!(!shown.contains('\u{1b}') && !shown.contains('>'), "{shown}");
    listener.message("um");
    listener.message("/dois");
}

#[test]
fn the_first_start_asks_two_things_until_both_are_right() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let closed = Relay::start_with(&root.path().join("closed"), &["--sign-up", "closed"]);
    let _ana = Person::create(root.path(), &relay, "ana");
    let bruno = Person::nobody(root.path(), "bruno");
    let key = bruno.key();
    let host = relay.address.rsplit_once('@').unwrap().1;
    let other = closed.address.rsplit_once('@').unwrap().0;
    let answers = [
        "chat.example",
        "https://chat.example/i/abc#def",
        &format!("{other}@{host}"),
        "Ana Duarte",
        "ana",
        &closed.address,
        &relay.address,
        "@bruno",
        "/hora",
    ];
    let shown = end(
        bruno.command(&["chat", "--plain", "--key-file", key.to_str().unwrap()]),
        &answers.map(|answer| format!("{answer}\n")).concat(),
    )
    .good();
    let told: Vec<_> = shown
        .lines()
        .filter(|line| line.starts_with("! "))
        .collect();
    for (line, begins) in told.iter().zip([
        "! that is not the address",
        "! that is an invitation link",
        "! a handle has 2 to 32",
        "! at that address is another relay",
        "! this relay takes no new accounts",
        "! @ana belongs to somebody else",
    ]) {
        assert!(line.starts_with(begins), "{line} in {shown}");
    }
    assert_eq!(told.len(), 6, "{shown}");
    assert!(shown.contains("your account @bruno is ready"), "{shown}");
    assert!(shown.contains("UTC"), "{shown}");
    assert_eq!(
        bruno.run(&["account", "show", "--json"]).json()[0]["handle"],
        "bruno"
    );
}

#[test]
fn the_first_start_ends_with_its_input() {
    let root = tempfile::tempdir().unwrap();
    let person = Person::nobody(root.path(), "x");
    let key = person.key();
    let words = ["chat", "--lang", "pt", "--key-file", key.to_str().unwrap()];
    let ended = end(person.command(&words), "não é um endereço\n");
    assert!(
        ended.out.contains("! isso não é o endereço de um relay"),
        "{ended:?}"
    );
    ended.failed(2, "SetUpEnded");
}
