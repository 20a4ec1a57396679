//! MLS PublicMessages changed by hand (RFC 9420 §6.2): the relay cannot check a membership tag, so what
//! it is shown has to be refused for its signature.

use super::seat::Seat;
use super::villain::Villain;
use crate::wire::push_vector;
use openmls::prelude::tls_codec::{DeserializeBytes, Serialize};
use openmls::prelude::{LeafNodeIndex, MlsMessageBodyIn, MlsMessageIn};
use openmls_traits::OpenMlsProvider;
use openmls_traits::signatures::Signer;

/// Version and wire format.
const HEAD: usize = 4;
/// The group id with its length, the epoch, and the kind of sender.
const SENDER: usize = HEAD + 1 + 20 + 8 + 1;
/// The sender's leaf, no authenticated data, the kind of content, and a SelfRemove, which is empty.
const AUTH: usize = SENDER + 4 + 1 + 1 + 2;
/// An Ed25519 signature after its length of two bytes.
const SIGNATURE: usize = 64;

impl Villain {
    /// A SelfRemove of its own, which is not sent.
    pub fn propose_to_leave(&self, seat: &mut Seat) -> Vec<u8> {
        let proposal = seat
            .group
            .leave_group_via_self_remove(&self.provider, &self.key)
            .unwrap();
        seat.group
            .clear_pending_proposals(self.provider.storage())
            .unwrap();
        proposal.tls_serialize_detached().unwrap()
    }
}

/// A SelfRemove that says another leaf is its sender.
pub fn from_leaf(proposal: &[u8], leaf: LeafNodeIndex) -> Vec<u8> {
    let mut forged = proposal.to_vec();
    forged[SENDER..SENDER + 4].copy_from_slice(&leaf.u32().to_be_bytes());
    forged
}

impl Villain {
    /// The same, signed by the villain as its author would sign it (RFC 9420 §6.1).
    pub fn signed(&self, proposal: &[u8], seat: &Seat) -> Vec<u8> {
        let info = seat
            .group
            .export_group_info(self.provider.crypto(), &self.key, false)
            .unwrap();
        let context = context_of(&info.tls_serialize_detached().unwrap());
        let content = [&proposal[..AUTH], &context].concat();
        let mut to_sign = Vec::new();
        push_vector(&mut to_sign, b"MLS 1.0 FramedContentTBS");
        push_vector(&mut to_sign, &content);
        let signature = Signer::sign(&self.key, &to_sign).unwrap();
        let mut forged = proposal.to_vec();
        forged[AUTH + 2..AUTH + 2 + SIGNATURE].copy_from_slice(&signature);
        forged
    }
}

/// The group context in a GroupInfo, as it is signed.
fn context_of(group_info: &[u8]) -> Vec<u8> {
    let message = MlsMessageIn::tls_deserialize_exact_bytes(group_info).unwrap();
    let MlsMessageBodyIn::GroupInfo(info) = message.extract() else {
        panic!("no GroupInfo")
    };
    info.group_context().tls_serialize_detached().unwrap()
}
