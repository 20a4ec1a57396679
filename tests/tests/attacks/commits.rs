//! A member whose commits are false where only members can see it.

use lacre_tests::device::Device;
use lacre_tests::hostile::crooked::Trick;
use lacre_tests::hostile::intrigue::Intrigue;
use lacre_tests::hostile::scene::{Scene, is_in};
use lacre_tests::hostile::villain::{Villain, package_bytes};
use lacre_wire::answer::{Accepted, Answer};
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::RoomId;
use lacre_wire::push::ServerFrame;
use lacre_wire::request::Request;
use lacre_wire::room::{JoinRule, RoomKind};

fn accepted(answer: Answer) -> Accepted {
    match answer {
        Answer::Accepted(accepted) => accepted,
        other => panic!("the relay cannot see that it is false: {other:?}"),
    }
}

/// A commit that tells a lie.
fn lie(trick: Trick) -> Intrigue {
    Intrigue {
        trick: Some(trick),
        ..Intrigue::default()
    }
}

async fn is_frozen(mallory: &mut Villain, room: RoomId) {
    let frozen = |frame: &ServerFrame| matches!(frame, ServerFrame::Frozen { room: which, .. } if *which == room);
    mallory.hears(frozen).await;
}

/// Mallory can be taken along into the next generation.
async fn stays(scene: &mut Scene) {
    let package = scene.mallory.key_package(RoomKind::Group);
    let put = Request::PutKeyPackages {
        suite: RoomKind::Group.suite(),
        one_time: vec![package_bytes(&package).into()],
        last_resort: None,
    };
    let put = scene.mallory.ask(put);
    let answer = scene.ana.within("mallory's key packages", put).await;
    assert_eq!(answer, Answer::Ok);
}

/// The relay knows who is to blame: in that room it takes no commit of theirs for a while, and says for
/// how long. Messages are another matter.
async fn waits(scene: &mut Scene) {
    let turn = Request::CommitTurn {
        room: scene.room,
        generation: 1,
        epoch: 1,
        removal: false,
    };
    let answer = scene.mallory.ask(turn);
    let answer = scene.ana.within("mallory asks for the turn", answer).await;
    let Answer::Failed(error) = answer else {
        panic!("mallory may go on: {answer:?}")
    };
    assert_eq!(error.code, ErrorCode::CoolingDown, "{error}");
    let wait = error.retry_after_ms.unwrap();
    assert!((500_000..=600_000).contains(&wait), "{wait} ms");
}

/// Carla beside Mallory in the tree: what is sealed for her is sealed for nobody else.
async fn beside(scene: &mut Scene) -> Device {
    let carla = scene.world.person("carla").await;
    let invited = scene.ana.room(scene.room);
    let invited = invited.invite(&["carla"]);
    scene.ana.within("carla is invited", invited).await.unwrap();
    carla.enters(scene.room).await;
    scene.ana.says(scene.room, "hello carla").await;
    carla.reads(scene.room, "hello carla").await;
    scene.bruno.reads(scene.room, "hello carla").await;
    scene.follow().await;
    carla
}

/// Its confirmation tag is wrong. Both others stop the room where the commit stands, and say so; the
/// relay freezes the group. Everything else they have goes on, and the owner's device opens the room's
/// next generation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_false_tag_stops_the_room_and_nothing_else() {
    let mut scene = Scene::begin().await;
    stays(&mut scene).await;
    let bundle = scene
        .mallory
        .commit(&mut scene.seat, lie(Trick::ConfirmationTag));
    let answer = scene.mallory.commit_in_turn(&scene.seat, bundle).await;
    accepted(answer);
    for person in [&scene.ana, &scene.bruno] {
        assert_eq!(scene.stops(person).await, "InvalidMls");
        let texts = person.texts(scene.room).await;
        assert_eq!(texts, ["welcome"], "what was said stays readable");
    }
    let frozen = is_frozen(&mut scene.mallory, scene.room);
    scene.ana.within("the group is frozen", frozen).await;
    scene.accounts_go_on().await;
    scene.is_repaired(&[&scene.ana, &scene.bruno]).await;
    waits(&mut scene).await;
}

/// The path secret for one member is wrong. She stops the room and says so; one report freezes
/// nothing, and the room goes on for the others. Nobody but the one who lied vouches for what follows,
/// so she stays out until an honest member has committed; then she comes in again by herself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_false_secret_for_one_stops_one() {
    let mut scene = Scene::begin().await;
    let carla = beside(&mut scene).await;
    let key = scene.seat.encryption_key_of(carla.account());
    let bundle = scene
        .mallory
        .commit(&mut scene.seat, lie(Trick::PathSecretFor(key)));
    let answer = scene.mallory.commit_in_turn(&scene.seat, bundle).await;
    accepted(answer);
    assert_eq!(scene.stops(&carla).await, "InvalidMls");
    scene.room_goes_on().await;
    assert_eq!(carla.texts(scene.room).await, ["hello carla"]);
    let other = scene.ana.direct(&carla).await;
    carla.enters(other).await;
    carla.says(other, "my other rooms go on").await;
    scene.ana.reads(other, "my other rooms go on").await;
    // She looked for a way back, and did not take it.
    carla
        .until("the way back is refused", |told| {
            told.errors.iter().any(|error| error.code() == "NotVouched")
        })
        .await;
    assert!(carla.room(scene.room).stopped().is_some());
    let renamed = scene.ana.room(scene.room);
    let renamed = renamed.set_name("Geometry");
    scene.ana.within("ana commits", renamed).await.unwrap();
    scene.is_repaired(&[&carla, &scene.ana, &scene.bruno]).await;
    assert_eq!(carla.room(scene.room).name(), "Geometry");
}

/// The path secrets for all but one are wrong: two accounts report, and the group is frozen. She for
/// whom it was right shows nothing that is not true, and goes on with the others in the next generation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn false_secrets_for_half_the_tree_freeze_the_room() {
    let mut scene = Scene::begin().await;
    stays(&mut scene).await;
    let carla = beside(&mut scene).await;
    let key = scene.seat.encryption_key_of(carla.account());
    let bundle = scene
        .mallory
        .commit(&mut scene.seat, lie(Trick::PathSecretsBut(key)));
    let answer = scene.mallory.commit_in_turn(&scene.seat, bundle).await;
    accepted(answer);
    for person in [&scene.ana, &scene.bruno] {
        assert_eq!(scene.stops(person).await, "InvalidMls");
    }
    let frozen = is_frozen(&mut scene.mallory, scene.room);
    scene.ana.within("the group is frozen", frozen).await;
    assert_eq!(carla.texts(scene.room).await, ["hello carla"]);
    scene.accounts_go_on().await;
    scene.is_repaired(&[&scene.ana, &scene.bruno, &carla]).await;
    waits(&mut scene).await;
}

/// The `external_pub` of its GroupInfo is wrong. The commit is good, and the room goes on with it;
/// whoever comes in from outside next comes in by a commit that nobody can follow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_false_external_pub_stops_the_room_at_the_next_newcomer() {
    let mut scene = Scene::begin().await;
    stays(&mut scene).await;
    let opened = scene.ana.room(scene.room);
    let opened = opened.set_join_rule(JoinRule::Open);
    scene.ana.within("the room opens", opened).await.unwrap();
    scene.follow().await;
    let bundle = scene
        .mallory
        .commit(&mut scene.seat, lie(Trick::ExternalPub));
    let answer = scene.mallory.commit_in_turn(&scene.seat, bundle).await;
    accepted(answer);
    scene.room_goes_on().await;

    let dora = scene.world.person("dora").await;
    scene.ana.close().await;
    scene.bruno.close().await;
    let joined = dora.client().join(scene.room);
    dora.within("dora comes in from outside", joined)
        .await
        .unwrap();
    scene.ana.open().await;
    scene.bruno.open().await;
    for person in [&scene.ana, &scene.bruno] {
        assert_eq!(scene.stops(person).await, "InvalidMls");
        assert!(!is_in(person, scene.room, dora.account()));
    }
    let frozen = is_frozen(&mut scene.mallory, scene.room);
    scene.ana.within("the group is frozen", frozen).await;
    scene.accounts_go_on().await;
    scene.is_repaired(&[&scene.ana, &scene.bruno]).await;
    assert!(!is_in(&scene.ana, scene.room, dora.account()));
    // Members know the key she should have been given: it is not she who is to blame.
    waits(&mut scene).await;
}

/// A commit that leaves out what the relay has proposed is refused, with what is to be committed
/// first; one that takes it up passes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_that_waits_cannot_be_left_out() {
    let mut scene = Scene::begin().await;
    let tablet = scene.bruno.second("tablet").await;
    tablet.enters(scene.room).await;
    scene.ana.says(scene.room, "hello tablet").await;
    tablet.reads(scene.room, "hello tablet").await;
    scene.ana.close().await;
    scene.follow().await;

    // He has left when somebody has committed it.
    let left = scene.bruno.room(scene.room);
    let left = tokio::spawn(async move { left.leave().await });
    let omits = scene.mallory.commit(&mut scene.seat, Intrigue::default());
    // The removal of the other device is the relay's own, made a moment after he leaves.
    let room = scene.room;
    let wanted = |frame: &ServerFrame| matches!(frame, ServerFrame::CommitPlease { room: which, .. } if *which == room);
    for _ in 0..2 {
        let asked = scene.mallory.hears(wanted);
        scene
            .bruno
            .within("mallory is asked to commit", asked)
            .await;
        let answer = scene
            .mallory
            .commit_in_turn(&scene.seat, omits.clone())
            .await;
        let Answer::CommitFirst { proposals } = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(proposals.len(), 1);
        // Who is to go is answered the same, and does not try to commit its own going.
        let _unsent = scene.bruno.say(scene.room, "am I still here?").await;
    }
    scene.mallory.forget(&mut scene.seat);

    scene.follow().await;
    let takes_up = Intrigue {
        takes_up: true,
        ..Intrigue::default()
    };
    let bundle = scene.mallory.commit(&mut scene.seat, takes_up);
    let answer = scene.mallory.commit_in_turn(&scene.seat, bundle).await;
    accepted(answer);
    scene.ana.open().await;
    let bruno = scene.bruno.account();
    scene
        .ana
        .until("bruno is gone", |_| !is_in(&scene.ana, scene.room, bruno))
        .await;
    scene.ana.says(scene.room, "he has left").await;
    let left = scene.bruno.within("bruno has left", left).await;
    left.unwrap().unwrap();
    // What he still wrote may have come to the relay when he was out already, and is told as not sent.
    let errors = scene.bruno.look(|told| told.errors.clone());
    let unsent = |error: &lacre::Error| error.code() == "NotAReader";
    assert!(errors.iter().all(unsent), "{errors:?}");
}
