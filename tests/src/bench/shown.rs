//! From `send` to the other's screen, through two SDKs, while the relay carries a load.

use super::behind::{client, entered};
use super::durable::pairs;
use super::hall::Hall;
use super::load::Load;
use super::table::{Goal, Table};
use lacre::Event;
use std::time::{Duration, Instant};

/// Messages a second of the load.
const LOAD: u32 = 2000;

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let count = hall.scale.of(500, 50);
    let mut relay = hall.relay(true).await;
    let pairs = pairs(hall, &relay, 4).await;
    let load = Load::new();
    pairs.receive(&relay, &load).await;
    let (ana, bruno) = (
        client(hall, &relay, "ana").await,
        client(hall, &relay, "bruno").await,
    );
    let room = ana.direct("bruno").await.unwrap();
    entered(&bruno, room.id()).await;
    let mut events = bruno.events();
    let every = Duration::from_secs(4) / LOAD;
    let senders = pairs.send_evenly(&relay, &load, every).await;
    let mut times = Vec::with_capacity(count);
    for number in 0..count {
        let began = Instant::now();
        let sent = room.send(&format!("number {number}")).await.unwrap();
        while !matches!(events.next().await.unwrap(), Event::Message(message) if message.id() == sent.message_id())
        {
        }
        times.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    load.over.set(true);
    for sender in senders {
        sender.await.unwrap();
    }
    let none = [Goal::None, Goal::None];
    table.times(
        &format!("send to shown at {LOAD}/s of others"),
        &mut times,
        none,
        none,
    );
    ana.close().await;
    bruno.close().await;
    relay.stop().await;
}
