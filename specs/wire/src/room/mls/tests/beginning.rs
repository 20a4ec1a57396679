//! Groups at epoch 0.

use super::*;

#[test]
fn a_group_that_begins_otherwise_is_refused() {
    let relay = seed(9, 9);
    let owner = Party::new(1, 1);
    let state = RoomState::template(RoomKind::Space, owner.account(), None);
    let judge = |config: MlsGroupCreateConfig, key| {
        let id = GroupId::from_slice(&ROOM.group_id(0));
        let group = MlsGroup::new_with_group_id(
            &Provider::default(),
            &owner.key,
            &config,
            id,
            credential(&owner.identity),
        )
        .unwrap();
        let info = verifiable(
            group
                .export_group_info(owner.provider.crypto(), &owner.key, false)
                .unwrap(),
        );
        let (provider, tree) = (Provider::default(), group.export_ratchet_tree());
        let store = ProposalStore::new();
        let (public, _) = PublicGroup::from_external(
            provider.crypto(),
            provider.storage(),
            tree.into(),
            info,
            store,
        )
        .unwrap();
        authorize_creation(
            &ROOM,
            &owner.device(),
            &creation_facts(&public, &key).unwrap(),
        )
    };
    let ours = create_config(&relay.public(), &state).unwrap();
    assert_eq!(judge(ours.clone(), relay.public()), Ok(()));
    assert_eq!(judge(ours, owner.key.public()), Err(CreationRefusal::Relay));
    let builder = || {
        MlsGroupCreateConfig::builder()
            .ciphersuite(suite(RoomKind::Space))
            .capabilities(capabilities())
            .with_group_context_extensions(
                group_context_extensions(&relay.public(), &state).unwrap(),
            )
    };
    assert_eq!(
        judge(builder().build(), relay.public()),
        Err(CreationRefusal::LimitedLifetime)
    );
    let other = builder()
        .lifetime(unlimited_lifetime())
        .ciphersuite(suite(RoomKind::Group))
        .build();
    assert!(matches!(
        judge(other, relay.public()),
        Err(CreationRefusal::Suite { .. })
    ));
    let mut fewer: Vec<_> = group_context_extensions(&relay.public(), &state)
        .unwrap()
        .iter()
        .cloned()
        .collect();
    fewer[0] = Extension::RequiredCapabilities(RequiredCapabilitiesExtension::new(
        &[ExtensionType::AppDataDictionary],
        &[ProposalType::AppDataUpdate],
        &[CredentialType::Basic],
    ));
    let config = builder().lifetime(unlimited_lifetime());
    let config = config
        .with_group_context_extensions(Extensions::from_vec(fewer).unwrap())
        .build();
    assert_eq!(judge(config, relay.public()), Err(CreationRefusal::Context));
}
