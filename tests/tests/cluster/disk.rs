//! The database's disk runs full: a real one, small, in memory.

use crate::play_on;
use crate::postgres::Server;
use crate::scene::{Back, Scene};
use std::time::Duration;

/// The disk, in mebibytes. An empty database of PostgreSQL takes about half.
const DISK: u32 = 160;

/// Fills the disk to the last page.
const FILL: &str = "dd if=/dev/zero of=ballast bs=8k 2>/dev/null || true";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_of_the_database_runs_full() {
    let settings = ["max_wal_size=32MB", "min_wal_size=32MB"];
    if Server::on_small_disk(DISK, &settings).is_none() {
        println!("skipped: nothing may be mounted here");
        return;
    }
    let wanted = &["times the disk was full", "refusals for want of space"];
    let enter = async |seed: &mut lacre_tests::seed::Seed| {
        let server = Server::on_small_disk(DISK, &settings).unwrap();
        Scene::on(Back::start(server), seed, &[]).await
    };
    play_on("database full", wanted, enter, async |scene, seed| {
        let mut moments = seed.fork();
        let Scene {
            cast,
            nodes,
            back,
            tally,
            stage,
            ..
        } = scene;
        let filling = async {
            tokio::time::sleep(moments.time(Duration::from_millis(1000))).await;
            let server = back.server.clone();
            tokio::task::spawn_blocking(move || server.shell(FILL))
                .await
                .unwrap();
            tally.add(wanted[0], 1);
            let refusals = async {
                loop {
                    let mut refused = 0;
                    for node in nodes.iter() {
                        let metrics = node.host.metrics().await;
                        refused += metrics.get("lacre_store_full_refused_total");
                    }
                    if refused > 0 {
                        return refused;
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            let refused = stage.within("a refusal for want of space", refusals).await;
            tally.add(wanted[1], refused);
            tokio::time::sleep(moments.time(Duration::from_millis(1500))).await;
            let server = back.server.clone();
            let emptied = tokio::task::spawn_blocking(move || {
                server.shell("rm ballast");
                // A server that cannot write its log ends itself.
                let ended = !server.is_up();
                if ended {
                    server.run();
                }
                ended
            });
            tally.add(
                "servers that ended themselves",
                emptied.await.unwrap().into(),
            );
            tokio::time::sleep(Duration::from_millis(500)).await;
        };
        cast.talk_during(filling, seed, tally).await;
    })
    .await;
}
