//! Finding messages from the command line, beside a running client.

use crate::harness::{Person, Relay};

#[test]
fn messages_are_found_while_a_client_runs() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let (ana, bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    let mut listener = bruno.listen();
    ana.say("@bruno", "A equação tem **duas** raízes");
    ana.say("@bruno", "nada a ver");
    ana.say("@bruno", "e a outra equacao?");
    listener.message("e a outra equacao?");

    let shown = bruno.run(&["search", "EQUAÇ"]).good();
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines.len(), 2, "{shown}");
    assert!(lines[0].ends_with("@ana: e a outra equacao?"), "{shown}");
    assert!(
        lines[1].ends_with("@ana: A equação tem **duas** raízes"),
        "{shown}"
    );

    let found = |arguments: &[&str]| -> Vec<String> {
        let all = [&["search", "--json"], arguments].concat();
        let hits = bruno.run(&all).json();
        hits.iter()
            .map(|hit| hit["text"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(found(&["duas", "raiz"]), ["A equação tem **duas** raízes"]);
    assert_eq!(found(&["outra equacao"]), ["e a outra equacao?"]);
    assert_eq!(found(&["equacao", "--limit", "1"]).len(), 1);
    assert_eq!(
        found(&["equacao", "--room", "@ana", "--from", "@ana"]).len(),
        2
    );
    assert!(found(&["equacao", "--from", "bruno"]).is_empty());
    assert!(found(&["x OR equacao"]).is_empty());
    bruno
        .run(&["search", "equacao", "--from", "@carla"])
        .failed(1, "NoSuchPersonHere");
    let nothing = bruno.run(&["search", "xyz", "--lang", "pt"]).good();
    assert_eq!(nothing.trim(), "nada encontrado neste dispositivo");
    listener.kill();
}
