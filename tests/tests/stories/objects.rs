//! A relay that keeps large objects in a bucket: a room whose tree is large lives on it.

use crate::bucket::Bucket;
use lacre_tests::binaries;
use lacre_tests::relay::Host;
use lacre_tests::stage::Stage;
use lacre_tests::storm::Newcomer;
use lacre_tests::world::World;
use lacre_wire::limits::MAX_INLINE_BODY;
use lacre_wire::room::RoomKind;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// So many that the room's tree fits no frame.
const PUPILS: usize = 60;

/// What of an object may be in the tables.
const SMALL: u64 = MAX_INLINE_BODY as u64;

/// The largest object in the tables of a store.
fn largest(store: &Path) -> u64 {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let store = Connection::open_with_flags(store, flags).unwrap();
    let sql = "SELECT coalesce(max(length(bytes)), 0) FROM object";
    let bytes: i64 = store.query_row(sql, [], |row| row.get(0)).unwrap();
    u64::try_from(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_room_lives_on_a_bucket() {
    let stage = Arc::new(Stage::new(Duration::from_secs(180)));
    let mut bucket = Bucket::start(&stage.path("bucket")).await;
    let variables = bucket.variables();
    let relay = Host::process_with(&stage.path("relay"), &variables).await;
    let mut world = World::on(stage, relay);
    let [mut teacher, mut ana] = world.people(["teacher", "ana"]).await;
    let room = teacher.group("Algebra", &[&ana]).await;
    let pupils = Newcomer::many(world.relay.address(), PUPILS, RoomKind::Group);
    let pupils = teacher.within("the pupils sign up", pupils).await;
    let handles: Vec<_> = (0..PUPILS)
        .map(|number| format!("pupil-{number}"))
        .collect();
    let handles: Vec<_> = handles.iter().map(String::as_str).collect();
    let invited = teacher.room(room);
    let invited = teacher
        .within("they come in", invited.invite(&handles))
        .await;
    invited.unwrap();
    ana.says(room, "we are many").await;
    teacher.reads(room, "we are many").await;
    // The tree is in the bucket, and in the tables there is nothing of its size.
    let store = world.relay.folder().join("relay.db");
    assert!(!bucket.objects().is_empty());
    assert!(largest(&store) <= SMALL);

    // Without the bucket people go on talking; whoever would change the room waits.
    bucket.stop().await;
    let mut bruno = world.person("bruno").await;
    ana.says(room, "is anybody there?").await;
    teacher.reads(room, "is anybody there?").await;
    let algebra = teacher.room(room);
    let inviting = algebra.invite(&["bruno"]);
    let talking = async {
        for number in 0..5 {
            ana.says(room, &format!("meanwhile {number}")).await;
        }
        bucket.resume().await;
    };
    let (invited, ()) = tokio::join!(inviting, talking);
    if let Err(error) = invited {
        // It was told at once that the relay cannot; then it is asked again.
        assert_eq!(error.code(), "StoreFailed");
        let again = teacher
            .within("bruno comes in", algebra.invite(&["bruno"]))
            .await;
        again.unwrap();
    }
    teacher.says(room, "welcome, bruno").await;
    bruno.reads(room, "welcome, bruno").await;

    // After a crash everything is found again where it was.
    world.relay.kill().await;
    world.relay.start().await;
    let mut carla = world.person("carla").await;
    let invited = teacher
        .within("carla comes in", algebra.invite(&["carla"]))
        .await;
    invited.unwrap();
    teacher.says(room, "welcome, carla").await;
    carla.reads(room, "welcome, carla").await;

    // The operator's doctor says whether the bucket can be used.
    let doctor = |variables: &[(String, String)]| {
        let looked = Command::new(binaries::lacre())
            .args(["relay", "doctor", "--json", "--data"])
            .arg(world.relay.folder())
            .envs(variables.iter().cloned())
            .output();
        String::from_utf8(looked.unwrap().stdout).unwrap()
    };
    assert!(doctor(&variables).contains("takes and gives them"));
    let mut stranger = variables.clone();
    stranger[2].1 = "a wrong secret".to_owned();
    assert!(doctor(&stranger).contains("AWS_SECRET_ACCESS_KEY"));

    // A backup is one file, with all of it.
    let backup = world.stage().path("backup.db");
    let made = Command::new(binaries::lacre())
        .args(["relay", "backup", "--data"])
        .arg(world.relay.folder())
        .arg("--to")
        .arg(&backup)
        .envs(variables)
        .output();
    let made = made.unwrap();
    assert!(made.status.success(), "{made:?}");
    assert!(largest(&backup) > SMALL);
    drop(pupils);
    let everybody = &mut [&mut teacher, &mut ana, &mut bruno, &mut carla];
    world.check(everybody).await;
}
