//! Processes that are killed: a relay, the database, NATS. Each is started again a moment later.

use crate::play;
use crate::scene::{Node, Scene};
use lacre_tests::seed::Seed;
use std::time::Duration;

/// How often one is killed.
const KILLS: u64 = 3;

/// A while in which everybody talks undisturbed, at least a little.
async fn a_while(seed: &mut Seed) {
    tokio::time::sleep(Duration::from_millis(200) + seed.time(Duration::from_millis(900))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_is_killed() {
    play("relay killed", &["relays killed"], async |scene, seed| {
        let mut moments = seed.fork();
        let Scene {
            people,
            nodes,
            tally,
            all,
            some,
            ..
        } = scene;
        let killing = async {
            for _ in 0..KILLS {
                a_while(&mut moments).await;
                let index = moments.index(nodes.len());
                let Node { host, .. } = &mut nodes[index];
                host.kill().await;
                tally.add("relays killed", 1);
                tokio::time::sleep(moments.time(Duration::from_millis(500))).await;
                host.start().await;
            }
            a_while(&mut moments).await;
        };
        Scene::talk_during(people, [*all, *some], seed, tally, killing).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_is_killed() {
    play(
        "database killed",
        &["databases killed"],
        async |scene, seed| {
            let mut moments = seed.fork();
            let Scene {
                people,
                back,
                tally,
                all,
                some,
                ..
            } = scene;
            let killing = async {
                for _ in 0..KILLS {
                    a_while(&mut moments).await;
                    let (server, down) = (
                        back.server.clone(),
                        moments.time(Duration::from_millis(500)),
                    );
                    let killed = tokio::task::spawn_blocking(move || {
                        server.kill();
                        std::thread::sleep(down);
                        server.run();
                    });
                    killed.await.unwrap();
                    tally.add("databases killed", 1);
                }
                a_while(&mut moments).await;
            };
            Scene::talk_during(people, [*all, *some], seed, tally, killing).await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nats_is_killed() {
    play(
        "NATS killed",
        &["NATS servers killed"],
        async |scene, seed| {
            let mut moments = seed.fork();
            let Scene {
                people,
                back,
                tally,
                all,
                some,
                ..
            } = scene;
            let killing = async {
                for _ in 0..KILLS {
                    a_while(&mut moments).await;
                    back.nats.kill();
                    tally.add("NATS servers killed", 1);
                    tokio::time::sleep(moments.time(Duration::from_millis(1500))).await;
                    back.nats.start();
                }
                a_while(&mut moments).await;
            };
            Scene::talk_during(people, [*all, *some], seed, tally, killing).await;
        },
    )
    .await;
}
