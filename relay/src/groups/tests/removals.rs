//! Removes of the relay, and members who leave.

use super::super::refused::Refused;
use super::super::testing::{Person, World};
use super::super::validate::REMOVALS_FIRST_MS;
use crate::store::command::Member;
use lacre_wire::hash::sha256;
use lacre_wire::ids::SubmitId;
use lacre_wire::room::{JoinRule, Operation, RoomKind};

const SUBMIT: SubmitId = SubmitId([4; 16]);

#[tokio::test]
async fn a_waiting_remove_is_committed_first() {
    let mut world = World::with(RoomKind::Space, &[2, 3]).await;
    let gone = world.people[2].member();
    assert_eq!(world.evict(&[gone]).await, 1);
    // Once is enough, and a stranger is nobody to remove.
    assert_eq!(world.evict(&[gone, Person::new(9, 1).member()]).await, 0);
    let without = world.people[1].commit(false, &[], &[]);
    let waiting = world.row.pending[0].body.to_vec();
    let refused = world.submit(1, &without).await.map(drop);
    assert_eq!(
        refused,
        Err(Refused::CommitFirst {
            proposals: vec![waiting]
        })
    );
    world.people[1].drop_commit();
    let with = world.people[1].commit(true, &[], &[]);
    let valid = world.submit(1, &with).await.unwrap();
    assert!(
        valid.removes() && valid.command.reproposals.is_empty() && valid.still_leaving.is_empty()
    );
    assert_eq!(valid.command.consumed, [world.row.pending[0].hash]);
    assert_eq!(valid.command.step.removes, [gone]);
    world.accept(valid);
    assert_eq!(world.people.len(), 2);
}

#[tokio::test]
async fn an_external_commit_waits_and_the_remove_is_proposed_again() {
    let mut world = World::with(RoomKind::Space, &[2, 3]).await;
    let bytes = world.people[0].commit(true, &[], &[Operation::SetJoinRule(JoinRule::Open)]);
    let valid = world.submit(0, &bytes).await.unwrap();
    world.accept(valid);
    let gone = world.people[2].member();
    world.evict(&[gone]).await;
    let (group_info, tree) = (
        world.objects.get(world.row.group_info),
        world.objects.get(world.row.tree),
    );
    let mut joiner = Person::new(4, 1);
    let bytes = joiner.join_externally(&group_info, &tree);
    world.now += 500;
    let refused = world.submit_as(joiner.member(), &bytes).await.map(drop);
    assert_eq!(
        refused,
        Err(Refused::RemovalsFirst {
            after_ms: REMOVALS_FIRST_MS - 500
        })
    );
    // Whoever is to go does not slip back in from outside.
    world.now += 1_500;
    let mut again = Person::new(3, 1);
    let back = again.join_externally(&group_info, &tree);
    let refused = world.submit_as(gone, &back).await.map(drop);
    assert_eq!(
        refused,
        Err(Refused::Leaving {
            device: gone.device
        })
    );

    let valid = world.submit_as(joiner.member(), &bytes).await.unwrap();
    let removes: Vec<_> = valid
        .command
        .reproposals
        .iter()
        .map(|remove| remove.device)
        .collect();
    assert_eq!(removes, [gone.device]);
    world.accept(valid);
    world.people.push(joiner);
    // The new Remove is good: a member commits it.
    let bytes = world.people[0].commit(true, &[], &[]);
    let valid = world.submit(0, &bytes).await.unwrap();
    assert_eq!(valid.command.step.removes, [gone]);
}

/// Where nobody stays who could commit, the relay takes out everybody that is left.
#[tokio::test]
async fn the_last_who_leave_are_removed_by_the_relay() {
    let mut world = World::with(RoomKind::Group, &[2]).await;
    let members: [Member; 2] = [0, 1].map(|index| world.people[index].member());
    for (index, expected) in [(0, &[][..]), (1, &members[..])] {
        let body = world.people[index].leave();
        let World {
            groups,
            objects,
            row,
            now,
            ..
        } = &world;
        let valid = groups
            .validate_proposal(objects, row, members[index], SUBMIT, body.clone(), *now)
            .await
            .unwrap();
        assert_eq!(valid.others, expected);
        world.propose(index, &body);
    }
}

#[tokio::test]
async fn an_account_leaves_with_all_its_devices() {
    let mut world = World::with(RoomKind::Space, &[2]).await;
    world.add(1, vec![Person::new(2, 2)]).await;
    let [one, two]: [Member; 2] = [1, 2].map(|index| world.people[index].member());
    let body = world.people[1].leave();
    let propose = async |world: &World, by: Member, body: &bytes::Bytes| {
        let World {
            groups,
            objects,
            row,
            now,
            ..
        } = world;
        groups
            .validate_proposal(objects, row, by, SUBMIT, body.clone(), *now)
            .await
    };
    assert_eq!(
        propose(&world, two, &body).await.map(drop),
        Err(Refused::NotSubmitter)
    );
    let valid = propose(&world, one, &body).await.unwrap();
    assert_eq!(
        (valid.others.as_slice(), valid.command.body.hash()),
        (&[two][..], sha256(&[&body]))
    );
    world.propose(1, &body);
    assert_eq!(propose(&world, one, &body).await.map(drop), Ok(()));
    let person = &mut world.people[1];
    person.group.as_mut().unwrap().set_aad(vec![1]);
    let again = person.leave();
    assert_eq!(
        propose(&world, one, &again).await.map(drop),
        Err(Refused::Leaving { device: one.device })
    );
    world.evict(&valid.others).await;
    let bytes = world.people[0].commit(true, &[], &[]);
    let valid = world.submit(0, &bytes).await.unwrap();
    assert_eq!(valid.command.consumed.len(), 2);
    let removes = &valid.command.step.removes;
    assert!(removes.len() == 2 && removes.contains(&one) && removes.contains(&two));
}

#[tokio::test]
async fn a_commit_may_overlook_a_self_remove_but_the_relay_does_not() {
    let mut world = World::with(RoomKind::Space, &[2]).await;
    let leaver = world.people[1].member();
    let body = world.people[1].leave();
    world.propose(1, &body);
    let bytes = world.people[0].commit(false, &[], &[]);
    let valid = world.submit(0, &bytes).await.unwrap();
    assert_eq!(valid.still_leaving, [leaver]);
}

#[tokio::test]
async fn a_self_remove_does_not_shield_from_the_relay() {
    let mut world = World::with(RoomKind::Space, &[2, 3]).await;
    let leaver = world.people[2].member();
    let body = world.people[2].leave();
    world.propose(2, &body);
    assert_eq!(world.evict_unread(&[leaver]).await.len(), 1);
    // MLS allows one of the two in a commit; the SelfRemove fulfils both.
    let bytes = world.people[0].commit(true, &[], &[]);
    let valid = world.submit(0, &bytes).await.unwrap();
    assert_eq!(valid.command.step.removes, [leaver]);
    assert_eq!(valid.command.consumed.len(), 2);
    assert!(valid.still_leaving.is_empty());
}

#[tokio::test]
async fn a_commit_refers_only_to_what_is_in_the_log() {
    let mut world = World::with(RoomKind::Space, &[2, 3]).await;
    world.evict(&[world.people[2].member()]).await;
    let bytes = world.people[0].commit(true, &[], &[]);
    // The store never took the proposal, though the group at hand knew it for a moment.
    assert!(world.submit(0, &bytes).await.is_ok());
    world.groups.forget(&world.row.room);
    world
        .groups
        .devices(&world.objects, &world.row)
        .await
        .unwrap();
    world.row.pending.clear();
    assert!(matches!(
        world.submit(0, &bytes).await,
        Err(Refused::Invalid(_))
    ));
}

#[tokio::test]
async fn nothing_but_a_self_remove_is_proposed_outside_a_commit() {
    let mut world = World::with(RoomKind::Space, &[2]).await;
    let member = world.people[0].member();
    let commit = world.people[0].commit(true, &[], &[]);
    let World {
        groups,
        objects,
        row,
        now,
        ..
    } = &world;
    let refused = groups
        .validate_proposal(objects, row, member, SUBMIT, commit.commit, *now)
        .await
        .map(drop);
    assert_eq!(refused, Err(Refused::NotSelfRemove));
    world.people[0].drop_commit();
    let person = &mut world.people[0];
    let (group, leaf) = (
        person.group.as_mut().unwrap(),
        openmls::prelude::LeafNodeIndex::new(1),
    );
    let (remove, _) = group
        .propose_remove_member(&person.provider, &person.key, leaf)
        .unwrap();
    let remove = tls_codec::Serialize::tls_serialize_detached(&remove).unwrap();
    let World {
        groups,
        objects,
        row,
        now,
        ..
    } = &world;
    let refused = groups
        .validate_proposal(objects, row, member, SUBMIT, remove.into(), *now)
        .await
        .map(drop);
    assert_eq!(refused, Err(Refused::NotSelfRemove));
}
