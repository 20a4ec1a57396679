//! What a person has seen, and what they are told.

use lacre::{MessageId, Millis, NotifyReason, NotifyRule, RoomId, Unread};
use lacre_tests::device::Device;
use lacre_tests::journal::Told;
use lacre_tests::world::World;

/// Waits until a device was told that so many messages are unread.
async fn has_unread(device: &Device, room: RoomId, messages: u32) -> Unread {
    device
        .until(&format!("{messages} unread"), |told| {
            told.unread
                .get(&room)
                .is_some_and(|u| u.messages == messages)
        })
        .await;
    let unread = device.room(room).unread().unwrap();
    assert_eq!(device.look(|told| told.unread[&room]), unread);
    assert_eq!(device.room(room).info().unwrap().unread, unread);
    unread
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_messages_are_counted_and_read() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    let said = ana.say_many(room, "unread", 5).await;
    let unread = has_unread(&bruno, room, 5).await;
    assert_eq!(unread.first, Some(said[0]));
    assert!(!unread.marked && unread.mentions == 0);
    // Who wrote them has nothing to read.
    assert_eq!(ana.room(room).unread().unwrap(), Unread::default());

    bruno.room(room).mark_read(said[1]).await.unwrap();
    assert_eq!(has_unread(&bruno, room, 3).await.first, Some(said[2]));
    // The marker does not go back by reading.
    bruno.room(room).mark_read(said[0]).await.unwrap();
    assert_eq!(bruno.room(room).unread().unwrap().messages, 3);
    // An own message in between is not unread; a deleted one no longer is.
    bruno.says(room, "wait").await;
    ana.deletes(room, said[2]).await;
    assert_eq!(has_unread(&bruno, room, 2).await.first, Some(said[3]));

    // It is kept.
    bruno.restart().await;
    assert_eq!(bruno.room(room).unread().unwrap().messages, 2);
    bruno.room(room).mark_all_read().await.unwrap();
    assert_eq!(bruno.room(room).unread().unwrap(), Unread::default());
    bruno.room(room).mark_unread(said[3]).await.unwrap();
    let unread = has_unread(&bruno, room, 2).await;
    assert_eq!((unread.first, unread.marked), (Some(said[3]), true));
    let later = ana.says(room, "and one more").await;
    assert!(has_unread(&bruno, room, 3).await.marked);
    bruno.room(room).mark_read(later).await.unwrap();
    assert_eq!(has_unread(&bruno, room, 0).await, Unread::default());
    let unknown = lacre::MessageId::compute("a", "b", b"", &[0; 16]).unwrap();
    let refused = bruno.room(room).mark_read(unknown).await.unwrap_err();
    assert_eq!(refused.kind(), lacre::ErrorKind::NotFound);
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// Two runs and more: what is counted is what is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_while_away_is_unread() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    bruno.close().await;
    let said = ana.say_many(room, "away", 600).await;
    ana.sees(room, &said).await;
    bruno.open().await;
    assert_eq!(has_unread(&bruno, room, 600).await.first, Some(said[0]));
    let told = bruno.look(|told| told.unread_times);
    assert!(
        told < 100,
        "told {told} times for 600 messages: not once a run"
    );
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// Waits until a device was to tell its person about a message, and says why.
async fn is_notified(device: &Device, message: MessageId) -> NotifyReason {
    let of = |told: &Told| {
        let found = told.notified.iter().find(|(about, _)| *about == message);
        found.map(|(_, reason)| *reason)
    };
    device
        .until("a notification", |told| of(told).is_some())
        .await;
    device.look(of).unwrap()
}

/// Everything a device was to tell its person about.
fn notified(device: &Device) -> Vec<MessageId> {
    device.look(|told| told.notified.iter().map(|(about, _)| *about).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_told_what_they_want_to_know() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let direct = ana.direct(&bruno).await;
    bruno.enters(direct).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let first = ana.says(direct, "hello").await;
    assert_eq!(is_notified(&bruno, first).await, NotifyReason::Direct);
    let question = bruno.says(room, "who knows?").await;
    carla.sees(room, &[question]).await;
    let answer = carla.reply(room, question, "I do").await;
    assert_eq!(is_notified(&bruno, answer).await, NotifyReason::Reply);
    let aside = ana.says(room, "so do I").await;
    assert_eq!(is_notified(&bruno, aside).await, NotifyReason::Message);
    let mut expected = vec![first, answer, aside];

    // What is on screen needs no telling.
    bruno.client().focus(Some(room)).await.unwrap();
    let on_screen = ana.says(room, "you see this").await;
    bruno.sees(room, &[on_screen]).await;
    bruno.client().focus(None).await.unwrap();

    let algebra = bruno.room(room);
    algebra
        .set_notify_rule(NotifyRule::Mentions, None)
        .await
        .unwrap();
    let chatter = ana.says(room, "chatter").await;
    bruno.sees(room, &[chatter]).await;
    let again = ana.reply(room, question, "to bruno").await;
    assert_eq!(is_notified(&bruno, again).await, NotifyReason::Reply);
    expected.push(again);

    let called = carla.says(room, "@bruno, are you there?").await;
    assert_eq!(is_notified(&bruno, called).await, NotifyReason::Mention);
    assert_eq!(algebra.unread().unwrap().mentions, 1);
    algebra.mark_read(called).await.unwrap();
    assert_eq!(algebra.unread().unwrap().mentions, 0);
    expected.push(called);

    let later = Some(Millis::MAX / 2);
    algebra
        .set_notify_rule(NotifyRule::Nothing, later)
        .await
        .unwrap();
    assert_eq!(algebra.notify_rule().unwrap(), (NotifyRule::Nothing, later));
    let muted = ana.reply(room, question, "nobody hears").await;
    bruno.sees(room, &[muted]).await;
    // A time that has passed: the rule that was set for good holds again.
    algebra
        .set_notify_rule(NotifyRule::Nothing, Some(1))
        .await
        .unwrap();
    assert_eq!(algebra.notify_rule().unwrap(), (NotifyRule::Mentions, None));
    drop(algebra);

    // Nothing is told twice, what came meanwhile is told, and what was set is kept.
    bruno
        .room(room)
        .set_draft("I was about to say")
        .await
        .unwrap();
    bruno.close().await;
    let missed = ana.says(room, "missed chatter").await;
    let called = carla.reply(room, question, "missed answer").await;
    carla.has_sent(room, called).await;
    bruno.open().await;
    assert_eq!(is_notified(&bruno, called).await, NotifyReason::Reply);
    bruno.sees(room, &[missed]).await;
    expected.push(called);
    assert_eq!(
        bruno.room(room).notify_rule().unwrap(),
        (NotifyRule::Mentions, None)
    );
    assert_eq!(bruno.room(room).draft().unwrap(), "I was about to say");
    bruno.room(room).set_draft("").await.unwrap();
    assert_eq!(bruno.room(room).draft().unwrap(), "");
    let last = ana.says(direct, "done").await;
    is_notified(&bruno, last).await;
    expected.push(last);
    assert_eq!(notified(&bruno), expected);
    assert!(
        !notified(&ana).contains(&first),
        "own messages are not told"
    );
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

/// A device that was away long is not flooded, and learns of what concerns its person.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_is_not_flooded() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.group("Algebra", &[&bruno]).await;
    let question = bruno.says(room, "who knows?").await;
    ana.sees(room, &[question]).await;
    bruno.close().await;
    let answer = ana.reply(room, question, "the answer").await;
    let said = ana.say_many(room, "chatter", 400).await;
    ana.sees(room, &said).await;
    bruno.open().await;
    let last = said[said.len() - 1];
    assert_eq!(is_notified(&bruno, last).await, NotifyReason::Message);
    assert_eq!(is_notified(&bruno, answer).await, NotifyReason::Reply);
    let told = notified(&bruno).len();
    assert!(told < 200, "{told} notifications for 401 messages");
    world.check(&mut [&mut ana, &mut bruno]).await;
}
