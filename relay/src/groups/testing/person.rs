//! A device with its keys, its identity and, once it is in, its group.

use super::super::create::CreationBytes;
use super::super::step::CommitBytes;
use super::{ROOM, relay_key, seed};
use crate::store::command::Member;
use bytes::Bytes;
use lacre_wire::identity::{DeviceCertificate, DskStatement, LeafIdentity, SigningKey};
use lacre_wire::ids::{AccountId, DeviceId, Hash, SubmitId};
use lacre_wire::room::mls::*;
use lacre_wire::room::{Operation, RoomKind, RoomState};
use openmls::prelude::*;
use openmls_rust_crypto::OpenMlsRustCrypto;
use tls_codec::Serialize as _;

/// A device with its keys and, once it is in, its group.
pub(in crate::groups) struct Person {
    pub(in crate::groups) provider: OpenMlsRustCrypto,
    pub(in crate::groups) key: SigningKey,
    identity: LeafIdentity,
    pub(in crate::groups) group: Option<MlsGroup>,
}

fn wire(message: MlsMessageOut) -> Bytes {
    message.tls_serialize_detached().unwrap().into()
}

fn read(bytes: &[u8]) -> MlsMessageBodyIn {
    MlsMessageIn::tls_deserialize_exact_bytes(bytes)
        .unwrap()
        .extract()
}

fn read_handshake(bytes: &[u8]) -> ProtocolMessage {
    MlsMessageIn::tls_deserialize_exact_bytes(bytes)
        .unwrap()
        .try_into_protocol_message()
        .unwrap()
}

impl Person {
    /// Device `device` of account `account`.
    pub(in crate::groups) fn new(account: u8, device: u8) -> Self {
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
            provider: OpenMlsRustCrypto::default(),
            key,
            identity,
            group: None,
        }
    }

    pub(in crate::groups) fn member(&self) -> Member {
        Member {
            account: self.account(),
            device: DeviceId::of(&self.key.public()),
        }
    }

    pub(in crate::groups) fn account(&self) -> AccountId {
        self.identity.claimed().account
    }

    pub(in crate::groups) fn key_package(&self, kind: RoomKind) -> KeyPackage {
        let builder = KeyPackage::builder()
            .leaf_node_capabilities(capabilities())
            .key_package_lifetime(unlimited_lifetime());
        let built = builder.build(
            suite(kind),
            &self.provider,
            &self.key,
            credential(&self.identity),
        );
        built.unwrap().key_package().clone()
    }

    pub(in crate::groups) fn state(&self) -> RoomState {
        state_of(self.group.as_ref().unwrap().extensions()).unwrap()
    }

    /// A group at epoch 0, as a client uploads it.
    pub(in crate::groups) fn create(
        &mut self,
        kind: RoomKind,
        peer: Option<AccountId>,
    ) -> CreationBytes {
        let state = RoomState::template(kind, self.account(), peer);
        let config = create_config(&relay_key().public(), &state).unwrap();
        let id = GroupId::from_slice(&ROOM.group_id(0));
        self.provider = OpenMlsRustCrypto::default();
        let with = credential(&self.identity);
        let group =
            MlsGroup::new_with_group_id(&self.provider, &self.key, &config, id, with).unwrap();
        self.group = Some(group);
        let tree = self.group.as_ref().unwrap().export_ratchet_tree();
        CreationBytes {
            room: ROOM,
            peer,
            group_info: self.group_info(),
            tree: tree.tls_serialize_detached().unwrap().into(),
            gi_mac: Hash([1; 32]),
            submit_id: SubmitId([0; 16]),
            first: None,
        }
    }

    /// The GroupInfo of the present epoch.
    pub(in crate::groups) fn group_info(&self) -> Bytes {
        let group = self.group.as_ref().unwrap();
        wire(
            group
                .export_group_info(self.provider.crypto(), &self.key, false)
                .unwrap(),
        )
    }

    /// The same with a tree inside, which nobody should send.
    pub(in crate::groups) fn group_info_with_tree(&self) -> Bytes {
        let group = self.group.as_ref().unwrap();
        wire(
            group
                .export_group_info(self.provider.crypto(), &self.key, true)
                .unwrap(),
        )
    }

    /// A commit, left pending: the stored proposals if `with_stored`, adds, and operations.
    pub(in crate::groups) fn commit(
        &mut self,
        with_stored: bool,
        adds: &[KeyPackage],
        operations: &[Operation],
    ) -> CommitBytes {
        let state = self.state();
        let Self {
            provider,
            key,
            group,
            ..
        } = self;
        let builder = group.as_mut().unwrap().commit_builder();
        let builder = builder
            .consume_proposal_store(with_stored)
            .propose_adds(adds.to_vec());
        let builder = with_operations(builder, provider.storage(), &state, operations).unwrap();
        let builder = builder.create_group_info(true);
        let built = builder
            .build(provider.rand(), provider.crypto(), key, |_| true)
            .unwrap();
        bundle(built.stage_commit(provider).unwrap())
    }

    pub(in crate::groups) fn drop_commit(&mut self) {
        let Self {
            provider, group, ..
        } = self;
        group
            .as_mut()
            .unwrap()
            .clear_pending_commit(provider.storage())
            .unwrap();
    }

    /// An external commit on what the relay gives out; the group is the new one at once.
    pub(in crate::groups) fn join_externally(
        &mut self,
        group_info: &[u8],
        tree: &[u8],
    ) -> CommitBytes {
        let MlsMessageBodyIn::GroupInfo(group_info) = read(group_info) else {
            panic!()
        };
        self.provider = OpenMlsRustCrypto::default();
        let leaf = LeafNodeParameters::builder()
            .with_capabilities(capabilities())
            .build();
        let builder = MlsGroup::external_commit_builder()
            .with_ratchet_tree(RatchetTreeIn::tls_deserialize_exact_bytes(tree).unwrap())
            .with_config(join_config())
            .skip_lifetime_validation()
            .build_group(&self.provider, group_info, credential(&self.identity))
            .unwrap()
            .leaf_node_parameters(leaf);
        let builder = builder
            .load_psks(self.provider.storage())
            .unwrap()
            .create_group_info(true);
        let built = builder
            .build(
                self.provider.rand(),
                self.provider.crypto(),
                &self.key,
                |_| true,
            )
            .unwrap();
        let (group, built) = built.finalize(&self.provider).unwrap();
        self.group = Some(group);
        bundle(built)
    }

    /// Joins with a Welcome of its own and the tree.
    pub(in crate::groups) fn join(&mut self, welcome: &[u8], tree: &[u8]) {
        let MlsMessageBodyIn::Welcome(welcome) = read(welcome) else {
            panic!()
        };
        assert_eq!(welcome.secrets().len(), 1);
        let staged =
            StagedWelcome::build_from_welcome(&self.provider, &join_config(), welcome).unwrap();
        let tree = RatchetTreeIn::tls_deserialize_exact_bytes(tree).unwrap();
        let staged = staged.with_ratchet_tree(tree).build().unwrap();
        self.group = Some(staged.into_group(&self.provider).unwrap());
    }

    /// Reads a handshake from the log: merges a commit, stores a proposal.
    pub(in crate::groups) fn read(&mut self, body: &[u8]) {
        let Self {
            provider, group, ..
        } = self;
        let group = group.as_mut().unwrap();
        match judge_member(group, provider, read_handshake(body), 0).unwrap() {
            Judgement::Commit(judged) => match judged.staged {
                Staged::Commit(staged) => group.merge_staged_commit(provider, *staged).unwrap(),
                Staged::OwnPending => group.merge_pending_commit(provider).unwrap(),
            },
            Judgement::Proposal(judged) => {
                group
                    .store_pending_proposal(provider.storage(), *judged.queued)
                    .unwrap();
            }
        }
    }

    /// A SelfRemove, stored in the own group too.
    pub(in crate::groups) fn leave(&mut self) -> Bytes {
        let Self {
            provider,
            key,
            group,
            ..
        } = self;
        wire(
            group
                .as_mut()
                .unwrap()
                .leave_group_via_self_remove(provider, key)
                .unwrap(),
        )
    }

    pub(in crate::groups) fn tree(&self) -> Vec<u8> {
        let group = self.group.as_ref().unwrap();
        group
            .export_ratchet_tree()
            .tls_serialize_detached()
            .unwrap()
    }
}

fn bundle(built: CommitMessageBundle) -> CommitBytes {
    let (commit, welcome, group_info) = built.into_contents();
    CommitBytes {
        submit_id: SubmitId([1; 16]),
        commit: wire(commit),
        group_info: wire(group_info.unwrap().into()),
        gi_mac: Hash([2; 32]),
        key_number: 1,
        welcome: welcome
            .map(|welcome| wire(MlsMessageOut::from_welcome(welcome, ProtocolVersion::Mls10))),
    }
}
