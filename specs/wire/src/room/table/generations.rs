//! Who may open a room's next generation, and what it may make of the room.

use super::beginning::{ROOM, good};
use super::*;
use crate::room::{GenerationRefusal, authorize_generation, authorize_opening};

fn judged(opener: u8, before: &RoomView, next: &RoomView) -> Result<(), GenerationRefusal> {
    authorize_generation(account(opener), before, next)
}

#[test]
fn owners_open_it_and_may_change_what_owners_may() {
    for kind in [RoomKind::Group, RoomKind::Space] {
        let before = room(kind);
        assert_eq!(judged(1, &before, &before), Ok(()));
        assert_eq!(judged(2, &before, &before), Err(GenerationRefusal::Opener));
        assert_eq!(judged(9, &before, &before), Err(GenerationRefusal::Opener));
        // Who was added or went since this member read last is no reason to stay behind.
        let mut next = before.clone();
        next.members.insert(device(9, 1, 1));
        next.members.remove(&account(3), &device(3, 1, 1).device);
        next.state.join_rule = JoinRule::Open;
        assert_eq!(judged(1, &before, &next), Ok(()));
    }
}

#[test]
fn both_of_a_direct_room_open_it_and_nobody_else_comes_in() {
    let before = room(RoomKind::Direct);
    assert_eq!(judged(1, &before, &before), Ok(()));
    assert_eq!(judged(2, &before, &before), Ok(()));
    let mut third = before.clone();
    third.members.insert(device(3, 1, 1));
    assert_eq!(judged(1, &before, &third), Err(GenerationRefusal::Pair));
    let mut alone = before.clone();
    alone.state.roles.remove(&account(2));
    assert_eq!(judged(1, &before, &alone), Err(GenerationRefusal::Pair));
}

#[test]
fn the_room_stays_what_it_is() {
    let before = room(RoomKind::Group);
    assert_eq!(
        judged(1, &before, &room(RoomKind::Space)),
        Err(GenerationRefusal::Kind)
    );
    let mut given_up = before.clone();
    given_up.state.roles.clear();
    assert_eq!(
        judged(1, &before, &given_up),
        Err(GenerationRefusal::NotOwner)
    );
    let mut barred = before.clone();
    barred.state.bans.insert(account(3));
    let banned = GenerationRefusal::Banned {
        account: account(3),
    };
    assert_eq!(judged(1, &before, &barred), Err(banned));
    barred.members.remove(&account(3), &device(3, 1, 1).device);
    assert_eq!(judged(1, &before, &barred), Ok(()));
}

/// A generation is judged as a beginning and as a change at once.
#[test]
fn a_generation_begins_as_rooms_do() {
    let before = room(RoomKind::Group);
    let facts = CreationFacts {
        group_id: ROOM.group_id(3).to_vec(),
        state: before.state.clone(),
        ..good(RoomKind::Group, None)
    };
    let judge = |opener: u8, facts: &CreationFacts| {
        let refused = authorize_opening(&ROOM, 3, &device(opener, 1, 1), &before, facts);
        refused.map_err(|refusal| refusal.code())
    };
    assert_eq!(judge(1, &facts), Ok(()));
    let of_another = CreationFacts {
        group_id: ROOM.group_id(2).to_vec(),
        ..facts.clone()
    };
    assert_eq!(judge(1, &of_another), Err("creation.group_id"));
    let taken_over = CreationFacts {
        leaves: vec![device(2, 1, 1)],
        ..facts
    };
    assert_eq!(judge(2, &taken_over), Err("generation.opener"));
}

#[test]
fn every_refusal_has_its_code() {
    let banned = GenerationRefusal::Banned {
        account: account(3),
    };
    for (refusal, code) in [
        (GenerationRefusal::Opener, "generation.opener"),
        (GenerationRefusal::Kind, "generation.kind"),
        (GenerationRefusal::Pair, "generation.pair"),
        (GenerationRefusal::NotOwner, "generation.not_owner"),
        (banned, "generation.banned"),
    ] {
        assert_eq!(refusal.code(), code);
    }
}
