//! Rooms: create, invite, join, leave, open, close, show.

use crate::harness::{Person, Relay};
use serde_json::Value;

fn show(person: &Person, room: &str) -> Value {
    person
        .run(&["rooms", "show", room, "--json"])
        .json()
        .remove(0)
}

fn handles(room: &Value) -> Vec<&str> {
    room["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["handle"].as_str().unwrap())
        .collect()
}

#[test]
fn a_group_is_made_grows_and_shrinks() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let [ana, bruno, clara] =
        ["ana", "bruno", "clara"].map(|name| Person::create(root.path(), &relay, name));
    let mut listener = bruno.listen();
    ana.run(&["rooms", "create", "Algebra 3", "@bruno", "--timeout", "60"])
        .good();
    let added = listener.event("room_added", |event| event["type"] == "room_added");
    ana.say("Algebra 3", "welcome");
    let message = listener.message("welcome");
    assert_eq!(message["room"], added["room"]);
    assert_eq!(message["room_name"], "Algebra 3");

    ana.run(&["rooms", "invite", "Algebra 3", "@clara", "--timeout", "60"])
        .good();
    listener.event("member", |event| {
        event["type"] == "member" && event["joined"] == true
    });
    let room = show(&ana, "Algebra 3");
    assert_eq!(handles(&room), ["ana", "bruno", "clara"]);
    assert_eq!(
        (&room["kind"], &room["joined"]),
        (&Value::from("group"), &Value::from(true))
    );
    assert_eq!(room["members"][0]["role"], "owner");

    let mut late = clara.listen();
    ana.say("Algebra 3", "now with Clara");
    late.message("now with Clara");
    late.kill();
    clara
        .run(&["rooms", "leave", "Algebra 3", "--timeout", "60"])
        .good();
    listener.event("member", |event| {
        event["type"] == "member" && event["joined"] == false
    });
    listener.kill();
    assert_eq!(show(&clara, "Algebra 3")["joined"], false);
    clara
        .run(&["send", "Algebra 3", "still here?"])
        .failed(4, "NotInRoom");

    let id = room["id"].as_str().unwrap();
    assert_eq!(show(&ana, &id[..8])["name"], "Algebra 3");
    let list = ana.run(&["rooms", "--json"]).json().remove(0);
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert!(ana.run(&["rooms"]).good().contains("Algebra 3"));
}

#[test]
fn leaving_waits_for_somebody_who_stays() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let [ana, bruno] = ["ana", "bruno"].map(|name| Person::create(root.path(), &relay, name));
    ana.run(&["rooms", "create", "Algebra 3", "@bruno", "--timeout", "60"])
        .good();
    let asked = bruno
        .run(&["rooms", "leave", "Algebra 3", "--timeout", "5"])
        .good();
    assert!(asked.contains("asked to leave"), "{asked}");
    let mut stays = ana.listen();
    stays.event("member", |event| {
        event["type"] == "member" && event["joined"] == false
    });
    let mut left = bruno.listen();
    left.event("room_removed", |event| {
        event["type"] == "room_removed" && event["left"] == true
    });
    left.kill();
    assert_eq!(show(&bruno, "Algebra 3")["joined"], false);
}

#[test]
fn an_open_room_lets_people_in_and_a_closed_one_does_not() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let [ana, bruno, clara] =
        ["ana", "bruno", "clara"].map(|name| Person::create(root.path(), &relay, name));
    ana.run(&["rooms", "create", "Plaza", "--timeout", "60"])
        .good();
    let id = show(&ana, "Plaza")["id"].as_str().unwrap().to_owned();
    let told = bruno.run(&["rooms", "join", &id, "--timeout", "20"]);
    assert_eq!(told.code, 4, "{told:?}");
    let opened = ana
        .run(&["rooms", "open", "Plaza", "--timeout", "60"])
        .good();
    assert!(opened.contains(&id), "{opened}");
    bruno.run(&["rooms", "join", &id, "--timeout", "60"]).good();
    bruno.say(&id[..8], "hello from outside");
    let mut listener = ana.listen();
    bruno.say(&id[..8], "and again");
    listener.message("and again");
    listener.kill();
    assert_eq!(ana.history("Plaza"), ["hello from outside", "and again"]);
    ana.run(&["rooms", "close", "Plaza", "--timeout", "60"])
        .good();
    let told = clara.run(&["rooms", "join", &id, "--timeout", "20"]);
    assert_eq!(told.code, 4, "{told:?}");
}

#[test]
fn people_and_rooms_that_are_not_there_are_told() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let ana = Person::create(root.path(), &relay, "ana");
    ana.run(&["rooms", "create", "Alone", "@nobody", "--timeout", "60"])
        .failed(1, "NoSuchAccount");
    ana.run(&["send", "@nobody", "hello", "--timeout", "60"])
        .failed(1, "NoSuchAccount");
    ana.run(&["send", "Algebra", "hello"])
        .failed(1, "NoSuchRoomHere");
    ana.run(&["history", "@bruno"]).failed(1, "NoSuchRoomHere");
    ana.run(&["rooms", "join", "abc", "--timeout", "60"])
        .failed(1, "NoSuchRoom");
    ana.run(&["rooms", "join", "a/b", "--timeout", "60"])
        .failed(2, "BadName");
}

#[test]
fn listed_rooms_are_found_by_name() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let [ana, bruno] = ["ana", "bruno"].map(|name| Person::create(root.path(), &relay, name));
    let empty = ana.run(&["rooms", "list", "--all", "--timeout", "60"]);
    assert!(empty.good().contains("--listed"));
    ana.run(&[
        "rooms",
        "create",
        "Álgebra 3",
        "--listed",
        "--timeout",
        "60",
    ])
    .good();
    bruno
        .run(&[
            "rooms",
            "create",
            " álgebra  3 ",
            "--listed",
            "--timeout",
            "60",
        ])
        .failed(1, "NameTaken");
    let list = bruno
        .run(&["rooms", "list", "--all", "--json", "--timeout", "60"])
        .json()
        .remove(0);
    assert_eq!(list[0]["name"], "álgebra 3");
    assert_eq!(
        (&list[0]["members"], &list[0]["open"]),
        (&1.into(), &true.into())
    );
    // Nobody is online who could let him in.
    bruno
        .run(&["rooms", "join", "Álgebra 3", "--timeout", "60"])
        .good();
    bruno.say("álgebra 3", "hello");
    assert_eq!(show(&bruno, "álgebra 3")["listed"], "álgebra 3");
}

#[test]
fn a_space_is_made_for_many() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let [ana, bruno] = ["ana", "bruno"].map(|name| Person::create(root.path(), &relay, name));
    let create = |arguments: &[&str]| {
        let create = ["rooms", "create", "--space", "--timeout", "60"];
        ana.run(&[&create[..], arguments].concat()).good()
    };
    create(&["Teachers", "@bruno"]);
    assert!(create(&["school", "--listed"]).contains("space"));
    bruno
        .run(&["rooms", "join", "school", "--timeout", "60"])
        .good();
    for (room, listed) in [("Teachers", Value::Null), ("school", "school".into())] {
        bruno.say(room, "good morning");
        let shown = show(&bruno, room);
        assert_eq!(
            (&shown["kind"], &shown["listed"]),
            (&"space".into(), &listed)
        );
        assert_eq!(handles(&shown).len(), 2);
    }
}
