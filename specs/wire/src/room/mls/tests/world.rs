//! A relay and some devices around one real OpenMLS group. Every handshake goes through the relay's
//! judgement and every member's, and they must agree.

use super::party::{Party, protocol, verifiable};
use crate::identity::SigningKey;
use crate::ids::RoomId;
use crate::room::kind::RoomKind;
use crate::room::mls::*;
use crate::room::refusal::Refusal;
use crate::room::state::RoomState;
use crate::room::view::RoomView;
use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::prelude::*;
use openmls::treesync::RatchetTree;
use openmls_rust_crypto::OpenMlsRustCrypto as Provider;
use tls_codec::{Deserialize as _, Serialize as _};

pub(super) const ROOM: RoomId = RoomId([7; 16]);

/// The relay with its public group, and the devices in the room.
pub(super) struct World {
    pub(super) kind: RoomKind,
    pub(super) provider: Provider,
    pub(super) relay: SigningKey,
    pub(super) public: PublicGroup,
    pub(super) parties: Vec<Party>,
}

impl World {
    /// A room made by device 1 of account 1, judged by the relay.
    pub(super) fn new(kind: RoomKind) -> Self {
        let relay = SigningKey::from_seed(&[99; 32]);
        let mut owner = Party::new(1, 1);
        let peer = (kind == RoomKind::Direct).then(|| Party::new(2, 1).account());
        let state = RoomState::template(kind, owner.account(), peer);
        let config = create_config(&relay.public(), &state).unwrap();
        let id = GroupId::from_slice(&ROOM.group_id(0));
        let group = MlsGroup::new_with_group_id(
            &owner.provider,
            &owner.key,
            &config,
            id,
            credential(&owner.identity),
        )
        .unwrap();
        let provider = Provider::default();
        let info = group
            .export_group_info(owner.provider.crypto(), &owner.key, false)
            .unwrap();
        let tree = group.export_ratchet_tree();
        let (public, _) = PublicGroup::from_external(
            provider.crypto(),
            provider.storage(),
            tree.into(),
            verifiable(info),
            ProposalStore::new(),
        )
        .unwrap();
        let facts = creation_facts(&public, &relay.public()).unwrap();
        crate::room::authorize_creation(&ROOM, &owner.device(), &facts).unwrap();
        owner.group = Some(group);
        Self {
            kind,
            provider,
            relay,
            public,
            parties: vec![owner],
        }
    }

    /// The same with device 1 of account 2 in it.
    pub(super) fn pair(kind: RoomKind) -> Self {
        let mut world = Self::new(kind);
        world.add(0, Party::new(2, 1));
        world
    }

    /// Party `by` adds a device; everybody agrees and merges.
    pub(super) fn add(&mut self, by: usize, mut party: Party) -> RoomView {
        let package = party.key_package(self.kind);
        let bundle = self.parties[by].commit_adding(package);
        let (commit, welcome, _) = bundle.into_contents();
        let view = self.accept(&commit);
        let bytes = MlsMessageOut::from_welcome(welcome.unwrap(), ProtocolVersion::Mls10)
            .tls_serialize_detached()
            .unwrap();
        let MlsMessageBodyIn::Welcome(welcome) = MlsMessageIn::tls_deserialize_exact(bytes)
            .unwrap()
            .extract()
        else {
            panic!()
        };
        let staged =
            StagedWelcome::build_from_welcome(&party.provider, &join_config(), welcome).unwrap();
        let staged = staged
            .with_ratchet_tree(self.public.export_ratchet_tree().into())
            .build()
            .unwrap();
        assert_eq!(
            Leaves::verify(staged.members()).unwrap().members(),
            view.members
        );
        party.group = Some(staged.into_group(&party.provider).unwrap());
        self.parties.push(party);
        view
    }

    /// A commit passes: the relay and every member say the same, then all merge.
    pub(super) fn accept(&mut self, commit: &MlsMessageOut) -> RoomView {
        let judged = match judge_public(&self.public, self.provider.crypto(), protocol(commit), 0)
            .unwrap()
        {
            Judgement::Commit(judged) => judged,
            other => panic!("{other:?}"),
        };
        for party in &mut self.parties {
            let Party {
                provider, group, ..
            } = party;
            let group = group.as_mut().unwrap();
            let Judgement::Commit(own) =
                judge_member(group, provider, protocol(commit), 0).unwrap()
            else {
                panic!()
            };
            assert_eq!((&own.facts, &own.next), (&judged.facts, &judged.next));
            match own.staged {
                Staged::Commit(staged) => group.merge_staged_commit(provider, *staged).unwrap(),
                Staged::OwnPending => {
                    assert_eq!(judge_own(group, 0).unwrap(), (own.facts, own.next));
                    group.merge_pending_commit(provider).unwrap();
                }
            }
        }
        self.parties
            .retain(|party| party.group.as_ref().unwrap().is_active());
        let Staged::Commit(staged) = judged.staged else {
            panic!()
        };
        self.public
            .merge_commit(self.provider.storage(), *staged)
            .unwrap();
        for party in &self.parties {
            assert_eq!(
                party.group.as_ref().unwrap().extensions(),
                self.public.group_context().extensions()
            );
        }
        judged.next
    }

    /// A commit is refused, by the relay and by every member (its author, who still holds it pending,
    /// too), for the same reason.
    pub(super) fn refuse(&mut self, commit: &MlsMessageOut) -> Refusal {
        let refusal = refusal(judge_public(
            &self.public,
            self.provider.crypto(),
            protocol(commit),
            0,
        ));
        for party in &mut self.parties {
            let Party {
                provider, group, ..
            } = party;
            assert_eq!(
                self::refusal(judge_member(
                    group.as_mut().unwrap(),
                    provider,
                    protocol(commit),
                    0
                )),
                refusal
            );
            party.drop_commit();
        }
        refusal
    }

    /// A proposal that stands alone passes and waits for a commit, everywhere.
    pub(super) fn propose(&mut self, message: &MlsMessageOut) {
        match judge_public(&self.public, self.provider.crypto(), protocol(message), 0).unwrap() {
            Judgement::Proposal(judged) => self
                .public
                .add_proposal(self.provider.storage(), *judged.queued)
                .unwrap(),
            other => panic!("{other:?}"),
        }
        for Party {
            provider, group, ..
        } in &mut self.parties
        {
            let group = group.as_mut().unwrap();
            // Its proposer holds the proposal already.
            if group.pending_proposals().next().is_some() {
                continue;
            }
            match judge_member(group, provider, protocol(message), 0).unwrap() {
                Judgement::Proposal(judged) => group
                    .store_pending_proposal(provider.storage(), *judged.queued)
                    .unwrap(),
                other => panic!("{other:?}"),
            }
        }
    }

    /// What somebody outside needs to join by external commit.
    pub(super) fn group_info(&self) -> (VerifiableGroupInfo, RatchetTree) {
        let party = &self.parties[0];
        let group = party.group.as_ref().unwrap();
        (
            verifiable(
                group
                    .export_group_info(party.provider.crypto(), &party.key, false)
                    .unwrap(),
            ),
            group.export_ratchet_tree(),
        )
    }

    pub(super) fn leaf(&self, party: &Party) -> LeafNodeIndex {
        Leaves::known(self.public.members())
            .unwrap()
            .index_of(&party.device().device)
            .unwrap()
    }
}

pub(super) fn refusal(judgement: Result<Judgement, JudgeError>) -> Refusal {
    match judgement {
        Err(JudgeError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}
