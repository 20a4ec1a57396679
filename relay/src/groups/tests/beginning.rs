//! How rooms begin, and how the groups at hand are kept.

use super::super::cache::Groups;
use super::super::refused::Refused;
use super::super::testing::{Person, World, relay_key};
use lacre_wire::ids::RoomId;
use lacre_wire::room::{CreationRefusal, RoomKind};

#[tokio::test]
async fn a_room_begins_with_its_first_members_in_one_step() {
    for (kind, peer) in [
        (RoomKind::Space, None),
        (RoomKind::Direct, Some(Person::new(2, 1).account())),
    ] {
        let (mut creator, mut joiner) = (Person::new(1, 1), Person::new(2, 1));
        let groups = Groups::new(relay_key(), usize::MAX);
        let mut bytes = creator.create(kind, peer);
        bytes.first = Some(creator.commit(true, &[joiner.key_package(kind)], &[]));
        let created = groups
            .validate_creation(creator.member(), bytes, 5)
            .await
            .unwrap();
        let command = created.command;
        let first = command.first.unwrap();
        assert_eq!(
            (command.peer, command.summary.kind, first.adds.clone()),
            (peer, kind, vec![joiner.member()])
        );
        assert_eq!((created.next.at(), created.next.devices()), ((0, 1), 2));
        joiner.join(
            first.welcomes[0].welcome.bytes(),
            first.tree.bytes.as_ref().unwrap().bytes(),
        );
        creator.read(first.body.bytes());
        assert_eq!(creator.tree(), joiner.tree());
    }
}

#[tokio::test]
async fn a_room_begins_only_as_the_rules_say() {
    let groups = Groups::new(relay_key(), usize::MAX);
    let (mut creator, other) = (Person::new(1, 1), Person::new(2, 1));
    let bytes = creator.create(RoomKind::Group, None);
    let create = async |by: &Person, bytes| {
        groups
            .validate_creation(by.member(), bytes, 0)
            .await
            .map(drop)
    };
    assert_eq!(create(&creator, bytes.clone()).await, Ok(()));
    let refused = create(&other, bytes.clone()).await;
    assert!(matches!(
        refused,
        Err(Refused::Creation(CreationRefusal::Leaves { .. }))
    ));
    let mut elsewhere = bytes.clone();
    elsewhere.room = RoomId([8; 16]);
    let refused = create(&creator, elsewhere).await;
    assert!(matches!(
        refused,
        Err(Refused::Creation(CreationRefusal::GroupId { .. }))
    ));
    let mut paired = bytes.clone();
    paired.peer = Some(other.account());
    assert_eq!(create(&creator, paired).await, Err(Refused::OtherPeer));
    let mut swapped = bytes;
    swapped.tree = Person::new(1, 2).create(RoomKind::Group, None).tree;
    assert!(matches!(
        create(&creator, swapped).await,
        Err(Refused::Invalid(_))
    ));
    let mut with_tree = creator.create(RoomKind::Group, None);
    with_tree.group_info = creator.group_info_with_tree();
    assert!(matches!(
        create(&creator, with_tree).await,
        Err(Refused::GroupInfo(_))
    ));
    // Another relay's key in the group: this relay could not evict.
    let foreign = Groups::new(Person::new(9, 9).key, usize::MAX);
    let bytes = creator.create(RoomKind::Group, None);
    let refused = foreign
        .validate_creation(creator.member(), bytes, 0)
        .await
        .map(drop);
    assert!(matches!(
        refused,
        Err(Refused::Creation(CreationRefusal::Relay))
    ));
}

#[tokio::test]
async fn a_direct_room_is_found_by_the_pair_in_its_state() {
    let groups = Groups::new(relay_key(), usize::MAX);
    let (mut creator, peer) = (Person::new(1, 1), Person::new(2, 1).account());
    let mut bytes = creator.create(RoomKind::Direct, Some(peer));
    bytes.peer = Some(Person::new(3, 1).account());
    assert_eq!(
        groups
            .validate_creation(creator.member(), bytes, 0)
            .await
            .map(drop),
        Err(Refused::OtherPeer)
    );
    let itself = creator.create(RoomKind::Direct, None);
    let created = groups
        .validate_creation(creator.member(), itself, 0)
        .await
        .unwrap();
    assert_eq!(created.command.peer, Some(creator.account()));
}

#[tokio::test]
async fn a_rebuilt_group_is_the_one_that_was_followed() {
    let mut world = World::with(RoomKind::Space, &[2, 3]).await;
    world.evict(&[world.people[2].member()]).await;
    let live = world
        .groups
        .devices(&world.objects, &world.row)
        .await
        .unwrap();
    world.groups.forget(&world.row.room);
    assert_eq!(world.groups.memory(), 0);
    let rebuilt = world
        .groups
        .devices(&world.objects, &world.row)
        .await
        .unwrap();
    assert_eq!((live, world.groups.memory() > 0), (rebuilt, true));
    // It goes on from there: the waiting Remove is known, and the trees stay the same.
    let bytes = world.people[0].commit(true, &[], &[]);
    let valid = world.submit(0, &bytes).await.unwrap();
    let step = world.accept(valid);
    let built = super::super::public::Group::build(&super::super::public::GroupSource {
        group_info: step.group_info.bytes().clone(),
        tree: step.tree.bytes.unwrap().bytes().clone(),
    });
    let built = built.unwrap();
    assert_eq!(built.tree().unwrap(), world.people[1].tree());
    assert_eq!((built.at(), built.devices()), ((0, 2), 2));
}

#[tokio::test]
async fn a_group_of_another_epoch_is_not_used() {
    let mut world = World::new(RoomKind::Space).await;
    // Another node of the relay, which did not see the commit.
    let other = Groups::new(relay_key(), usize::MAX);
    assert_eq!(
        other
            .devices(&world.objects, &world.row)
            .await
            .unwrap()
            .len(),
        1
    );
    world.add(0, vec![Person::new(2, 1)]).await;
    assert_eq!(
        other
            .devices(&world.objects, &world.row)
            .await
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn the_cache_stays_within_its_bound() {
    let mut world = World::with(RoomKind::Space, &[2]).await;
    world.groups = Groups::new(relay_key(), 1);
    assert_eq!(
        world
            .groups
            .devices(&world.objects, &world.row)
            .await
            .unwrap()
            .len(),
        2
    );
    assert_eq!(world.groups.memory(), 0);
    world.row.epoch = 5;
    let refused = world.groups.devices(&world.objects, &world.row).await;
    assert!(matches!(refused, Err(Refused::Broken(_))));
}
