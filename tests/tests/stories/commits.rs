//! Commits whose fate a broken line leaves open: made once, whatever became of them.

use lacre_engine::{Done, Engine, Event, RoomInfo};
use lacre_tests::puppet::{Cut, Puppet, now};
use lacre_tests::world::World;
use lacre_wire::ids::RoomId;
use lacre_wire::log::EntryKind;
use lacre_wire::request::{ClientFrame, Request};
use lacre_wire::room::JoinRule;
use std::time::Duration;

/// A commit as it leaves.
fn is_commit(frame: &ClientFrame) -> bool {
    matches!(
        frame,
        ClientFrame::Request {
            request: Request::Commit { .. },
            ..
        }
    )
}

/// How the one who commits comes back.
#[derive(Debug, Clone, Copy)]
enum Back {
    /// On a new line.
    Reconnected,
    /// As a new process, with what its store holds.
    Restarted,
}

fn room_of(engine: &Engine, room: RoomId) -> Option<RoomInfo> {
    engine.reader().unwrap().room(room).unwrap()
}

/// The line breaks before or after a commit arrives. It is in the log once, everybody follows it,
/// and what was asked for is told to be done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_of_unknown_fate_is_made_once() {
    let world = World::start().await;
    let mut bruno = world.person("bruno").await;
    let caller = world.caller();
    let mut cases = Vec::new();
    for arrives in [true, false] {
        for back in [Back::Reconnected, Back::Restarted] {
            cases.push((arrives, back));
        }
    }
    for (number, (arrives, back)) in cases.into_iter().enumerate() {
        println!("the commit arrives: {arrives}; its author is {back:?}");
        let handle = format!("ana-{number}");
        let folder = world.stage().path(&handle);
        let ana = Puppet::sign_up(&caller, &folder, &handle);
        let mut ana = bruno.within("ana signs up", ana).await;
        let group = ana.create_group("Algebra", vec![bruno.account()]);
        let room = bruno.within("ana creates the group", group).await;
        bruno.enters(room).await;
        let commits = world.logged(room).count(EntryKind::Commit);

        let name = format!("Geometria {number}");
        ana.engine.set_name(room, &name, now()).unwrap();
        let cut = Cut {
            at: is_commit,
            arrives,
        };
        bruno.within("the line breaks", ana.until_cut(cut)).await;
        if arrives {
            let renamed = || bruno.room(room).name() == name;
            bruno.until("the new name", |_| renamed()).await;
        }
        let again = async {
            match back {
                Back::Reconnected => ana.call_again(&caller).await,
                Back::Restarted => {
                    drop(ana);
                    Puppet::resume(&caller, &folder, &handle).await
                }
            }
        };
        let mut ana = bruno.within("ana comes back", again).await;
        let done = ana.until(|event| matches!(event, Event::Done { .. }));
        let done = bruno.within("ana is told", done).await;
        assert!(
            matches!(
                done,
                Event::Done {
                    result: Ok(Done::Changed),
                    ..
                }
            ),
            "{done:?}"
        );
        assert_eq!(room_of(&ana.engine, room).unwrap().name, name);
        bruno
            .until("the new name", |_| bruno.room(room).name() == name)
            .await;
        assert_eq!(world.logged(room).count(EntryKind::Commit), commits + 1);
        bruno.says(room, "we go on").await;
    }
    world.check(&mut [&mut bruno]).await;
}

/// Nobody is there to let a newcomer in, and its own way in is lost with its process. The next
/// process gets in all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_way_in_that_was_lost_is_found_again() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let caller = world.caller();
    let room = ana.group("Algebra", &[&bruno]).await;
    let opened = ana.room(room);
    let opened = opened.set_join_rule(JoinRule::Open);
    ana.within("the room opens", opened).await.unwrap();
    ana.close().await;
    bruno.close().await;
    for (number, arrives) in [false, true].into_iter().enumerate() {
        let handle = format!("carla-{number}");
        let folder = world.stage().path(&handle);
        let carla = Puppet::sign_up(&caller, &folder, &handle);
        let mut carla = world.stage().within("carla signs up", carla).await;
        carla.engine.join(room, now()).unwrap();
        let cut = Cut {
            at: is_commit,
            arrives,
        };
        let broken = carla.until_cut(cut);
        world.stage().within("the line breaks", broken).await;
        drop(carla);
        let carla = Puppet::resume(&caller, &folder, &handle);
        let mut carla = world.stage().within("carla comes back", carla).await;
        let done = carla.until(|event| matches!(event, Event::Done { .. }));
        let done = world.stage().within("carla is in", done).await;
        assert!(
            matches!(done, Event::Done { result: Ok(_), .. }),
            "{done:?}"
        );
        assert!(room_of(&carla.engine, room).is_some());
    }
    ana.open().await;
    bruno.open().await;
    ana.says(room, "welcome").await;
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// Two owners remove somebody at the same time, and each makes the room's next key. The first in the log
/// is everybody's: a name that either of them gives is read by all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_made_at_the_same_time_are_one() {
    let world = World::patient(Duration::from_secs(60)).await;
    let [mut ana, mut bruno, mut carla, dora, edu] =
        world.people(["ana", "bruno", "carla", "dora", "edu"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla, &dora, &edu]).await;
    let role = ana.room(room);
    let role = role.set_role(bruno.account(), lacre::Role::Owner);
    ana.within("bruno is an owner", role).await.unwrap();
    bruno
        .until("the right", |_| {
            let members = bruno.room(room).members();
            let own = members
                .iter()
                .find(|member| member.account == bruno.account());
            own.is_some_and(|own| own.role == lacre::Role::Owner)
        })
        .await;
    let (one, other) = (ana.room(room), bruno.room(room));
    let both = async { tokio::join!(one.remove(dora.account()), other.remove(edu.account())) };
    let (first, second) = ana.within("both removals", both).await;
    first.and(second).unwrap();
    for (person, name) in [(&ana, "by Ana"), (&bruno, "by Bruno")] {
        let named = person.room(room);
        person
            .within("a new name", named.set_name(name))
            .await
            .unwrap();
        for reader in [&ana, &bruno, &carla] {
            reader
                .until(name, |_| reader.room(room).name() == name)
                .await;
        }
    }
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}
