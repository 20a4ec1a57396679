//! One group as the relay sees it: OpenMLS's public state at one epoch, with the proposals that wait.
//!
//! It holds no secret and is always reproducible from the room's row: GroupInfo, tree and waiting
//! proposals. So it is dropped without regret whenever something went wrong.

use super::refused::Refused;
use super::storage::Discard;
use super::turn_queue::At;
use crate::store::command::Member;
use crate::store::record::PendingProposal;
use lacre_wire::ids::{DeviceId, Hash, RoomId};
use lacre_wire::room::RoomState;
use lacre_wire::room::mls::{Leaves, state_of};
use openmls::ciphersuite::hash_ref::ProposalRef;
use openmls::framing::PublicMessageIn;
use openmls::group::QueuedProposal;
use openmls::prelude::{
    MlsMessageBodyIn, MlsMessageIn, ProcessedMessageContent, Proposal, ProposalStore, PublicGroup,
    RatchetTreeIn, Sender,
};
use openmls_rust_crypto::RustCrypto;
use std::collections::HashMap;
use tls_codec::{DeserializeBytes as _, Serialize as _};

/// A tree in memory against its bytes on the wire, for the cache's bound; rather too high.
const MEMORY_PER_TREE_BYTE: usize = 4;
/// What a group takes beside its tree.
const MEMORY_FLAT: usize = 64 * 1024;

/// What a group is rebuilt from.
#[derive(Debug, Clone)]
pub struct GroupSource {
    /// The epoch's GroupInfo, an MLSMessage.
    pub group_info: bytes::Bytes,
    /// The epoch's ratchet tree (RFC 9420 §12.4.3.3).
    pub tree: bytes::Bytes,
}

/// A proposal that waits for a commit.
#[derive(Debug)]
pub(super) struct Waiting {
    /// How a commit refers to it.
    pub(super) reference: ProposalRef,
    /// The device that goes by it.
    pub(super) goes: Member,
    /// Whether the relay made it.
    pub(super) by_relay: bool,
}

/// A room's group at one epoch.
#[derive(Debug)]
pub struct Group {
    pub(super) public: PublicGroup,
    pub(super) crypto: RustCrypto,
    pub(super) waiting: HashMap<Hash, Waiting>,
    room: RoomId,
    at: At,
    memory: usize,
}

impl Group {
    /// Builds a group from its public parts. MLS checks tree and signatures; identities and rules
    /// are not judged, because what the store holds was judged when it came in.
    ///
    /// # Errors
    /// [`Refused::Malformed`] or [`Refused::Invalid`].
    pub fn build(source: &GroupSource) -> Result<Self, Refused> {
        let crypto = RustCrypto::default();
        let message = MlsMessageIn::tls_deserialize_exact_bytes(&source.group_info);
        let Ok(MlsMessageBodyIn::GroupInfo(group_info)) = message.map(MlsMessageIn::extract) else {
            return Err(Refused::Malformed("expected a GroupInfo".into()));
        };
        let tree = RatchetTreeIn::tls_deserialize_exact_bytes(&source.tree)
            .map_err(|e| Refused::Malformed(format!("ratchet tree: {e}")))?;
        let (public, _) =
            PublicGroup::from_external(&crypto, &Discard, tree, group_info, ProposalStore::new())
                .map_err(|e| Refused::Invalid(e.to_string()))?;
        Self::new(public, crypto, source.tree.len())
    }

    /// Wraps a public group without waiting proposals whose tree takes so many bytes on the wire.
    pub(super) fn new(
        public: PublicGroup,
        crypto: RustCrypto,
        tree: usize,
    ) -> Result<Self, Refused> {
        let (room, generation) =
            RoomId::from_group_id(public.group_id().as_slice()).ok_or(Refused::WrongGroup)?;
        let at = (generation, public.group_context().epoch().as_u64());
        let memory = tree
            .saturating_mul(MEMORY_PER_TREE_BYTE)
            .saturating_add(MEMORY_FLAT);
        Ok(Self {
            public,
            crypto,
            waiting: HashMap::new(),
            room,
            at,
            memory,
        })
    }

    /// The room.
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// Generation and epoch.
    pub fn at(&self) -> At {
        self.at
    }

    /// About how many bytes of memory it takes.
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// How many devices are in it.
    pub fn devices(&self) -> usize {
        self.public.members().count()
    }

    /// Who sits where.
    ///
    /// # Errors
    /// [`Refused::Broken`] if a credential is not one of ours, which nothing lets in.
    pub fn leaves(&self) -> Result<Leaves, Refused> {
        Leaves::known(self.public.members()).map_err(|e| Refused::Broken(e.to_string()))
    }

    /// The room's state.
    ///
    /// # Errors
    /// [`Refused::Broken`] if there is none of ours, which nothing lets in.
    pub fn state(&self) -> Result<RoomState, Refused> {
        state_of(self.public.group_context().extensions())
            .map_err(|e| Refused::Broken(e.to_string()))
    }

    /// The ratchet tree as it travels.
    ///
    /// # Errors
    /// [`Refused::Broken`] if it does not encode, which no valid tree does.
    pub fn tree(&self) -> Result<Vec<u8>, Refused> {
        self.public
            .export_ratchet_tree()
            .tls_serialize_detached()
            .map_err(|e| Refused::Broken(e.to_string()))
    }

    /// Makes the waiting proposals those of the room's row, whatever they were before: the row is
    /// the truth, and a commit must not refer to anything that is not in the log.
    ///
    /// # Errors
    /// [`Refused::Broken`] if one of them is not a removal in this epoch.
    pub fn sync(&mut self, pending: &[PendingProposal]) -> Result<(), Refused> {
        let Ok(()) = self.forget(|hash| !pending.iter().any(|proposal| proposal.hash == *hash));
        if pending
            .iter()
            .all(|proposal| self.waiting.contains_key(&proposal.hash))
        {
            return Ok(());
        }
        let leaves = self.leaves()?;
        for proposal in pending {
            if self.waiting.contains_key(&proposal.hash) {
                continue;
            }
            let queued = self.read_proposal(&proposal.body)?;
            let broken = || {
                Refused::Broken(format!(
                    "the proposal at {} is no removal in this epoch",
                    proposal.seq
                ))
            };
            let index = match (queued.proposal(), queued.sender()) {
                (Proposal::Remove(remove), _) => remove.removed(),
                (Proposal::SelfRemove, Sender::Member(index)) => *index,
                _ => return Err(broken()),
            };
            let leaf = leaves.at(index).map_err(|_| broken())?;
            let waiting = Waiting {
                reference: queued.proposal_reference_ref().clone(),
                goes: Member {
                    account: leaf.account,
                    device: leaf.device,
                },
                by_relay: proposal.evicts.is_some(),
            };
            let Ok(()) = self.public.add_proposal(&Discard, *queued);
            self.waiting.insert(proposal.hash, waiting);
        }
        Ok(())
    }

    fn forget(&mut self, which: impl Fn(&Hash) -> bool) -> Result<(), std::convert::Infallible> {
        for (hash, waiting) in &self.waiting {
            if which(hash) {
                self.public.remove_proposal(&Discard, &waiting.reference)?;
            }
        }
        self.waiting.retain(|hash, _| !which(hash));
        Ok(())
    }

    fn read_proposal(&self, bytes: &[u8]) -> Result<Box<QueuedProposal>, Refused> {
        let broken = |e: String| Refused::Broken(format!("a waiting proposal: {e}"));
        let message = read_public(bytes)?;
        let processed = self
            .public
            .process_message(&self.crypto, message)
            .map_err(|e| broken(e.to_string()))?;
        match processed.into_content() {
            ProcessedMessageContent::ProposalMessage(queued) => Ok(queued),
            _ => Err(broken("not a proposal".into())),
        }
    }

    /// Whether a removal of the device waits; if `by_relay`, whether one of the relay does.
    pub(super) fn is_leaving(&self, device: &DeviceId, by_relay: bool) -> bool {
        self.waiting
            .values()
            .any(|waiting| waiting.goes.device == *device && (waiting.by_relay || !by_relay))
    }

    /// Refuses a message of another group or epoch.
    pub(super) fn check_place(&self, message: &PublicMessageIn) -> Result<(), Refused> {
        let named = RoomId::from_group_id(message.group_id().as_slice());
        let (room, generation) = named.ok_or(Refused::WrongGroup)?;
        if room != self.room {
            Err(Refused::WrongGroup)
        } else if (generation, message.epoch().as_u64()) != self.at {
            Err(Refused::WrongEpoch {
                generation: self.at.0,
                epoch: self.at.1,
            })
        } else {
            Ok(())
        }
    }
}

/// Reads an MLSMessage that must be a PublicMessage.
pub(super) fn read_public(bytes: &[u8]) -> Result<PublicMessageIn, Refused> {
    let message = MlsMessageIn::tls_deserialize_exact_bytes(bytes)
        .map_err(|e| Refused::Malformed(e.to_string()))?;
    match message.extract() {
        MlsMessageBodyIn::PublicMessage(message) => Ok(message),
        _ => Err(Refused::Malformed("expected an MLS PublicMessage".into())),
    }
}
