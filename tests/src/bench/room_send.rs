//! What sending costs a device in a room of 100 devices: sealing, and what comes back.

use super::actors::Cast;
use super::hall::Hall;
use super::table::{Goal, Table};
use crate::process::thread_cpu_time;
use crate::puppet::now;
use lacre_engine::{Draft, Event, SendState};
use std::time::Instant;

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let (devices, sends) = hall.scale.of((100, 1000), (20, 100));
    let mut relay = hall.relay(true).await;
    let cast = Cast::sign_up(hall, &relay, devices).await;
    let others: Vec<usize> = (1..devices).collect();
    let room = cast.create_rooms(&relay, 0, &others, 1).await[0];
    let mut puppet = cast.puppet(&relay, 0).await;
    let text = |number: usize| format!("{number:04} {}", "x".repeat(1019));
    // The first loads the group.
    let warm = puppet
        .engine
        .send(room, Draft::Text(text(9999)), now())
        .unwrap()
        .message;
    let is_sent = |event: &Event, wanted| matches!(event, Event::Item { item, .. } if item.message == wanted && item.state == SendState::Sent);
    puppet.until(|event| is_sent(event, warm)).await;
    puppet.events.clear();

    let (began, all) = (Instant::now(), thread_cpu_time());
    let mut sealing = std::time::Duration::ZERO;
    let mut last = warm;
    for number in 0..sends {
        let before = thread_cpu_time();
        last = puppet
            .engine
            .send(room, Draft::Text(text(number)), now())
            .unwrap()
            .message;
        sealing += thread_cpu_time() - before;
    }
    puppet.until(|event| is_sent(event, last)).await;
    let (time, all) = (began.elapsed(), thread_cpu_time() - all);
    let count = f64::from(u32::try_from(sends).unwrap());
    let each = |time: std::time::Duration| time.as_secs_f64() * 1000.0 / count;
    let name = format!("SDK send of 1 KiB, {devices} devices, CPU of send()");
    table.add(
        name,
        each(sealing),
        "ms",
        Goal::AtMost(0.4),
        Goal::AtMost(0.15),
    );
    table.note(
        "SDK send, CPU with frames, answer and echo",
        each(all),
        "ms",
    );
    table.note("SDK sends in a burst", count / time.as_secs_f64(), "/s");
    relay.stop().await;
}
