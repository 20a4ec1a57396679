//! People come into rooms and go: joins by request, revoked devices.

use crate::client::Client;
use crate::device::Device;
use crate::world::{Room, accepted, join, log_of, relay, submit};
use lacre_wire::answer::{Accepted, Answer, JoinAnswer, OpenState};
use lacre_wire::hello::Purpose;
use lacre_wire::ids::LogId;
use lacre_wire::log::EntryKind;
use lacre_wire::push::{CommitReason, ServerFrame};
use lacre_wire::request::Request;
use lacre_wire::room::{JoinRule, Operation, RoomKind};

pub(crate) async fn turn(client: &mut Client, room: &Room) {
    let epoch = room.group.epoch().as_u64();
    let asked = Request::CommitTurn {
        room: room.id,
        generation: 0,
        epoch,
        removal: false,
    };
    let answer = client.request(asked).await;
    assert!(matches!(answer, Answer::Turn { .. }), "{answer:?}");
}

/// Somebody is removed by somebody who reads.
pub(crate) async fn remove(
    by: &Device,
    client: &mut Client,
    room: &mut Room,
    whom: &Device,
) -> Accepted {
    turn(client, room).await;
    let leaf = room.leaf(whom);
    let bundle = room.commit_with(by, &[], RoomKind::Space, &[leaf], &[]);
    let commit = Request::Commit {
        room: room.id,
        bundle,
    };
    let removal = accepted(client.request(commit).await);
    room.merge(by);
    removal
}

#[tokio::test]
async fn a_member_online_lets_people_into_an_open_room() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (eve, mut e) = join(&relay, "eve").await;
    let (mut room, _) = Room::create(&ana, &mut a, &[]).await;
    let log = log_of(room.id);
    turn(&mut a, &room).await;
    let open = [Operation::SetJoinRule(JoinRule::Open)];
    let bundle = room.commit_with(&ana, &[], RoomKind::Space, &[], &open);
    accepted(
        a.request(Request::Commit {
            room: room.id,
            bundle,
        })
        .await,
    );
    room.merge(&ana);

    // Nobody has the room open: whoever comes lets themselves in.
    let answer = e.request(Request::Join { room: room.id }).await;
    assert_eq!(answer, Answer::Join(JoinAnswer::CommitYourself));
    let Answer::GroupInfo(info) = e.request(Request::GroupInfo { room: room.id }).await else {
        panic!()
    };
    assert_eq!(info.epoch, 1);

    // A member is there: it is asked to add who waits.
    a.open(log, None).await;
    let (bob, mut b) = join(&relay, "bob").await;
    b.open(LogId::Inbox(bob.id()), None).await;
    let answer = b.request(Request::Join { room: room.id }).await;
    assert!(
        matches!(
            answer,
            Answer::Join(JoinAnswer::Asked { wait_ms: 1..=2000 })
        ),
        "{answer:?}"
    );
    let waiting = loop {
        if let ServerFrame::JoinRequests {
            room: named,
            accounts,
        } = a.next().await
        {
            assert_eq!(named, room.id);
            if accounts.contains(&bob.account()) {
                break accounts;
            }
        }
    };
    assert!(waiting.contains(&eve.account()));
    turn(&mut a, &room).await;
    let bundle = room.commit(&ana, &[&bob], RoomKind::Space);
    accepted(
        a.request(Request::Commit {
            room: room.id,
            bundle,
        })
        .await,
    );
    room.merge(&ana);
    assert_eq!(
        b.entries(LogId::Inbox(bob.id()), 1).await[0].kind,
        EntryKind::Welcome
    );
    let answer = b.request(Request::Join { room: room.id }).await;
    assert_eq!(answer, Answer::Join(JoinAnswer::AlreadyIn));
    relay.shutdown().await;
}

#[tokio::test]
async fn a_revoked_device_reads_no_further_and_members_are_asked_to_remove_it() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let mut phone = bob.sibling();
    let first = bob.first_list().sign(&bob.dsk);
    let purpose = Purpose::RequestDevice {
        init_key: vec![5; 32].into(),
        name: "phone".into(),
    };
    let mut p = Client::log_in(&relay, &mut phone, purpose).await.unwrap();
    let second = bob.next_list(&first, &[&phone], &[]);
    assert_eq!(
        b.request(Request::PutDeviceList(second.clone())).await,
        Answer::Ok
    );
    let (room, _) = Room::create(&ana, &mut a, &[&bob, &phone]).await;
    let log = log_of(room.id);
    a.open(log, None).await;
    assert!(matches!(
        p.open(log, None).await,
        OpenState::Live { closed: false, .. }
    ));
    assert_eq!(p.entries(log, 1).await[0].kind, EntryKind::Commit);

    let third = bob.next_list(&second, &[], &[phone.id()]);
    assert_eq!(b.request(Request::PutDeviceList(third)).await, Answer::Ok);
    p.closing().await;
    // The relay's Remove is in the log, and a member is asked to commit it.
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
    let answer = a
        .request(Request::Submit(submit(room.id, 1, None, b"x")))
        .await;
    let Answer::CommitFirst { proposals } = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(proposals.len(), 1);
    relay.shutdown().await;
}

#[tokio::test]
async fn who_was_removed_reads_the_commit_that_did_it_and_nothing_after() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let (eve, mut e) = join(&relay, "eve").await;
    let (mut room, _) = Room::create(&ana, &mut a, &[&bob, &eve]).await;
    let log = log_of(room.id);
    b.open(log, None).await;
    e.open(log, None).await;
    assert_eq!(b.entries(log, 1).await[0].seq, 1);

    let removal = remove(&ana, &mut a, &mut room, &bob).await;
    assert_eq!(b.entries(log, 1).await[0].seq, removal.seq);
    accepted(
        a.request(Request::Submit(submit(room.id, 2, None, b"without Bob")))
            .await,
    );
    // The others have it; to Bob it was not sent before, and is not sent after, a round trip.
    assert_eq!(e.entries(log, 3).await.last().unwrap().seq, removal.seq + 1);
    b.request(Request::Ping).await;
    assert!(
        !b.aside
            .iter()
            .any(|frame| matches!(frame, ServerFrame::Entries { .. })),
        "{:?}",
        b.aside
    );
    // Opened again, the log is closed where his reading ended.
    let OpenState::Live { head, closed, .. } = b.open(log, None).await else {
        panic!()
    };
    assert_eq!((head, closed), (removal.seq, true));
    assert_eq!(b.entries(log, 2).await.last().unwrap().seq, removal.seq);
    let answer = b
        .request(Request::Submit(submit(room.id, 2, None, b"let me in")))
        .await;
    assert!(matches!(answer, Answer::Failed(_)), "{answer:?}");
    relay.shutdown().await;
}
