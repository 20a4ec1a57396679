//! Coming, going, and renewing leaves.

use super::*;

fn remove(world: &World, party: usize) -> Proposal {
    let removed = world.leaf(&world.parties[party]);
    let message = ExternalProposal::new_remove::<Provider>(
        removed,
        world.public.group_id().clone(),
        world.public.group_context().epoch(),
        &world.relay,
        SenderExtensionIndex::new(0),
    );
    // The body of a Remove has no public constructor; a queued one has it.
    match judge_public(
        &world.public,
        world.provider.crypto(),
        protocol(&message.unwrap()),
        0,
    )
    .unwrap()
    {
        Judgement::Proposal(judged) => judged.queued.proposal().clone(),
        other => panic!("{other:?}"),
    }
}

fn relay_remove(world: &World, party: usize) -> MlsMessageOut {
    let removed = world.leaf(&world.parties[party]);
    let (id, epoch) = (
        world.public.group_id().clone(),
        world.public.group_context().epoch(),
    );
    ExternalProposal::new_remove::<Provider>(
        removed,
        id,
        epoch,
        &world.relay,
        SenderExtensionIndex::new(0),
    )
    .unwrap()
}

impl Party {
    fn try_own(&self) -> Result<(), JudgeError> {
        judge_own(self.group.as_ref().unwrap(), 0).map(drop)
    }
}

#[test]
fn people_and_devices_come_in() {
    for kind in [RoomKind::Direct, RoomKind::Group, RoomKind::Space] {
        let mut world = World::pair(kind);
        let view = world.add(1, Party::new(2, 2));
        assert_eq!(
            (view.members.accounts().count(), view.members.device_count()),
            (2, 3)
        );
        assert_eq!(world.public.ciphersuite(), suite(kind));
    }
    let mut world = World::pair(RoomKind::Group);
    let stranger = Party::new(3, 1).key_package(RoomKind::Group);
    let commit = world.parties[1].adding(stranger);
    assert!(matches!(
        world.refuse(&commit),
        Refusal::MayNot {
            capability: Capability::Add,
            ..
        }
    ));
    let foreign = Party::new(2, 2).key_package(RoomKind::Group);
    let commit = world.parties[0].adding(foreign);
    assert!(matches!(
        world.refuse(&commit),
        Refusal::ForeignDevice { .. }
    ));
    let direct = &mut World::pair(RoomKind::Direct);
    let third = Party::new(3, 1).key_package(RoomKind::Direct);
    let commit = direct.parties[0].adding(third);
    assert!(matches!(direct.refuse(&commit), Refusal::NotInPair { .. }));
}

#[test]
fn owners_remove_and_members_do_not() {
    let mut world = World::pair(RoomKind::Space);
    world.add(0, Party::new(3, 1));
    let removal = remove(&world, 2);
    let commit = world.parties[1]
        .commit(vec![removal.clone()], &[])
        .into_commit();
    assert!(matches!(
        world.parties[1].try_own(),
        Err(JudgeError::Refused(Refusal::MayNot { .. }))
    ));
    assert!(matches!(
        world.refuse(&commit),
        Refusal::MayNot {
            capability: Capability::Remove,
            ..
        }
    ));
    let commit = world.parties[0].commit(vec![removal], &[]).into_commit();
    assert_eq!(world.accept(&commit).members.device_count(), 2);
    assert_eq!(world.parties.len(), 2);
}

#[test]
fn the_relay_evicts_and_cannot_insert() {
    let mut world = World::pair(RoomKind::Space);
    world.add(0, Party::new(3, 1));
    let owner = world.parties[0].account();
    let (id, epoch) = (
        world.public.group_id().clone(),
        world.public.group_context().epoch(),
    );
    let package = Party::new(4, 1).key_package(RoomKind::Space);
    let insert = ExternalProposal::new_add::<Provider>(
        package,
        id,
        epoch,
        &world.relay,
        SenderExtensionIndex::new(0),
    )
    .unwrap();
    assert_eq!(world.refuse(&insert), Refusal::RelayMayOnlyRemove);
    // The relay evicts the owner; whoever commits clears the role with it.
    let evict = relay_remove(&world, 0);
    world.propose(&evict);
    let bare = world.parties[1].commit(vec![], &[]).into_commit();
    assert_eq!(world.refuse(&bare), Refusal::RoleKept { account: owner });
    let commit = world.parties[1]
        .commit(vec![], &[Operation::ClearRole { account: owner }])
        .into_commit();
    let view = world.accept(&commit);
    assert!(!view.members.has_account(&owner) && view.state.owners().count() == 0);
    assert_eq!(world.parties.len(), 2);
}

#[test]
fn somebody_leaves() {
    let mut world = World::pair(RoomKind::Group);
    let leave = {
        let Party {
            provider,
            key,
            group,
            ..
        } = &mut world.parties[1];
        group
            .as_mut()
            .unwrap()
            .leave_group_via_self_remove(provider, key)
            .unwrap()
    };
    world.propose(&leave);
    let commit = world.parties[0].commit(vec![], &[]).into_commit();
    assert_eq!(world.accept(&commit).members.accounts().count(), 1);
}

#[test]
fn leaves_are_renewed_and_handshakes_stay_public() {
    let mut world = World::pair(RoomKind::Group);
    let newer = {
        let Party {
            provider,
            key,
            group,
            identity,
        } = &mut world.parties[1];
        identity.list_version = 4;
        let parameters = LeafNodeParameters::builder()
            .with_credential_with_key(credential(identity))
            .build();
        group
            .as_mut()
            .unwrap()
            .self_update(provider, key, parameters)
            .unwrap()
            .into_commit()
    };
    let view = world.accept(&newer);
    let bob = world.parties[1].device();
    assert_eq!(
        view.members.list_version(&bob.account, &bob.device),
        Some(4)
    );
    let older = {
        let Party {
            provider,
            key,
            group,
            identity,
        } = &mut world.parties[1];
        identity.list_version = 3;
        let parameters = LeafNodeParameters::builder()
            .with_credential_with_key(credential(identity))
            .build();
        group
            .as_mut()
            .unwrap()
            .self_update(provider, key, parameters)
            .unwrap()
            .into_commit()
    };
    assert!(matches!(
        world.refuse(&older),
        Refusal::OldDeviceList { at_least: 4, .. }
    ));

    // A message is sealed; its header is read without MLS, and it is no handshake.
    let Party {
        provider,
        key,
        group,
        ..
    } = &mut world.parties[1];
    group.as_mut().unwrap().set_aad(b"tag".to_vec());
    let message = group
        .as_mut()
        .unwrap()
        .create_message(provider, key, b"hello")
        .unwrap();
    let bytes = message.tls_serialize_detached().unwrap();
    let header = PrivateMessageHeader::parse(&bytes).unwrap();
    assert_eq!(
        (header.group_id, header.epoch),
        (
            &ROOM.group_id(0)[..],
            world.public.group_context().epoch().as_u64()
        )
    );
    assert_eq!(
        (header.content, header.authenticated_data),
        (ContentType::Application, &b"tag"[..])
    );
    let judged = judge_public(
        &world.public,
        world.provider.crypto(),
        protocol(&message),
        0,
    );
    assert!(matches!(judged, Err(JudgeError::NotPublic)));
}

#[test]
fn the_same_commit_is_judged_the_same_twice() {
    let mut world = World::pair(RoomKind::Group);
    let commit = world.parties[0].adding(Party::new(3, 1).key_package(RoomKind::Group));
    let judge = || match judge_public(&world.public, world.provider.crypto(), protocol(&commit), 0)
        .unwrap()
    {
        Judgement::Commit(judged) => (judged.facts, judged.next),
        other => panic!("{other:?}"),
    };
    let (facts, next) = judge();
    assert_eq!(judge(), (facts.clone(), next.clone()));
    let view = crate::room::RoomView {
        state: state_of(world.public.group_context().extensions()).unwrap(),
        members: Leaves::verify(world.public.members()).unwrap().members(),
    };
    assert_eq!(authorize(&view, &facts, 0), Ok(next.state));
}
