//! Hints: datagrams that are passed on to who watches the room, and dropped otherwise.

use crate::client::{Client, PATIENCE};
use crate::device::Device;
use crate::world::{Room, accepted, builder, join, log_of, relay, until};
use lacre_relay::Relay;
use lacre_wire::answer::Answer;
use lacre_wire::codec;
use lacre_wire::ephemeral::{Ephemeral, SEALED};
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::RoomId;
use lacre_wire::limits::{MAX_EPHEMERAL, MAX_FOCUS};
use lacre_wire::request::{ClientFrame, Request};
use lacre_wire::room::RoomKind;

fn hint(room: RoomId, device: &Device, counter: u64) -> Ephemeral {
    Ephemeral {
        room,
        generation: 0,
        epoch: 1,
        device: device.id(),
        counter,
        sealed: vec![7; SEALED].into(),
    }
}

fn send(client: &Client, hint: &Ephemeral) {
    let bytes = codec::to_vec(hint);
    client.connection.send_datagram(bytes.into()).unwrap();
}

async fn hears(client: &Client) -> Ephemeral {
    let datagram = tokio::time::timeout(PATIENCE, client.connection.read_datagram()).await;
    codec::from_slice(&datagram.expect("a hint in time").unwrap()).unwrap()
}

async fn focus(client: &mut Client, rooms: &[RoomId]) {
    let answer = client.request(Request::Focus(rooms.to_vec())).await;
    assert_eq!(answer, Answer::Ok);
}

async fn dropped(relay: &Relay, count: u64) {
    let line = format!("lacre_ephemerals_dropped_total {count}\n");
    until(|| relay.metrics().contains(&line)).await;
}

async fn watches(client: &mut Client, room: &Room) {
    client.open(log_of(room.id), None).await;
    focus(client, &[room.id]).await;
}

#[tokio::test]
async fn who_watches_a_room_hears_the_others_and_nobody_else_does() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let (eve, mut e) = join(&relay, "eve").await;
    let (room, _) = Room::create(&ana, &mut a, &[&bob]).await;
    let (other, _) = Room::create(&ana, &mut a, &[&bob]).await;
    for room in [&room, &other] {
        a.open(log_of(room.id), None).await;
        b.open(log_of(room.id), None).await;
    }
    focus(&mut a, &[room.id, other.id]).await;
    // What has no reader is passed to nobody, and what nobody watches cannot be sent into.
    send(&a, &hint(room.id, &ana, 1));
    send(&b, &hint(room.id, &bob, 1));
    dropped(&relay, 1).await;
    focus(&mut b, &[other.id]).await;
    send(&a, &hint(room.id, &ana, 2));
    send(&a, &hint(other.id, &ana, 3));
    assert_eq!(hears(&b).await, hint(other.id, &ana, 3));
    // Another choice replaces the one before.
    focus(&mut b, &[room.id]).await;
    send(&a, &hint(other.id, &ana, 4));
    send(&a, &hint(room.id, &ana, 5));
    assert_eq!(hears(&b).await, hint(room.id, &ana, 5));
    send(&b, &hint(room.id, &bob, 6));
    assert_eq!(hears(&a).await, hint(room.id, &bob, 6));
    // Who is no member may ask, and neither hears nor sends; nor does anybody as somebody else.
    watches(&mut e, &room).await;
    send(&e, &hint(room.id, &eve, 7));
    send(&b, &hint(room.id, &ana, 8));
    let large = vec![0; MAX_EPHEMERAL + 1];
    b.connection.send_datagram(large.into()).unwrap();
    b.connection.send_datagram(vec![1, 2].into()).unwrap();
    dropped(&relay, 5).await;
    send(&b, &hint(room.id, &bob, 9));
    assert_eq!(hears(&a).await, hint(room.id, &bob, 9));
    // Of all that was sent, three came to one session each.
    assert!(relay.metrics().contains("lacre_ephemerals_total 4\n"));
    relay.shutdown().await;
}

#[tokio::test]
async fn who_is_removed_or_closes_the_log_hears_no_more() {
    let relay = relay().await;
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let (eve, mut e) = join(&relay, "eve").await;
    let (mut room, _) = Room::create(&ana, &mut a, &[&bob, &eve]).await;
    for client in [&mut a, &mut b, &mut e] {
        watches(client, &room).await;
    }
    send(&a, &hint(room.id, &ana, 1));
    assert_eq!(hears(&b).await.counter, 1);
    assert_eq!(hears(&e).await.counter, 1);
    let turn = Request::CommitTurn {
        room: room.id,
        generation: 0,
        epoch: 1,
        removal: true,
    };
    a.request(turn).await;
    let leaf = room.leaf(&bob);
    let bundle = room.commit_with(&ana, &[], RoomKind::Space, &[leaf], &[]);
    let commit = Request::Commit {
        room: room.id,
        bundle,
    };
    accepted(a.request(commit).await);
    // Bob's session has learned it once it has answered.
    b.request(Request::Ping).await;
    send(&b, &hint(room.id, &bob, 2));
    dropped(&relay, 1).await;
    let logs = vec![log_of(room.id)];
    e.send_frame(&ClientFrame::Close { logs }).await;
    e.request(Request::Ping).await;
    send(&e, &hint(room.id, &eve, 3));
    dropped(&relay, 2).await;
    // He may ask as often as he likes.
    watches(&mut b, &room).await;
    watches(&mut e, &room).await;
    send(&b, &hint(room.id, &bob, 4));
    dropped(&relay, 3).await;
    send(&a, &hint(room.id, &ana, 5));
    assert_eq!(hears(&e).await.counter, 5);
    assert!(relay.metrics().contains("lacre_ephemerals_total 3\n"));
    relay.shutdown().await;
}

#[tokio::test]
async fn too_many_are_dropped_and_too_many_rooms_refused() {
    let clock = lacre_relay::Clock::manual(1_000_000);
    let relay = builder().in_memory().clock(clock.clone());
    let relay = relay.start().await.unwrap();
    let (ana, mut a) = join(&relay, "ana").await;
    let (bob, mut b) = join(&relay, "bob").await;
    let (room, _) = Room::create(&ana, &mut a, &[&bob]).await;
    watches(&mut a, &room).await;
    watches(&mut b, &room).await;
    (1..=13).for_each(|counter| send(&a, &hint(room.id, &ana, counter)));
    dropped(&relay, 5).await;
    clock.advance(1000);
    send(&a, &hint(room.id, &ana, 14));
    let mut heard = Vec::new();
    for _ in 0..9 {
        heard.push(hears(&b).await.counter);
    }
    assert_eq!(heard, [1, 2, 3, 4, 5, 6, 7, 8, 14]);
    let rooms = vec![room.id; MAX_FOCUS + 1];
    let answer = a.request(Request::Focus(rooms)).await;
    assert!(
        matches!(&answer, Answer::Failed(error) if error.code == ErrorCode::TooLarge),
        "{answer:?}"
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn relays_on_one_store_pass_hints_to_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let one = builder().data_dir(folder.path()).start().await.unwrap();
    let two = builder().beside(&one).start().await.unwrap();
    let (ana, mut a) = join(&one, "ana").await;
    let (bob, mut b) = join(&two, "bob").await;
    let (room, _) = Room::create(&ana, &mut a, &[&bob]).await;
    watches(&mut a, &room).await;
    watches(&mut b, &room).await;
    send(&a, &hint(room.id, &ana, 1));
    assert_eq!(hears(&b).await, hint(room.id, &ana, 1));
    send(&b, &hint(room.id, &bob, 2));
    assert_eq!(hears(&a).await, hint(room.id, &bob, 2));
    two.shutdown().await;
    one.shutdown().await;
}
