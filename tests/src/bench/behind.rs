//! A device that was away for 10 000 messages, or for 500, opens: until everything is there.

use super::hall::Hall;
use super::table::{Goal, Table, millis};
use crate::process;
use crate::relay::Host;
use lacre::{Client, Event, ItemBody, MessageId, Options, RoomId};
use std::path::Path;
use std::time::{Duration, Instant};

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let mut relay = hall.relay(false).await;
    let (long, short) = hall.scale.of((10_000, 500), (500, 100));
    let ana = client(hall, &relay, "ana").await;
    let folder = hall.room("bruno");
    let bruno = open(&relay, &folder, "bruno").await;
    let room = ana.direct("bruno").await.unwrap().id();
    entered(&bruno, room).await;
    bruno.close().await;

    let last = fill(&ana, room, long).await;
    let (_, used) = away(&relay, &folder, room, last, None).await;
    let (time, used) = (used.0, used.1);
    let each = used.as_secs_f64() * 1e6 / f64::from(long);
    table.add(
        format!("{long} behind, CPU a message"),
        each,
        "µs",
        Goal::AtMost(180.0),
        Goal::None,
    );
    table.add(
        format!("{long} behind, all in"),
        millis(time),
        "ms",
        Goal::AtMost(2500.0),
        Goal::AtMost(1000.0),
    );

    let last = fill(&ana, room, short).await;
    let (shown, _) = away(&relay, &folder, room, last, Some(50)).await;
    table.add(
        format!("{short} behind, last screen shown"),
        millis(shown),
        "ms",
        Goal::AtMost(300.0),
        Goal::None,
    );
    ana.close().await;
    relay.stop().await;
}

/// Opens a client with a store in a folder of its own.
pub(crate) async fn client(hall: &Hall, relay: &Host, handle: &str) -> Client {
    open(relay, &hall.room(handle), handle).await
}

async fn open(relay: &Host, folder: &Path, handle: &str) -> Client {
    let options = Options::in_folder(relay.address(), folder.to_owned())
        .key_file()
        .handle(handle);
    Client::open(options).await.unwrap()
}

/// Waits until a client is in a room.
pub(crate) async fn entered(client: &Client, room: RoomId) {
    let mut events = client.events();
    while client.room(room).is_err() {
        events.next().await.unwrap();
    }
}

/// Says so much that the relay has all of it.
pub(crate) async fn fill(client: &Client, room: RoomId, count: u32) -> MessageId {
    let room = client.room(room).unwrap();
    let mut last = None;
    for number in 0..count {
        last = Some(
            room.send(&format!("{number} {}", "x".repeat(200)))
                .await
                .unwrap(),
        );
        // Not more at once than one would keep in memory.
        if number % 512 == 511
            && let Some(last) = &last
        {
            last.sent().await.unwrap();
        }
    }
    let last = last.unwrap();
    last.sent().await.unwrap();
    last.message_id()
}

/// Opens a client that was away and closes it when the last message has come. Returns when a screen
/// with the last message was shown, and time and processor time until everything was there.
async fn away(
    relay: &Host,
    folder: &Path,
    room: RoomId,
    last: MessageId,
    screen: Option<usize>,
) -> (Duration, (Duration, Duration)) {
    let cpu = process::cpu_time(std::process::id());
    let began = Instant::now();
    let bruno = open(relay, folder, "bruno").await;
    let mut events = bruno.events();
    let arrives = |event: &Event| match event {
        Event::Message(message) | Event::MessageChanged(message) => message.id() == last,
        _ => false,
    };
    let timeline = bruno.room(room).unwrap().timeline().await.unwrap();
    while !arrives(&events.next().await.unwrap()) {}
    let all = (began.elapsed(), process::cpu_time(std::process::id()) - cpu);
    let shown = loop {
        let items = timeline.snapshot();
        if let Some(newest) = items.last().filter(|item| item.message == last) {
            assert!(items.len() >= screen.unwrap_or(0));
            assert!(matches!(newest.body, ItemBody::Text(_)));
            break began.elapsed();
        }
        timeline.next_diff().await.unwrap();
    };
    bruno.close().await;
    (shown, all)
}
