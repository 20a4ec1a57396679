//! Listed rooms: one room a name, decided with the commit that asks for it.

use super::world::{Person, World};
use lacre_relay::store::Verdict;
use lacre_relay::store::command::{Command, Member};
use lacre_relay::store::read::ReadRooms;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::RoomId;

cases! {
    a_name_stands_for_one_room
    of_two_that_want_a_name_at_once_one_gets_it
    rooms_are_renamed_and_taken_off
    a_room_without_members_is_not_on_the_list
    the_list_has_pages_and_counts_people
}

/// Creates a listed room; `first` says whether it has first members.
async fn create(w: &mut World, number: u8, people: &[&Person], name: &str) -> Verdict {
    let mut create = w.create(RoomId([number; 16]), people);
    let summary = match &mut create.first {
        Some(first) => &mut first.summary,
        None => &mut create.summary,
    };
    (summary.listed, summary.join_open) = (Some(name.to_owned()), true);
    w.verdict(Command::CreateRoom(Box::new(create))).await
}

/// A commit that changes the name.
async fn rename(w: &mut World, room: RoomId, by: Member, name: Option<&str>) -> Verdict {
    let mut commit = w.commit(room, by, &[], &[]).await;
    commit.step.summary.listed = name.map(str::to_owned);
    w.verdict(Command::Commit(Box::new(commit))).await
}

async fn found(w: &World, name: &str) -> Option<RoomId> {
    let found = w.store.listed_room(name.to_owned()).await.unwrap();
    found.map(|found| found.room)
}

fn is_taken(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Refused(error) if error.code == ErrorCode::NameTaken)
}

async fn a_name_stands_for_one_room(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let one = create(w, 1, &[&ana, &ben], "algebra").await;
    assert!(matches!(one, Verdict::Accepted(_)));
    // With first members and without, nothing of the refused room is there.
    assert!(is_taken(create(w, 2, &[&ben, &ana], "algebra").await));
    assert!(is_taken(create(w, 3, &[&ben], "algebra").await));
    for number in [2, 3] {
        assert_eq!(w.store.room(RoomId([number; 16])).await.unwrap(), None);
    }
    assert!(matches!(
        create(w, 4, &[&ben], "Algebra").await,
        Verdict::Accepted(_)
    ));
    assert_eq!(found(w, "algebra").await, Some(RoomId([1; 16])));
    assert_eq!(found(w, "Algebra").await, Some(RoomId([4; 16])));
    assert_eq!(found(w, "algebr").await, None);
}

async fn of_two_that_want_a_name_at_once_one_gets_it(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let mut one = w.create(RoomId([1; 16]), &[&ana]);
    one.summary.listed = Some("algebra".to_owned());
    let mut other = w.create(RoomId([2; 16]), &[&ben]);
    other.summary.listed = Some("algebra".to_owned());
    let first = w.store.submit(Command::CreateRoom(Box::new(one.clone())));
    let second = w.store.submit(Command::CreateRoom(Box::new(other.clone())));
    let first = first.await.unwrap().verdict;
    let second = second.await.unwrap().verdict;
    // Which one is open: a store may have several writers.
    let (winner, accepted, refused) = match first {
        Verdict::Accepted(_) => (one, first, second),
        _ => (other, second, first),
    };
    assert!(matches!(accepted, Verdict::Accepted(_)), "{accepted:?}");
    assert!(is_taken(refused));
    // The winner's own repetition is still an acceptance.
    let again = w.verdict(Command::CreateRoom(Box::new(winner))).await;
    assert_eq!(again, accepted);
}

async fn rooms_are_renamed_and_taken_off(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    create(w, 1, &[&ana], "algebra").await;
    create(w, 2, &[&ben], "biology").await;
    let (one, other) = (RoomId([1; 16]), RoomId([2; 16]));
    assert!(is_taken(
        rename(w, one, ana.member(0), Some("biology")).await
    ));
    assert_eq!(w.state(one).await.epoch, 0);
    // The same name again is no change; another one frees the old.
    rename(w, one, ana.member(0), Some("algebra")).await;
    rename(w, one, ana.member(0), Some("algebra 2")).await;
    assert_eq!(found(w, "algebra").await, None);
    assert_eq!(found(w, "algebra 2").await, Some(one));
    rename(w, other, ben.member(0), Some("algebra")).await;
    assert_eq!(found(w, "algebra").await, Some(other));
    rename(w, other, ben.member(0), None).await;
    assert_eq!(found(w, "algebra").await, None);
    let listed = w.store.listed_rooms(None, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(w.state(other).await.listed, None);
}

async fn a_room_without_members_is_not_on_the_list(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    create(w, 1, &[&ana], "algebra").await;
    let room = RoomId([1; 16]);
    let leaves = w.relay_remove(room, ana.member(0)).await;
    w.accept(Command::RelayPropose(leaves)).await;
    assert_eq!(found(w, "algebra").await, None);
    assert_eq!(w.store.listed_rooms(None, 10).await.unwrap(), []);
    // Its name is free. Whoever comes into it later does not get the name back, and takes it from
    // nobody.
    let taken_over = create(w, 2, &[&ben], "algebra").await;
    assert!(matches!(taken_over, Verdict::Accepted(_)));
    w.now += 3_000;
    let mut late = w.commit(room, ben.member(0), &[ben.member(0)], &[]).await;
    late.external = true;
    late.step.welcomes.clear();
    late.step.summary.listed = Some("algebra".to_owned());
    late.reproposals = vec![super::world::remove(1, ana.member(0))];
    let late = w.verdict(Command::Commit(Box::new(late))).await;
    assert!(matches!(late, Verdict::Accepted(_)), "{late:?}");
    assert_eq!(found(w, "algebra").await, Some(RoomId([2; 16])));
    let mut off = w.commit(room, ben.member(0), &[], &[ana.member(0)]).await;
    off.step.summary.listed = None;
    w.accept(Command::Commit(Box::new(off))).await;
    assert_eq!(found(w, "algebra").await, Some(RoomId([2; 16])));
}

async fn the_list_has_pages_and_counts_people(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    for (number, name) in [(1, "b"), (2, "a"), (3, "a b"), (4, "ç"), (5, "c")] {
        let people: &[&Person] = if number == 2 { &[&ana, &ben] } else { &[&ana] };
        create(w, number, people, name).await;
    }
    let mut names = Vec::new();
    loop {
        let after = names.last().cloned();
        let page = w.store.listed_rooms(after, 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.iter().all(|room| room.open));
        names.extend(page.into_iter().map(|room| room.name));
    }
    assert_eq!(names, ["a", "a b", "b", "c", "ç"]);
    let members = |name: &str| w.store.listed_room(name.to_owned());
    assert_eq!(members("a").await.unwrap().unwrap().members, 2);
    assert_eq!(members("b").await.unwrap().unwrap().members, 1);
}
