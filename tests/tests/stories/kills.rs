//! Processes that are killed at any moment: the relay's, a client's. Nothing accepted is lost,
//! nothing is shown twice, and everybody has the same order.

use crate::postgres::Database;
use lacre_tests::child::{self, Child};
use lacre_tests::device::Device;
use lacre_tests::process;
use lacre_tests::proxy::Proxy;
use lacre_tests::scan;
use lacre_tests::seed::Seed;
use lacre_tests::world::World;
use std::collections::HashSet;
use std::time::Duration;

/// How many times the relay is killed under traffic.
const KILLS: u64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_relay_is_killed_under_traffic() {
    for mut seed in Seed::both_ways() {
        println!("{seed}");
        let mut world = World::real_process(Duration::from_secs(240)).await;
        kill_the_relay(&mut world, &mut seed).await;
    }
}

/// The same relay, with its store in a database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_on_a_database_is_killed_under_traffic() {
    for mut seed in Seed::both_ways() {
        println!("{seed}");
        let database = Database::new();
        let mut world = World::on_database(Duration::from_secs(240), &database.url()).await;
        kill_the_relay(&mut world, &mut seed).await;
    }
}

async fn kill_the_relay(world: &mut World, seed: &mut Seed) {
    let (_proxy, through) = line(world, seed).await;
    let mut ana = world.person_through(&through, "ana").await;
    let mut bruno = world.person_through(&through, "bruno").await;
    let mut carla = world.person_through(&through, "carla").await;
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
            tokio::time::sleep(Duration::from_millis(100) + seed.time(Duration::from_millis(700)))
                .await;
            world.relay.kill().await;
            tokio::time::sleep(seed.time(Duration::from_millis(300))).await;
            world.relay.start().await;
        }
    };
    tokio::join!(talking, killing);
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

/// A line to the relay, over which UDP gets or does not, as the seed says.
async fn line(world: &World, seed: &mut Seed) -> (Proxy, String) {
    let proxy = Proxy::start(world.relay.socket(), seed.fork()).await;
    proxy.block_udp(seed.blocks_udp());
    let through = proxy.in_front_of(world.relay.address());
    (proxy, through)
}

/// Talks for about three seconds.
pub(crate) async fn talk(person: &Device, room: lacre::RoomId, seed: &mut Seed) {
    for number in 0..150 {
        person
            .say(room, &format!("{} {number}", person.name()))
            .await;
        tokio::time::sleep(seed.time(Duration::from_millis(40))).await;
    }
}

/// A client's process is killed while it sends and receives. What it called durable goes out when
/// its folder is opened again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_is_killed_under_traffic() {
    for mut seed in Seed::both_ways() {
        println!("{seed}");
        let world = World::patient(Duration::from_secs(240)).await;
        let (_proxy, through) = line(&world, &mut seed).await;
        let mut ana = world.person_through(&through, "ana").await;
        let child = Child::start(world.stage(), &through, "bruno").await;
        let room = ana
            .within("a direct room", ana.client().direct("bruno"))
            .await
            .unwrap()
            .id();
        child.has_received(0).await;
        let mut child = Some(child);
        let mut killed = 0;
        for round in 0..6 {
            let bruno = child.take().unwrap();
            let deadline = Duration::from_millis(20) + seed.time(Duration::from_millis(600));
            let chatter = async {
                for number in 0.. {
                    ana.say(room, &format!("ana {round} {number}")).await;
                    // The room comes to a new process a moment after it: until then it cannot send.
                    let asked = serde_json::json!({"do": "send", "room": room.to_string(), "text": format!("bruno {round} {number}")});
                    bruno.ask(asked).await;
                }
            };
            // The moment of the kill is the seed's; wherever the two are then, they are.
            let _killed_first = tokio::time::timeout(deadline, chatter).await;
            bruno.kill().await;
            killed += 1;
            child = Some(Child::start(world.stage(), &through, "bruno").await);
        }
        child.unwrap().kill().await;
        println!(
            "{killed} kills, {} sendings",
            world.stage().record.sendings().len()
        );
        // Opened in this process, so that the checker can look into it.
        let mut bruno = Device::resume(world.stage(), &through, "bruno").await;
        world.check(&mut [&mut ana, &mut bruno]).await;
    }
}

/// Relay and clients hold what was said; no file of the relay holds it in the clear, nor who is who
/// in the rooms' names, and no file of a client does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_file_holds_what_was_said() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.group("Zwetschgenkuchen", &[&bruno]).await;
    let said = ana.says(room, "the Quetzalcoatlus lands at noon").await;
    bruno.sees(room, &[said]).await;
    bruno.reply(room, said, "bring Xylophonmusik").await;
    let edited = bruno.says(room, "Kaffeeklatsch before").await;
    bruno.edits(room, edited, "Teestunde before").await;
    let dropped = ana.says(room, "Geheimniskrämer").await;
    ana.deletes(room, dropped).await;
    let last = ana.says(room, "that is all").await;
    bruno.sees(room, &[last]).await;
    world.check(&mut [&mut ana, &mut bruno]).await;
    let words = [
        "Zwetschgenkuchen",
        "Quetzalcoatlus",
        "Xylophonmusik",
        "Kaffeeklatsch",
        "Teestunde",
        "Geheimniskrämer",
    ];
    // While everything runs, with write-ahead logs in use, and after it has ended.
    assert_eq!(scan::find(world.stage().folder(), &words), []);
    ana.close().await;
    bruno.close().await;
    assert_eq!(scan::find(world.stage().folder(), &words), []);
    // The scan itself works: handles are not secret from the relay, and stand in its store.
    assert!(!scan::find(world.relay.folder(), &["bruno"]).is_empty());
    for client in [ana.folder(), bruno.folder()] {
        assert_eq!(scan::find(client, &["bruno", "SQLite format 3"]), []);
    }
}

/// Sockets, files and watches are given back: at the relay when clients go, at a client when it is
/// closed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_stays_open() {
    let mut world = World::real_process(Duration::from_secs(120)).await;
    let mut child = Child::start(world.stage(), world.relay.address(), "ana").await;
    let idle = process::descriptors(world.relay.pid());
    for round in 0..3 {
        let mut people = Vec::new();
        for number in 0..8 {
            people.push(world.person(&format!("p-{round}-{number}")).await);
        }
        let answer = child
            .ask(serde_json::json!({"do": "direct", "handle": format!("p-{round}-0")}))
            .await
            .unwrap();
        assert!(answer["room"].is_string(), "{answer}");
        for mut person in people {
            person.close().await;
        }
        child.ask(serde_json::json!({"do": "close"})).await.unwrap();
        let answer = child
            .ask(serde_json::json!({"do": "descriptors"}))
            .await
            .unwrap();
        let now: Vec<&str> = answer["now"]
            .as_array()
            .unwrap()
            .iter()
            .map(|link| link.as_str().unwrap())
            .collect();
        // What the process itself keeps: its three pipes and the runtime's poll, event and signal.
        let sockets: HashSet<_> = now
            .iter()
            .filter(|link| link.starts_with("socket:") || link.contains("lacre-story"))
            .collect();
        assert!(
            now.len() <= usize::try_from(answer["before"].as_u64().unwrap()).unwrap(),
            "{answer}: {sockets:?}"
        );
        let answer = child.ask(serde_json::json!({"do": "open"})).await.unwrap();
        assert!(answer["error"].is_null(), "{answer}");
    }
    let after = process::descriptors(world.relay.pid());
    assert!(
        after.len() <= idle.len(),
        "the relay kept something open: {after:?}, at first {idle:?}"
    );
    child.end().await;
    let folder = child::folder(world.stage(), "ana");
    child = Child::start(world.stage(), world.relay.address(), "ana").await;
    assert!(folder.exists());
    child.end().await;
    world.relay.stop().await;
}
