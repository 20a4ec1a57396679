//! Messages that are sent later, and messages that go by themselves.

use lacre::{Millis, Search, SendState};
use lacre_tests::device::Device;
use lacre_tests::puppet::now;
use lacre_tests::world::World;
use std::time::Duration;

const HOUR: Millis = 3_600_000;

async fn finds(device: &Device, words: &str) -> usize {
    device
        .client()
        .search(Search::words(words))
        .await
        .unwrap()
        .len()
}

/// One is sent while its device is on, one was overdue when it is on again, one was taken back, one was
/// changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_sent_when_they_are_due() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    let here = ana.room(room);
    let wrong = here.schedule("nunca", now() + HOUR).await.unwrap();
    let late = here.schedule("tarde", now() + HOUR).await.unwrap();
    here.schedule("logo", now() + 500).await.unwrap();
    assert_eq!(ana.client().scheduled().unwrap().len(), 3);
    bruno.reads(room, "logo").await;
    ana.until("the news that it was sent", |told| told.scheduled_sent == 1)
        .await;
    here.cancel_scheduled(wrong).await.unwrap();
    let error = here.edit_scheduled(wrong, "doch", now()).await.unwrap_err();
    assert_eq!(error.code(), "NoSuchScheduled");

    here.edit_scheduled(late, "cedo", now() + 500)
        .await
        .unwrap();
    drop(here);
    ana.close().await;
    // Its time comes while the device is off; the clock of the world turns by itself.
    let due = now() + 500;
    while now() < due {
        tokio::task::yield_now().await;
    }
    ana.open().await;
    bruno.reads(room, "cedo").await;
    assert!(ana.room(room).scheduled().unwrap().is_empty());
    assert_eq!(bruno.texts(room).await, ["logo", "cedo"]);
    world.check(&mut [&mut ana, &mut bruno]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_to_a_room_that_was_left_is_not_lost() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.group("Algebra", &[&bruno]).await;
    let at = now() + HOUR;
    let id = bruno.room(room).schedule("até amanhã", at).await.unwrap();
    bruno
        .within("leaving", bruno.room(room).leave())
        .await
        .unwrap();
    bruno
        .room(room)
        .edit_scheduled(id, "até amanhã", now())
        .await
        .unwrap();
    bruno
        .until("the failure", |told| told.scheduled_failed == ["NotInRoom"])
        .await;
    let kept = bruno.room(room).scheduled().unwrap();
    assert_eq!((kept[0].id, kept[0].text.as_str()), (id, "até amanhã"));
    assert_eq!(kept[0].failed.as_deref(), Some("NotInRoom"));
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// The message goes from both devices at the same moment, from the timeline and from the search; so it
/// does from a device that was off.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_goes_at_its_time() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let lifetime = Duration::from_secs(4);
    let sent = ana
        .room(room)
        .send_expiring("efêmero", lifetime)
        .await
        .unwrap();
    let message = sent.message_id();
    for device in [&ana, &bruno, &carla] {
        device.sees(room, &[message]).await;
    }
    let answer = bruno.reply(room, message, "resposta").await;
    bruno.reacts(room, message, "👍").await;
    carla.sees(room, &[answer]).await;
    carla.close().await;
    for device in [&ana, &bruno] {
        assert!(device.item(room, message).await.expires.is_some());
        assert_eq!(finds(device, "efemero").await, 1, "{}", device.name());
    }
    let timeline = bruno.room(room).timeline().await.unwrap();
    let mut list = timeline.snapshot();
    for device in [&ana, &bruno] {
        device
            .until("its end", |told| told.gone.contains(&message))
            .await;
        assert_eq!(device.texts(room).await, ["resposta"], "{}", device.name());
        assert_eq!(finds(device, "efemero").await, 0, "{}", device.name());
    }
    while list.iter().any(|item| item.message == message) {
        let diff = bruno
            .within("the timeline", timeline.next_diff())
            .await
            .unwrap();
        diff.apply(&mut list);
    }
    assert_eq!(list, timeline.snapshot());
    carla.open().await;
    assert_eq!(carla.texts(room).await, ["resposta"]);
    assert_eq!(carla.item(room, answer).await.reply_to, Some(message));
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

/// What had gone before a device could read it is never shown there, and holds nothing up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_went_before_it_was_read_is_never_shown() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    bruno.close().await;
    let lifetime = Duration::from_secs(2);
    let sent = ana
        .room(room)
        .send_expiring("efêmero", lifetime)
        .await
        .unwrap();
    ana.within("sending", sent.sent()).await.unwrap();
    ana.until("its end", |told| told.gone.contains(&sent.message_id()))
        .await;
    let after = ana.says(room, "depois").await;
    bruno.open().await;
    bruno.sees(room, &[after]).await;
    assert_eq!(bruno.texts(room).await, ["depois"]);
    assert!(bruno.look(|told| told.gone.is_empty()));
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// Without a network: what is deleted before it was sent, or whose time comes before, never leaves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_before_it_was_sent_never_leaves() {
    let mut world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    world.relay.stop().await;
    ana.until("being offline", |told| !told.online).await;
    let here = ana.room(room);
    let regretted = here.send("errado").await.unwrap();
    here.edit(regretted.message_id(), "ainda errado")
        .await
        .unwrap();
    here.delete(regretted.message_id()).await.unwrap();
    let brief = here
        .send_expiring("breve", Duration::from_secs(1))
        .await
        .unwrap();
    for handle in [&regretted, &brief] {
        let error = ana.within("its end", handle.sent()).await.unwrap_err();
        assert_eq!(
            (error.code(), handle.state()),
            ("MessageGone", SendState::Failed)
        );
    }
    drop(here);
    assert!(ana.texts(room).await.is_empty());
    world.relay.start().await;
    let after = ana.says(room, "certo").await;
    bruno.sees(room, &[after]).await;
    assert_eq!(bruno.texts(room).await, ["certo"]);
    let sent = world.logged(room).entries.len();
    bruno.says(room, "sim").await;
    assert_eq!(world.logged(room).entries.len(), sent + 1);
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// What the room says holds for whatever its members say from then on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_lets_its_messages_go() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.group("Algebra", &[&bruno]).await;
    let lasting = ana.says(room, "fica").await;
    let brief = Some(Duration::from_secs(3));
    ana.within("the rule", ana.room(room).set_disappearing(brief))
        .await
        .unwrap();
    bruno
        .within("the rule at the other's", async {
            let mut events = bruno.client().events();
            while bruno.room(room).disappearing() != brief {
                events.next().await.unwrap();
            }
        })
        .await;
    let sent = bruno.room(room).send("vai").await.unwrap().message_id();
    for device in [&ana, &bruno] {
        device
            .until("its end", |told| told.gone.contains(&sent))
            .await;
        device.sees(room, &[lasting]).await;
        assert_eq!(device.texts(room).await, ["fica"], "{}", device.name());
    }
    world.check(&mut [&mut ana, &mut bruno]).await;
}
