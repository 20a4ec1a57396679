//! A device that was away reads a long log from the store, on a catch-up stream.

use super::actors::{Actor, place};
use super::durable::pairs;
use super::hall::Hall;
use super::load::{Load, Press, SIZE, send_open};
use super::meter;
use super::table::{Goal, Table};
use lacre_wire::ids::{LogId, RoomId, Seq};
use lacre_wire::push::ServerFrame;
use lacre_wire::request::OpenLog;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::spawn_local;

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let count: u64 = hall.scale.of(60_000, 4_000);
    let mut relay = hall.relay(false).await;
    let pairs = pairs(hall, &relay, 1).await;
    let (room, load) = (pairs.rooms[0], Load::new());
    let press = Press::new(place(&relay, room).0, 1);
    // A little below what a relay takes from one device.
    let every = Duration::from_micros(230);
    let actor = pairs.cast.actor(&relay, 1).await;
    let sender = spawn_local(send_open(
        Rc::clone(&load),
        actor,
        press,
        every,
        Duration::ZERO,
    ));
    while load.accepted.get() < count {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    load.over.set(true);
    sender.await.unwrap();
    // A fresh process has nothing in memory.
    relay.stop().await;
    relay.start().await;
    let head = place(&relay, room).1;
    let mut reader = pairs.cast.actor(&relay, 0).await;
    let start = meter::now(&relay, &load).await;
    reader
        .open(vec![OpenLog {
            log: LogId::Room(room),
            cursor: None,
        }])
        .await;
    let read = read_all(&mut reader, room, head).await;
    let between = start.until_now(&relay, &load).await;
    between.warn("catch-up");
    #[allow(clippy::cast_precision_loss, reason = "a count of one run")]
    let read = read as f64;
    table.add(
        format!("catch-up, {SIZE} B"),
        read / between.seconds,
        "/s",
        Goal::AtLeast(60_000.0),
        Goal::AtLeast(150_000.0),
    );
    table.note(
        "catch-up, server CPU an entry",
        between.cpu_each(read),
        "µs",
    );
    table.note("catch-up, load core in use", between.load * 100.0, "%");
    relay.stop().await;
}

/// Reads a log to its end, on whichever stream it comes. Returns how many entries there were.
async fn read_all(reader: &mut Actor, room: RoomId, head: Seq) -> u64 {
    let (mut read, mut last) = (0, 0);
    while last < head {
        let mut take = |frame| take(frame, room, &mut read, &mut last);
        match reader.listener.next().await.unwrap() {
            ServerFrame::CatchUp { .. } => reader.catch_up(take).await,
            frame => take(frame),
        }
    }
    read
}

fn take(frame: ServerFrame, room: RoomId, read: &mut u64, last: &mut Seq) {
    if let ServerFrame::Entries { log, entries } = frame
        && log == LogId::Room(room)
    {
        for entry in &entries {
            assert!(
                *last == 0 || entry.seq == *last + 1,
                "entry {} came after {last}",
                entry.seq
            );
            *last = entry.seq;
        }
        *read += u64::try_from(entries.len()).unwrap();
    }
}
