//! A generation that begins with fewer than were in the room: the others come after.

use lacre_engine::{Event, Item, ItemBody, Notice};
use lacre_tests::device::Device;
use lacre_tests::puppet::Puppet;
use lacre_tests::storm::Newcomer;
use lacre_tests::wire::Caller;
use lacre_tests::world::World;
use lacre_wire::ids::RoomId;
use lacre_wire::log::EntryKind;
use lacre_wire::room::RoomKind;
use std::net::Ipv4Addr;

fn is_repaired(event: &Event, wanted: RoomId) -> bool {
    let repaired = |item: &Item| item.body == ItemBody::Notice(Notice::Repaired);
    matches!(event, Event::Item { room, item } if *room == wanted && repaired(item))
}

/// Two liars have the room frozen. The owner's next generation begins with a commit that has no place
/// for everybody; those who were left out are added again by the next ones, and nobody was lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_left_out_is_added_again() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let caller = Caller::new(
        &world.relay.address().parse().unwrap(),
        Ipv4Addr::LOCALHOST.into(),
    );
    let mut liars = Newcomer::many(world.relay.address(), 2, RoomKind::Group).await;
    let folder = world.stage().path("teacher");
    let teacher = Puppet::sign_up(&caller, &folder, "teacher");
    let mut teacher = ana.within("the teacher signs up", teacher).await;
    // One device beside the owner's own.
    teacher.engine.set_generation_batch(1);
    let mut members: Vec<_> = liars.iter().map(Newcomer::account).collect();
    members.extend([ana.account(), bruno.account()]);
    let group = teacher.create_group("Algebra", members);
    let room = ana.within("the room is made", group).await;
    for person in [&ana, &bruno] {
        person.enters(room).await;
    }
    ana.says(room, "before").await;
    bruno.reads(room, "before").await;
    let renamed = teacher.perform(|engine, now| engine.set_name(room, "Geometria", now));
    ana.within("the teacher commits", renamed).await;
    let logged = world.logged(room);
    let commits = logged.entries.iter().map(|entry| &entry.link);
    let last = commits
        .rev()
        .find(|link| link.kind == EntryKind::Commit)
        .unwrap()
        .clone();
    for liar in &mut liars {
        let lies = liar.lies_about(room, &last);
        world.stage().within("a lie", lies).await;
    }

    let repaired = teacher.until(|event| is_repaired(event, room));
    ana.within("the room goes on", repaired).await;
    let everybody = async {
        let count = |teacher: &Puppet| {
            let room = teacher.engine.reader().unwrap().room(room);
            room.unwrap().unwrap().members.len()
        };
        while count(&teacher) < 5 {
            teacher.turn().await;
        }
        teacher
    };
    let mut teacher = ana.within("everybody is back", everybody).await;
    // She stays there meanwhile.
    let stays = tokio::spawn(async move {
        loop {
            teacher.turn().await;
        }
    });
    ana.says(room, "we are back").await;
    bruno.reads(room, "we are back").await;
    bruno.says(room, "all of us").await;
    ana.reads(room, "all of us").await;
    let logged = world.logged(room);
    assert!(
        logged
            .entries
            .iter()
            .any(|entry| entry.link.generation == 1)
    );
    // Who was out for a moment has two intervals, of which the relay keeps the last: the contract is
    // checked with whoever was taken along. That may be the liars: the order is that of account ids.
    let first = |device: &Device| {
        let mut readers = logged.readers.iter();
        readers.any(|reader| reader.device == device.id() && reader.reads(2))
    };
    let mut stayed: Vec<_> = [&mut ana, &mut bruno]
        .into_iter()
        .filter(|device| first(device))
        .collect();
    if !stayed.is_empty() {
        world.check(&mut stayed).await;
    }
    stays.abort();
}
