//! The order in which messages are sealed, when a commit comes between.

use lacre_engine::{Draft, Event, Output};
use lacre_tests::puppet::{Puppet, now};
use lacre_tests::wire::Caller;
use lacre_tests::world::World;
use std::net::Ipv4Addr;

/// More than the keys of steps that a receiver keeps.
const MANY: usize = 60;

/// A message is still on its way when the room goes on; many are said after that. It is refused and
/// sealed again, and stands before them in the log: everybody can read all of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_after_a_commit_is_readable_though_something_before_it_was_refused() {
    let world = World::start().await;
    let [ana, carla] = world.people(["ana", "carla"]).await;
    let caller = Caller::new(
        &world.relay.address().parse().unwrap(),
        Ipv4Addr::LOCALHOST.into(),
    );
    let folder = world.stage().path("bruno");
    let bruno = Puppet::sign_up(&caller, &folder, "bruno");
    let mut bruno = ana.within("bruno signs up", bruno).await;
    let room = ana.group("Algebra", &[&carla]).await;
    let invited = ana.room(room);
    ana.within("bruno is invited", invited.invite(&["bruno"]))
        .await
        .unwrap();
    let added = bruno.until(|event| matches!(event, Event::RoomAdded(_)));
    ana.within("bruno is in the room", added).await;
    ana.says(room, "welcome").await;
    let greeted = bruno.until(|event| matches!(event, Event::Message { .. }));
    ana.within("bruno reads", greeted).await;
    // The relay hears it only later.
    let said = |text: String| Draft::Text(text);
    bruno
        .engine
        .send(room, said("first".to_owned()), now())
        .unwrap();
    let held: Vec<_> = bruno
        .engine
        .outputs()
        .into_iter()
        .filter_map(|output| match output {
            Output::Send(frame) => Some(frame),
            _ => None,
        })
        .collect();
    assert_eq!(held.len(), 1);
    bruno.events.clear();
    ana.within("a commit", ana.room(room).set_name("Botany"))
        .await
        .unwrap();
    let heard = bruno.until(|event| matches!(event, Event::RoomChanged(_)));
    ana.within("bruno hears of the commit", heard).await;
    for number in 0..MANY {
        bruno
            .engine
            .send(room, said(format!("{number}")), now())
            .unwrap();
    }
    for frame in held {
        bruno.session.speaker.say(&frame).await;
    }
    let all = carla.until("all messages in their order", |told| {
        told.has_text(room, "first") && (0..MANY).all(|n| told.has_text(room, &n.to_string()))
    });
    tokio::select! {
        () = all => {}
        () = async { loop { bruno.turn().await } } => {}
    }
    let mut expected = vec!["welcome".to_owned(), "first".to_owned()];
    expected.extend((0..MANY).map(|number| number.to_string()));
    assert_eq!(carla.texts(room).await, expected);
}
