//! Creating a group: epoch 0 with the creator's leaf alone.

use super::build::bytes;
use super::failed;
use super::storage::Provider;
use crate::error::Result;
use lacre_wire::identity::{LeafIdentity, SigningKey};
use lacre_wire::ids::{Generation, PublicKey, RoomId};
use lacre_wire::room::RoomState;
use lacre_wire::room::mls::{create_config, credential};
use openmls::group::{GroupId, MlsGroup};
use openmls::prelude::tls_codec::Serialize;
use openmls_traits::OpenMlsProvider;

/// A group at epoch 0, with what the relay needs to follow it.
pub(crate) struct Created {
    pub(crate) group: MlsGroup,
    pub(crate) group_info: Vec<u8>,
    pub(crate) tree: Vec<u8>,
}

/// Creates a generation of a room's group; 0 is the first.
pub(crate) fn create_group(
    provider: &Provider,
    signer: &SigningKey,
    identity: &LeafIdentity,
    (room, generation): (RoomId, Generation),
    relay_key: &PublicKey,
    state: &RoomState,
) -> Result<Created> {
    let config =
        create_config(relay_key, state).map_err(|e| failed("the room's settings do not fit", e))?;
    let id = GroupId::from_slice(&room.group_id(generation));
    let group = MlsGroup::new_with_group_id(provider, signer, &config, id, credential(identity))
        .map_err(|e| failed("the room's keys could not be made", e))?;
    let group_info = group
        .export_group_info(provider.crypto(), signer, false)
        .map_err(|e| failed("the room's public state could not be made", e))?;
    let tree = group
        .export_ratchet_tree()
        .tls_serialize_detached()
        .map_err(|e| failed("the room's tree could not be written", e))?;
    Ok(Created {
        group_info: bytes(&group_info)?,
        tree,
        group,
    })
}
