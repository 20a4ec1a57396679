//! A device with its keys, its identity and its group.

use crate::identity::{Device, DeviceCertificate, DskStatement, LeafIdentity, SigningKey};
use crate::ids::AccountId;
use crate::room::kind::RoomKind;
use crate::room::mls::*;
use crate::room::operation::Operation;
use crate::room::state::RoomState;
use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::prelude::*;
use openmls::treesync::RatchetTree;
use openmls_rust_crypto::OpenMlsRustCrypto as Provider;
use tls_codec::{Deserialize as _, Serialize as _};

/// A device with its keys and, once it is in, its group.
pub(super) struct Party {
    pub(super) provider: Provider,
    pub(super) key: SigningKey,
    pub(super) identity: LeafIdentity,
    pub(super) group: Option<MlsGroup>,
}

pub(super) fn seed(account: u8, role: u8) -> SigningKey {
    let mut seed = [account; 32];
    seed[0] = role;
    SigningKey::from_seed(&seed)
}

impl Party {
    /// Device `device` of account `account`.
    pub(super) fn new(account: u8, device: u8) -> Self {
        let (aik, dsk, key) = (
            seed(account, 100),
            seed(account, 101),
            seed(account, device),
        );
        let id = AccountId::of(&aik.public());
        let identity = LeafIdentity {
            aik: aik.public(),
            dsk: DskStatement::issue(&aik, 1, dsk.public()),
            certificate: DeviceCertificate::issue(&dsk, 1, id, key.public(), 0),
            list_version: 1,
        };
        Self {
            provider: Provider::default(),
            key,
            identity,
            group: None,
        }
    }

    pub(super) fn device(&self) -> Device {
        self.identity.claimed()
    }

    pub(super) fn account(&self) -> AccountId {
        self.device().account
    }

    pub(super) fn key_package(&self, kind: RoomKind) -> KeyPackage {
        self.key_package_living(kind, unlimited_lifetime())
    }

    pub(super) fn key_package_living(&self, kind: RoomKind, lifetime: Lifetime) -> KeyPackage {
        KeyPackage::builder()
            .leaf_node_capabilities(capabilities())
            .key_package_lifetime(lifetime)
            .mark_as_last_resort()
            .build(
                suite(kind),
                &self.provider,
                &self.key,
                credential(&self.identity),
            )
            .unwrap()
            .key_package()
            .clone()
    }

    pub(super) fn state(&self) -> RoomState {
        state_of(self.group.as_ref().unwrap().extensions()).unwrap()
    }

    /// Builds a commit of the stored proposals, `proposals` and `operations`; left pending.
    pub(super) fn commit(
        &mut self,
        proposals: Vec<Proposal>,
        operations: &[Operation],
    ) -> CommitMessageBundle {
        let state = self.state();
        let Self {
            provider,
            key,
            group,
            ..
        } = self;
        let builder = group
            .as_mut()
            .unwrap()
            .commit_builder()
            .add_proposals(proposals);
        with_operations(builder, provider.storage(), &state, operations)
            .unwrap()
            .create_group_info(true)
            .build(provider.rand(), provider.crypto(), key, |_| true)
            .unwrap()
            .stage_commit(provider)
            .unwrap()
    }

    pub(super) fn drop_commit(&mut self) {
        let Self {
            provider, group, ..
        } = self;
        group
            .as_mut()
            .unwrap()
            .clear_pending_commit(provider.storage())
            .unwrap();
    }

    /// Builds an external commit on a throw-away copy of the group's public state.
    pub(super) fn join_externally(
        &self,
        group_info: VerifiableGroupInfo,
        tree: RatchetTree,
        extra: Option<&[Operation]>,
    ) -> MlsMessageOut {
        let scratch = Provider::default();
        let mut builder = MlsGroup::external_commit_builder()
            .with_ratchet_tree(tree.into())
            .with_config(join_config())
            .skip_lifetime_validation()
            .build_group(&scratch, group_info, credential(&self.identity))
            .unwrap()
            .leaf_node_parameters(
                LeafNodeParameters::builder()
                    .with_capabilities(capabilities())
                    .build(),
            );
        if let Some(Proposal::AppDataUpdate(update)) = extra.map(operations_proposal) {
            builder = builder.add_app_data_update_proposal(*update);
        }
        let mut builder = builder.load_psks(scratch.storage()).unwrap();
        if let Some(operations) = extra {
            let mut next = self.state();
            operations
                .iter()
                .for_each(|operation| next.apply(operation));
            set_next_state(&mut builder, &next);
        }
        let built = builder
            .create_group_info(true)
            .build(scratch.rand(), scratch.crypto(), &self.key, |_| true)
            .unwrap();
        built.finalize(&scratch).unwrap().1.into_commit()
    }
}

pub(super) fn protocol(message: &MlsMessageOut) -> ProtocolMessage {
    let bytes = message.tls_serialize_detached().unwrap();
    MlsMessageIn::tls_deserialize_exact(bytes)
        .unwrap()
        .try_into_protocol_message()
        .unwrap()
}

pub(super) fn verifiable(info: MlsMessageOut) -> VerifiableGroupInfo {
    let bytes = info.tls_serialize_detached().unwrap();
    match MlsMessageIn::tls_deserialize_exact(bytes)
        .unwrap()
        .extract()
    {
        MlsMessageBodyIn::GroupInfo(info) => info,
        _ => panic!("not a group info"),
    }
}

impl Party {
    pub(super) fn commit_adding(&mut self, package: KeyPackage) -> CommitMessageBundle {
        let Self {
            provider,
            key,
            group,
            ..
        } = self;
        let builder = group
            .as_mut()
            .unwrap()
            .commit_builder()
            .propose_adds([package])
            .load_psks(provider.storage())
            .unwrap();
        let built = builder
            .create_group_info(true)
            .build(provider.rand(), provider.crypto(), key, |_| true)
            .unwrap();
        built.stage_commit(provider).unwrap()
    }

    /// A commit that adds a key package, to be refused.
    pub(super) fn adding(&mut self, package: KeyPackage) -> MlsMessageOut {
        self.commit_adding(package).into_commit()
    }
}
