//! Opening a store with 100 000 messages and showing the last 50. The file is in the page cache, as
//! it is when an application was used today; a cold disk adds what it adds.

use super::behind::{client, fill};
use super::hall::Hall;
use super::table::{Goal, Table, percentile};
use lacre::{Client, Options};
use std::time::Instant;

/// How often it is opened.
const TIMES: usize = 20;

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let count = hall.scale.of(100_000, 1_000);
    let mut relay = hall.relay(false).await;
    let folder = hall.room("ana");
    let options = Options::in_folder(relay.address(), folder)
        .key_file()
        .handle("ana");
    let ana = Client::open(options.clone()).await.unwrap();
    let bruno = client(hall, &relay, "bruno").await;
    let room = ana.direct("bruno").await.unwrap().id();
    fill(&ana, room, count).await;
    bruno.close().await;
    ana.close().await;
    // Without a network, as on a train: opening must not wait for one.
    relay.stop().await;
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let began = Instant::now();
        let ana = Client::open(options.clone()).await.unwrap();
        let shown = ana.room(room).unwrap().timeline().await.unwrap().snapshot();
        times.push(began.elapsed());
        assert_eq!(shown.len(), 50);
        ana.close().await;
    }
    // That the store is as large as claimed was not measured, and is looked at.
    let ana = Client::open(options).await.unwrap();
    let timeline = ana.room(room).unwrap().timeline().await.unwrap();
    while timeline.older(1000).await.unwrap() > 0 {}
    // And the line that says that the room was created.
    assert_eq!(
        timeline.snapshot().len(),
        usize::try_from(count).unwrap() + 1
    );
    ana.close().await;
    times.sort();
    let median = super::table::millis(percentile(&times, 50.0));
    let name = format!("open {count} messages, last 50 shown");
    table.add(name, median, "ms", Goal::AtMost(50.0), Goal::AtMost(20.0));
    table.note(
        "slowest of these",
        super::table::millis(percentile(&times, 100.0)),
        "ms",
    );
}
