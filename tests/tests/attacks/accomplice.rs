//! Two who work together: one seals, the other submits, so that nobody could prove who said it.

use lacre_tests::hostile::scene::{Scene, villain};
use lacre_tests::hostile::speech::Speech;
use lacre_wire::answer::Answer;

/// The relay stamps who submitted, MLS says who sealed. They differ, so it could not be reported, so
/// it is not shown.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_submits_is_not_shown() {
    let mut scene = Scene::begin().await;
    let mut carla = villain(&scene.world, "carla").await;
    let invited = scene.ana.room(scene.room);
    let invited = invited.invite(&["carla"]);
    scene.ana.within("carla is invited", invited).await.unwrap();
    let entered = carla.enter(scene.room);
    scene.ana.within("carla enters", entered).await;
    scene.ana.says(scene.room, "hello carla").await;
    scene.follow().await;

    let sealed = scene
        .mallory
        .seal(&mut scene.seat, "nobody said this", &Speech::default());
    let answer = carla.submit(scene.room, &sealed).await;
    let Answer::Accepted(accepted) = answer else {
        panic!("the relay cannot see who sealed it: {answer:?}")
    };
    for person in [&scene.ana, &scene.bruno] {
        assert_eq!(scene.placeholder(person, accepted.seq).await, "BadStamp");
        assert!(
            !person
                .texts(scene.room)
                .await
                .contains(&"nobody said this".to_owned())
        );
    }
    scene.room_goes_on().await;
}
