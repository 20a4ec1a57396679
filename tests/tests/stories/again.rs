//! Taken out of a room and let in again while away: what was said before comes first.

use lacre::{ItemBody, Notice, RoomId};
use lacre_tests::device::Device;
use lacre_tests::world::World;

/// Takes somebody out, says something without them, and lets them in again.
async fn out_and_in(world: &World, owner: &Device, room: RoomId, whom: &Device, without: &str) {
    let owners = owner.room(room);
    owner
        .within("taking out", owners.remove(whom.account()))
        .await
        .unwrap();
    owner.says(room, without).await;
    let logged = world.relay.ledger().room(room);
    world.stage().record.ended(&logged, whom.id());
    owner
        .within("letting in", owners.invite(&[whom.handle()]))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_let_in_again_while_away_reads_what_was_said_before() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let first = ana.says(room, "first").await;
    carla.sees(room, &[first]).await;
    carla.close().await;
    // More than one run of entries.
    let before = bruno.say_many(room, "before", 300).await;
    bruno.has_sent_all().await;
    out_and_in(&world, &ana, room, &carla, "without carla").await;
    let after = bruno.says(room, "welcome back").await;
    carla.open().await;
    carla.sees(room, &before).await;
    carla.sees(room, &[after]).await;
    let shown = carla.texts(room).await;
    assert_eq!(shown.len(), 302);
    assert!(!shown.contains(&"without carla".to_owned()));
    // She is told that she was out, between the two.
    let timeline = carla.timeline(room).await;
    let at = |wanted: &dyn Fn(&ItemBody) -> bool| {
        let found = timeline.iter().rposition(|item| wanted(&item.body));
        found.expect("a line of the timeline")
    };
    let text = |wanted: &'static str| move |body: &ItemBody| *body == ItemBody::Text(wanted.into());
    let out = at(&|body| matches!(body, ItemBody::Notice(Notice::Removed { .. })));
    assert!(at(&text("before 299")) < out && out < at(&text("welcome back")));
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_let_in_twice_while_away_reads_the_first_and_the_last() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.group("Algebra", &[&bruno]).await;
    let begun = ana.says(room, "begun").await;
    bruno.sees(room, &[begun]).await;
    bruno.close().await;
    let first = ana.says(room, "the first time").await;
    for without in ["without bruno", "without him again"] {
        out_and_in(&world, &ana, room, &bruno, without).await;
    }
    let last = ana.says(room, "the last time").await;
    bruno.open().await;
    bruno.sees(room, &[first, last]).await;
    assert_eq!(
        bruno.texts(room).await,
        ["begun", "the first time", "the last time"]
    );
    let back = bruno.says(room, "here I am").await;
    ana.sees(room, &[back]).await;
    world.check(&mut [&mut ana, &mut bruno]).await;
}
