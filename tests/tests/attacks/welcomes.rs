//! A member who lets somebody in with a Welcome that does not open.

use lacre_tests::hostile::crooked::Trick;
use lacre_tests::hostile::intrigue::Intrigue;
use lacre_tests::hostile::scene::{Scene, is_in};
use lacre_tests::hostile::villain::package_in;
use lacre_wire::answer::Answer;
use lacre_wire::room::JoinRule;

/// The secrets in it are false, which only the newcomer can see. She is told and is not in the room;
/// her other rooms go on, and so does that one; a good Welcome lets her in later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_false_welcome_keeps_nobody_from_the_rest() {
    let mut scene = Scene::begin().await;
    let carla = scene.world.person("carla").await;
    let opened = scene.ana.room(scene.room);
    let opened = opened.set_join_rule(JoinRule::Open);
    scene.ana.within("the room opens", opened).await.unwrap();
    scene.follow().await;

    let claimed = scene.mallory.claim(carla.account()).await;
    let package = package_in(&claimed.packages[0].package);
    let key = package.hpke_init_key().as_slice().to_vec();
    let plan = Intrigue {
        adds: vec![package],
        trick: Some(Trick::PathSecretFor(key)),
        ..Intrigue::default()
    };
    let bundle = scene.mallory.commit(&mut scene.seat, plan);
    let answer = scene.mallory.commit_in_turn(&scene.seat, bundle).await;
    assert!(
        matches!(answer, Answer::Accepted(_)),
        "the relay cannot see that it is false: {answer:?}"
    );
    carla
        .until("carla is told", |told| {
            told.errors.iter().any(|error| error.code() == "InvalidMls")
        })
        .await;
    assert!(!carla.look(|told| told.entered.contains(&scene.room)));
    scene.room_goes_on().await;
    let other = scene.ana.direct(&carla).await;
    carla.enters(other).await;
    carla.says(other, "nothing else is lost").await;
    scene.ana.reads(other, "nothing else is lost").await;

    assert!(is_in(&scene.ana, scene.room, carla.account()));
    let room = scene.ana.room(scene.room);
    let removed = room.remove(carla.account());
    scene.ana.within("carla is removed", removed).await.unwrap();
    let invited = room.invite(&["carla"]);
    scene.ana.within("carla is invited", invited).await.unwrap();
    carla.enters(scene.room).await;
    scene.ana.says(scene.room, "welcome, carla").await;
    carla.reads(scene.room, "welcome, carla").await;
    let told = carla.look(|told| {
        told.errors
            .iter()
            .map(|error| error.code())
            .collect::<Vec<_>>()
    });
    assert_eq!(told, ["InvalidMls"], "it was tried once");
}

/// She asks for the room herself: the relay says that she is in, and no Welcome comes that opens it. She
/// comes in from outside, in place of the leaf that she cannot use.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_false_welcome_keeps_nobody_out_who_asks() {
    let mut scene = Scene::begin().await;
    let carla = scene.world.person("carla").await;
    let opened = scene.ana.room(scene.room);
    let opened = opened.set_join_rule(JoinRule::Open);
    scene.ana.within("the room opens", opened).await.unwrap();
    scene.follow().await;
    let claimed = scene.mallory.claim(carla.account()).await;
    let package = package_in(&claimed.packages[0].package);
    let key = package.hpke_init_key().as_slice().to_vec();
    let plan = Intrigue {
        adds: vec![package],
        trick: Some(Trick::PathSecretFor(key)),
        ..Intrigue::default()
    };
    let bundle = scene.mallory.commit(&mut scene.seat, plan);
    let answer = scene.mallory.commit_in_turn(&scene.seat, bundle).await;
    assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    carla
        .until("carla is told", |told| {
            told.errors.iter().any(|error| error.code() == "InvalidMls")
        })
        .await;
    scene.ana.says(scene.room, "where is carla?").await;

    let joined = carla.client().join(scene.room);
    carla.within("carla comes in", joined).await.unwrap();
    scene.ana.says(scene.room, "welcome, carla").await;
    carla.reads(scene.room, "welcome, carla").await;
    carla.says(scene.room, "thank you").await;
    for person in [&scene.ana, &scene.bruno] {
        person.reads(scene.room, "thank you").await;
    }
    assert_eq!(scene.ana.room(scene.room).members().len(), 4);
}
