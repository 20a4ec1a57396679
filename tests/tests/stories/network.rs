//! Bad networks, slow readers, relays that go away.

use lacre_tests::proxy::{Faults, Proxy};
use lacre_tests::puppet::Puppet;
use lacre_tests::relay::Host;
use lacre_tests::seed::Seed;
use lacre_tests::world::World;
use std::time::Duration;

/// A conversation over a network that loses, delays, repeats, reorders, breaks and changes addresses.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_survives_a_bad_network() {
    for mut seed in Seed::both_ways() {
        let world = World::patient(Duration::from_secs(120)).await;
        let blocked = seed.blocks_udp();
        let proxy = Proxy::start(world.relay.socket(), seed.fork()).await;
        proxy.block_udp(blocked);
        let through = proxy.in_front_of(world.relay.address());
        let mut ana = world.person_through(&through, "ana").await;
        let mut bruno = world.person_through(&through, "bruno").await;
        let mut carla = world.person("carla").await;
        let room = ana.group("Algebra", &[&bruno, &carla]).await;
        proxy.set(Faults::mobile());
        let talking = async {
            // As long as it takes until every fault has happened, and a little longer.
            for round in 0.. {
                for person in [&ana, &bruno, &carla] {
                    person
                        .say(room, &format!("{} {round}", person.name()))
                        .await;
                }
                match round {
                    5 => proxy.change_addresses().await,
                    // More than once: whoever is just connecting again has nothing under way.
                    _ if round % 50 == 10 => proxy.cut(true),
                    _ if round % 50 == 15 => proxy.cut(false),
                    _ if round % 50 < 20 => {}
                    20.. if proxy.fired().all(blocked) => return,
                    _ => {}
                }
                // Pace, not synchronisation: faults need datagrams to happen to.
                tokio::time::sleep(seed.time(Duration::from_millis(40))).await;
            }
        };
        ana.within("the conversation", talking).await;
        world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
    }
}

/// A line that is dead for good is noticed, and the next one is used.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_moves_to_a_new_network_when_told() {
    let world = World::start().await;
    let proxy = Proxy::start(world.relay.socket(), Seed::fresh()).await;
    let mut ana = world
        .person_through(&proxy.in_front_of(world.relay.address()), "ana")
        .await;
    let mut bruno = world.person("bruno").await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    proxy.cut(true);
    let said = ana.say(room, "into the void").await;
    ana.within("resting", ana.client().pause()).await.unwrap();
    let resting = ana
        .within(
            "a question to a resting client",
            ana.client().person("bruno"),
        )
        .await;
    assert_eq!(resting.unwrap_err().code(), "Paused");
    proxy.cut(false);
    ana.within("waking", ana.client().resume()).await.unwrap();
    bruno.sees(room, &[said]).await;
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// The relay is restarted in the middle of a conversation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_relay_goes_on() {
    let mut world = World::patient(Duration::from_secs(120)).await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    for round in 0..3 {
        let mut said = ana.say_many(room, &format!("ana {round}"), 20).await;
        world.relay.stop().await;
        said.extend(bruno.say_many(room, &format!("bruno {round}"), 20).await);
        world.relay.start().await;
        ana.sees(room, &said).await;
        bruno.sees(room, &said).await;
    }
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// Two relays on one store: who is connected to one is woken by what comes in through the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_relays_on_one_store_are_one() {
    let world = World::start().await;
    let mut second = Host::beside(&world.relay).await;
    let mut ana = world.person("ana").await;
    let mut bruno = world.person_through(second.address(), "bruno").await;
    let room = ana.group("Algebra", &[&bruno]).await;
    for round in 0..10 {
        let one = ana.say(room, &format!("through the first {round}")).await;
        bruno.sees(room, &[one]).await;
        let other = bruno
            .say(room, &format!("through the second {round}"))
            .await;
        ana.sees(room, &[other]).await;
    }
    // A commit that came in through one relay counts at the other.
    ana.within("renaming", ana.room(room).set_name("Geometry"))
        .await
        .unwrap();
    bruno
        .until("the new name", |_| bruno.room(room).name() == "Geometry")
        .await;
    let said = bruno.says(room, "in the new epoch").await;
    ana.sees(room, &[said]).await;
    let sweeps = world.relay.metrics().await.get("lacre_sweep_finds_total");
    assert_eq!(
        sweeps, 0,
        "a wake-up was lost between relays of one process"
    );
    world.check(&mut [&mut ana, &mut bruno]).await;
    bruno.close().await;
    second.stop().await;
}

/// A reader that does not read events is told how many it missed, and nobody waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_holds_nobody_up() {
    const MANY: usize = 5000;
    let world = World::patient(Duration::from_secs(180)).await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    let mut slow = bruno.client().events();
    let timeline = bruno.room(room).timeline().await.unwrap();
    let said = ana.say_many(room, "quick", MANY).await;
    bruno.sees(room, &said).await;
    let mut told = 0;
    let first = bruno
        .within("the slow reader's first event", slow.next())
        .await
        .unwrap();
    assert!(
        matches!(first, lacre::Event::Lagged { missed } if missed > 0),
        "{first:?}"
    );
    while let Some(lacre::Event::Message(_) | lacre::Event::MessageChanged(_)) =
        bruno.within("an event", slow.next()).await
    {
        told += 1;
        if told == 4096 {
            break;
        }
    }
    // The timeline gets over it by a new list.
    bruno
        .within("the timeline's next change", timeline.next_diff())
        .await
        .unwrap();
    while timeline.older(1000).await.unwrap() > 0 {}
    // All messages, behind the line that says that the room was created.
    assert_eq!(timeline.snapshot().len(), MANY + 1);
    drop((slow, timeline));
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// A killed relay forgets its connections. Back on its port, it says so to whoever speaks on an old
/// one (RFC 9000 §10.3), instead of letting them wait until they give up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_relay_resets_old_connections() {
    let mut world = World::real_process(Duration::from_secs(60)).await;
    let caller = world.caller();
    let folder = world.stage().path("ana");
    let ana = Puppet::sign_up(&caller, &folder, "ana");
    let ana = world.stage().within("ana signs up", ana).await;
    world.relay.kill().await;
    world.relay.start().await;
    // What keeps a connection alive speaks on it by itself.
    let closed = ana.session.connection.closed();
    let closed = world.stage().within("the connection ends", closed).await;
    assert!(matches!(closed, quinn::ConnectionError::Reset), "{closed}");
}
