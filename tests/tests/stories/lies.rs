//! A relay that lies: what it changes on the way is not shown, and the room says so.

use lacre_engine::{Event, ItemBody};
use lacre_tests::device::Device;
use lacre_tests::puppet::Puppet;
use lacre_tests::world::World;
use lacre_wire::ids::{Hash, RoomId};
use lacre_wire::log::{Entry, EntryKind};
use lacre_wire::push::ServerFrame;

async fn victim(world: &World, ana: &Device) -> (Puppet, RoomId) {
    let caller = world.caller();
    let folder = world.stage().path("vera");
    let vera = Puppet::sign_up(&caller, &folder, "vera");
    let mut vera = ana.within("vera signs up", vera).await;
    let group = vera.create_group("Algebra", vec![ana.account()]);
    let room = ana.within("vera creates the group", group).await;
    ana.enters(room).await;
    (vera, room)
}

/// The messages of a batch.
fn messages(frame: &mut ServerFrame) -> impl Iterator<Item = &mut Entry> {
    let entries = match frame {
        ServerFrame::Entries { entries, .. } => entries.as_mut_slice(),
        _ => &mut [],
    };
    entries
        .iter_mut()
        .filter(|entry| entry.kind == EntryKind::Message)
}

/// The relay keeps the stamp and lies about who opens it; strips the stamp; changes the franking tag's
/// seal. What could not be reported afterwards is counted, and its text is shown to nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_reported_is_not_shown() {
    let lies: [fn(&mut ServerFrame); 3] = [
        |frame| {
            messages(frame).for_each(|entry| {
                if let Some(opening) = &mut entry.sender {
                    opening.r = Hash([7; 32]);
                }
            });
        },
        |frame| messages(frame).for_each(|entry| entry.sender = None),
        |frame| messages(frame).for_each(|entry| entry.stamp = None),
    ];
    for lie in lies {
        let world = World::start().await;
        let ana = world.person("ana").await;
        let (mut vera, room) = victim(&world, &ana).await;
        ana.says(room, "this is proven").await;
        let shown = vera.until(|event| matches!(event, Event::Message { .. }));
        ana.within("the honest message", shown).await;

        vera.lie = Some(lie);
        ana.says(room, "this is not").await;
        let shown = vera.until(|event| {
            matches!(event, Event::Item { item, .. } if matches!(item.body, ItemBody::Unreadable(_)))
        });
        ana.within("its placeholder", shown).await;
        let page = vera.engine.reader().unwrap().page(room, None, 50).unwrap();
        let texts: Vec<_> = page
            .iter()
            .filter_map(|item| match &item.body {
                ItemBody::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(texts, ["this is proven"]);
    }
}

/// The relay shows one member another log than it signs. At the next signed checkpoint the member
/// stops the room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_is_not_the_signed_one_stops_the_room() {
    let world = World::start().await;
    let ana = world.person("ana").await;
    let (mut vera, room) = victim(&world, &ana).await;
    vera.lie = Some(|frame| messages(frame).for_each(|entry| entry.accepted_ms += 1));
    for number in 0..260 {
        ana.say(room, &format!("number {number}")).await;
    }
    let stopped = vera.until(|event| matches!(event, Event::RoomStopped { .. }));
    let stopped = ana.within("the room stops", stopped).await;
    let Event::RoomStopped { room: which, error } = stopped else {
        unreachable!()
    };
    assert_eq!(which, room);
    println!("{}: {error}", error.code());
}
