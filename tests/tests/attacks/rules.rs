//! A member who asks for more than its role gives, in its own name and in others'.

use lacre_tests::hostile::forge;
use lacre_tests::hostile::intrigue::Intrigue;
use lacre_tests::hostile::outsider::Entry;
use lacre_tests::hostile::scene::{Scene, villain};
use lacre_tests::hostile::villain::{random, refused};
use lacre_wire::answer::Answer;
use lacre_wire::codec;
use lacre_wire::error::ErrorCode;
use lacre_wire::identity::{Label, SigningKey};
use lacre_wire::ids::SubmitId;
use lacre_wire::log::EntryKind;
use lacre_wire::request::{BadCommit, CommitBundle, Payload, Request, SignedBadCommit};
use lacre_wire::room::{JoinRule, Operation, Role, RoomKind};

/// Every commit above a plain member's role is refused, and nothing of it is in the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_acts_above_their_role() {
    let mut scene = Scene::begin().await;
    let friend = villain(&scene.world, "friend").await;
    let (me, bruno) = (scene.mallory.account(), scene.bruno.account());
    let leaf = scene.seat.leaf_of(bruno);
    let commits = scene.commits();
    let operation = |operation| Intrigue {
        operations: vec![operation],
        ..Intrigue::default()
    };
    let plans = [
        operation(Operation::SetRole {
            account: me,
            role: Role::Owner,
        }),
        operation(Operation::SetJoinRule(JoinRule::Open)),
        operation(Operation::SetDisappearing { seconds: 5 }),
        Intrigue {
            removes: vec![leaf],
            ..Intrigue::default()
        },
        Intrigue {
            removes: vec![leaf],
            ..operation(Operation::Ban { account: bruno })
        },
        Intrigue {
            adds: vec![friend.key_package(RoomKind::Group)],
            ..Intrigue::default()
        },
        // A friend's key under Mallory's own certificates.
        Intrigue {
            adds: vec![friend.key_package_as(RoomKind::Group, &scene.mallory.identity())],
            ..Intrigue::default()
        },
    ];
    for (number, plan) in plans.into_iter().enumerate() {
        let bundle = scene.mallory.commit(&mut scene.seat, plan);
        let answer = scene.mallory.commit_in_turn(&scene.seat, bundle).await;
        let code = refused(answer);
        let expected = match number {
            6 => ErrorCode::BadIdentity,
            _ => ErrorCode::NotAllowed,
        };
        assert_eq!(code, expected, "plan {number}");
        scene.mallory.forget(&mut scene.seat);
    }
    // From outside, as a device that comes back may, and with more than coming back.
    let state = scene.mallory.look(scene.room).await.unwrap();
    let entry = Entry {
        operations: vec![Operation::SetRole {
            account: me,
            role: Role::Owner,
        }],
        ..Entry::default()
    };
    let bundle = scene.mallory.external(&state, entry);
    let answer = scene.mallory.push(scene.room, bundle).await;
    assert_eq!(refused(answer), ErrorCode::NotAllowed);
    assert_eq!(scene.commits(), commits);
    // What its role gives, it may: the program commits well.
    let bundle = scene.mallory.commit(&mut scene.seat, Intrigue::default());
    let answer = scene.mallory.commit_in_turn(&scene.seat, bundle).await;
    assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    scene.room_goes_on().await;
}

/// A proposal to leave in Ana's name: with Mallory's signature, with one over something else, and a
/// commit under a session that did not make it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_proposes_or_commits_in_anothers_name() {
    let mut scene = Scene::begin().await;
    let ana = scene.seat.leaf_of(scene.ana.account());
    let own = scene.mallory.propose_to_leave(&mut scene.seat);
    let unsigned = forge::from_leaf(&own, ana);
    let signed = scene.mallory.signed(&unsigned, &scene.seat);
    for proposal in [unsigned, signed] {
        let propose = Request::Propose {
            room: scene.room,
            submit_id: SubmitId(random()),
            proposal: proposal.into(),
        };
        let code = refused(scene.mallory.ask(propose).await);
        assert_eq!(code, ErrorCode::InvalidCommit);
    }

    let mut carla = villain(&scene.world, "carla").await;
    let invited = scene.ana.room(scene.room);
    let invited = invited.invite(&["carla"]);
    scene.ana.within("carla is invited", invited).await.unwrap();
    let entered = carla.enter(scene.room);
    let seat = scene.ana.within("carla enters", entered).await;
    scene.follow().await;
    let bundle = scene.mallory.commit(&mut scene.seat, Intrigue::default());
    let answer = carla.commit_in_turn(&seat, bundle.clone()).await;
    assert_eq!(refused(answer), ErrorCode::NotAllowed);
    assert!(!scene.is_logged(&committed(&bundle)));
    scene.mallory.forget(&mut scene.seat);
    let own = scene.mallory.propose_to_leave(&mut scene.seat);
    let propose = Request::Propose {
        room: scene.room,
        submit_id: SubmitId(random()),
        proposal: own.into(),
    };
    assert_eq!(refused(carla.ask(propose).await), ErrorCode::NotAllowed);
    let proposals = scene.world.logged(scene.room).count(EntryKind::Proposal);
    assert_eq!(proposals, 0);
    scene.room_goes_on().await;
}

fn committed(bundle: &CommitBundle) -> Vec<u8> {
    match &bundle.commit {
        Payload::Inline(bytes) => bytes.to_vec(),
        Payload::ByHash(hash) => panic!("a commit by hash: {hash}"),
    }
}

fn report(scene: &Scene, seq: u64, key: &SigningKey) -> Request {
    let logged = scene.world.logged(scene.room);
    let entry = logged.entries.iter().find(|entry| entry.link.seq == seq);
    let link = &entry.unwrap().link;
    let statement = codec::to_vec(&BadCommit {
        room: scene.room,
        generation: link.generation,
        epoch: link.epoch,
        seq,
        commit: link.body,
        reason: "I do not like it".to_owned(),
        external_pub: None,
    });
    Request::BadCommit(SignedBadCommit {
        signature: key.sign(Label::BadCommit, &statement),
        statement: statement.into(),
    })
}

/// False reports of good commits. One account's, however many, stop nobody; those in another's name,
/// and those about what is no commit, do not count.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_false_reporter_stops_nobody() {
    let mut scene = Scene::begin().await;
    for number in 0..4 {
        let renamed = scene.ana.room(scene.room);
        let name = format!("Algebra {number}");
        let renamed = renamed.set_name(&name);
        scene.ana.within("a commit", renamed).await.unwrap();
    }
    let logged = scene.world.logged(scene.room);
    let of_kind = |kind: EntryKind| {
        let entries = logged.entries.iter().map(|entry| &entry.link);
        let found = entries.filter(|link| link.kind == kind && link.seq > scene.seat.from);
        found.map(|link| link.seq).collect::<Vec<_>>()
    };
    let (commits, messages) = (of_kind(EntryKind::Commit), of_kind(EntryKind::Message));
    assert_eq!(commits.len(), 4);
    for seq in commits.iter().cycle().take(40).copied() {
        let report = report(&scene, seq, &scene.mallory.key);
        assert_eq!(scene.mallory.ask(report).await, Answer::Ok);
    }
    // In the name of another device, and of what is no commit.
    let forged = SigningKey::from_seed(&[9; 32]);
    let forged = report(&scene, commits[0], &forged);
    let code = refused(scene.mallory.ask(forged).await);
    assert_eq!(code, ErrorCode::NotAllowed);
    let nothing = report(&scene, messages[0], &scene.mallory.key);
    let code = refused(scene.mallory.ask(nothing).await);
    assert_eq!(code, ErrorCode::WrongGroup);
    // Who is not in the room has no say in it.
    let mut carla = villain(&scene.world, "carla").await;
    let outside = report(&scene, commits[0], &carla.key);
    let code = refused(carla.ask(outside).await);
    assert_eq!(code, ErrorCode::NotAReader);
    scene.room_goes_on().await;
    // As it was: a room that had stopped would have been repaired by now.
    let logged = scene.world.logged(scene.room);
    let mut entries = logged.entries.iter();
    let repaired = entries.any(|entry| entry.link.kind == EntryKind::Generation);
    assert!(!repaired, "the room had stopped");
}
