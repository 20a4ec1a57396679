//! Everything OpenMLS stores survives flush, restart and load.

use openmls::component::ComponentData;
use openmls::prelude::hash_ref::ProposalRef;
use openmls::prelude::*;
use openmls::schedule::{ExternalPsk, PreSharedKeyId, Psk};
use openmls_traits::OpenMlsProvider;
use openmls_traits::storage::StorageProvider;
use tls_codec::Serialize as _;

use super::device::{CLASSICAL, Device, Pair, SUITES, agree, parse};

#[test]
fn a_conversation_goes_on_after_every_restart() {
    for suite in SUITES {
        let mut pair = Pair::new(suite);
        for round in 0..4 {
            pair.ana.restart();
            pair.ben.restart();
            let (mut anas, mut bens) = (pair.ana.load(&pair.id), pair.ben.load(&pair.id));
            assert!(agree(&anas, &bens));

            let (hello, _) = pair.ana.run(|| pair.ana.say(&mut anas, "hello"));
            let (heard, _) = pair.ben.run(|| pair.ben.hear(&mut bens, &hello));
            assert_eq!(heard, "hello");
            let (answer, _) = pair.ben.run(|| pair.ben.say(&mut bens, "yes?"));
            let (heard, _) = pair.ana.run(|| pair.ana.hear(&mut anas, &answer));
            assert_eq!(heard, "yes?");

            // The commit is merged in another process than the one that made it.
            let (commit, _) = pair.ana.run(|| pair.ana.renew(&mut anas));
            pair.ana.restart();
            let mut anas = pair.ana.load(&pair.id);
            let ((), _) = pair
                .ana
                .run(|| anas.merge_pending_commit(&pair.ana.provider).unwrap());
            let ((), _) = pair.ben.run(|| pair.ben.follow(&mut bens, &commit));
            assert_eq!(bens.epoch().as_u64(), 2 + round);
        }
    }
}

#[test]
fn a_loaded_group_decrypts_what_arrived_out_of_order() {
    for suite in SUITES {
        let mut pair = Pair::new(suite);
        let (messages, _) = pair
            .ana
            .run(|| ["one", "two", "three"].map(|text| pair.ana.say(&mut pair.anas, text)));
        pair.ben.run(|| pair.ben.hear(&mut pair.bens, &messages[2]));
        pair.ben.restart();
        let mut bens = pair.ben.load(&pair.id);
        let (heard, _) = pair.ben.run(|| {
            [
                pair.ben.hear(&mut bens, &messages[0]),
                pair.ben.hear(&mut bens, &messages[1]),
            ]
        });
        assert_eq!(heard, ["one", "two"]);
    }
}

#[test]
fn a_third_member_joins_and_leaves() {
    for suite in SUITES {
        let Pair {
            ana,
            mut ben,
            id,
            mut anas,
            mut bens,
        } = Pair::new(suite);
        let mut eva = Device::new("eva", suite);
        let (package, _) = eva.run(|| eva.key_package());
        eva.restart();
        let ((commit, welcome), _) = ana.run(|| ana.add(&mut anas, &[package]));
        ben.run(|| ben.follow(&mut bens, &commit));
        let (mut evas, _) = eva.run(|| eva.join(welcome, anas.export_ratchet_tree()));
        assert_eq!(evas.members().count(), 3);
        assert_eq!(
            eva.count("SELECT count(*) FROM mls WHERE group_id = x''"),
            0,
            "a used one-time key package leaves no row"
        );

        ben.restart();
        let mut bens = ben.load(&id);
        let (removal, _) = ben.run(|| {
            let eva = evas.own_leaf_index();
            let (commit, _, _) = bens
                .remove_members(&ben.provider, &ben.key, &[eva])
                .unwrap();
            bens.merge_pending_commit(&ben.provider).unwrap();
            commit.tls_serialize_detached().unwrap()
        });
        ana.run(|| ana.follow(&mut anas, &removal));
        eva.run(|| eva.follow(&mut evas, &removal));
        assert!(!eva.load(&id).is_active());
        assert_eq!(ana.load(&id).members().count(), 2);
    }
}

#[test]
fn queued_proposals_keep_their_order() {
    let mut pair = Pair::new(CLASSICAL);
    let devices = ["dora", "emil", "fred"].map(|name| Device::new(name, CLASSICAL));
    let packages = devices
        .each_ref()
        .map(|device| device.run(|| device.key_package()).0);
    let (references, _) = pair.ana.run(|| {
        packages.each_ref().map(|package| {
            let (_, reference) = pair
                .anas
                .propose_add_member(&pair.ana.provider, &pair.ana.key, package)
                .unwrap();
            reference
        })
    });

    pair.ana.restart();
    let mut anas = pair.ana.load(&pair.id);
    assert_eq!(stored(&pair.ana, &anas), references);
    assert_eq!(pending(&anas), references);

    let storage = pair.ana.provider.storage();
    pair.ana.run(|| {
        anas.remove_pending_proposal(storage, &references[1])
            .unwrap()
    });
    pair.ana.restart();
    let mut anas = pair.ana.load(&pair.id);
    let left = [references[0].clone(), references[2].clone()];
    assert_eq!(stored(&pair.ana, &anas), left);
    assert_eq!(pending(&anas), left);

    // Storing one again neither moves nor doubles it.
    let again = anas.pending_proposals().next().unwrap().clone();
    pair.ana.run(|| {
        anas.store_pending_proposal(pair.ana.provider.storage(), again)
            .unwrap()
    });
    assert_eq!(stored(&pair.ana, &anas), left);

    pair.ana.run(|| {
        anas.clear_pending_proposals(pair.ana.provider.storage())
            .unwrap()
    });
    assert_eq!(stored(&pair.ana, &anas), []);
    assert_eq!(
        pair.ana
            .count("SELECT count(*) FROM mls WHERE label IN (13, 14)"),
        0
    );
}

fn stored(device: &Device, group: &MlsGroup) -> Vec<ProposalRef> {
    let storage = device.provider.storage();
    storage.queued_proposal_refs(group.group_id()).unwrap()
}

fn pending(group: &MlsGroup) -> Vec<ProposalRef> {
    let proposals = group.pending_proposals();
    proposals
        .map(|proposal| proposal.proposal_reference_ref().clone())
        .collect()
}

#[test]
fn every_own_leaf_is_kept_until_one_is_committed() {
    let mut pair = Pair::new(CLASSICAL);
    for _ in 0..2 {
        pair.ben.run(|| {
            let parameters = LeafNodeParameters::default();
            let (provider, key) = (&pair.ben.provider, &pair.ben.key);
            pair.bens
                .propose_self_update(provider, key, parameters)
                .unwrap();
        });
        pair.ben.restart();
        pair.bens = pair.ben.load(&pair.id);
    }
    let leaves: Vec<LeafNode> = pair
        .ben
        .provider
        .storage()
        .own_leaf_nodes(&pair.id)
        .unwrap();
    assert_eq!(leaves.len(), 2);
    assert_ne!(leaves[0].encryption_key(), leaves[1].encryption_key());
}

#[test]
fn an_own_update_proposal_keeps_its_key_until_it_is_committed() {
    for suite in SUITES {
        let mut pair = Pair::new(suite);
        let (proposal, _) = pair.ben.run(|| {
            let parameters = LeafNodeParameters::default();
            let (proposal, _) = pair
                .bens
                .propose_self_update(&pair.ben.provider, &pair.ben.key, parameters)
                .unwrap();
            proposal.tls_serialize_detached().unwrap()
        });
        let (commit, _) = pair.ana.run(|| {
            let message = pair
                .anas
                .process_message(&pair.ana.provider, parse(&proposal))
                .unwrap();
            let ProcessedMessageContent::ProposalMessage(proposal) = message.into_content() else {
                panic!("not a proposal");
            };
            let storage = pair.ana.provider.storage();
            pair.anas
                .store_pending_proposal(storage, *proposal)
                .unwrap();
            let (commit, _, _) = pair
                .anas
                .commit_to_pending_proposals(&pair.ana.provider, &pair.ana.key)
                .unwrap();
            pair.anas.merge_pending_commit(&pair.ana.provider).unwrap();
            commit.tls_serialize_detached().unwrap()
        });

        pair.ben.restart();
        let mut bens = pair.ben.load(&pair.id);
        pair.ben.run(|| pair.ben.follow(&mut bens, &commit));
        pair.ben.restart();
        let mut bens = pair.ben.load(&pair.id);
        assert!(agree(&bens, &pair.anas));
        // The new leaf key works: it opens the path of the next commit.
        let (commit, _) = pair.ana.run(|| pair.ana.renew(&mut pair.anas));
        pair.ben.run(|| pair.ben.follow(&mut bens, &commit));
    }
}

#[test]
fn room_state_and_safe_exporter_survive() {
    for suite in SUITES {
        const COMPONENT: u16 = 0x8001;
        let mut pair = Pair::new(suite);
        let (commit, _) = pair.ana.run(|| {
            let operation = AppDataUpdateProposal::update(COMPONENT, b"operation".as_slice());
            let mut builder = pair
                .anas
                .commit_builder()
                .add_proposals([Proposal::AppDataUpdate(Box::new(operation))])
                .load_psks(pair.ana.provider.storage())
                .unwrap();
            let mut state = builder.app_data_dictionary_updater();
            state.set(ComponentData::from_parts(
                COMPONENT,
                b"state".to_vec().into(),
            ));
            let changes = state.changes();
            builder.with_app_data_dictionary_updates(changes);
            let (commit, _, _) = builder
                .create_group_info(true)
                .build(
                    pair.ana.provider.rand(),
                    pair.ana.provider.crypto(),
                    &pair.ana.key,
                    |_| true,
                )
                .unwrap()
                .stage_commit(&pair.ana.provider)
                .unwrap()
                .into_contents();
            commit.tls_serialize_detached().unwrap()
        });
        pair.ana.restart();
        let mut anas = pair.ana.load(&pair.id);
        pair.ana
            .run(|| anas.merge_pending_commit(&pair.ana.provider).unwrap());

        pair.ben.run(|| {
            let message = pair
                .bens
                .process_message(&pair.ben.provider, parse(&commit))
                .unwrap();
            let ProcessedMessageContent::UnresolvedAppDataCommit(open) = message.into_content()
            else {
                panic!("not an AppDataUpdate commit");
            };
            let mut state = pair.bens.app_data_dictionary_updater();
            state.set(ComponentData::from_parts(
                COMPONENT,
                b"state".to_vec().into(),
            ));
            let changes = state.changes();
            let staged = pair
                .bens
                .stage_app_data_commit(&pair.ben.provider, *open, changes);
            pair.bens
                .merge_staged_commit(&pair.ben.provider, staged.unwrap())
                .unwrap();
        });
        pair.ben.restart();
        let mut bens = pair.ben.load(&pair.id);
        let dictionary = bens
            .extensions()
            .app_data_dictionary()
            .unwrap()
            .dictionary();
        assert_eq!(dictionary.get(&COMPONENT), Some(b"state".as_slice()));

        let export = |device: &Device, group: &mut MlsGroup| {
            let provider = &device.provider;
            group.safe_export_secret(provider.crypto(), provider.storage(), COMPONENT)
        };
        let (ours, _) = pair.ana.run(|| export(&pair.ana, &mut anas).unwrap());
        let (theirs, _) = pair.ben.run(|| export(&pair.ben, &mut bens).unwrap());
        assert_eq!(ours, theirs);
        pair.ben.restart();
        let mut bens = pair.ben.load(&pair.id);
        assert!(
            export(&pair.ben, &mut bens).is_err(),
            "each secret leaves the exporter once"
        );
    }
}

#[test]
fn a_pre_shared_key_is_found_after_a_restart() {
    let mut device = Device::new("ana", CLASSICAL);
    let id = PreSharedKeyId::new(
        CLASSICAL,
        device.provider.rand(),
        Psk::External(ExternalPsk::new(b"name".to_vec())),
    )
    .unwrap();
    device.run(|| id.store(&device.provider, b"secret").unwrap());
    assert_eq!(device.count("SELECT count(*) FROM mls WHERE label = 35"), 1);
    device.restart();
    device.run(|| device.provider.storage().delete_psk(id.psk()).unwrap());
    assert_eq!(device.count("SELECT count(*) FROM mls"), 0);
}

/// The measure behind `max_past_epochs(0)`: what one message costs the database.
#[test]
fn one_decrypt_writes_little() {
    for suite in SUITES {
        let mut pair = Pair::new(suite);
        for text in ["first", "second", "third"] {
            let (message, sent) = pair.ana.run(|| pair.ana.say(&mut pair.anas, text));
            let (_, received) = pair.ben.run(|| pair.ben.hear(&mut pair.bens, &message));
            println!("{suite:?}: send {sent:?}, receive {received:?}");
            assert_eq!(received.rows, 1);
            assert!(received.bytes < 3 * 1024);
            assert_eq!(sent.rows, 1);
            assert!(sent.bytes < 3 * 1024);
        }
        let (messages, _) = pair.ana.run(|| {
            (0..64)
                .map(|_| pair.ana.say(&mut pair.anas, "x"))
                .collect::<Vec<_>>()
        });
        let ((), run) = pair.ben.run(|| {
            for message in &messages {
                pair.ben.hear(&mut pair.bens, message);
            }
        });
        println!("{suite:?}: a run of 64 {run:?}");
        assert_eq!(run.rows, 1, "the last write wins");
    }
}
