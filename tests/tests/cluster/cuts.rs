//! Lines that are cut and mended: between a relay and the database, a relay and NATS, people and
//! their relay. Some are severed, so that everybody knows; some only stall, so that nobody does.

use crate::play;
use crate::scene::Scene;
use lacre_tests::gate::{Gate, Line};
use lacre_tests::seed::Seed;
use std::time::Duration;

/// How often a line is cut.
const CUTS: u64 = 4;
/// A cut takes at most so long.
const LONGEST: Duration = Duration::from_millis(2500);

async fn a_while(seed: &mut Seed) {
    tokio::time::sleep(Duration::from_millis(100) + seed.time(Duration::from_millis(700))).await;
}

/// Cuts one line, in the one way or the other, and mends it.
async fn cut(gate: &Gate, seed: &mut Seed) {
    let way = match seed.per_mille(500) {
        true => Line::Stalled,
        false => Line::Severed,
    };
    gate.set(way);
    tokio::time::sleep(Duration::from_millis(100) + seed.time(LONGEST)).await;
    gate.set(Line::Open);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_are_cut_off_from_the_database() {
    let wanted = &["cuts", "connections broken or pieces held"];
    play("relay | database", wanted, async |scene, seed| {
        let mut moments = seed.fork();
        let Scene {
            people,
            nodes,
            tally,
            all,
            some,
            ..
        } = scene;
        let cutting = async {
            for _ in 0..CUTS {
                a_while(&mut moments).await;
                cut(&nodes[moments.index(nodes.len())].database, &mut moments).await;
                tally.add("cuts", 1);
            }
            a_while(&mut moments).await;
        };
        Scene::talk_during(people, [*all, *some], seed, tally, cutting).await;
        let met = nodes.iter().map(|node| node.database.met());
        tally.add(wanted[1], met.map(|met| met.broken + met.held).sum());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_are_cut_off_from_nats() {
    let wanted = &["cuts", "connections broken or pieces held"];
    play("relay | NATS", wanted, async |scene, seed| {
        let mut moments = seed.fork();
        let Scene {
            people,
            nodes,
            tally,
            all,
            some,
            ..
        } = scene;
        let cutting = async {
            for _ in 0..CUTS {
                a_while(&mut moments).await;
                cut(&nodes[moments.index(nodes.len())].nats, &mut moments).await;
                tally.add("cuts", 1);
            }
            a_while(&mut moments).await;
        };
        Scene::talk_during(people, [*all, *some], seed, tally, cutting).await;
        let met = nodes.iter().map(|node| node.nats.met());
        tally.add(wanted[1], met.map(|met| met.broken + met.held).sum());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_cut_off_from_their_relay() {
    let wanted = &[
        "cuts",
        "datagrams lost or pieces held",
        "changes of address",
    ];
    play("people | relay", wanted, async |scene, seed| {
        let mut moments = seed.fork();
        let Scene {
            people,
            nodes,
            tally,
            all,
            some,
            ..
        } = scene;
        let cutting = async {
            for _ in 0..CUTS {
                a_while(&mut moments).await;
                let line = &nodes[moments.index(nodes.len())].people;
                line.cut(true);
                let time = Duration::from_millis(100) + moments.time(LONGEST);
                tokio::time::sleep(time).await;
                line.cut(false);
                tally.add("cuts", 1);
                // Who comes back from nowhere often has another address.
                line.change_addresses().await;
            }
            a_while(&mut moments).await;
        };
        Scene::talk_during(people, [*all, *some], seed, tally, cutting).await;
        for node in nodes.iter() {
            let fired = node.people.fired();
            tally.add(wanted[1], fired.cut + fired.stalled);
            tally.add(wanted[2], fired.readdressed);
        }
    })
    .await;
}
