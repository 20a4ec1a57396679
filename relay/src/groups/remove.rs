//! Removals the relay makes possible: its own proposals as MLS external sender (RFC 9420 §12.1.8.1),
//! and members' SelfRemoves.
//!
//! The relay can evict, never insert: its key may propose Remove and nothing else, and a member has
//! to commit it. It uses that for revoked devices, for evictions, and to let an account leave as a
//! whole when one of its devices asks to.

use super::public::{Group, read_public};
use super::refused::Refused;
use super::step::Submitter;
use crate::store::command::{Hashed, Member, Propose, RelayPropose, RelayRemove};
use bytes::Bytes;
use lacre_wire::hash::sha256;
use lacre_wire::identity::{Device, SigningKey};
use lacre_wire::ids::{Millis, SubmitId};
use lacre_wire::limits::MAX_MESSAGE;
use lacre_wire::room::mls::{Judgement, judge_public};
use lacre_wire::room::{Actor, Change};
use openmls::prelude::{ContentType, ExternalProposal, GroupEpoch, SenderExtensionIndex};
use openmls_rust_crypto::OpenMlsRustCrypto;
use tls_codec::Serialize as _;

/// The relay's MLS external sender key: the `sender_key` of its statement.
pub type RelayKey = SigningKey;

/// A member's SelfRemove that passed.
#[derive(Debug)]
pub struct ValidProposal {
    /// For the store.
    pub command: Propose,
    /// Devices the relay is to remove with it: the account's others, and if nobody stays who could
    /// commit, all that are left.
    pub others: Vec<Member>,
}

/// Signs the relay's Removes for a group as it stands. Devices that are not in it, or for which the
/// relay's Remove waits already, are passed over. A SelfRemove that waits does not hold the relay
/// back: only its own Remove cuts a device off at once and must be committed.
///
/// # Errors
/// [`Refused::Broken`] if the proposals cannot be made.
pub fn propose_removes(
    group: &Group,
    relay: &RelayKey,
    members: &[Member],
) -> Result<Vec<RelayRemove>, Refused> {
    let fresh: Vec<_> = members
        .iter()
        .copied()
        .filter(|member| !group.is_leaving(&member.device, true))
        .collect();
    propose(group, relay, &fresh)
}

/// As [`propose_removes`], whatever waits.
pub(super) fn propose(
    group: &Group,
    relay: &RelayKey,
    members: &[Member],
) -> Result<Vec<RelayRemove>, Refused> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let leaves = group.leaves()?;
    let epoch = GroupEpoch::from(group.at().1);
    let (id, relay_sender) = (group.public.group_id(), SenderExtensionIndex::new(0));
    let mut removes = Vec::new();
    for member in members {
        let Some(leaf) = leaves.index_of(&member.device) else {
            continue;
        };
        let message = ExternalProposal::new_remove::<OpenMlsRustCrypto>(
            leaf,
            id.clone(),
            epoch,
            relay,
            relay_sender,
        )
        .map_err(|e| Refused::Broken(e.to_string()))?;
        let body = message
            .tls_serialize_detached()
            .map_err(|e| Refused::Broken(e.to_string()))?;
        removes.push(RelayRemove {
            account: member.account,
            device: member.device,
            body: Hashed::new(body),
        });
    }
    Ok(removes)
}

/// The command that appends Removes of the relay.
pub(super) fn relay_propose(
    group: &Group,
    removes: Vec<RelayRemove>,
    now_ms: Millis,
) -> RelayPropose {
    let (generation, epoch) = group.at();
    RelayPropose {
        now_ms,
        room: group.room(),
        generation,
        epoch,
        removes,
    }
}

/// Checks a member's proposal, which must be the submitter's SelfRemove.
///
/// # Errors
/// [`Refused`] says why it may not enter the log.
pub(super) fn check_proposal(
    group: &Group,
    submitter: Submitter,
    submit_id: SubmitId,
    body: Bytes,
    now_ms: Millis,
) -> Result<ValidProposal, Refused> {
    if body.len() > MAX_MESSAGE {
        return Err(Refused::TooLarge {
            what: "a proposal",
            got: body.len(),
            most: MAX_MESSAGE,
        });
    }
    let message = read_public(&body)?;
    if message.content_type() != ContentType::Proposal {
        return Err(Refused::NotSelfRemove);
    }
    group.check_place(&message)?;
    let judgement = judge_public(&group.public, &group.crypto, message.into(), now_ms)?;
    let Judgement::Proposal(judged) = judgement else {
        return Err(Refused::NotSelfRemove);
    };
    let Member { account, device } = submitter;
    if judged.proposed.actor != (Actor::Member { account, device }) {
        return Err(Refused::NotSubmitter);
    }
    if judged.proposed.change != Change::SelfRemove {
        return Err(Refused::NotSelfRemove);
    }
    // The same proposal again is a repetition, which the store knows how to answer.
    if group.is_leaving(&device, false) && !group.waiting.contains_key(&sha256(&[&body])) {
        return Err(Refused::Leaving { device });
    }
    let leaves = group.leaves()?;
    let stays = |leaf: &Device| leaf.account != account && !group.is_leaving(&leaf.device, false);
    let last = !leaves.devices().any(|leaf| stays(&leaf));
    let others = leaves
        .devices()
        .filter(|leaf| last || leaf.account == account && leaf.device != device);
    let others = others
        .map(|leaf| Member {
            account: leaf.account,
            device: leaf.device,
        })
        .collect();
    let (generation, epoch) = group.at();
    let room = group.room();
    let body = Hashed::new(body);
    let command = Propose {
        now_ms,
        room,
        account,
        device,
        generation,
        epoch,
        submit_id,
        body,
    };
    Ok(ValidProposal { command, others })
}
