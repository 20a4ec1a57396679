//! Processes that are killed: a relay, the database, NATS. Each is started again a moment later.

use crate::play;
use crate::scene::{Node, Scene};
use lacre_tests::seed::Seed;
use std::time::Duration;

/// How often one is killed.
const KILLS: u64 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_is_killed() {
    let wanted = &["relays killed"];
    play("relay killed", wanted, async |scene, seed| {
        let Scene {
            cast, nodes, tally, ..
        } = scene;
        let kill = async |moments: &mut Seed| {
            let index = moments.index(nodes.len());
            let Node { host, .. } = &mut nodes[index];
            host.kill().await;
            tally.add(wanted[0], 1);
            tokio::time::sleep(moments.time(Duration::from_millis(500))).await;
            host.start().await;
        };
        cast.talk_under(KILLS, kill, seed, tally).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_is_killed() {
    let wanted = &["databases killed"];
    play("database killed", wanted, async |scene, seed| {
        let kill = async |moments: &mut Seed| {
            let down = moments.time(Duration::from_millis(500));
            let server = scene.back.server.clone();
            let killed = tokio::task::spawn_blocking(move || {
                server.kill();
                std::thread::sleep(down);
                server.run();
            });
            killed.await.unwrap();
            scene.tally.add(wanted[0], 1);
        };
        scene.cast.talk_under(KILLS, kill, seed, &scene.tally).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nats_is_killed() {
    let wanted = &["NATS servers killed"];
    play("NATS killed", wanted, async |scene, seed| {
        let Scene {
            cast, back, tally, ..
        } = scene;
        let kill = async |moments: &mut Seed| {
            back.nats.kill();
            tally.add(wanted[0], 1);
            tokio::time::sleep(moments.time(Duration::from_millis(1500))).await;
            back.nats.start();
        };
        cast.talk_under(KILLS, kill, seed, tally).await;
    })
    .await;
}
