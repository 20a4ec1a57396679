//! Turns to commit in rooms whose people are at different relays.

use crate::client::Client;
use crate::world::{Room, accepted, builder, join, metric, until};
use lacre_relay::Relay;
use lacre_wire::answer::Answer;
use lacre_wire::request::Request;
use lacre_wire::room::RoomKind;
use std::time::Duration;

/// Rooms: of some one relay keeps the turns, of some the other.
const ROOMS: usize = 4;
/// Longer than a first commit keeps the next one waiting, and far shorter than a lease.
const A_WHILE: Duration = Duration::from_millis(800);

#[tokio::test]
async fn relays_in_one_process_share_turns() {
    let folder = tempfile::tempdir().unwrap();
    let one = builder().data_dir(folder.path()).start().await.unwrap();
    let two = builder().beside(&one).start().await.unwrap();
    share_turns(&one, &two).await;
    two.shutdown().await;
    // Who is left alone keeps the turns of all rooms.
    let alone = || metric(&one, "peers") == 0;
    until(alone).await;
    let (ana, mut a) = join(&one, "ana-again").await;
    let (room, _) = Room::create(&ana, &mut a, &[]).await;
    let answer = a.request(wanted(&room)).await;
    assert!(matches!(answer, Answer::Turn { .. }), "{answer:?}");
    one.shutdown().await;
}

fn wanted(room: &Room) -> Request {
    Request::CommitTurn {
        room: room.id,
        generation: 0,
        epoch: room.group.epoch().as_u64(),
        removal: false,
    }
}

/// Of a person at each of two relays, the one has the turn until it gives it back or commits.
pub(crate) async fn share_turns(one: &Relay, two: &Relay) {
    for relay in [one, two] {
        until(|| metric(relay, "peers") == 1).await;
    }
    let (ana, mut a) = join(one, "ana").await;
    let (bob, mut b) = join(two, "bob").await;
    for number in 0..ROOMS {
        let (mut room, _) = Room::create(&ana, &mut a, &[&bob]).await;
        let answer = a.request(wanted(&room)).await;
        assert!(matches!(answer, Answer::Turn { .. }), "{answer:?}");
        let waiting = b.ask(wanted(&room)).await;
        stays_unanswered(&mut b, waiting).await;
        if number % 2 == 0 {
            let release = Request::ReleaseTurn { room: room.id };
            assert_eq!(a.request(release).await, Answer::Ok);
            let answer = b.answer(waiting).await;
            assert!(matches!(answer, Answer::Turn { .. }), "{answer:?}");
        } else {
            let bundle = room.commit(&ana, &[], RoomKind::Space);
            let commit = Request::Commit {
                room: room.id,
                bundle,
            };
            accepted(a.request(commit).await);
            let answer = b.answer(waiting).await;
            let is_late = matches!(answer, Answer::WrongEpoch { epoch: 2, .. });
            assert!(is_late, "{answer:?}");
        }
    }
}

async fn stays_unanswered(client: &mut Client, asked: u32) {
    let answer = tokio::time::timeout(A_WHILE, client.answer(asked)).await;
    assert!(answer.is_err(), "two have the turn: {answer:?}");
}
