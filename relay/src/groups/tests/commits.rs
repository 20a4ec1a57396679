//! Which commits enter the log.

use super::super::refused::Refused;
use super::super::testing::{Person, World};
use bytes::Bytes;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::RoomId;
use lacre_wire::room::{JoinRule, Operation, Refusal, RoomKind};

#[tokio::test]
async fn two_joiners_come_in_with_their_own_welcomes() {
    // Joining with a Welcome that holds one secret is checked by the helper.
    let world = World::with(RoomKind::Space, &[2, 3]).await;
    let trees: Vec<_> = world.people.iter().map(Person::tree).collect();
    assert!(trees.iter().all(|tree| *tree == trees[0]));
    assert_eq!((world.row.epoch, world.people.len()), (1, 3));
}

#[tokio::test]
async fn a_post_quantum_group_is_followed_as_well() {
    let mut world = World::with(RoomKind::Group, &[2, 3]).await;
    let bytes = world.people[1].commit(true, &[], &[]);
    let valid = world.submit(1, &bytes).await.unwrap();
    assert!(!valid.removes() && valid.command.consumed.is_empty());
    world.accept(valid);
    assert_eq!(world.people[0].tree(), world.people[2].tree());
}

#[tokio::test]
async fn everybody_submits_their_own_commits() {
    let mut world = World::with(RoomKind::Space, &[2]).await;
    let bytes = world.people[1].commit(true, &[], &[]);
    assert_eq!(
        world.submit(0, &bytes).await.map(drop),
        Err(Refused::NotSubmitter)
    );
    // The refusal cost nothing: the group is still at hand and the commit still good.
    assert!(world.groups.memory() > 0);
    assert!(world.submit(1, &bytes).await.is_ok());
}

#[tokio::test]
async fn a_commit_on_another_epoch_or_group_is_late_or_lost() {
    let mut world = World::with(RoomKind::Space, &[2]).await;
    let late = world.people[1].commit(true, &[], &[]);
    let bytes = world.people[0].commit(true, &[], &[]);
    world.people[1].drop_commit();
    let valid = world.submit(0, &bytes).await.unwrap();
    world.accept(valid);
    let refused = world.submit(1, &late).await.map(drop);
    assert_eq!(
        refused,
        Err(Refused::WrongEpoch {
            generation: 0,
            epoch: 2
        })
    );
    // The group at hand serves the row's epoch, whatever it was asked before.
    let other = World::new(RoomKind::Space).await;
    world.row.room = RoomId([9; 16]);
    world.groups = other.groups;
    assert!(matches!(
        world.submit(0, &bytes).await,
        Err(Refused::Broken(_))
    ));
}

#[tokio::test]
async fn the_rules_of_the_room_apply() {
    let mut world = World::with(RoomKind::Space, &[2]).await;
    let joiner = Person::new(3, 1);
    let bytes = world.people[1].commit(true, &[joiner.key_package(RoomKind::Space)], &[]);
    let refused = world.submit(1, &bytes).await.map(drop);
    assert!(
        matches!(refused, Err(Refused::NotAllowed(Refusal::MayNot { .. }))),
        "{refused:?}"
    );
    world.people[1].drop_commit();
    let open = [Operation::SetJoinRule(JoinRule::Open)];
    let bytes = world.people[1].commit(true, &[], &open);
    assert!(matches!(
        world.submit(1, &bytes).await,
        Err(Refused::NotAllowed(Refusal::MayNot { .. }))
    ));
    world.people[1].drop_commit();
    let bytes = world.people[0].commit(true, &[], &open);
    let valid = world.submit(0, &bytes).await.unwrap();
    assert!(world.accept(valid).summary.join_open);
}

#[tokio::test]
async fn an_open_room_is_entered_from_outside_and_a_closed_one_not() {
    let mut world = World::with(RoomKind::Space, &[2]).await;
    let mut joiner = Person::new(3, 1);
    let outside = |world: &World| {
        (
            world.objects.get(world.row.group_info),
            world.objects.get(world.row.tree),
        )
    };
    let (group_info, tree) = outside(&world);
    let bytes = joiner.join_externally(&group_info, &tree);
    let refused = world
        .submit_as(joiner.member(), &bytes)
        .await
        .map(drop)
        .unwrap_err();
    assert_eq!(refused.code(), ErrorCode::JoinRefused);

    let bytes = world.people[0].commit(true, &[], &[Operation::SetJoinRule(JoinRule::Open)]);
    let valid = world.submit(0, &bytes).await.unwrap();
    world.accept(valid);
    let (group_info, tree) = outside(&world);
    let bytes = joiner.join_externally(&group_info, &tree);
    assert_eq!(
        world.submit(1, &bytes).await.map(drop),
        Err(Refused::NotSubmitter)
    );
    let valid = world.submit_as(joiner.member(), &bytes).await.unwrap();
    assert!(valid.command.external && valid.command.step.welcomes.is_empty());
    assert_eq!(valid.command.step.adds, [joiner.member()]);
    assert_eq!(
        valid.added_accounts().collect::<Vec<_>>(),
        [&joiner.account()]
    );
    world.accept(valid);
    assert_eq!(world.people[0].tree(), joiner.tree());

    // It comes back with a new leaf, which takes the place of the old one.
    let (group_info, tree) = outside(&world);
    let bytes = joiner.join_externally(&group_info, &tree);
    let valid = world.submit_as(joiner.member(), &bytes).await.unwrap();
    let step = &valid.command.step;
    assert_eq!(
        (&step.adds, &step.removes),
        (&vec![joiner.member()], &vec![joiner.member()])
    );
    assert_eq!(valid.next.devices(), 3);
}

#[tokio::test]
async fn other_bytes_are_refused_without_harm() {
    let mut world = World::with(RoomKind::Space, &[2]).await;
    let good = world.people[0].commit(true, &[], &[]);
    let mut bytes = good.clone();
    bytes.commit = Bytes::from_static(b"no message");
    assert!(matches!(
        world.submit(0, &bytes).await,
        Err(Refused::Malformed(_))
    ));
    bytes.commit = world.objects.get(world.row.group_info);
    assert!(matches!(
        world.submit(0, &bytes).await,
        Err(Refused::Malformed(_))
    ));
    bytes.commit = vec![0; lacre_wire::limits::MAX_HANDSHAKE + 1].into();
    assert!(matches!(
        world.submit(0, &bytes).await,
        Err(Refused::TooLarge { .. })
    ));
    let mut forged = good.commit.to_vec();
    let at = forged.len() / 2;
    forged[at] ^= 1;
    bytes.commit = forged.into();
    assert!(matches!(
        world.submit(0, &bytes).await,
        Err(Refused::Malformed(_) | Refused::Invalid(_))
    ));
    assert!(world.submit(0, &good).await.is_ok());
}
