//! What a new group says about itself, for [`authorize_creation`](crate::room::authorize_creation).

use super::leaves::Leaves;
use super::settings::{relay_sender, required_capabilities, state_of, unlimited_lifetime};
use crate::ids::PublicKey;
use crate::room::creation::CreationFacts;
use crate::room::refusal::Refusal;
use openmls::prelude::PublicGroup;
use openmls::treesync::LeafNodeSource;

/// The facts of a group at its beginning. Verifies every leaf's identity.
///
/// # Errors
/// When state or identities cannot be read or do not hold.
pub fn creation_facts(
    group: &PublicGroup,
    relay_key: &PublicKey,
) -> Result<CreationFacts, Refusal> {
    let context = group.group_context();
    let extensions = context.extensions();
    let only_ours = extensions
        .app_data_dictionary()
        .is_some_and(|dictionary| dictionary.dictionary().len() == 1);
    let unlimited = |index| match group.leaf(index).map(|leaf| leaf.leaf_node_source()) {
        Some(LeafNodeSource::KeyPackage(lifetime)) => *lifetime == unlimited_lifetime(),
        _ => false,
    };
    Ok(CreationFacts {
        group_id: context.group_id().as_slice().to_vec(),
        epoch: context.epoch().as_u64(),
        suite: context.ciphersuite().into(),
        leaves: Leaves::verify(group.members())?.devices().collect(),
        lifetimes_unlimited: group.members().all(|member| unlimited(member.index)),
        state: state_of(extensions)?,
        relay_is_external_sender: extensions.external_senders()
            == Some(&vec![relay_sender(relay_key)]),
        requires_our_capabilities: extensions.required_capabilities()
            == Some(&required_capabilities()),
        nothing_else: only_ours && extensions.iter().count() == 3,
    })
}
