//! Relays whose store is in PostgreSQL: the server is killed under them, and two of them serve one room.

use crate::kills::talk;
use crate::nats::Nats;
use crate::postgres::{Database, Server};
use lacre_tests::relay::Host;
use lacre_tests::seed::Seed;
use lacre_tests::stage::Stage;
use lacre_tests::world::World;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How many times the database is killed under traffic.
const KILLS: u64 = 4;

/// Every process of the database is killed, and it recovers. The relay and its clients go on by
/// themselves: nothing accepted is lost, nothing is shown twice, and everybody has the same order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_is_killed_under_traffic() {
    let mut seed = Seed::fresh();
    println!("{seed}");
    let server = Server::start(&[]);
    let database = server.database();
    let world = World::on_database(Duration::from_secs(240), &database.url()).await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let mut pace = [seed.fork(), seed.fork(), seed.fork()];
    let talking = async {
        let [one, two, three] = &mut pace;
        tokio::join!(
            talk(&ana, room, one),
            talk(&bruno, room, two),
            talk(&carla, room, three)
        )
    };
    let killing = async {
        for _ in 0..KILLS {
            let moment = Duration::from_millis(100) + seed.time(Duration::from_millis(700));
            tokio::time::sleep(moment).await;
            let server = server.clone();
            let killed = tokio::task::spawn_blocking(move || {
                server.kill();
                server.run();
            });
            killed.await.unwrap();
        }
    };
    tokio::join!(talking, killing);
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

/// Two relays, each with its own connections and memory, on one database: people at either talk in one
/// room, and one relay is killed for a while.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_relays_on_one_database_serve_one_room() {
    let mut seed = Seed::fresh();
    println!("{seed}");
    let database = Database::new();
    let stage = Arc::new(Stage::new(Duration::from_secs(240)));
    let one = Host::on_database(&stage.path("relay"), &database.url(), false).await;
    let folder = with_keys_of(&one, &stage);
    let mut two = Host::on_database(&folder, &database.url(), false).await;
    let world = World::on(stage, one);
    let mut ana = world.person("ana").await;
    let mut bruno = world.person_through(two.address(), "bruno").await;
    let mut carla = world.person_through(two.address(), "carla").await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let mut pace = [seed.fork(), seed.fork(), seed.fork()];
    let talking = async {
        let [one, two, three] = &mut pace;
        tokio::join!(
            talk(&ana, room, one),
            talk(&bruno, room, two),
            talk(&carla, room, three)
        )
    };
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        two.stop().await;
        tokio::time::sleep(seed.time(Duration::from_millis(300))).await;
        two.start().await;
    };
    tokio::join!(talking, stopping);
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
    two.stop().await;
}

/// A folder for another relay with the same keys.
fn with_keys_of(one: &Host, stage: &Stage) -> PathBuf {
    let folder = stage.path("second");
    one.share_keys(&folder);
    folder
}

/// The same over NATS, which is killed under traffic: meanwhile the relays find each other's news by
/// themselves, and later at once again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_relays_wake_each_other_by_nats_which_is_killed() {
    let mut seed = Seed::fresh();
    println!("{seed}");
    let (database, mut nats) = (Database::new(), Nats::running());
    let stage = Arc::new(Stage::new(Duration::from_secs(240)));
    let one = Host::in_cluster(&stage.path("relay"), &database.url(), &nats.url()).await;
    let folder = with_keys_of(&one, &stage);
    let mut two = Host::in_cluster(&folder, &database.url(), &nats.url()).await;
    let world = World::on(stage, one);
    let mut ana = world.person("ana").await;
    let mut bruno = world.person_through(two.address(), "bruno").await;
    let room = ana.group("Algebra", &[&bruno]).await;
    let mut pace = [seed.fork(), seed.fork()];
    let talking = async {
        let [one, two] = &mut pace;
        tokio::join!(talk(&ana, room, one), talk(&bruno, room, two))
    };
    let killing = async {
        for _ in 0..2 {
            tokio::time::sleep(seed.time(Duration::from_millis(500))).await;
            nats.kill();
            tokio::time::sleep(seed.time(Duration::from_millis(500))).await;
            nats.start();
        }
    };
    tokio::join!(talking, killing);
    world.check(&mut [&mut ana, &mut bruno]).await;
    two.stop().await;
}
