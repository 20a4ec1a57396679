//! Rooms through the whole relay: creation, turns, commits, leaving, reports.

use crate::client::Client;
use crate::world::{Room, accepted, inline, join, log_of, random_id, relay, submit};
use lacre_wire::answer::{Answer, JoinAnswer, OpenState};
use lacre_wire::codec;
use lacre_wire::error::ErrorCode;
use lacre_wire::hash::sha256;
use lacre_wire::identity::Label;
use lacre_wire::ids::{Hash, LogId, RoomId, SubmitId};
use lacre_wire::log::EntryKind;
use lacre_wire::push::{CommitReason, ServerFrame, WelcomeNotice};
use lacre_wire::request::{BadCommit, Payload, Request, SignedBadCommit};
use lacre_wire::room::RoomKind;
use openmls::prelude::*;
use tls_codec::Serialize as _;

async fn turn(client: &mut Client, room: RoomId, epoch: u64) -> Answer {
    client
        .request(Request::CommitTurn {
            room,
            generation: 0,
            epoch,
            removal: false,
        })
        .await
}

fn failed(answer: Answer) -> ErrorCode {
    let Answer::Failed(error) = answer else {
        panic!("{answer:?}")
    };
    error.code
}

#[tokio::test]
async fn a_member_is_added_by_a_commit_in_its_turn() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let inbox = LogId::Inbox(bob.id());
    b.open(inbox, None).await;
    let (mut room, created) = Room::create(&ana, &mut a, &[]).await;
    assert_eq!(created.seq, 0);
    let log = log_of(room.id);

    // Key packages go through the relay.
    let package = MlsMessageOut::from(bob.key_package(RoomKind::Space))
        .tls_serialize_detached()
        .unwrap();
    let put = Request::PutKeyPackages {
        suite: 3,
        one_time: vec![package.clone().into()],
        last_resort: None,
    };
    assert_eq!(b.request(put).await, Answer::Ok);
    let stolen = Request::PutKeyPackages {
        suite: 3,
        one_time: vec![package.clone().into()],
        last_resort: None,
    };
    assert_eq!(failed(a.request(stolen).await), ErrorCode::BadIdentity);
    let claim = Request::ClaimKeyPackages {
        suite: 3,
        accounts: vec![bob.account()],
    };
    let Answer::KeyPackages(claimed) = a.request(claim).await else {
        panic!()
    };
    assert_eq!(claimed[0].packages[0].package[..], package[..]);

    let bundle = room.commit(&ana, &[&bob], RoomKind::Space);
    let commit = Request::Commit {
        room: room.id,
        bundle,
    };
    // Not without the turn.
    assert_eq!(
        failed(a.request(commit.clone()).await),
        ErrorCode::NotYourTurn
    );
    assert!(matches!(
        turn(&mut a, room.id, 0).await,
        Answer::Turn { .. }
    ));
    let got = accepted(a.request(commit.clone()).await);
    assert_eq!(got.seq, 1);
    room.merge(&ana);
    // Again: the same answer, though the epoch has passed.
    assert_eq!(accepted(a.request(commit).await), got);
    assert!(matches!(
        turn(&mut a, room.id, 0).await,
        Answer::WrongEpoch { epoch: 1, .. }
    ));

    // Bob has his Welcome, and reads the room from the commit on.
    let welcome = b.entries(inbox, 1).await.remove(0);
    assert_eq!(welcome.kind, EntryKind::Welcome);
    let notice: WelcomeNotice = codec::from_slice(welcome.body.bytes().unwrap()).unwrap();
    assert_eq!(
        (notice.room, notice.epoch, notice.from_seq),
        (room.id, 1, 1)
    );
    assert!(matches!(
        b.open(log, None).await,
        OpenState::Live {
            head: 1,
            closed: false,
            ..
        }
    ));
    assert_eq!(b.entries(log, 1).await[0].kind, EntryKind::Commit);
    accepted(
        b.request(Request::Submit(submit(room.id, 1, None, b"hi")))
            .await,
    );

    let Answer::GroupInfo(info) = b.request(Request::GroupInfo { room: room.id }).await else {
        panic!()
    };
    assert_eq!(
        (info.epoch, info.gi_mac, info.tree),
        (1, Hash([2; 32]), notice.tree)
    );
    assert!(matches!(info.group_info, Payload::Inline(_)));
    relay.shutdown().await;
}

#[tokio::test]
async fn false_commits_never_enter_the_log() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let (_eve, mut e) = join(&relay, "eve").await;
    let (mut room, _) = Room::create(&ana, &mut a, &[]).await;
    let bundle = room.commit(&ana, &[&bob], RoomKind::Space);
    turn(&mut a, room.id, 0).await;

    let mut foreign = bundle.clone();
    foreign.submit_id = SubmitId(random_id());
    let answer = e
        .request(Request::Commit {
            room: room.id,
            bundle: foreign,
        })
        .await;
    assert_eq!(failed(answer), ErrorCode::NoSuchRoom);
    let mut broken = bundle.clone();
    broken.group_info = inline(vec![0; 50]);
    let answer = a
        .request(Request::Commit {
            room: room.id,
            bundle: broken,
        })
        .await;
    assert!(matches!(
        failed(answer),
        ErrorCode::InvalidCommit | ErrorCode::Malformed
    ));
    let mut absent = bundle.clone();
    absent.commit = Payload::ByHash(sha256(&[b"nowhere"]));
    let answer = a
        .request(Request::Commit {
            room: room.id,
            bundle: absent,
        })
        .await;
    assert_eq!(failed(answer), ErrorCode::NoSuchObject);
    // The turn is still there for the true one.
    accepted(
        a.request(Request::Commit {
            room: room.id,
            bundle,
        })
        .await,
    );
    assert_eq!(
        failed(
            b.request(Request::Join {
                room: RoomId([1; 16])
            })
            .await
        ),
        ErrorCode::NoSuchRoom
    );
    let answer = b.request(Request::Join { room: room.id }).await;
    assert_eq!(answer, Answer::Join(JoinAnswer::AlreadyIn));
    relay.shutdown().await;
}

#[tokio::test]
async fn turns_go_round_and_a_session_that_ends_gives_its_turn_back() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let (room, _) = Room::create(&ana, &mut a, &[&bob]).await;
    // The creation was a commit: the next turn is spaced from it by half a second.
    assert!(matches!(
        turn(&mut a, room.id, 1).await,
        Answer::Turn { .. }
    ));
    let waiting = b
        .ask(Request::CommitTurn {
            room: room.id,
            generation: 0,
            epoch: 1,
            removal: false,
        })
        .await;
    drop(a);
    // Far less than a lease: the turn comes because the session ended.
    let begun = std::time::Instant::now();
    assert!(matches!(b.answer(waiting).await, Answer::Turn { .. }));
    assert!(begun.elapsed() < std::time::Duration::from_secs(4));
    assert_eq!(
        b.request(Request::ReleaseTurn { room: room.id }).await,
        Answer::Ok
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn who_leaves_is_committed_by_a_member_the_relay_asks() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let (room, _) = Room::create(&ana, &mut a, &[&bob]).await;
    let log = log_of(room.id);
    let inbox = LogId::Inbox(bob.id());
    a.open(log, None).await;
    b.open(inbox, None).await;
    let welcome = b.entries(inbox, 1).await.remove(0);
    let notice: WelcomeNotice = codec::from_slice(welcome.body.bytes().unwrap()).unwrap();

    // Bob joins for real, to be able to leave.
    let Payload::Inline(bytes) = notice.welcome else {
        panic!()
    };
    let MlsMessageBodyIn::Welcome(message) = MlsMessageIn::tls_deserialize_exact_bytes(&bytes)
        .unwrap()
        .extract()
    else {
        panic!()
    };
    let config = lacre_wire::room::mls::join_config();
    let staged = StagedWelcome::build_from_welcome(&bob.provider, &config, message).unwrap();
    let staged = staged
        .with_ratchet_tree(room.group.export_ratchet_tree().into())
        .build()
        .unwrap();
    let mut group = staged.into_group(&bob.provider).unwrap();
    let leave = group
        .leave_group_via_self_remove(&bob.provider, &bob.key)
        .unwrap();
    let proposal = leave.tls_serialize_detached().unwrap();
    let propose = Request::Propose {
        room: room.id,
        submit_id: SubmitId(random_id()),
        proposal: proposal.into(),
    };
    let got = accepted(b.request(propose.clone()).await);
    assert_eq!(accepted(b.request(propose).await), got);

    let plea = loop {
        if let ServerFrame::CommitPlease {
            room: named,
            reason,
        } = a.next().await
        {
            break (named, reason);
        }
    };
    assert_eq!(plea, (room.id, CommitReason::ProposalsWait));
    relay.shutdown().await;
}

#[tokio::test]
async fn a_reported_commit_freezes_a_room_of_two() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let (room, created) = Room::create(&ana, &mut a, &[&bob]).await;
    let log = log_of(room.id);
    a.open(log, None).await;
    b.open(log, None).await;
    let commit = b.entries(log, 1).await.remove(0).body.hash();
    let statement = codec::to_vec(&BadCommit {
        room: room.id,
        generation: 0,
        epoch: 0,
        seq: created.seq,
        commit,
        reason: "confirmation tag".into(),
        external_pub: None,
    });
    let signature = bob.key.sign(Label::BadCommit, &statement);
    let report = SignedBadCommit {
        statement: statement.clone().into(),
        signature,
    };
    // Signed by somebody else, it does not count.
    assert!(matches!(
        a.request(Request::BadCommit(report.clone())).await,
        Answer::Failed(_)
    ));
    assert_eq!(b.request(Request::BadCommit(report)).await, Answer::Ok);
    loop {
        if let ServerFrame::Frozen {
            room: named,
            generation,
        } = a.next().await
        {
            assert_eq!((named, generation), (room.id, 0));
            break;
        }
    }
    let answer = a
        .request(Request::Submit(submit(room.id, 1, None, b"x")))
        .await;
    assert_eq!(failed(answer), ErrorCode::RoomFrozen);
    assert_eq!(
        failed(turn(&mut a, room.id, 1).await),
        ErrorCode::RoomFrozen
    );
    relay.shutdown().await;
}
