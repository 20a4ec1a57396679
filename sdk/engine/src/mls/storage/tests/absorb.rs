//! External commits are built aside and moved in when the log reaches them.

use openmls::prelude::*;
use openmls_traits::OpenMlsProvider;
use tls_codec::Serialize as _;

use super::super::ScratchProvider;
use super::device::{Device, Pair, SUITES, agree, capabilities, config};

/// Joins from outside on a scratch provider.
fn join(
    device: &Device,
    scratch: &ScratchProvider,
    inside: &Device,
    group: &MlsGroup,
) -> (MlsGroup, Vec<u8>) {
    let info = group
        .export_group_info(inside.provider.crypto(), &inside.key, false)
        .unwrap();
    let MlsMessageBodyIn::GroupInfo(info) = MlsMessageIn::from(info).extract() else {
        panic!("not a GroupInfo");
    };
    let leaf = LeafNodeParameters::builder()
        .with_capabilities(capabilities(device.suite))
        .build();
    let (group, bundle) = MlsGroup::external_commit_builder()
        .with_ratchet_tree(group.export_ratchet_tree().into())
        .with_config(config(device.suite).join_config().clone())
        .build_group(scratch, info, device.credential.clone())
        .unwrap()
        .leaf_node_parameters(leaf)
        .load_psks(scratch.storage())
        .unwrap()
        .create_group_info(true)
        .build(scratch.rand(), scratch.crypto(), &device.key, |_| true)
        .unwrap()
        .finalize(scratch)
        .unwrap();
    (
        group,
        bundle.into_commit().tls_serialize_detached().unwrap(),
    )
}

#[test]
fn an_external_join_moves_in() {
    for suite in SUITES {
        let mut pair = Pair::new(suite);
        let mut eva = Device::new("eva", suite);
        let scratch = ScratchProvider::new();
        let (mut evas, commit) = join(&eva, &scratch, &pair.ana, &pair.anas);
        assert!(
            MlsGroup::load(eva.provider.storage(), &pair.id)
                .unwrap()
                .is_none()
        );

        pair.ana.run(|| pair.ana.follow(&mut pair.anas, &commit));
        let (moved, _) = eva.run(|| eva.provider.storage().absorb(scratch).unwrap());
        assert_eq!(moved, [pair.id.clone()].into());
        // The group built on the scratch provider goes on with the real one.
        let (message, _) = eva.run(|| eva.say(&mut evas, "here I am"));
        assert_eq!(
            pair.ana.run(|| pair.ana.hear(&mut pair.anas, &message)).0,
            "here I am"
        );

        eva.restart();
        let mut evas = eva.load(&pair.id);
        assert!(agree(&evas, &pair.anas));
        let (commit, _) = pair.ana.run(|| {
            let commit = pair.ana.renew(&mut pair.anas);
            pair.anas.merge_pending_commit(&pair.ana.provider).unwrap();
            commit
        });
        eva.run(|| eva.follow(&mut evas, &commit));
        let (message, _) = pair.ana.run(|| pair.ana.say(&mut pair.anas, "welcome"));
        assert_eq!(eva.run(|| eva.hear(&mut evas, &message)).0, "welcome");
    }
}

#[test]
fn a_rejoin_leaves_nothing_of_the_old_membership() {
    for suite in SUITES {
        let mut pair = Pair::new(suite);
        // The old membership has state that a new one never writes over.
        pair.ben.run(|| {
            let parameters = LeafNodeParameters::default();
            pair.bens
                .propose_self_update(&pair.ben.provider, &pair.ben.key, parameters)
                .unwrap();
        });
        assert!(
            pair.ben
                .count("SELECT count(*) FROM mls WHERE label IN (12, 13, 14)")
                > 0
        );

        let scratch = ScratchProvider::new();
        let (_, commit) = join(&pair.ben, &scratch, &pair.ana, &pair.anas);
        pair.ana.run(|| pair.ana.follow(&mut pair.anas, &commit));
        pair.ben
            .run(|| pair.ben.provider.storage().absorb(scratch).unwrap());
        assert_eq!(
            pair.ben
                .count("SELECT count(*) FROM mls WHERE label IN (12, 13, 14)"),
            0
        );
        assert_eq!(
            pair.ben.count("SELECT count(*) FROM mls WHERE label = 15"),
            1
        );

        pair.ben.restart();
        let mut bens = pair.ben.load(&pair.id);
        assert_eq!(bens.pending_proposals().count(), 0);
        assert_eq!(bens.members().count(), 2, "the old leaf is gone");
        let (message, _) = pair.ben.run(|| pair.ben.say(&mut bens, "back"));
        assert_eq!(
            pair.ana.run(|| pair.ana.hear(&mut pair.anas, &message)).0,
            "back"
        );
    }
}

#[test]
fn an_absorbed_group_can_be_rolled_back() {
    let pair = Pair::new(SUITES[0]);
    let before = pair.ben.load(&pair.id).epoch();
    let scratch = ScratchProvider::new();
    join(&pair.ben, &scratch, &pair.ana, &pair.anas);
    let storage = pair.ben.provider.storage();
    pair.ben.run(|| {
        let mark = storage.mark();
        storage.absorb(scratch).unwrap();
        assert_ne!(pair.ben.load(&pair.id).epoch(), before);
        let touched = storage.rollback_to(mark).unwrap();
        assert!(touched.contains(&pair.id));
    });
    assert_eq!(pair.ben.load(&pair.id).epoch(), before);
}
