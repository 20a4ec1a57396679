//! The committer's side of an operation: the proposal, and the state everybody will compute.

use crate::room::COMPONENT_ID;
use crate::room::operation::Operation;
use crate::room::state::RoomState;
use openmls::component::ComponentData;
use openmls::group::{CommitBuilder, CreateCommitError, Initial, LoadedPsks, MlsGroup};
use openmls::prelude::{AppDataUpdateProposal, Proposal};
use openmls::storage::StorageProvider;
use std::borrow::BorrowMut;

/// The proposal that carries operations.
pub fn operations_proposal(operations: &[Operation]) -> Proposal {
    let payload = Operation::encode_all(operations);
    Proposal::AppDataUpdate(Box::new(AppDataUpdateProposal::update(
        COMPONENT_ID,
        payload,
    )))
}

/// Tells a commit under construction which state its operations lead to. Needed whenever the
/// commit carries an AppDataUpdate, its own or one by reference.
pub fn set_next_state<G: BorrowMut<MlsGroup>>(
    builder: &mut CommitBuilder<'_, LoadedPsks, G>,
    next: &RoomState,
) {
    let mut updater = builder.app_data_dictionary_updater();
    updater.set(ComponentData::from_parts(
        COMPONENT_ID,
        next.encode().into(),
    ));
    let updates = updater.changes();
    builder.with_app_data_dictionary_updates(updates);
}

/// Adds operations to a commit and moves it on to the stage before building. `state` is the
/// room's state before the commit; with no operations the commit stays as it is.
///
/// ```ignore
/// let builder = group.commit_builder().propose_removals([leaf]);
/// let bundle = with_operations(builder, provider.storage(), &state, &[Operation::ClearRole { account }])?
///     .create_group_info(true)
///     .build(provider.rand(), provider.crypto(), &device_key, |_| true)?
///     .stage_commit(&provider)?;
/// ```
///
/// # Errors
/// As [`CommitBuilder::load_psks`]: when the storage fails.
pub fn with_operations<'a, S: StorageProvider>(
    builder: CommitBuilder<'a, Initial>,
    storage: &'a S,
    state: &RoomState,
    operations: &[Operation],
) -> Result<CommitBuilder<'a, LoadedPsks>, CreateCommitError> {
    if operations.is_empty() {
        return builder.load_psks(storage);
    }
    let mut next = state.clone();
    operations
        .iter()
        .for_each(|operation| next.apply(operation));
    let mut builder = builder
        .add_proposal(operations_proposal(operations))
        .load_psks(storage)?;
    set_next_state(&mut builder, &next);
    Ok(builder)
}
