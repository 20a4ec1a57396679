//! Devices that are to go: not seen for long, or revoked by a relay that was killed over it.

use crate::client::Client;
use crate::people::turn;
use crate::world::{Room, accepted, again, builder, join, log_of, submit};
use lacre_relay::Clock;
use lacre_relay::store::faults::{Fate, Faults, Step};
use lacre_wire::answer::{Answer, OpenState};
use lacre_wire::hello::Purpose;
use lacre_wire::ids::{LogId, Millis};
use lacre_wire::log::EntryKind;
use lacre_wire::request::Request;
use lacre_wire::room::RoomKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const DAY_MS: Millis = 24 * 60 * 60 * 1000;

/// Who has not been there for 90 days is proposed for removal from rooms in which somebody has been;
/// nothing more reaches them, and messages wait until a member has committed it.
#[tokio::test]
async fn who_was_away_for_long_goes() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual(1_800_000_000_000);
    let start = || {
        builder()
            .data_dir(folder.path())
            .clock(clock.clone())
            .start()
    };
    let relay = start().await.unwrap();
    let (mut ana, mut a) = join(&relay, "ana").await;
    let (mut bob, mut b) = join(&relay, "bob").await;
    let (eve, _e) = join(&relay, "eve").await;
    let (mut room, _) = Room::create(&ana, &mut a, &[&bob, &eve]).await;
    let (quiet, _) = Room::create(&bob, &mut b, &[&eve]).await;
    relay.shutdown().await;
    clock.advance(60 * DAY_MS);
    let relay = start().await.unwrap();
    drop(again(&relay, &mut ana).await);
    relay.shutdown().await;
    clock.advance(31 * DAY_MS);

    let relay = start().await.unwrap();
    let mut a = again(&relay, &mut ana).await;
    a.open(log_of(room.id), None).await;
    // The first look is made when the relay starts; the log tells when it is done.
    let entries = a.entries(log_of(room.id), 3).await;
    let kinds: Vec<_> = entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(
        kinds,
        [EntryKind::Commit, EntryKind::Proposal, EntryKind::Proposal]
    );
    let message = submit(room.id, 1, None, b"still here?");
    let answer = a.request(Request::Submit(message)).await;
    let Answer::CommitFirst { proposals } = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(proposals.len(), 2);
    let leaves = [room.leaf(&bob), room.leaf(&eve)];
    turn(&mut a, &room).await;
    let bundle = room.commit_with(&ana, &[], RoomKind::Space, &leaves, &[]);
    let room_id = room.id;
    let commit = Request::Commit {
        room: room_id,
        bundle,
    };
    accepted(a.request(commit).await);
    room.merge(&ana);
    let message = submit(room.id, 2, None, b"alone");
    accepted(a.request(Request::Submit(message)).await);

    // He finds where his reading has ended, and the room in which nobody was left to commit.
    let mut b = again(&relay, &mut bob).await;
    let inbox = LogId::Inbox(bob.id());
    b.open(inbox, None).await;
    let told = b.entries(inbox, 2).await;
    assert_eq!(told.last().unwrap().kind, EntryKind::Evicted);
    let OpenState::Live { closed: true, .. } = b.open(log_of(room.id), None).await else {
        panic!("he reads on")
    };
    let OpenState::Live { closed: false, .. } = b.open(log_of(quiet.id), None).await else {
        panic!("a room was ended that somebody may come back to")
    };
    relay.shutdown().await;
}

/// The relay is killed when a device list that revokes a device is durable and nothing has followed
/// from it. The next one proposes what is owed.
#[tokio::test]
async fn what_a_killed_relay_owed_is_proposed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let armed = Arc::new(AtomicBool::new(false));
    let strike = Arc::clone(&armed);
    let faults = Faults::new(move |step| match step {
        Step::AfterCommit if strike.load(Ordering::SeqCst) => Fate::Fail,
        _ => Fate::Continue,
    });
    let relay = builder().data_dir(folder.path()).faults(faults);
    let relay = relay.start().await.unwrap();
    let (mut ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let mut phone = bob.sibling();
    let first = bob.first_list().sign(&bob.dsk);
    let purpose = Purpose::RequestDevice {
        init_key: vec![5; 32].into(),
        name: "phone".into(),
    };
    let p = Client::log_in(&relay, &mut phone, purpose).await.unwrap();
    let second = bob.next_list(&first, &[&phone], &[]);
    let put = Request::PutDeviceList(second.clone());
    assert_eq!(b.request(put).await, Answer::Ok);
    let (room, _) = Room::create(&ana, &mut a, &[&bob, &phone]).await;
    drop(p);
    armed.store(true, Ordering::SeqCst);
    let third = bob.next_list(&second, &[], &[phone.id()]);
    let answer = b.request(Request::PutDeviceList(third.clone())).await;
    assert!(matches!(answer, Answer::Failed(_)), "{answer:?}");
    armed.store(false, Ordering::SeqCst);
    // Asked again, it is done already: nothing follows from that either.
    assert_eq!(b.request(Request::PutDeviceList(third)).await, Answer::Ok);
    a.open(log_of(room.id), None).await;
    assert_eq!(
        a.entries(log_of(room.id), 1).await[0].kind,
        EntryKind::Commit
    );
    a.request(Request::Ping).await;
    assert!(a.aside.is_empty(), "{:?}", a.aside);
    relay.shutdown().await;

    let relay = builder().data_dir(folder.path()).start().await.unwrap();
    let mut a = again(&relay, &mut ana).await;
    a.open(log_of(room.id), None).await;
    let entries = a.entries(log_of(room.id), 2).await;
    assert_eq!(entries[1].kind, EntryKind::Proposal);
    let message = submit(room.id, 1, None, b"x");
    let answer = a.request(Request::Submit(message)).await;
    assert!(matches!(answer, Answer::CommitFirst { .. }), "{answer:?}");
    relay.shutdown().await;

    // It is owed no more.
    let relay = builder().data_dir(folder.path()).start().await.unwrap();
    let mut a = again(&relay, &mut ana).await;
    a.open(log_of(room.id), None).await;
    assert_eq!(a.entries(log_of(room.id), 2).await.len(), 2);
    relay.shutdown().await;
}
