//! 500 devices ask for one room at eight o'clock; a member writes meanwhile.

use super::hall::Hall;
use super::table::{Goal, Table};
use crate::device::Device;
use crate::ledger::Ledger;
use crate::process;
use crate::stage::Stage;
use crate::storm::{Newcomer, percentile, rage};
use lacre_wire::log::EntryKind;
use lacre_wire::room::{JoinRule, RoomKind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let count = hall.scale.of(500, 100);
    let mut relay = hall.relay(true).await;
    let stage = Arc::new(Stage::new(Duration::from_secs(600)));
    let mut members = Vec::new();
    for handle in ["teacher", "writer", "tutor"] {
        members.push(Device::sign_up(&stage, relay.address(), handle).await);
    }
    let [teacher, writer, tutor] = &members[..] else {
        unreachable!()
    };
    let room = teacher.space("Algebra", &[writer, tutor]).await;
    let opened = teacher.room(room);
    let opened = opened.set_join_rule(JoinRule::Open);
    teacher.within("the room opens", opened).await.unwrap();
    let began = Instant::now();
    let newcomers = Newcomer::many(relay.address(), count, RoomKind::Space).await;
    println!("  {count} newcomers signed up in {:.1?}", began.elapsed());
    let commits = || {
        Ledger::open(relay.folder())
            .room(room)
            .count(EntryKind::Commit)
    };
    let before = commits();
    let (server, load) = (
        process::cpu_time(relay.pid()),
        process::cpu_time(std::process::id()),
    );
    let storm = rage(newcomers, room, writer).await;
    let server = process::cpu_time(relay.pid()).saturating_sub(server);
    let load = process::cpu_time(std::process::id()).saturating_sub(load);
    #[allow(clippy::cast_precision_loss, reason = "counts of one run")]
    let epochs = (commits() - before) as f64;
    let name = |what: &str| format!("D: storm of {count}, {what}");
    table.add(
        name("all are in after"),
        storm.took.as_secs_f64(),
        "s",
        Goal::None,
        Goal::None,
    );
    #[allow(clippy::cast_precision_loss, reason = "counts of one run")]
    let batches = count.div_ceil(50) as f64;
    table.add(
        name("epochs"),
        epochs,
        "",
        Goal::AtMost(batches * 2.0),
        Goal::AtMost(batches),
    );
    #[allow(clippy::cast_precision_loss, reason = "counts of one run")]
    let outside = storm.sent_outside as f64;
    table.note(name("sent to come in alone"), outside, "times");
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    for percent in [50, 99] {
        let what = format!("p{percent} of a sender meanwhile");
        table.note(name(&what), ms(percentile(&storm.sends, percent)), "ms");
    }
    table.note(name("relay CPU"), server.as_secs_f64(), "s");
    table.note(name("members' and newcomers' CPU"), load.as_secs_f64(), "s");
    relay.stop().await;
}
