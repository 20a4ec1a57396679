//! A member who sends what it should not: somebody else's name, a false tag, another's envelope, a
//! false history, yesterday's epoch.

use lacre::ItemBody;
use lacre_engine::content::{Content, RoomKey};
use lacre_tests::hostile::loot::public_state;
use lacre_tests::hostile::scene::Scene;
use lacre_tests::hostile::speech::Speech;
use lacre_tests::hostile::villain::{NOBODYS, random, refused};
use lacre_tests::journal::Told;
use lacre_wire::answer::{Accepted, Answer};
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{RoomId, SubmitId};
use lacre_wire::log::EntryKind;

fn accepted(answer: Answer) -> Accepted {
    match answer {
        Answer::Accepted(accepted) => accepted,
        other => panic!("the relay cannot see that it is false: {other:?}"),
    }
}

/// The content says Ana; says another room; has another content's tag. Everybody reads that something
/// stands there that cannot be shown, and why; nobody reads the text.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_speaks_in_anothers_name_or_without_proof() {
    let mut scene = Scene::begin().await;
    let ana = scene.ana.account();
    let cases = [
        (
            "WrongOrigin",
            Speech {
                sender: Some(ana),
                ..Speech::default()
            },
        ),
        (
            "WrongOrigin",
            Speech {
                room: Some(RoomId([9; 16])),
                ..Speech::default()
            },
        ),
        (
            "BadTag",
            Speech {
                false_tag: true,
                ..Speech::default()
            },
        ),
    ];
    for (code, speech) in cases {
        scene.follow().await;
        let sealed = scene.mallory.seal(&mut scene.seat, "I am Ana", &speech);
        let answer = scene.mallory.submit(scene.room, &sealed).await;
        let seq = accepted(answer).seq;
        for person in [&scene.ana, &scene.bruno] {
            assert_eq!(scene.placeholder(person, seq).await, code);
        }
    }
    // What is true of it is shown: the program speaks well.
    scene.follow().await;
    let sealed = scene
        .mallory
        .seal(&mut scene.seat, "I am Mallory", &Speech::default());
    accepted(scene.mallory.submit(scene.room, &sealed).await);
    for person in [&scene.ana, &scene.bruno] {
        person.reads(scene.room, "I am Mallory").await;
        assert_eq!(
            person.texts(scene.room).await.last().map(String::as_str),
            Some("I am Mallory")
        );
    }
    scene.room_goes_on().await;
}

/// Mallory edits and deletes what Ana said, takes back her reaction, and closes her poll. Nobody's
/// screen changes; what Mallory may, such as reacting, it does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_changes_what_another_said() {
    let mut scene = Scene::begin().await;
    let room = scene.room;
    let said = scene.ana.says(room, "I said this").await;
    scene.ana.reacts(room, said, "👍").await;
    let here = scene.ana.room(room);
    let poll = here.poll("When?", &["today", "tomorrow"], false);
    let poll = scene.ana.within("a poll", poll).await.unwrap();
    let poll_id = poll.message_id();
    let sent = poll.sent();
    scene.ana.within("the poll is sent", sent).await.unwrap();
    scene.bruno.sees(room, &[said, poll_id]).await;
    let reactions = |told: &Told| told.item(room, said).map_or(0, |item| item.reactions.len());
    scene
        .bruno
        .until("the reaction", |told| reactions(told) == 1)
        .await;
    scene.follow().await;
    let heard = scene.seat.heard.iter();
    let reaction = heard
        .filter(|(_, content)| matches!(content, Content::Reaction { to, .. } if *to == said))
        .map(|(id, _)| *id)
        .next_back()
        .unwrap();
    let deeds = [
        Content::Edit {
            replaces: said,
            markdown: "Mallory is right".to_owned(),
        },
        Content::Delete { replaces: said },
        Content::Unreact { replaces: reaction },
        Content::ClosePoll { poll: poll_id },
        Content::Reaction {
            to: said,
            emoji: "🎉".to_owned(),
        },
    ];
    for deed in deeds {
        scene.follow().await;
        let speech = Speech {
            content: Some(deed),
            ..Speech::default()
        };
        let sealed = scene.mallory.seal(&mut scene.seat, "", &speech);
        accepted(scene.mallory.submit(room, &sealed).await);
    }
    for person in [&scene.ana, &scene.bruno] {
        // The last of its deeds is one that it may do.
        person
            .until("mallory's own reaction", |told| reactions(told) == 2)
            .await;
        let item = person.item(room, said).await;
        assert!(
            matches!(&item.body, ItemBody::Text(text) if text == "I said this"),
            "{:?}",
            item.body
        );
        let poll = person.item(room, poll_id).await;
        assert!(
            matches!(&poll.body, ItemBody::Poll(poll) if !poll.closed),
            "{:?}",
            poll.body
        );
    }
    scene.room_goes_on().await;
}

/// A key for the room under the last number there is, so that none could follow it. It is passed over:
/// after Mallory is removed the room's name goes under a key that Mallory has not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_number_of_a_key_is_not_taken() {
    let mut scene = Scene::begin().await;
    for number in [u32::MAX, u32::MAX - 1] {
        let speech = Speech {
            content: Some(Content::RoomKeys {
                number,
                key: RoomKey::new([7; 32]),
            }),
            ..Speech::default()
        };
        let sealed = scene.mallory.seal(&mut scene.seat, "", &speech);
        let seq = accepted(scene.mallory.submit(scene.room, &sealed).await).seq;
        let said = scene.bruno.says(scene.room, "next").await;
        scene.ana.sees(scene.room, &[said]).await;
        assert!(scene.head() > seq);
        scene.follow().await;
    }
    let room = scene.ana.room(scene.room);
    let removed = room.remove(scene.mallory.account());
    scene
        .ana
        .within("mallory is removed", removed)
        .await
        .unwrap();
    let renamed = room.set_name("Without Mallory");
    scene.ana.within("a new name", renamed).await.unwrap();
    scene
        .bruno
        .until("the new name", |_| {
            scene.bruno.room(scene.room).name() == "Without Mallory"
        })
        .await;
    let state = public_state(scene.world.relay.folder(), scene.room).room_state();
    let number = state.profile.unwrap().key_number;
    assert!((2..1000).contains(&number), "{number}");
    scene.room_goes_on().await;
}

/// A member says it was shown another history. That accuses the relay: it is told, and stops nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_false_history_is_not_shown_and_stops_nobody() {
    let mut scene = Scene::begin().await;
    let speech = Speech {
        seen: Some((scene.seat.seq, NOBODYS)),
        ..Speech::default()
    };
    let sealed = scene.mallory.seal(&mut scene.seat, "believe me", &speech);
    let answer = scene.mallory.submit(scene.room, &sealed).await;
    let seq = accepted(answer).seq;
    for person in [&scene.ana, &scene.bruno] {
        assert_eq!(scene.placeholder(person, seq).await, "LogForked");
        assert!(person.look(|told| told.errors.iter().any(|e| e.code() == "LogForked")));
    }
    scene.room_goes_on().await;
}

/// Mallory submits Ana's envelope once more, as its own. It is there twice and shown once, and stays
/// Ana's; Ana's own client does not take it for a second sending.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_envelope_of_another_is_shown_once() {
    let mut scene = Scene::begin().await;
    let message = scene.ana.says(scene.room, "only once").await;
    scene.bruno.reads(scene.room, "only once").await;
    scene.follow().await;
    let last = scene.seat.read.last().unwrap();
    assert_eq!(last.kind, EntryKind::Message);
    let (first, body) = (last.seq, last.body.bytes().unwrap().to_vec());
    let again = accepted(scene.mallory.submit(scene.room, &body).await).seq;
    // Ana's device knows its own sealing, Bruno's has used the key up.
    for (person, code) in [(&scene.ana, "NotAMessage"), (&scene.bruno, "Undecryptable")] {
        assert_eq!(scene.placeholder(person, again).await, code);
        let texts = person.texts(scene.room).await;
        let times = texts.iter().filter(|text| *text == "only once").count();
        assert_eq!(times, 1, "{}", person.name());
        let item = person.item(scene.room, message).await;
        assert_eq!((item.seq, item.sender), (Some(first), scene.ana.account()));
    }
    scene.room_goes_on().await;
}

/// A message sealed before a commit comes after it: the relay takes it into no log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_epoch_is_refused() {
    let mut scene = Scene::begin().await;
    let stale = scene
        .mallory
        .seal(&mut scene.seat, "yesterday", &Speech::default());
    let renamed = scene.ana.room(scene.room);
    let renamed = renamed.set_name("Geometria");
    scene.ana.within("a commit", renamed).await.unwrap();
    let answer = scene.mallory.submit(scene.room, &stale).await;
    let epoch = scene.world.logged(scene.room).epoch;
    assert!(
        matches!(answer, Answer::WrongEpoch { epoch: now, .. } if now == epoch),
        "{answer:?}"
    );
    assert!(!scene.is_logged(&stale));
    scene.room_goes_on().await;
}

/// One submit id, two contents: the first is what was said; the second is answered as the first, and
/// stands nowhere. An id of somebody else's gains nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_submit_id_says_one_thing() {
    let mut scene = Scene::begin().await;
    let id = SubmitId(random());
    let mut seal = |text: &str| {
        scene
            .mallory
            .seal(&mut scene.seat, text, &Speech::default())
    };
    let (first, second) = (seal("the first"), seal("the second"));
    let said = accepted(scene.mallory.submit_under(scene.room, &first, id).await);
    let again = accepted(scene.mallory.submit_under(scene.room, &second, id).await);
    assert_eq!(said, again);
    assert!(scene.is_logged(&first) && !scene.is_logged(&second));
    for person in [&scene.ana, &scene.bruno] {
        person.reads(scene.room, "the first").await;
    }
    scene.room_goes_on().await;
    for person in [&scene.ana, &scene.bruno] {
        let texts = person.texts(scene.room).await;
        assert!(!texts.contains(&"the second".to_owned()));
    }
}

/// Bytes that are no message of this room are not taken in: a handshake, another room's, none at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_messages_of_the_room_are_taken() {
    let mut scene = Scene::begin().await;
    let sealed = scene
        .mallory
        .seal(&mut scene.seat, "somewhere else", &Speech::default());
    let mut elsewhere = sealed.clone();
    let at = elsewhere
        .windows(16)
        .position(|window| window == scene.room.0)
        .unwrap();
    elsewhere[at] ^= 1;
    let answer = scene.mallory.submit(scene.room, &elsewhere).await;
    assert_eq!(refused(answer), ErrorCode::WrongGroup);
    let commit = scene
        .world
        .logged(scene.room)
        .entries
        .iter()
        .rfind(|entry| entry.link.kind == EntryKind::Commit)
        .map(|entry| entry.link.seq)
        .unwrap();
    let handshake = scene.seat.read.iter().find(|entry| entry.seq == commit);
    let handshake = handshake.unwrap().body.bytes().unwrap().to_vec();
    let answer = scene.mallory.submit(scene.room, &handshake).await;
    assert_eq!(refused(answer), ErrorCode::Malformed);
    let answer = scene.mallory.submit(scene.room, &[0xff; 40]).await;
    assert_eq!(refused(answer), ErrorCode::Malformed);
    assert!(!scene.is_logged(&elsewhere));
    scene.room_goes_on().await;
}
