//! What people are called.

use lacre::RoomId;
use lacre_tests::device::Device;
use lacre_tests::world::World;

/// Waits until a device calls a member so.
async fn calls(device: &Device, room: RoomId, handle: &str, name: &str) {
    let room = device.room(room);
    device
        .until(&format!("@{handle} called {name:?}"), |_| {
            let members = room.members();
            members.iter().any(|m| m.handle == handle && m.name == name)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_called_what_they_want() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let direct = ana.direct(&bruno).await;
    bruno.enters(direct).await;
    let room = ana.group("Algebra", &[&bruno]).await;
    assert_eq!(ana.client().display_name().unwrap(), None);
    calls(&bruno, room, "ana", "ana").await;

    ana.client().set_display_name(" Ana Maria ").await.unwrap();
    ana.client()
        .set_status(Some("in class until noon"))
        .await
        .unwrap();
    assert_eq!(
        ana.client().display_name().unwrap().as_deref(),
        Some("Ana Maria")
    );
    calls(&ana, room, "ana", "Ana Maria").await;
    calls(&bruno, room, "ana", "Ana Maria").await;
    bruno
        .until("ana's status", |_| {
            let members = bruno.room(room).members();
            members
                .iter()
                .any(|m| m.status.as_deref() == Some("in class until noon"))
        })
        .await;
    assert_eq!(bruno.room(direct).info().unwrap().name, "Ana Maria");
    let said = ana.says(room, "by name").await;
    bruno.sees(room, &[said]).await;
    let sender = bruno.message(room, said).sender();
    assert_eq!((sender.name(), sender.handle()), ("Ana Maria", "ana"));

    // Who comes later learns it as well, also after a restart of hers.
    ana.restart().await;
    ana.within("inviting carla", ana.room(room).invite(&["carla"]))
        .await
        .unwrap();
    carla.enters(room).await;
    calls(&carla, room, "ana", "Ana Maria").await;

    // Two who are called alike, or one who is called like another's handle, are told apart.
    carla.client().set_display_name("ana  maria").await.unwrap();
    calls(&bruno, room, "ana", "Ana Maria (@ana)").await;
    calls(&bruno, room, "carla", "ana  maria (@carla)").await;
    carla.client().set_display_name("Bruno").await.unwrap();
    calls(&ana, room, "carla", "Bruno (@carla)").await;
    calls(&ana, room, "ana", "Ana Maria").await;
    carla.client().set_display_name("").await.unwrap();
    carla.client().set_status(None).await.unwrap();
    calls(&ana, room, "carla", "carla").await;
    let long = "x".repeat(129);
    let refused = ana.client().set_display_name(&long).await.unwrap_err();
    assert_eq!(refused.kind(), lacre::ErrorKind::TooLarge, "{refused}");
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

/// A name is known in rooms that are opened after it was set.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_room_learns_the_name() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    ana.client().set_display_name("Ana Maria").await.unwrap();
    bruno.client().set_display_name("Bruno B.").await.unwrap();
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    calls(&bruno, room, "ana", "Ana Maria").await;
    calls(&ana, room, "bruno", "Bruno B.").await;
    world.check(&mut [&mut ana, &mut bruno]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_allows_it_was_last_seen_then() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    for person in [&bruno, &carla] {
        person.enters(room).await;
    }
    assert!(!ana.client().shows_last_seen().unwrap());
    ana.client().set_show_last_seen(true).await.unwrap();
    ana.client().set_display_name("Ana Maria").await.unwrap();
    calls(&bruno, room, "ana", "Ana Maria").await;
    carla.client().set_display_name("Carla").await.unwrap();
    calls(&bruno, room, "carla", "Carla").await;
    let last = |bruno: &Device, who: &Device| bruno.client().last_seen(who.account()).unwrap();
    for person in [&mut ana, &mut carla] {
        let (account, client) = (person.account(), bruno.client());
        let there = || client.presence(account).is_some();
        bruno.until("somebody there", |_| there()).await;
        person.close().await;
        bruno.until("nobody there", |_| !there()).await;
    }
    let at = last(&bruno, &ana).unwrap();
    assert_eq!(last(&bruno, &carla), None, "she has not allowed it");

    // It is kept over a restart, and forgotten when it is taken back.
    bruno.restart().await;
    assert_eq!(last(&bruno, &ana), Some(at));
    ana.open().await;
    ana.client().set_show_last_seen(false).await.unwrap();
    ana.client().set_display_name("Ana").await.unwrap();
    calls(&bruno, room, "ana", "Ana").await;
    assert_eq!(last(&bruno, &ana), None);
    carla.open().await;
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}
