//! External commits.

use super::*;

#[test]
fn an_open_room_is_joined_from_outside_and_a_closed_one_is_not() {
    let mut world = World::pair(RoomKind::Group);
    let carol = Party::new(3, 1);
    let (info, tree) = world.group_info();
    let commit = carol.join_externally(info, tree, None);
    assert_eq!(
        world.refuse(&commit),
        Refusal::JoinClosed {
            account: carol.account()
        }
    );
    let open = world.parties[0]
        .commit(vec![], &[Operation::SetJoinRule(JoinRule::Open)])
        .into_commit();
    world.accept(&open);
    let (info, tree) = world.group_info();
    let commit = carol.join_externally(info, tree, None);
    assert!(world.accept(&commit).members.has_account(&carol.account()));
    // In an open room any member lets people in.
    world.add(1, Party::new(4, 1));
}

#[test]
fn a_device_comes_back_from_outside_and_brings_nothing_else() {
    let mut world = World::pair(RoomKind::Group);
    let second = Party::new(2, 2);
    let (info, tree) = world.group_info();
    let view = world.accept(&second.join_externally(info, tree, None));
    assert_eq!(view.members.device_count(), 3);
    // The same device again: OpenMLS adds the removal of its old leaf.
    let (info, tree) = world.group_info();
    let commit = second.join_externally(info, tree, None);
    let view = world.accept(&commit);
    assert_eq!(view.members.device_count(), 3);
    // A member from outside may not bring operations, not even an owner's device.
    let mut owner = Party::new(1, 2);
    owner.group = world.parties[0].group.take();
    let group = owner.group.as_ref().unwrap();
    let first = &world.parties[0];
    let info = verifiable(
        group
            .export_group_info(first.provider.crypto(), &first.key, false)
            .unwrap(),
    );
    let commit = owner.join_externally(
        info,
        group.export_ratchet_tree(),
        Some(&[Operation::SetJoinRule(JoinRule::Open)]),
    );
    world.parties[0].group = owner.group.take();
    assert!(matches!(
        world.refuse(&commit),
        Refusal::ExternalContent { .. }
    ));
}
