//! The key by which newcomers come in from outside, as this device derives it.

use super::storage::Provider;
use lacre_wire::hash::sha256;
use lacre_wire::identity::SigningKey;
use lacre_wire::ids::Hash;
use openmls::group::MlsGroup;
use openmls::prelude::tls_codec::{DeserializeBytes, Serialize};
use openmls::prelude::{MlsMessageBodyIn, MlsMessageIn, ProtocolMessage, Sender};
use openmls_traits::OpenMlsProvider;

/// SHA-256 of the `external_pub` of the group's present epoch (RFC 9420 §8.3). None where it cannot be
/// had: it serves to say who is to blame, and nothing depends on it.
pub(crate) fn external_pub(
    provider: &Provider,
    signer: &SigningKey,
    group: &MlsGroup,
) -> Option<Hash> {
    let message = group
        .export_group_info(provider.crypto(), signer, false)
        .ok()?
        .tls_serialize_detached()
        .ok()?;
    let message = MlsMessageIn::tls_deserialize_exact_bytes(&message).ok()?;
    let MlsMessageBodyIn::GroupInfo(group_info) = message.extract() else {
        return None;
    };
    let key = group_info.extensions().external_pub()?.external_pub();
    Some(sha256(&[key.as_slice()]))
}

/// Whether a commit comes from somebody outside the group.
pub(crate) fn is_from_outside(commit: &[u8]) -> bool {
    match super::protocol_message(commit) {
        Ok(ProtocolMessage::PublicMessage(message)) => {
            matches!(message.sender(), Sender::NewMemberCommit)
        }
        _ => false,
    }
}
