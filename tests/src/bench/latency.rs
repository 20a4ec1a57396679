//! How long a message takes from the moment it is due until it is received, at half the load the
//! relay can take. An open loop: a slow answer does not make the next message wait.

use super::durable::{SENDERS, pairs};
use super::hall::Hall;
use super::load::Load;
use super::meter;
use super::probe;
use super::table::{Goal, Table, millis};
use std::time::Duration;

/// Measures at half of `most` messages a second.
pub(crate) async fn run(hall: &Hall, table: &mut Table, most: f64) {
    let (mut delays, probe) = probe::around(hall.folder(), hall.scale, delays(hall, most)).await;
    println!("around the latencies: {probe}");
    let p50 = 1.5 * millis(probe.median) + 1.0;
    let p99 = 3.0 * millis(probe.p99) + 10.0;
    let goal = |most| [Goal::AtMost(most), Goal::AtMost(most / 2.0)];
    table.times(
        &format!("D: latency at {:.0}/s", most / 2.0),
        &mut delays,
        goal(p50),
        goal(p99),
    );
}

async fn delays(hall: &Hall, most: f64) -> Vec<Duration> {
    let mut relay = hall.relay(true).await;
    let pairs = pairs(hall, &relay, SENDERS).await;
    let load = Load::new();
    pairs.receive(&relay, &load).await;
    let every = Duration::from_secs_f64(2.0 * f64::from(u32::try_from(SENDERS).unwrap()) / most);
    let senders = pairs.send_evenly(&relay, &load, every).await;
    tokio::time::sleep(Duration::from_millis(hall.scale.of(2000, 300))).await;
    load.measure(true);
    let start = meter::now(&relay, &load).await;
    tokio::time::sleep(Duration::from_millis(hall.scale.of(15_000, 1000))).await;
    load.measure(false);
    start.until_now(&relay, &load).await.warn("latency");
    load.over.set(true);
    for sender in senders {
        sender.await.unwrap();
    }
    relay.stop().await;
    load.delays.take()
}
