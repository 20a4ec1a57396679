//! Operations, and what is not one.

use super::*;

#[test]
fn operations_change_the_state_for_everybody() {
    let mut world = World::pair(RoomKind::Space);
    let bob = world.parties[1].account();
    let profile = SealedProfile {
        key_number: 1,
        sealed: vec![5; 100].into(),
    };
    let operations = [
        Operation::SetRole {
            account: bob,
            role: Role::Owner,
        },
        Operation::SetProfile(profile.clone()),
    ];
    let commit = world.parties[0].commit(vec![], &operations).into_commit();
    // No path: a few operations do not cost a tree.
    assert!(commit.tls_serialize_detached().unwrap().len() < 500);
    let view = world.accept(&commit);
    assert_eq!(
        (view.state.role(&bob), view.state.profile),
        (Role::Owner, Some(profile))
    );
    let back = [Operation::ClearRole {
        account: world.parties[0].account(),
    }];
    let commit = world.parties[1].commit(vec![], &back).into_commit();
    world.accept(&commit);
    assert_eq!(
        world.parties[0].state().owners().collect::<Vec<_>>(),
        [&bob]
    );
    let again = world.parties[0]
        .commit(vec![], &[Operation::SetJoinRule(JoinRule::Open)])
        .into_commit();
    assert!(matches!(
        world.refuse(&again),
        Refusal::MayNot {
            capability: Capability::SetJoinRule,
            ..
        }
    ));
}

#[test]
fn a_committer_cannot_lie_about_the_state() {
    let mut world = World::pair(RoomKind::Space);
    let bob = world.parties[1].account();
    let operations = [Operation::SetRole {
        account: bob,
        role: Role::Owner,
    }];
    // The operation says one thing, the state under the confirmation tag another.
    let lie = {
        let Party {
            provider,
            key,
            group,
            ..
        } = &mut world.parties[0];
        let builder = group
            .as_mut()
            .unwrap()
            .commit_builder()
            .add_proposal(operations_proposal(&operations));
        let mut builder = builder.load_psks(provider.storage()).unwrap();
        set_next_state(
            &mut builder,
            &RoomState::template(RoomKind::Space, bob, None),
        );
        let built = builder
            .build(provider.rand(), provider.crypto(), key, |_| true)
            .unwrap();
        built.stage_commit(provider).unwrap().into_commit()
    };
    world.parties[0].drop_commit();
    let Party {
        provider, group, ..
    } = &mut world.parties[1];
    let judged = judge_member(group.as_mut().unwrap(), provider, protocol(&lie), 0);
    assert!(matches!(judged, Err(JudgeError::Invalid(_))), "{judged:?}");
}

#[test]
fn what_is_not_understood_is_refused() {
    let mut world = World::pair(RoomKind::Space);
    let mut raw = |component: u16, payload: &[u8]| {
        let Party {
            provider,
            key,
            group,
            ..
        } = &mut world.parties[0];
        let proposal =
            Proposal::AppDataUpdate(Box::new(AppDataUpdateProposal::update(component, payload)));
        let group = group.as_mut().unwrap();
        let mut builder = group
            .commit_builder()
            .add_proposal(proposal)
            .load_psks(provider.storage())
            .unwrap();
        let mut updater = builder.app_data_dictionary_updater();
        updater.set(openmls::component::ComponentData::from_parts(
            component,
            b"state".to_vec().into(),
        ));
        let changes = updater.changes();
        builder.with_app_data_dictionary_updates(changes);
        let built = builder
            .build(provider.rand(), provider.crypto(), key, |_| true)
            .unwrap();
        let commit = built.stage_commit(provider).unwrap().into_commit();
        world.refuse(&commit)
    };
    let newer = raw(COMPONENT_ID, &[0x81, 0x82, 0x09, 0x80]);
    assert!(
        matches!(
            newer,
            Refusal::Operations(OperationError::NeedsNewerVersion(_))
        ) && newer.needs_newer_version()
    );
    assert!(matches!(
        raw(COMPONENT_ID, b"noise"),
        Refusal::Operations(OperationError::Unreadable(_))
    ));
    assert_eq!(
        raw(0x8002, &[0x80]),
        Refusal::Unsupported(Unsupported::OtherComponent(0x8002))
    );
}

#[test]
fn context_extensions_are_refused() {
    let mut world = World::pair(RoomKind::Space);
    // OpenMLS alone would let a member drop the relay from the group.
    let kept = world.public.group_context().extensions().iter();
    let kept = kept
        .filter(|extension| !matches!(extension, Extension::ExternalSenders(_)))
        .cloned()
        .collect();
    let extensions = Extensions::from_vec(kept).unwrap();
    let commit = {
        let Party {
            provider,
            key,
            group,
            ..
        } = &mut world.parties[1];
        let builder = group
            .as_mut()
            .unwrap()
            .commit_builder()
            .propose_group_context_extensions(extensions)
            .unwrap();
        let built = builder
            .load_psks(provider.storage())
            .unwrap()
            .build(provider.rand(), provider.crypto(), key, |_| true)
            .unwrap();
        built.stage_commit(provider).unwrap().into_commit()
    };
    assert_eq!(world.refuse(&commit), Refusal::ContextExtensions);
}
