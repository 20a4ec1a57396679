//! Handshakes as the relay judges them: raw bytes, and genuine handshakes that were changed.
//!
//! The relay holds no secret, so some changed bytes pass (tags that only members can check). What
//! passes must then say exactly what its sender signed.

#![allow(
    clippy::unwrap_used,
    reason = "the group is built here, not from the input"
)]

use lacre_wire::identity::{DeviceCertificate, DskStatement, LeafIdentity, SigningKey};
use lacre_wire::ids::{AccountId, RoomId};
use lacre_wire::room::mls::{
    Judgement, capabilities, create_config, credential, judge_public, suite, unlimited_lifetime,
    with_operations,
};
use lacre_wire::room::{CommitFacts, JoinRule, Operation, Proposed, RoomKind, RoomState};
use openmls::prelude::{
    GroupId, KeyPackage, MlsGroup, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut,
    OpenMlsProvider as _, ProposalStore, ProtocolMessage, PublicGroup,
};
use openmls_rust_crypto::OpenMlsRustCrypto as Provider;
use std::cell::OnceCell;
use tls_codec::{Deserialize as _, Serialize as _};

/// A room at epoch 0 as the relay follows it, with handshakes that its one member made.
struct Room {
    public: PublicGroup,
    provider: Provider,
    handshakes: Vec<Vec<u8>>,
}

/// What a handshake that passed says.
#[derive(Debug, PartialEq)]
enum Said {
    Commit(CommitFacts, RoomState),
    Proposal(Proposed),
}

thread_local! {
    // Not a static: the provider is not shared between threads.
    static ROOM: OnceCell<Room> = const { OnceCell::new() };
}

/// `bytes` as a handshake, and as changes to a genuine one: which (1 byte), then positions (2 bytes)
/// with a byte to put there.
pub fn mls_handshake(bytes: &[u8]) {
    ROOM.with(|room| {
        let room = room.get_or_init(Room::new);
        let _ = room.judge(bytes);
        let Some((which, changes)) = bytes.split_first() else {
            return;
        };
        let Some(genuine) = room
            .handshakes
            .get(usize::from(*which) % room.handshakes.len())
        else {
            return;
        };
        let mut changed = genuine.clone();
        for change in changes.chunks_exact(3) {
            let [high, low, byte] = change else { continue };
            let at = usize::from(u16::from_be_bytes([*high, *low])) % changed.len();
            if let Some(place) = changed.get_mut(at) {
                *place = *byte;
            }
        }
        if let Some(said) = room.judge(&changed) {
            assert_eq!(
                Some(said),
                room.judge(genuine),
                "a changed handshake passes and says something else"
            );
        }
    });
}

impl Room {
    fn new() -> Self {
        let member = Provider::default();
        let relay = SigningKey::from_seed(&[99; 32]);
        let (key, identity) = device(1);
        let account = identity.claimed().account;
        // The classical suite: the same rules, and ten times faster.
        let state = RoomState::template(RoomKind::Space, account, None);
        let config = create_config(&relay.public(), &state).unwrap();
        let id = GroupId::from_slice(&RoomId([7; 16]).group_id(0));
        let mut group =
            MlsGroup::new_with_group_id(&member, &key, &config, id, credential(&identity)).unwrap();
        let info = group
            .export_group_info(member.crypto(), &key, false)
            .unwrap();
        let MlsMessageBodyIn::GroupInfo(info) = incoming(&info).extract() else {
            panic!("expected a GroupInfo")
        };
        let provider = Provider::default();
        let (public, _) = PublicGroup::from_external(
            provider.crypto(),
            provider.storage(),
            group.export_ratchet_tree().into(),
            info,
            ProposalStore::new(),
        )
        .unwrap();
        let mut handshakes = Vec::new();
        for (package, operations) in [
            (Some(key_package(2)), vec![]),
            (None, vec![Operation::SetJoinRule(JoinRule::Open)]),
            (None, vec![]),
        ] {
            let builder = group.commit_builder().propose_adds(package);
            let bundle = with_operations(builder, member.storage(), &state, &operations)
                .unwrap()
                .create_group_info(true)
                .build(member.rand(), member.crypto(), &key, |_| true)
                .unwrap()
                .stage_commit(&member)
                .unwrap();
            handshakes.push(bundle.into_commit().tls_serialize_detached().unwrap());
            group.clear_pending_commit(member.storage()).unwrap();
        }
        let (proposal, _) = group
            .propose_add_member(&member, &key, &key_package(3))
            .unwrap();
        handshakes.push(proposal.tls_serialize_detached().unwrap());
        let room = Self {
            public,
            provider,
            handshakes,
        };
        assert!(
            room.handshakes
                .iter()
                .all(|bytes| room.judge(bytes).is_some()),
            "a genuine handshake fails"
        );
        room
    }

    fn judge(&self, bytes: &[u8]) -> Option<Said> {
        let message = MlsMessageIn::tls_deserialize_exact(bytes).ok()?;
        let message: ProtocolMessage = message.try_into_protocol_message().ok()?;
        match judge_public(&self.public, self.provider.crypto(), message, 0).ok()? {
            Judgement::Commit(judged) => Some(Said::Commit(judged.facts, judged.next.state)),
            Judgement::Proposal(judged) => Some(Said::Proposal(judged.proposed)),
        }
    }
}

fn device(account: u8) -> (SigningKey, LeafIdentity) {
    let [aik, dsk, key] = [1, 2, 3].map(|role| SigningKey::from_seed(&[account * 8 + role; 32]));
    let id = AccountId::of(&aik.public());
    let identity = LeafIdentity {
        aik: aik.public(),
        dsk: DskStatement::issue(&aik, 1, dsk.public()),
        certificate: DeviceCertificate::issue(&dsk, 1, id, key.public(), 0),
        list_version: 1,
    };
    (key, identity)
}

fn key_package(account: u8) -> KeyPackage {
    let (key, identity) = device(account);
    KeyPackage::builder()
        .leaf_node_capabilities(capabilities())
        .key_package_lifetime(unlimited_lifetime())
        .build(
            suite(RoomKind::Space),
            &Provider::default(),
            &key,
            credential(&identity),
        )
        .unwrap()
        .key_package()
        .clone()
}

fn incoming(message: &MlsMessageOut) -> MlsMessageIn {
    MlsMessageIn::tls_deserialize_exact(message.tls_serialize_detached().unwrap()).unwrap()
}
