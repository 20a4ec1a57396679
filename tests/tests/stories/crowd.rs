//! Rooms with many in them: people come and go while others write, and a room that is full.

use lacre_tests::storm::Newcomer;
use lacre_tests::world::World;
use lacre_wire::limits::GROUP_DEVICES;
use lacre_wire::room::{JoinRule, RoomKind};
use std::time::Duration;

/// Handles of so many newcomers from `first` on.
fn handles(first: usize, count: usize) -> Vec<String> {
    let numbers = first..first + count;
    numbers.map(|number| format!("pupil-{number}")).collect()
}

fn borrowed(handles: &[String]) -> Vec<&str> {
    handles.iter().map(String::as_str).collect()
}

/// Five come and five go, again and again, while two write without a pause. Everything that was said
/// arrives, once and in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_come_and_go_while_others_write() {
    let world = World::patient(Duration::from_secs(120)).await;
    let [mut teacher, mut ana, mut bruno] = world.people(["teacher", "ana", "bruno"]).await;
    let room = teacher.space("Algebra", &[&ana, &bruno]).await;
    let pupils = Newcomer::many(world.relay.address(), 25, RoomKind::Space);
    let pupils = teacher.within("the pupils sign up", pupils).await;
    let changes = async {
        let algebra = teacher.room(room);
        for round in 0..5 {
            let come = handles(round * 5, 5);
            let come = borrowed(&come);
            let invited = teacher.within("five come", algebra.invite(&come)).await;
            invited.unwrap();
            if round > 0 {
                for gone in &pupils[(round - 1) * 5..round * 5] {
                    let removed = algebra.remove(gone.account());
                    teacher.within("one goes", removed).await.unwrap();
                }
            }
        }
    };
    let writes = async {
        for number in 0..40 {
            ana.says(room, &format!("ana {number}")).await;
            bruno.says(room, &format!("bruno {number}")).await;
        }
    };
    tokio::join!(changes, writes);
    for person in [&teacher, &ana, &bruno] {
        let seen = || person.room(room).members().len() == 3 + 5;
        person.until("who is left", |_| seen()).await;
    }
    world.check(&mut [&mut teacher, &mut ana, &mut bruno]).await;
}

/// A group of 128 devices is written in as any other. Nobody else fits in, by invitation or by asking,
/// and both are told so; whoever leaves makes room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_room_says_so_and_leaving_makes_room() {
    let world = World::patient(Duration::from_secs(180)).await;
    let [mut teacher, mut ana, bruno] = world.people(["teacher", "ana", "bruno"]).await;
    let mut carla = world.person("carla").await;
    let room = teacher.group("Algebra", &[&ana, &bruno]).await;
    let count = GROUP_DEVICES - 3;
    let pupils = Newcomer::many(world.relay.address(), count, RoomKind::Group);
    let pupils = teacher.within("the pupils sign up", pupils).await;
    let algebra = teacher.room(room);
    let opened = algebra.set_join_rule(JoinRule::Open);
    teacher.within("the room opens", opened).await.unwrap();

    // All but one fit in; with her, none of them would come.
    let mut everybody = handles(0, count);
    everybody.push("carla".to_owned());
    let too_many = borrowed(&everybody);
    let refused = teacher.within("too many", algebra.invite(&too_many)).await;
    assert_eq!(refused.unwrap_err().code(), "RoomFull");
    assert_eq!(teacher.room(room).members().len(), 3);
    let fit = borrowed(&everybody[..count]);
    let invited = teacher.within("all who fit", algebra.invite(&fit)).await;
    invited.unwrap();
    let full = || ana.room(room).members().len() == GROUP_DEVICES;
    ana.until("a full room", |_| full()).await;
    ana.says(room, "we are many").await;
    bruno.reads(room, "we are many").await;

    let refused = teacher.within("one more", algebra.invite(&["carla"])).await;
    assert_eq!(refused.unwrap_err().code(), "RoomFull");
    let refused = carla.client().join(room);
    let refused = carla.within("carla asks", refused).await;
    assert_eq!(refused.unwrap_err().code(), "RoomFull");

    let left = bruno.room(room);
    bruno.within("bruno leaves", left.leave()).await.unwrap();
    let joined = carla.client().join(room);
    carla.within("carla comes in", joined).await.unwrap();
    ana.says(room, "welcome, carla").await;
    carla.reads(room, "welcome, carla").await;
    drop(pupils);
    world.check(&mut [&mut teacher, &mut ana, &mut carla]).await;
}
