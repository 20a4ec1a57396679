//! Pages of a timeline while what they show goes from unsent to sent.

use lacre::{Item, MessageId};
use lacre_tests::world::World;
use std::collections::HashSet;
use std::time::Duration;

const PAGE: usize = 50;

fn ids(items: &[Item]) -> Vec<MessageId> {
    items.iter().map(|item| item.message).collect()
}

/// The first page was all unsent; by the next one all of it has been accepted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn older_pages_come_when_the_unsent_have_moved() {
    let mut world = World::patient(Duration::from_secs(60)).await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    world.relay.stop().await;
    let said = ana.say_many(room, "offline", 2 * PAGE + 20).await;
    let timeline = ana.room(room).timeline().await.unwrap();
    let mut shown = timeline.snapshot();
    assert_eq!(shown.len(), PAGE);
    assert!(shown.iter().all(|item| item.seq.is_none()));
    world.relay.start().await;
    bruno.sees(room, &said).await;
    ana.has_sent_all().await;
    assert_eq!(timeline.older(PAGE).await.unwrap(), PAGE);
    while timeline.older(PAGE).await.unwrap() > 0 {}
    // What the diffs make of the first list is the log's order.
    let last = ids(&ana.timeline(room).await);
    assert!(last.ends_with(&said), "{last:?}");
    while ids(&shown) != last {
        let diff = ana.within("a diff", timeline.next_diff()).await.unwrap();
        diff.apply(&mut shown);
    }
    drop(timeline);
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// A page shows one moment: what is accepted while it is read is in it once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_shows_nothing_twice() {
    let world = World::patient(Duration::from_secs(60)).await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    for round in 0..20 {
        let said = ana.say_many(room, &format!("round {round}"), 40).await;
        while !bruno.look(|told| said.iter().all(|id| told.has(room, *id))) {
            let timeline = ana.room(room).timeline().await.unwrap();
            let items = timeline.snapshot();
            let once: HashSet<_> = ids(&items).into_iter().collect();
            assert_eq!(once.len(), items.len(), "an item is in a timeline twice");
        }
    }
    world.check(&mut [&mut ana, &mut bruno]).await;
}
