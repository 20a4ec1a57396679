//! One sender, 100 receivers who are online: one stored row and 100 reads of memory.

use super::actors::{Cast, place};
use super::hall::Hall;
use super::load::{Load, Press, receive, send_closed};
use super::meter::{self, Between};
use super::table::{Goal, Table};
use std::rc::Rc;
use std::time::Duration;
use tokio::task::spawn_local;

/// Messages on the way.
pub(crate) const WINDOW: usize = 48;

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let receivers = hall.scale.of(100, 20);
    let between = round(hall, receivers, true).await;
    let rate = between.received / between.seconds;
    let name = format!("D: fan-out 1→{receivers}, deliveries");
    table.add(
        name,
        rate,
        "/s",
        Goal::AtLeast(40_000.0),
        Goal::AtLeast(80_000.0),
    );
    let each = between.cpu_each(between.received);
    table.add(
        "D: server CPU a delivery",
        each,
        "µs",
        Goal::AtMost(15.0),
        Goal::None,
    );
    table.note(
        "D: fan-out, server core in use",
        between.server() * 100.0,
        "%",
    );
    table.note("D: fan-out, load core in use", between.load * 100.0, "%");
}

/// One round on a fresh relay.
pub(crate) async fn round(hall: &Hall, receivers: usize, durable: bool) -> Between {
    let mut relay = hall.relay(durable).await;
    let cast = Cast::sign_up(hall, &relay, receivers + 1).await;
    let others: Vec<usize> = (1..=receivers).collect();
    let room = cast.create_rooms(&relay, 0, &others, 1).await[0];
    let load = Load::new();
    for receiver in (0..=receivers).filter(|number| *number != 1) {
        let mut actor = cast.actor(&relay, receiver).await;
        actor.open_at_end(&relay, room).await;
        spawn_local(receive(
            Rc::clone(&load),
            actor,
            Press::new(place(&relay, room).0, 0),
        ));
    }
    let press = Press::new(place(&relay, room).0, 1);
    let sender = spawn_local(send_closed(
        Rc::clone(&load),
        cast.actor(&relay, 1).await,
        press,
        WINDOW,
    ));
    tokio::time::sleep(Duration::from_millis(hall.scale.of(2000, 300))).await;
    let start = meter::now(&relay, &load).await;
    tokio::time::sleep(Duration::from_millis(hall.scale.of(10_000, 1000))).await;
    let between = start.until_now(&relay, &load).await;
    between.warn("fan-out");
    load.over.set(true);
    sender.await.unwrap();
    relay.stop().await;
    between
}
