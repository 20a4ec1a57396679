//! Networks that let no UDP through: everything goes over WebSocket, and nobody waits for it.

use lacre::{Event, Path};
use lacre_tests::device::Device;
use lacre_tests::proxy::Proxy;
use lacre_tests::seed::Seed;
use lacre_tests::world::World;
use std::time::{Duration, Instant};

/// A relay behind a proxy that lets no UDP through.
async fn blocked(world: &World) -> (Proxy, String) {
    let proxy = Proxy::start(world.relay.socket(), Seed::fresh()).await;
    proxy.block_udp(true);
    let address = proxy.in_front_of(world.relay.address());
    (proxy, address)
}

fn is_over_websocket(device: &Device) {
    assert_eq!(device.client().path(), Some(Path::WebSocket));
}

/// A conversation with everything that is a stream of its own: trees and Welcomes of a room,
/// and a log so far behind that it is caught up with.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_works_where_udp_is_blocked() {
    let mut world = World::patient(Duration::from_secs(120)).await;
    let (proxy, through) = blocked(&world).await;
    let begun = Instant::now();
    let mut ana = world.person_through(&through, "ana").await;
    let took = begun.elapsed();
    println!("signed up over WebSocket in {took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    let mut bruno = world.person_through(&through, "bruno").await;
    let mut carla = world.person("carla").await;
    is_over_websocket(&ana);
    assert_eq!(carla.client().path(), Some(Path::Quic));
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    for person in [&ana, &bruno, &carla] {
        let said = person
            .says(room, &format!("{} is here", person.name()))
            .await;
        for other in [&ana, &bruno, &carla] {
            other.sees(room, &[said]).await;
        }
    }
    // Who was away for long catches up on a stream of its own.
    bruno.close().await;
    let long = "x".repeat(2000);
    let said = ana.say_many(room, &long, 300).await;
    carla.sees(room, &said).await;
    // A relay that was started again has nothing of the log in memory.
    world.relay.stop().await;
    world.relay.start().await;
    let begun = Instant::now();
    bruno.open().await;
    bruno.comes_online().await;
    println!("back over WebSocket in {:?}", begun.elapsed());
    bruno.sees(room, &said).await;
    is_over_websocket(&bruno);
    let metrics = world.relay.metrics().await;
    assert!(
        metrics.get("lacre_catch_ups_total") > 0,
        "nothing was caught up with"
    );
    // The newcomer's tree is an object.
    let mut dora = world.person_through(&through, "dora").await;
    ana.within("adding", ana.room(room).invite(&["dora"]))
        .await
        .unwrap();
    dora.enters(room).await;
    let said = dora.says(room, "me too").await;
    ana.sees(room, &[said]).await;
    is_over_websocket(&dora);
    let metrics = world.relay.metrics().await;
    assert!(
        metrics.get("lacre_objects_read_total") > 0,
        "no object was fetched"
    );
    assert!(metrics.get("lacre_websocket_logins_total") >= 3);
    assert!(proxy.fired().blocked > 0, "UDP was not tried");
    world
        .check(&mut [&mut ana, &mut bruno, &mut carla, &mut dora])
        .await;
}

/// The next start in such a network does not try UDP first: what was learned is in the store.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_network_is_remembered() {
    let world = World::patient(Duration::from_secs(120)).await;
    let (proxy, through) = blocked(&world).await;
    let mut ana = world.person_through(&through, "ana").await;
    let tried = proxy.fired().blocked;
    assert!(tried > 0, "UDP was not tried first");
    // A machine under load may be slower than UDP's turn, and proves nothing then.
    let mut quickest = Duration::MAX;
    for _ in 0..5 {
        ana.close().await;
        // What is left of an attempt before may still be on its way.
        let before = proxy.fired().blocked;
        let begun = Instant::now();
        ana.open().await;
        ana.comes_online().await;
        let took = begun.elapsed();
        println!("back in {took:?}");
        is_over_websocket(&ana);
        quickest = quickest.min(took);
        if took < Duration::from_millis(280) {
            assert_eq!(proxy.fired().blocked, before, "UDP was tried first");
            break;
        }
    }
    println!("{quickest:?} at best");
    // Where UDP gets through again, a session stays where it is.
    proxy.block_udp(false);
    let bruno = world.person_through(&through, "bruno").await;
    assert_eq!(bruno.client().path(), Some(Path::Quic));
    is_over_websocket(&ana);
    // Hints go between the two ways.
    let room = ana.group("Algebra", &[&bruno]).await;
    let said = bruno.says(room, "hello").await;
    ana.sees(room, &[said]).await;
    for (writer, reader) in [(&ana, &bruno), (&bruno, &ana)] {
        let mut events = reader.client().events();
        let writes = async {
            // A hint may be lost: as long as somebody writes, it comes again.
            loop {
                writer.room(room).typing().await.unwrap();
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        };
        let hears = async {
            while let Some(event) = events.next().await {
                if matches!(event, Event::Typing { active: true, .. }) {
                    return;
                }
            }
        };
        reader
            .within("a hint", async {
                tokio::select! {
                    () = hears => {}
                    () = writes => {}
                }
            })
            .await;
    }
}
