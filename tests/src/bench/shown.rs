//! From `send` to the other's screen, through two SDKs, while the relay carries a load.

use super::actors::place;
use super::behind::{client, entered};
use super::durable::pairs;
use super::hall::Hall;
use super::load::{Load, Press, send_open};
use super::table::{Goal, Table};
use lacre::Event;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::spawn_local;

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
    let mut senders = Vec::new();
    for (pair, room) in pairs.rooms.iter().enumerate() {
        let press = Press::new(place(&relay, *room).0, u64::try_from(pair).unwrap());
        let sender = pairs.cast.actor(&relay, pair * 2 + 1).await;
        senders.push(spawn_local(send_open(
            Rc::clone(&load),
            sender,
            press,
            every,
            Duration::ZERO,
        )));
    }
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
