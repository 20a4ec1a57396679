//! Building a commit: what is added, removed and changed, and the bytes that carry it.

use super::storage::Provider;
use super::{failed, protocol_message};
use crate::error::{Error, ErrorKind, Result};
use lacre_wire::identity::SigningKey;
use lacre_wire::ids::{AccountId, Millis};
use lacre_wire::room::mls::{
    Judgement, Leaves, judge_member, judge_own, state_of, with_operations,
};
use lacre_wire::room::{Operation, RoomView};
use openmls::group::MlsGroup;
use openmls::prelude::tls_codec::Serialize;
use openmls::prelude::{KeyPackage, LeafNodeIndex, MlsMessageOut};
use openmls_traits::OpenMlsProvider;

/// What a commit should do beside the proposals that wait.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) adds: Vec<KeyPackage>,
    /// Every device of these accounts is removed.
    pub(crate) remove: Vec<AccountId>,
    pub(crate) operations: Vec<Operation>,
    /// Renew this device's own leaf even if nothing else asks for a path.
    pub(crate) renew: bool,
}

/// A commit, pending in the group.
pub(crate) struct BuiltCommit {
    pub(crate) commit: Vec<u8>,
    pub(crate) welcome: Option<Vec<u8>>,
    pub(crate) group_info: Vec<u8>,
    /// The room after it.
    pub(crate) next: RoomView,
}

/// Builds a commit on the group's present epoch over `proposals` (those that wait, as MLS messages)
/// and `plan`. The commit stays pending until it is reached in the log, or cleared.
pub(crate) fn build_commit(
    provider: &Provider,
    signer: &SigningKey,
    group: &mut MlsGroup,
    proposals: &[Vec<u8>],
    plan: Plan,
    now: Millis,
) -> Result<BuiltCommit> {
    store_proposals(provider, group, proposals, now)?;
    let built = build(provider, signer, group, plan);
    // OpenMLS sends nothing while proposals are stored; they live in our own table.
    group
        .clear_pending_proposals(provider.storage())
        .map_err(|e| failed("waiting proposals could not be put aside", e))?;
    let (commit, welcome, group_info) = built?;
    let (_, next) = judge_own(group, now).map_err(|e| match e {
        lacre_wire::room::mls::JudgeError::Refused(refusal) => Error::new(
            ErrorKind::NotAllowed,
            "NotAllowed",
            format!("this room does not allow it: {refusal}"),
        ),
        other => failed("the commit could not be judged", other),
    })?;
    Ok(BuiltCommit {
        commit,
        welcome,
        group_info,
        next,
    })
}

/// Hands waiting proposals to OpenMLS; those that do not fit the epoch are passed over.
pub(crate) fn store_proposals(
    provider: &Provider,
    group: &mut MlsGroup,
    proposals: &[Vec<u8>],
    now: Millis,
) -> Result<()> {
    for bytes in proposals {
        match judge_member(group, provider, protocol_message(bytes)?, now) {
            Ok(Judgement::Proposal(judged)) => group
                .store_pending_proposal(provider.storage(), *judged.queued)
                .map_err(|e| failed("a proposal could not be stored", e))?,
            Ok(Judgement::Commit(_)) => {}
            Err(error) => tracing::debug!(%error, "a waiting proposal does not fit this epoch"),
        }
    }
    Ok(())
}

type Parts = (Vec<u8>, Option<Vec<u8>>, Vec<u8>);

fn build(
    provider: &Provider,
    signer: &SigningKey,
    group: &mut MlsGroup,
    plan: Plan,
) -> Result<Parts> {
    let state =
        state_of(group.extensions()).map_err(|e| failed("the room's state cannot be read", e))?;
    let removed = leaves_of(group, &plan.remove)?;
    let builder = group
        .commit_builder()
        .force_self_update(plan.renew)
        .propose_adds(plan.adds)
        .propose_removals(removed);
    let bundle = with_operations(builder, provider.storage(), &state, &plan.operations)
        .map_err(|e| failed("the commit could not be prepared", e))?
        .create_group_info(true)
        .build(provider.rand(), provider.crypto(), signer, |_| true)
        .map_err(|e| failed("the commit could not be built", e))?
        .stage_commit(provider)
        .map_err(|e| failed("the commit could not be staged", e))?;
    let (commit, welcome, group_info) = bundle.into_messages();
    let group_info =
        group_info.ok_or_else(|| Error::internal("a commit came without GroupInfo"))?;
    Ok((
        bytes(&commit)?,
        welcome.as_ref().map(bytes).transpose()?,
        bytes(&group_info)?,
    ))
}

fn leaves_of(group: &MlsGroup, accounts: &[AccountId]) -> Result<Vec<LeafNodeIndex>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let leaves =
        Leaves::known(group.members()).map_err(|e| failed("the members cannot be read", e))?;
    Ok(leaves
        .devices()
        .filter(|device| accounts.contains(&device.account))
        .filter_map(|device| leaves.index_of(&device.device))
        .collect())
}

pub(super) fn bytes(message: &MlsMessageOut) -> Result<Vec<u8>> {
    message
        .tls_serialize_detached()
        .map_err(|e| failed("an MLS message could not be written", e))
}
