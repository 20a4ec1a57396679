//! Lines that are cut and mended: between a relay and the database, a relay and NATS, people and
//! their relay. Some are severed, so that everybody knows; some only stall, so that nobody does.

use crate::play;
use crate::scene::{Node, Scene};
use lacre_tests::gate::{Gate, Line};
use lacre_tests::seed::Seed;
use std::time::Duration;

/// How often a line is cut.
const CUTS: u64 = 4;
/// A cut takes at most so long.
const LONGEST: Duration = Duration::from_millis(2500);

async fn a_cuts_time(seed: &mut Seed) {
    tokio::time::sleep(Duration::from_millis(100) + seed.time(LONGEST)).await;
}

/// Cuts a line of any relay, in the one way or the other, and mends it, again and again.
async fn relays_are_cut_off(from: &str, line: fn(&Node) -> &Gate) {
    let wanted = &["cuts", "connections broken or pieces held"];
    play(&format!("relay | {from}"), wanted, async |scene, seed| {
        let Scene {
            cast, nodes, tally, ..
        } = scene;
        let cut = async |moments: &mut Seed| {
            let line = line(&nodes[moments.index(nodes.len())]);
            line.set(match moments.per_mille(500) {
                true => Line::Stalled,
                false => Line::Severed,
            });
            a_cuts_time(moments).await;
            line.set(Line::Open);
            tally.add(wanted[0], 1);
        };
        cast.talk_under(CUTS, cut, seed, tally).await;
        let met = nodes.iter().map(|node| line(node).met());
        tally.add(wanted[1], met.map(|met| met.broken + met.held).sum());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_are_cut_off_from_the_database() {
    relays_are_cut_off("database", |node| &node.database).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_are_cut_off_from_nats() {
    relays_are_cut_off("NATS", |node| &node.nats).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_cut_off_from_their_relay() {
    let wanted = &[
        "cuts",
        "datagrams lost or pieces held",
        "changes of address",
    ];
    play("people | relay", wanted, async |scene, seed| {
        let Scene {
            cast, nodes, tally, ..
        } = scene;
        let cut = async |moments: &mut Seed| {
            let line = &nodes[moments.index(nodes.len())].people;
            line.cut(true);
            a_cuts_time(moments).await;
            line.cut(false);
            tally.add(wanted[0], 1);
            // Who comes back from nowhere often has another address.
            line.change_addresses().await;
        };
        cast.talk_under(CUTS, cut, seed, tally).await;
        for node in nodes.iter() {
            let fired = node.people.fired();
            tally.add(wanted[1], fired.cut + fired.stalled);
            tally.add(wanted[2], fired.readdressed);
        }
    })
    .await;
}
