//! One call that says whether a handshake passes, for the relay and for a member.
//!
//! Both run the same steps: OpenMLS checks framing, signatures and tree; a commit with operations
//! gets the next state computed from them; the staged commit is translated and judged. What comes
//! back is staged, not merged: the caller merges once the entry is durable or reached in the log.

use super::facts::{facts_of_staged, operations_of, proposed_of};
use super::leaves::Leaves;
use super::settings::state_of;
use crate::ids::Millis;
use crate::room::COMPONENT_ID;
use crate::room::authorize::{authorize, authorize_proposal};
use crate::room::change::{CommitFacts, Proposed};
use crate::room::refusal::Refusal;
use crate::room::view::RoomView;
use openmls::component::ComponentData;
use openmls::group::{
    AppDataDictionaryUpdater, AppDataUpdates, GroupContext, Member, MlsGroup, QueuedProposal,
    StagedCommit, UnresolvedAppDataCommit,
};
use openmls::prelude::{
    Extensions, OpenMlsCrypto, OpenMlsProvider, ProcessedMessage, ProcessedMessageContent,
    ProtocolMessage, PublicGroup, Sender,
};

/// Why a handshake does not pass.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// The rules refuse it. Relay and clients agree on this.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// MLS refuses it: bytes, signature, epoch, tree, or, for a member, its secrets.
    #[error("not a valid MLS handshake for this group: {0}")]
    Invalid(String),
    /// Handshakes travel as PublicMessages, so that everybody judges them.
    #[error("handshakes must be PublicMessages")]
    NotPublic,
    /// A PublicMessage that is neither commit nor proposal.
    #[error("expected a commit or a proposal")]
    NotHandshake,
}

/// A handshake that passes.
#[derive(Debug)]
pub enum Judgement {
    /// A commit.
    Commit(Box<Judged>),
    /// A proposal that stands alone.
    Proposal(Box<JudgedProposal>),
}

/// A commit that passes.
#[derive(Debug)]
pub struct Judged {
    /// What is to be merged.
    pub staged: Staged,
    /// What the commit says.
    pub facts: CommitFacts,
    /// The room after it.
    pub next: RoomView,
    /// Authenticated data of the commit.
    pub aad: Vec<u8>,
}

/// What is to be merged when the commit is reached.
#[derive(Debug)]
pub enum Staged {
    /// This commit: `merge_staged_commit` of a member, `merge_commit` of a public group.
    Commit(Box<StagedCommit>),
    /// The member's own pending commit came back: `merge_pending_commit`.
    OwnPending,
}

/// A proposal that may be committed.
#[derive(Debug)]
pub struct JudgedProposal {
    /// What a commit by reference needs in the proposal store.
    pub queued: Box<QueuedProposal>,
    /// What it says.
    pub proposed: Proposed,
}

/// The room before a handshake.
struct Before {
    leaves: Leaves,
    view: RoomView,
}

impl Before {
    fn read(
        members: impl Iterator<Item = Member>,
        extensions: &Extensions<GroupContext>,
    ) -> Result<Self, Refusal> {
        let state = state_of(extensions)?;
        let leaves = Leaves::known(members)?;
        let view = RoomView {
            state,
            members: leaves.members(),
        };
        Ok(Self { leaves, view })
    }

    fn judge(
        &self,
        staged: &StagedCommit,
        sender: &Sender,
        at: Millis,
    ) -> Result<(CommitFacts, RoomView), Refusal> {
        let facts = facts_of_staged(staged, sender, &self.leaves)?;
        let state = authorize(&self.view, &facts, at)?;
        let members = self.view.members.after(&facts);
        Ok((facts, RoomView { state, members }))
    }

    fn commit(
        &self,
        staged: Box<StagedCommit>,
        sender: &Sender,
        aad: Vec<u8>,
        at: Millis,
    ) -> Result<Judgement, JudgeError> {
        let (facts, next) = self.judge(&staged, sender, at)?;
        Ok(Judgement::Commit(Box::new(Judged {
            staged: Staged::Commit(staged),
            facts,
            next,
            aad,
        })))
    }

    fn proposal(&self, queued: Box<QueuedProposal>) -> Result<Judgement, JudgeError> {
        let proposed = proposed_of(&queued, &self.leaves)?;
        authorize_proposal(&self.view, &proposed)?;
        Ok(Judgement::Proposal(Box::new(JudgedProposal {
            queued,
            proposed,
        })))
    }

    /// The state after the operations of a commit that is not staged yet. Whether they are allowed
    /// is judged afterwards, on the whole commit.
    fn updates(
        &self,
        unresolved: &UnresolvedAppDataCommit,
        mut updater: AppDataDictionaryUpdater<'_>,
    ) -> Result<Option<AppDataUpdates>, Refusal> {
        let mut lists = unresolved
            .app_data_update_proposals()
            .map(operations_of)
            .collect::<Result<Vec<_>, _>>()?;
        let (Some(operations), true) = (lists.pop(), lists.is_empty()) else {
            return Err(Refusal::SeveralUpdates {
                got: lists.len() + 1,
            });
        };
        let mut next = self.view.state.clone();
        operations
            .iter()
            .for_each(|operation| next.apply(operation));
        updater.set(ComponentData::from_parts(
            COMPONENT_ID,
            next.encode().into(),
        ));
        Ok(updater.changes())
    }
}

/// The relay's side: judges a handshake against the public state of its group.
///
/// # Errors
/// [`JudgeError`]. The group is unchanged in any case.
pub fn judge_public(
    group: &PublicGroup,
    crypto: &impl OpenMlsCrypto,
    message: ProtocolMessage,
    accepted_ms: Millis,
) -> Result<Judgement, JudgeError> {
    only_public(&message)?;
    let before = Before::read(group.members(), group.group_context().extensions())?;
    let (sender, aad, content) = parts(group.process_message(crypto, message).map_err(invalid)?);
    match content {
        ProcessedMessageContent::StagedCommitMessage(staged) => {
            before.commit(staged, &sender, aad, accepted_ms)
        }
        ProcessedMessageContent::UnresolvedAppDataCommit(unresolved) => {
            let updates = before.updates(&unresolved, group.app_data_dictionary_updater())?;
            let staged = group
                .stage_app_data_commit(crypto, *unresolved, updates)
                .map_err(invalid)?;
            before.commit(Box::new(staged), &sender, aad, accepted_ms)
        }
        ProcessedMessageContent::ProposalMessage(queued)
        | ProcessedMessageContent::ExternalJoinProposalMessage(queued) => before.proposal(queued),
        _ => Err(JudgeError::NotHandshake),
    }
}

/// A member's side: judges a handshake against its own group. Proposals a commit refers to must be
/// in the group's proposal store.
///
/// # Errors
/// [`JudgeError`]. Nothing is merged in any case.
pub fn judge_member<P: OpenMlsProvider>(
    group: &mut MlsGroup,
    provider: &P,
    message: ProtocolMessage,
    accepted_ms: Millis,
) -> Result<Judgement, JudgeError> {
    only_public(&message)?;
    let before = Before::read(group.members(), group.extensions())?;
    let (sender, aad, content) = parts(group.process_message(provider, message).map_err(invalid)?);
    match content {
        ProcessedMessageContent::StagedCommitMessage(staged) => {
            before.commit(staged, &sender, aad, accepted_ms)
        }
        ProcessedMessageContent::UnresolvedAppDataCommit(unresolved) => {
            let updates = before.updates(&unresolved, group.app_data_dictionary_updater())?;
            let staged = group
                .stage_app_data_commit(provider, *unresolved, updates)
                .map_err(invalid)?;
            before.commit(Box::new(staged), &sender, aad, accepted_ms)
        }
        ProcessedMessageContent::OwnPendingCommit => {
            let staged = group.pending_commit().ok_or(JudgeError::NotHandshake)?;
            let (facts, next) = before.judge(staged, &sender, accepted_ms)?;
            Ok(Judgement::Commit(Box::new(Judged {
                staged: Staged::OwnPending,
                facts,
                next,
                aad,
            })))
        }
        ProcessedMessageContent::ProposalMessage(queued)
        | ProcessedMessageContent::ExternalJoinProposalMessage(queued) => before.proposal(queued),
        _ => Err(JudgeError::NotHandshake),
    }
}

/// Judges a member's own pending commit before it is sent: what is refused here would be refused
/// by everybody.
///
/// # Errors
/// [`JudgeError::NotHandshake`] when no commit is pending, or why it would be refused.
pub fn judge_own(group: &MlsGroup, now_ms: Millis) -> Result<(CommitFacts, RoomView), JudgeError> {
    let staged = group.pending_commit().ok_or(JudgeError::NotHandshake)?;
    let before = Before::read(group.members(), group.extensions())?;
    Ok(before.judge(staged, &Sender::Member(group.own_leaf_index()), now_ms)?)
}

fn only_public(message: &ProtocolMessage) -> Result<(), JudgeError> {
    match message {
        ProtocolMessage::PublicMessage(_) => Ok(()),
        ProtocolMessage::PrivateMessage(_) => Err(JudgeError::NotPublic),
    }
}

fn parts(message: ProcessedMessage) -> (Sender, Vec<u8>, ProcessedMessageContent) {
    (
        message.sender().clone(),
        message.aad().to_vec(),
        message.into_content(),
    )
}

fn invalid(error: impl std::error::Error) -> JudgeError {
    JudgeError::Invalid(error.to_string())
}
