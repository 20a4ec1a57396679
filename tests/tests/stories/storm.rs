//! Many people at once: they ask for one room in the same moment.

use lacre_tests::storm::{Newcomer, percentile, rage};
use lacre_tests::world::World;
use lacre_wire::log::EntryKind;
use lacre_wire::room::{JoinRule, RoomKind};
use std::time::Duration;

/// How many ask, unless `LACRE_STORM` says another number.
const NEWCOMERS: usize = 60;

/// How many are let in by one commit at most.
const BATCH: usize = 50;

fn newcomers() -> usize {
    std::env::var("LACRE_STORM").map_or(NEWCOMERS, |text| text.parse().unwrap())
}

/// Everybody comes in, few at a time are let in by members who are there, nobody is sent to come in by
/// itself, and whoever writes meanwhile gets through.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_newcomers_is_few_epochs() {
    let count = newcomers();
    let patience = Duration::from_secs(60 + u64::try_from(count).unwrap());
    let world = World::patient(patience).await;
    let [mut teacher, mut writer, mut tutor] = world.people(["teacher", "writer", "tutor"]).await;
    let room = teacher.space("Algebra", &[&writer, &tutor]).await;
    let opened = teacher.room(room);
    let opened = opened.set_join_rule(JoinRule::Open);
    teacher.within("the room opens", opened).await.unwrap();
    writer.says(room, "good morning").await;
    tutor.reads(room, "good morning").await;
    let arriving = Newcomer::many(world.relay.address(), count, RoomKind::Space);
    let arriving = teacher.within("the newcomers sign up", arriving).await;
    let before = world.logged(room).count(EntryKind::Commit);

    let storm = rage(arriving, room, &writer);
    let storm = teacher.within("everybody is in", storm).await;
    let epochs = world.logged(room).count(EntryKind::Commit) - before;
    println!(
        "{count} are in after {:.1?}, in {epochs} epochs; a message meanwhile took {:.0?}, {:.0?} at worst",
        storm.took,
        percentile(&storm.sends, 50),
        percentile(&storm.sends, 100),
    );
    assert_eq!(storm.waited.len(), count);
    assert_eq!(storm.sent_outside, 0, "members were there");
    let batches = count.div_ceil(BATCH);
    // The first batch goes out when those who asked first have come.
    assert!(epochs <= 2 * batches + 1, "{epochs} epochs");
    // Between two commits there is a pause in which messages get through.
    let pause = Duration::from_millis(500.max(2 * u64::try_from(count).unwrap()));
    let worst = percentile(&storm.sends, 100);
    assert!(worst < pause * 4 + Duration::from_secs(2), "{worst:?}");

    for person in [&teacher, &writer, &tutor] {
        let all = || person.room(room).members().len() == count + 3;
        person.until("everybody is seen", |_| all()).await;
    }
    tutor.says(room, "let us begin").await;
    world
        .check(&mut [&mut teacher, &mut writer, &mut tutor])
        .await;
}
