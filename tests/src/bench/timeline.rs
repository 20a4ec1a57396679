//! Opening a lively room of 100 000 messages and scrolling back in it: replies, edits, reactions.

use super::filled::{self, Dice, Fill};
use super::hall::Hall;
use super::search::account;
use super::table::{Goal, Table, millis, percentile};
use lacre::{Client, Options};
use std::time::Instant;

/// How often it is opened.
const TIMES: usize = 20;
/// Pages that are scrolled back.
const PAGES: usize = 200;

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let count = hall.scale.of(100_000, 12_000);
    let (folder, address) = account(hall).await;
    let store = filled::open(&folder);
    let fill = Fill {
        count,
        rooms: filled::rooms(&store, 1),
        people: 50,
        lively: true,
        run: 4096,
    };
    filled::fill(&store, &mut Dice::new(2), &fill);
    drop(store);
    // Nobody answers there: opening must not wait for a network.
    let options = Options::in_folder(&address, folder).key_file();
    let (mut opened, mut scrolled, mut large) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let began = Instant::now();
        let ana = Client::open(options.clone()).await.unwrap();
        let room = ana.rooms().unwrap().remove(0);
        let timeline = room.timeline().await.unwrap();
        assert_eq!(timeline.snapshot().len(), 50);
        opened.push(began.elapsed());
        for _ in 0..PAGES / TIMES {
            let began = Instant::now();
            assert_eq!(timeline.older(50).await.unwrap(), 50);
            scrolled.push(began.elapsed());
        }
        let began = Instant::now();
        assert_eq!(timeline.older(1000).await.unwrap(), 1000);
        large.push(began.elapsed());
        ana.close().await;
    }
    let mut row = |what: &str, times: &mut Vec<_>, must, stretch| {
        times.sort();
        let slow = millis(percentile(times, 95.0));
        println!("  {what}: p50 {:.2} ms", millis(percentile(times, 50.0)));
        table.add(format!("{what}, p95"), slow, "ms", must, stretch);
    };
    let name = format!("lively room of {count}, last 50 shown");
    row(&name, &mut opened, Goal::AtMost(50.0), Goal::AtMost(20.0));
    row(
        "a page of 50 further back",
        &mut scrolled,
        Goal::AtMost(20.0),
        Goal::AtMost(5.0),
    );
    row(
        "1000 further back at once",
        &mut large,
        Goal::None,
        Goal::None,
    );
}
