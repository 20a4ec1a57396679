//! What others learn: that a message came, that it was read, and who somebody is.

use lacre::{MessageId, Receipt, RoomId};
use lacre_tests::device::Device;
use lacre_tests::world::World;
use lacre_wire::log::EntryKind;
use std::time::{Duration, Instant};

fn receipt(delivered: u32, read: u32, of: u32) -> Receipt {
    let mut receipt = Receipt::default();
    (receipt.delivered, receipt.read, receipt.of) = (delivered, read, of);
    receipt
}

/// Waits until a message shows so many who have it and have read it.
async fn shows(device: &Device, room: RoomId, message: MessageId, wanted: Receipt) {
    device
        .until(&format!("{wanted:?}"), |told| {
            let item = told.item(room, message);
            item.is_some_and(|item| item.receipt == Some(wanted))
        })
        .await;
    assert_eq!(device.item(room, message).await.receipt, Some(wanted));
}

/// Messages in a room's log, shown or not.
fn logged(world: &World, room: RoomId) -> usize {
    let log = world.logged(room).entries;
    let is_message =
        |entry: &&lacre_tests::ledger::LoggedEntry| entry.link.kind == EntryKind::Message;
    log.iter().filter(is_message).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_says_who_has_it_and_who_read_it() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let early = ana.says(room, "early").await;
    let late = ana.says(room, "late").await;
    shows(&ana, room, late, receipt(2, 0, 2)).await;
    shows(&ana, room, early, receipt(2, 0, 2)).await;
    bruno.room(room).mark_read(early).await.unwrap();
    shows(&ana, room, early, receipt(2, 1, 2)).await;
    assert_eq!(ana.item(room, late).await.receipt, Some(receipt(2, 0, 2)));
    // One receipt speaks for everything before it.
    carla.room(room).mark_all_read().await.unwrap();
    shows(&ana, room, late, receipt(2, 1, 2)).await;
    shows(&ana, room, early, receipt(2, 2, 2)).await;
    let about = ana.message(room, early).info().unwrap();
    let handles: Vec<_> = about.iter().map(|seen| seen.person.handle()).collect();
    assert_eq!(handles, ["bruno", "carla"]);
    assert!(
        about
            .iter()
            .all(|seen| seen.read >= seen.delivered && seen.delivered.is_some())
    );
    let about = ana.message(room, late).info().unwrap();
    assert!(
        about[0].read.is_none() && about[1].read.is_some(),
        "{about:?}"
    );
    // Others see it too; of their own messages alone items say it.
    assert_eq!(bruno.item(room, early).await.receipt, None);
    let seen = bruno.message(room, early).info().unwrap();
    assert_eq!(seen.len(), 1);

    // Whoever comes later does not have what was said before.
    let [mut dora] = world.people(["dora"]).await;
    ana.within("inviting dora", ana.room(room).invite(&["dora"]))
        .await
        .unwrap();
    dora.enters(room).await;
    let welcome = ana.says(room, "welcome").await;
    shows(&ana, room, welcome, receipt(3, 0, 3)).await;
    assert_eq!(ana.item(room, early).await.receipt, Some(receipt(2, 2, 2)));

    // Receipts are silent: nothing is unread by them, and the room's time is that of its last message.
    let info = ana.room(room).info().unwrap();
    assert_eq!(info.unread, lacre::Unread::default());
    assert_eq!(info.last_ms, ana.item(room, welcome).await.at_ms);
    world
        .check(&mut [&mut ana, &mut bruno, &mut carla, &mut dora])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_want_to_does_not_say_what_they_read() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    assert!(bruno.client().sends_read_receipts().unwrap());
    bruno.client().set_send_read_receipts(false).await.unwrap();
    bruno.restart().await;
    assert!(!bruno.client().sends_read_receipts().unwrap());
    let secret = ana.says(room, "read in secret").await;
    bruno.sees(room, &[secret]).await;
    bruno.room(room).mark_read(secret).await.unwrap();
    shows(&ana, room, secret, receipt(1, 0, 1)).await;
    // What was read before is not told later.
    bruno.client().set_send_read_receipts(true).await.unwrap();
    let second = ana.says(room, "second").await;
    shows(&ana, room, second, receipt(1, 0, 1)).await;
    assert_eq!(ana.item(room, secret).await.receipt, Some(receipt(1, 0, 1)));
    bruno.room(room).mark_read(second).await.unwrap();
    shows(&ana, room, second, receipt(1, 1, 1)).await;
    world.check(&mut [&mut ana, &mut bruno]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_device_read_the_other_need_not_tell() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    let mut phone = bruno.second("bruno-phone").await;
    phone.enters(room).await;
    let said = ana.says(room, "on both devices").await;
    for device in [&bruno, &phone] {
        device.sees(room, &[said]).await;
        device
            .until("one unread", |told| {
                told.unread.get(&room).is_some_and(|u| u.messages == 1)
            })
            .await;
    }
    phone.room(room).mark_read(said).await.unwrap();
    bruno
        .until("nothing unread", |told| {
            told.unread.get(&room).is_some_and(|u| u.messages == 0)
        })
        .await;
    shows(&ana, room, said, receipt(1, 1, 1)).await;
    world.check(&mut [&mut ana, &mut bruno, &mut phone]).await;
}

/// However much came: one receipt, and none for receipts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn catching_up_sends_one_receipt() {
    let world = World::patient(Duration::from_secs(120)).await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    let before = ana.says(room, "before").await;
    shows(&ana, room, before, receipt(1, 0, 1)).await;
    bruno.close().await;
    let said = ana.say_many(room, "away", 600).await;
    ana.sees(room, &said).await;
    let silent = logged(&world, room) - 601;
    bruno.open().await;
    let last = said[said.len() - 1];
    shows(&ana, room, last, receipt(1, 0, 1)).await;
    assert_eq!(logged(&world, room), 601 + silent + 1, "one for 600");
    // A reader who marks each message still says it once.
    let began = Instant::now();
    for message in &said {
        bruno.room(room).mark_read(*message).await.unwrap();
    }
    shows(&ana, room, last, receipt(1, 1, 1)).await;
    let receipts = logged(&world, room) - 601 - silent - 1;
    let most = began.elapsed().as_secs() / 5 + 2;
    assert!(
        u64::try_from(receipts).unwrap() <= most,
        "{receipts} receipts, {most} expected"
    );
    world.check(&mut [&mut ana, &mut bruno]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_rooms_of_more_than_eight_only_reading_is_told() {
    let world = World::patient(Duration::from_secs(120)).await;
    let [mut ana, mut bruno, c, d, e, f, g, h, i] = world
        .people([
            "ana", "bruno", "carla", "dora", "edu", "fabio", "gil", "hugo", "iara",
        ])
        .await;
    let others = [&bruno, &c, &d, &e, &f, &g, &h, &i];
    let room = ana.group("Algebra", &others).await;
    let said = ana.says(room, "nine people").await;
    // The room's key went before it.
    let before = logged(&world, room);
    for person in others {
        person.sees(room, &[said]).await;
    }
    bruno.room(room).mark_read(said).await.unwrap();
    shows(&ana, room, said, receipt(1, 1, 8)).await;
    assert_eq!(logged(&world, room), before + 1, "one receipt");
    world.check(&mut [&mut ana, &mut bruno]).await;
}
