//! Entering a group: through a Welcome, or from outside by an external commit.

use super::build::bytes;
use super::storage::{Provider, ScratchProvider};
use super::{BuiltCommit, failed, invalid};
use crate::error::Result;
use lacre_wire::identity::{LeafIdentity, SigningKey};
use lacre_wire::ids::{AccountId, Generation, RoomId};
use lacre_wire::room::mls::{Leaves, capabilities, credential, join_config, state_of};
use lacre_wire::room::{RoomKind, RoomView};
use openmls::group::{MlsGroup, StagedWelcome};
use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::prelude::tls_codec::DeserializeBytes;
use openmls::prelude::{
    BasicCredential, LeafNodeParameters, MlsMessageBodyIn, MlsMessageIn, RatchetTreeIn,
};
use openmls_traits::OpenMlsProvider;

fn tree(bytes: &[u8]) -> Result<RatchetTreeIn> {
    RatchetTreeIn::tls_deserialize_exact_bytes(bytes)
        .map_err(|e| invalid("a room's tree cannot be read", e))
}

/// Checks that a group is the one that was named, and that every leaf's identity verifies.
fn verify(group: &MlsGroup, room: RoomId, generation: Generation) -> Result<RoomView> {
    if group.group_id().as_slice() != room.group_id(generation) {
        return Err(invalid("a room's group", "it belongs to another room"));
    }
    let leaves = Leaves::verify(group.members())
        .map_err(|e| invalid("a member of the room does not verify", e))?;
    let state = state_of(group.extensions()).map_err(|e| invalid("the room's state", e))?;
    // A direct room is known by its pair: a third one in it would be read as one of them.
    let strangers = leaves
        .devices()
        .any(|device| !state.roles.contains_key(&device.account));
    if state.kind == RoomKind::Direct && (strangers || state.roles.len() > 2) {
        return Err(invalid(
            "a direct room",
            "somebody else than its pair is in it",
        ));
    }
    Ok(RoomView {
        state,
        members: leaves.members(),
    })
}

/// Enters through a Welcome, with the tree of its epoch; also tells who made it.
pub(crate) fn join_from_welcome(
    provider: &Provider,
    welcome: &[u8],
    ratchet_tree: &[u8],
    room: RoomId,
    generation: Generation,
) -> Result<(MlsGroup, RoomView, Option<AccountId>)> {
    let message = MlsMessageIn::tls_deserialize_exact_bytes(welcome)
        .map_err(|e| invalid("a Welcome cannot be read", e))?;
    let MlsMessageBodyIn::Welcome(welcome) = message.extract() else {
        return Err(invalid(
            "a Welcome was expected",
            "another MLS message came",
        ));
    };
    let staged = StagedWelcome::build_from_welcome(provider, &join_config(), welcome)
        .map_err(|e| invalid("a Welcome does not open", e))?
        .with_ratchet_tree(tree(ratchet_tree)?)
        .replace_old_group()
        .skip_lifetime_validation()
        .build()
        .map_err(|e| invalid("a Welcome does not verify", e))?;
    // The members are judged before anything is stored under their names.
    Leaves::verify(staged.members())
        .map_err(|e| invalid("a member of the room does not verify", e))?;
    let by = staged.welcome_sender().ok().and_then(|leaf| {
        let credential = BasicCredential::try_from(leaf.credential().clone()).ok()?;
        let identity = LeafIdentity::decode(credential.identity()).ok()?;
        Some(identity.claimed().account)
    });
    let group = staged
        .into_group(provider)
        .map_err(|e| invalid("a Welcome could not be used", e))?;
    let view = verify(&group, room, generation)?;
    Ok((group, view, by))
}

/// An external commit on a scratch provider.
pub(crate) struct External {
    pub(crate) scratch: ScratchProvider,
    pub(crate) built: BuiltCommit,
}

/// Builds an external commit on a room's public state. Nothing of this device's store changes.
pub(crate) fn join_from_outside(
    signer: &SigningKey,
    identity: &LeafIdentity,
    group_info: &[u8],
    ratchet_tree: &[u8],
    room: RoomId,
    generation: Generation,
) -> Result<External> {
    let message = MlsMessageIn::tls_deserialize_exact_bytes(group_info)
        .map_err(|e| invalid("a GroupInfo cannot be read", e))?;
    let MlsMessageBodyIn::GroupInfo(group_info) = message.extract() else {
        return Err(invalid(
            "a GroupInfo was expected",
            "another MLS message came",
        ));
    };
    let group_info: VerifiableGroupInfo = group_info;
    let scratch = ScratchProvider::new();
    let bundle = MlsGroup::external_commit_builder()
        .with_ratchet_tree(tree(ratchet_tree)?)
        .with_config(join_config())
        .skip_lifetime_validation()
        .build_group(&scratch, group_info, credential(identity))
        .map_err(|e| invalid("the room's public state does not verify", e))?
        .leaf_node_parameters(
            LeafNodeParameters::builder()
                .with_capabilities(capabilities())
                .build(),
        )
        .load_psks(scratch.storage())
        .map_err(|e| failed("the commit could not be prepared", e))?
        .create_group_info(true)
        .build(scratch.rand(), scratch.crypto(), signer, |_| true)
        .map_err(|e| failed("the commit could not be built", e))?
        .finalize(&scratch)
        .map_err(|e| failed("the commit could not be staged", e))?;
    let (group, bundle) = bundle;
    let next = verify(&group, room, generation)?;
    let (commit, _, group_info) = bundle.into_messages();
    let group_info = group_info.ok_or_else(|| failed("the commit", "it came without GroupInfo"))?;
    let built = BuiltCommit {
        commit: bytes(&commit)?,
        welcome: None,
        group_info: bytes(&group_info)?,
        next,
    };
    Ok(External { scratch, built })
}
