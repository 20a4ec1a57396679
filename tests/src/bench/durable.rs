//! One to one, 16 senders: how many messages a second are accepted, each after an fsync.

use super::actors::{Cast, place};
use super::hall::Hall;
use super::load::{Load, Press, receive, send_closed};
use super::meter;
use super::table::{Goal, Table};
use crate::relay::Host;
use lacre_wire::ids::RoomId;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::spawn_local;

/// Senders, each with a receiver of its own.
pub(crate) const SENDERS: usize = 16;

/// Messages a sender has on the way; a session may have 64.
const WINDOW: usize = 32;

/// Pairs of accounts with a room each: the creator receives, the other sends.
pub(crate) struct Pairs {
    /// The accounts, receivers at even numbers.
    pub(crate) cast: Cast,
    /// The rooms, by pair.
    pub(crate) rooms: Vec<RoomId>,
}

/// Makes accounts and rooms.
pub(crate) async fn pairs(hall: &Hall, relay: &Host, count: usize) -> Pairs {
    let cast = Cast::sign_up(hall, relay, count * 2).await;
    let mut rooms = Vec::with_capacity(count);
    for pair in 0..count {
        rooms.extend(cast.create_rooms(relay, pair * 2, &[pair * 2 + 1], 1).await);
    }
    Pairs { cast, rooms }
}

impl Pairs {
    /// Lets every receiver listen.
    pub(crate) async fn receive(&self, relay: &Host, load: &Rc<Load>) {
        for (pair, room) in self.rooms.iter().enumerate() {
            let mut receiver = self.cast.actor(relay, pair * 2).await;
            receiver.open_at_end(relay, *room).await;
            let press = Press::new(place(relay, *room).0, 0);
            spawn_local(receive(Rc::clone(load), receiver, press));
        }
    }
}

/// Measures. Returns messages a second.
pub(crate) async fn run(hall: &Hall, table: &mut Table, durable: bool) -> f64 {
    let mut relay = hall.relay(durable).await;
    let pairs = pairs(hall, &relay, SENDERS).await;
    let load = Load::new();
    pairs.receive(&relay, &load).await;
    let mut senders = Vec::with_capacity(SENDERS);
    for (pair, room) in pairs.rooms.iter().enumerate() {
        let sender = pairs.cast.actor(&relay, pair * 2 + 1).await;
        let press = Press::new(place(&relay, *room).0, u64::try_from(pair).unwrap());
        senders.push(spawn_local(send_closed(Rc::clone(&load), sender, press, WINDOW)));
    }
    tokio::time::sleep(Duration::from_millis(hall.scale.of(2000, 300))).await;
    let start = meter::now(&relay).await;
    tokio::time::sleep(Duration::from_millis(hall.scale.of(10_000, 1000))).await;
    let between = start.until_now(&relay).await;
    load.over.set(true);
    for sender in senders {
        sender.await.unwrap();
    }
    let rate = between.accepted / between.seconds;
    let class = if durable { "D" } else { "P" };
    let (must, stretch) = if durable { (Goal::AtLeast(12_000.0), Goal::AtLeast(20_000.0)) } else { (Goal::None, Goal::None) };
    table.add(format!("{class}: 1→1 durable, {SENDERS} senders × {WINDOW}"), rate, "/s", must, stretch);
    let must = if durable { Goal::AtMost(45.0) } else { Goal::None };
    table.add(format!("{class}: server CPU a message"), between.cpu_each(between.accepted), "µs", must, Goal::None);
    table.note(format!("{class}: batches (fsyncs) per 1000 accepted"), between.batches * 1000.0 / between.accepted, "");
    table.note(format!("{class}: server and load core in use"), (between.cpu.as_secs_f64() / between.seconds + between.load) * 50.0, "%");
    relay.stop().await;
    rate
}
