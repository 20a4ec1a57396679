//! Whoever is not in a room and wants to be: closed, open, banned, with somebody else's leaf.

use lacre_tests::hostile::crooked::Trick;
use lacre_tests::hostile::loot::{PublicState, public_state};
use lacre_tests::hostile::outsider::Entry;
use lacre_tests::hostile::scene::{Scene, is_in, villain};
use lacre_tests::hostile::speech::Speech;
use lacre_tests::hostile::villain::{Villain, package_bytes, random, refused};
use lacre_wire::answer::{Answer, JoinAnswer};
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{Hash, LogId, RoomId, SubmitId};
use lacre_wire::request::{CreateRoom, OpenLog, Payload, Request};
use lacre_wire::room::{JoinRule, Operation, Role, RoomKind, RoomState};

async fn join(villain: &mut Villain, room: RoomId) -> Answer {
    villain.ask(Request::Join { room }).await
}

async fn opens(scene: &Scene) {
    let opened = scene.ana.room(scene.room);
    let opened = opened.set_join_rule(JoinRule::Open);
    scene.ana.within("the room opens", opened).await.unwrap();
}

/// To whom a room is closed it does not exist, not even with its public state in hand, stolen from the
/// relay's disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_room_lets_nobody_in() {
    let scene = Scene::begin().await;
    let mut eve = villain(&scene.world, "eve").await;
    let commits = scene.commits();
    let code = refused(join(&mut eve, scene.room).await);
    assert_eq!(code, ErrorCode::JoinRefused);
    let Err(answer) = eve.look(scene.room).await else {
        panic!("an outsider was shown a closed room")
    };
    assert_eq!(refused(answer), ErrorCode::NoSuchRoom);
    let open = OpenLog {
        log: LogId::Room(scene.room),
        cursor: None,
    };
    let state = eve.open(open.log).await;
    assert!(
        matches!(state, lacre_wire::answer::OpenState::NotAReader),
        "{state:?}"
    );
    let stolen = public_state(scene.world.relay.folder(), scene.room);
    let bundle = eve.external(&stolen, Entry::default());
    let code = refused(eve.push(scene.room, bundle).await);
    assert_eq!(code, ErrorCode::NoSuchRoom);
    assert_eq!(scene.commits(), commits);
    scene.room_goes_on().await;
}

/// In an open room too, whoever comes in brings its own leaf, no role and no change; and nobody comes
/// in with a commit on another group, whatever its id.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_room_lets_people_in_as_they_are() {
    let mut scene = Scene::begin().await;
    opens(&scene).await;
    let mut eve = villain(&scene.world, "eve").await;
    // Nobody lets her in: those who could are away, and Mallory does not do it.
    scene.ana.close().await;
    scene.bruno.close().await;
    let commits = scene.commits();
    let waits = match join(&mut eve, scene.room).await {
        Answer::Join(JoinAnswer::Asked { wait_ms }) => wait_ms,
        Answer::Join(JoinAnswer::CommitYourself) => 0,
        other => panic!("{other:?}"),
    };
    println!("eve is told to wait {waits} ms");
    let state = eve.look(scene.room).await.unwrap();
    let me = eve.account();
    let owner = Operation::SetRole {
        account: me,
        role: Role::Owner,
    };
    let closed = Operation::SetJoinRule(JoinRule::Closed);
    for operation in [owner, closed] {
        let entry = Entry {
            operations: vec![operation],
            ..Entry::default()
        };
        let bundle = eve.external(&state, entry);
        let code = refused(eve.push(scene.room, bundle).await);
        assert_eq!(code, ErrorCode::NotAllowed);
    }
    // Mallory's certificates with Eve's key; and Mallory's whole leaf, to be taken for Mallory.
    let entry = Entry {
        leaf: Some(scene.mallory.identity()),
        ..Entry::default()
    };
    let bundle = eve.external(&state, entry);
    let code = refused(eve.push(scene.room, bundle).await);
    assert_eq!(code, ErrorCode::BadIdentity);
    // A group of her own making under the room's id.
    let made_up = made_up(&eve, scene.room);
    let bundle = eve.external(&made_up, Entry::default());
    let answer = eve.push(scene.room, bundle).await;
    assert!(
        matches!(answer, Answer::WrongEpoch { .. }),
        "a commit on another group: {answer:?}"
    );
    assert_eq!(scene.commits(), commits);

    scene.ana.open().await;
    scene.bruno.open().await;
    scene.room_goes_on().await;
}

/// The relay holds one room under an id. A second, made up by somebody else, is none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_makes_a_room_anew() {
    let scene = Scene::begin().await;
    let mut eve = villain(&scene.world, "eve").await;
    let made_up = made_up(&eve, scene.room);
    let create = Request::CreateRoom(CreateRoom {
        room: scene.room,
        peer: None,
        group_info: Payload::Inline(made_up.group_info.into()),
        tree: Payload::Inline(made_up.tree.into()),
        bundle: None,
        gi_mac: Hash([1; 32]),
        submit_id: SubmitId(random()),
    });
    assert_eq!(refused(eve.ask(create).await), ErrorCode::RoomExists);
    // A key package in another's name is not taken either.
    let package = eve.key_package_as(RoomKind::Group, &scene.mallory.identity());
    let put = Request::PutKeyPackages {
        suite: RoomKind::Group.suite(),
        one_time: vec![package_bytes(&package).into()],
        last_resort: None,
    };
    assert_eq!(refused(eve.ask(put).await), ErrorCode::BadIdentity);
    scene.room_goes_on().await;
}

/// Who was banned comes in by no way, open as the room may be; and what was sealed since stays sealed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ban_holds_at_every_door() {
    let mut scene = Scene::begin().await;
    opens(&scene).await;
    scene.follow().await;
    let stale = scene.mallory.commit(&mut scene.seat, Default::default());
    let banned = scene.ana.room(scene.room);
    let banned = banned.ban(scene.mallory.account());
    scene.ana.within("the ban", banned).await.unwrap();
    let said = scene.ana.says(scene.room, "we are among ourselves").await;
    scene.bruno.sees(scene.room, &[said]).await;
    let commits = scene.commits();
    let code = refused(join(&mut scene.mallory, scene.room).await);
    assert_eq!(code, ErrorCode::Banned);
    let state = scene.mallory.look(scene.room).await.unwrap();
    let bundle = scene.mallory.external(&state, Entry::default());
    let code = refused(scene.mallory.push(scene.room, bundle).await);
    assert_eq!(code, ErrorCode::Banned);
    // Nor by the seat it had.
    let answer = scene.mallory.push(scene.room, stale).await;
    assert!(matches!(answer, Answer::WrongEpoch { .. }), "{answer:?}");
    scene.mallory.forget(&mut scene.seat);
    let sealed = scene
        .mallory
        .seal(&mut scene.seat, "let me in", &Speech::default());
    let code = refused(scene.mallory.submit(scene.room, &sealed).await);
    assert_eq!(code, ErrorCode::NotAReader);
    assert_eq!(scene.commits(), commits);
    scene.room_goes_on().await;
}

/// An outsider's commit whose tag is false: nobody without the group's secrets sees it. Those inside
/// stop the room and report it; the outsider is shown by nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outsider_can_stop_an_open_room_and_is_never_in_it() {
    let mut scene = Scene::begin().await;
    opens(&scene).await;
    let mut eve = villain(&scene.world, "eve").await;
    scene.ana.close().await;
    scene.bruno.close().await;
    let stage = scene.world.stage().clone();
    let entry = || Entry {
        trick: Some(Trick::ConfirmationTag),
        ..Entry::default()
    };
    let comes = async {
        loop {
            match join(&mut eve, scene.room).await {
                Answer::Join(JoinAnswer::CommitYourself) => break,
                Answer::Join(JoinAnswer::Asked { .. }) => tokio::task::yield_now().await,
                other => panic!("{other:?}"),
            }
        }
        let state = eve.look(scene.room).await.unwrap();
        let bundle = eve.external(&state, entry());
        eve.push(scene.room, bundle).await
    };
    let answer = stage.within("nobody lets eve in", comes).await;
    assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    scene.ana.open().await;
    scene.bruno.open().await;
    for person in [&scene.ana, &scene.bruno] {
        assert_eq!(scene.stops(person).await, "InvalidMls");
        assert!(!is_in(person, scene.room, eve.account()));
    }
    scene.accounts_go_on().await;
}

/// A group under a room's id that has nothing to do with it.
fn made_up(eve: &Villain, room: RoomId) -> PublicState {
    let state = RoomState::template(RoomKind::Group, eve.account(), None);
    eve.publish(&eve.make_up(room, &state))
}
