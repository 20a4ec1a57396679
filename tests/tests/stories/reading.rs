//! What a person has seen, and what they are told.

use lacre::{RoomId, Unread};
use lacre_tests::device::Device;
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
