//! What a commit says: MLS proposals as changes.
//!
//! Everything a commit can hold has a translation, also what is always refused, so that nothing
//! passes because nobody looked at it.

use super::leaves::{Leaves, verify_leaf};
use super::settings::unlimited_lifetime;
use crate::identity::Device;
use crate::room::COMPONENT_ID;
use crate::room::change::{Actor, Change, CommitFacts, Proposed, Unsupported};
use crate::room::operation::Operation;
use crate::room::refusal::Refusal;
use openmls::group::{QueuedProposal, StagedCommit};
use openmls::prelude::{
    AddProposal, AppDataUpdateOperation, AppDataUpdateProposal, Proposal, Sender,
    SenderExtensionIndex,
};

/// What a staged commit by `sender` says, given the leaves before it. Verifies the identity of
/// every leaf the commit brings.
///
/// # Errors
/// When a leaf's identity does not hold, or operations cannot be read.
pub fn facts_of_staged(
    staged: &StagedCommit,
    sender: &Sender,
    before: &Leaves,
) -> Result<CommitFacts, Refusal> {
    let path = staged
        .update_path_leaf_node()
        .map(verify_leaf)
        .transpose()?;
    let joiner = match sender {
        Sender::NewMemberCommit => path,
        _ => None,
    };
    let committer = actor(sender, before, joiner)?;
    let proposals = staged
        .queued_proposals()
        // OpenMLS has checked that an external commit holds exactly one, and no other commit any.
        .filter(|queued| !matches!(queued.proposal(), Proposal::ExternalInit(_)))
        .map(|queued| proposed(queued, before, joiner))
        .collect::<Result<_, _>>()?;
    Ok(CommitFacts {
        committer,
        proposals,
        path,
    })
}

/// What a proposal that stands alone says, given the leaves before it.
///
/// # Errors
/// As [`facts_of_staged`].
pub fn proposed_of(queued: &QueuedProposal, before: &Leaves) -> Result<Proposed, Refusal> {
    proposed(queued, before, None)
}

/// The operations in an AppDataUpdate; anything but an update of the room state is refused.
pub(super) fn operations_of(proposal: &AppDataUpdateProposal) -> Result<Vec<Operation>, Refusal> {
    match (proposal.component_id(), proposal.operation()) {
        (COMPONENT_ID, AppDataUpdateOperation::Update(payload)) => {
            Ok(Operation::decode_all(payload.as_slice())?)
        }
        (other, _) => Err(Refusal::Unsupported(Unsupported::OtherComponent(other))),
    }
}

fn proposed(
    queued: &QueuedProposal,
    before: &Leaves,
    joiner: Option<Device>,
) -> Result<Proposed, Refusal> {
    if matches!(queued.sender(), Sender::NewMemberProposal) {
        return Err(Refusal::Unsupported(Unsupported::SelfAdd));
    }
    let change = match queued.proposal() {
        Proposal::Add(add) => Change::Add(added(add)?),
        Proposal::Update(update) => Change::Update(verify_leaf(update.leaf_node())?),
        Proposal::Remove(remove) => {
            let Device {
                account, device, ..
            } = before.at(remove.removed())?;
            Change::Remove { account, device }
        }
        Proposal::SelfRemove => Change::SelfRemove,
        Proposal::AppDataUpdate(update) => Change::Operations(operations_of(update)?),
        Proposal::PreSharedKey(_) => Change::Unsupported(Unsupported::PreSharedKey),
        Proposal::ReInit(_) => Change::Unsupported(Unsupported::ReInit),
        Proposal::GroupContextExtensions(_) => Change::Unsupported(Unsupported::ContextExtensions),
        Proposal::AppEphemeral(_) => Change::Unsupported(Unsupported::AppEphemeral),
        Proposal::Custom(custom) => {
            Change::Unsupported(Unsupported::Custom(custom.proposal_type()))
        }
        Proposal::ExternalInit(_) => Change::Unsupported(Unsupported::Custom(
            queued.proposal().proposal_type().into(),
        )),
    };
    Ok(Proposed {
        actor: actor(queued.sender(), before, joiner)?,
        change,
    })
}

fn added(add: &AddProposal) -> Result<Device, Refusal> {
    let package = add.key_package();
    let device = verify_leaf(package.leaf_node())?;
    if *package.life_time() == unlimited_lifetime() {
        Ok(device)
    } else {
        Err(Refusal::LimitedLifetime {
            device: device.device,
        })
    }
}

fn actor(sender: &Sender, before: &Leaves, joiner: Option<Device>) -> Result<Actor, Refusal> {
    match sender {
        Sender::Member(index) => {
            let Device {
                account, device, ..
            } = before.at(*index)?;
            Ok(Actor::Member { account, device })
        }
        // A room has exactly one external sender; creation saw to that.
        Sender::External(index) if *index == SenderExtensionIndex::new(0) => Ok(Actor::Relay),
        Sender::External(_) => Err(Refusal::RelayMayOnlyRemove),
        Sender::NewMemberCommit | Sender::NewMemberProposal => {
            let Device {
                account, device, ..
            } = joiner.ok_or(Refusal::Unsupported(Unsupported::SelfAdd))?;
            Ok(Actor::Joiner { account, device })
        }
    }
}
