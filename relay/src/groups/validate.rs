//! Whether a commit may enter a room's log, as far as anybody without the group's secrets can tell.
//!
//! In order: it is this room's, by the device that submits it; MLS and the room's rules allow it; it
//! takes up what the relay has proposed; GroupInfo and Welcome fit it. Only then the group moves.
//! What only members can check (confirmation tag, path secrets, `external_pub`) is their part: they
//! report a [bad commit](super::bad_commit).

use super::group_info::{Expected, GroupInfoParts};
use super::public::{Group, Waiting, read_public};
use super::refused::Refused;
use super::remove::{RelayKey, propose};
use super::step::{CommitBytes, Next, Submitter, ValidCommit, step_of, summary};
use super::storage::Discard;
use super::welcome::WelcomeParts;
use crate::store::command::{Commit, Hashed, Member, Welcome};
use crate::store::record::PendingProposal;
use lacre_wire::ids::{Hash, Millis};
use lacre_wire::limits::{MAX_ADDS, MAX_HANDSHAKE};
use lacre_wire::room::listed::normal;
use lacre_wire::room::mls::{Judged, Judgement, Staged, judge_public};
use lacre_wire::room::{Actor, CommitFacts, RoomView};
use openmls::group::StagedCommit;
use openmls::prelude::{ContentType, Proposal, Sender};
use std::collections::HashSet;
use tls_codec::Serialize as _;

/// How long members have to commit waiting removals before an external commit, which cannot carry
/// them, may pass; in milliseconds.
pub const REMOVALS_FIRST_MS: Millis = 2_000;

/// A commit that was checked; nothing has moved.
#[derive(Debug)]
pub(super) struct Checked {
    staged: Box<StagedCommit>,
    facts: CommitFacts,
    state: lacre_wire::room::RoomState,
    consumed: Vec<Hash>,
    welcomes: Vec<Welcome>,
}

/// Whether a commit comes from outside the group, as its sender says: cheap, and unchecked. Tells
/// which turn to look for before the costly checks begin.
///
/// # Errors
/// [`Refused::Malformed`] for bytes that are no PublicMessage.
pub fn is_external(commit: &[u8]) -> Result<bool, Refused> {
    Ok(matches!(
        read_public(commit)?.sender(),
        Sender::NewMemberCommit
    ))
}

/// Checks a commit against its group, whose waiting proposals were made those of `pending`.
pub(super) fn check(
    group: &Group,
    pending: &[PendingProposal],
    submitter: Submitter,
    bytes: &CommitBytes,
    now_ms: Millis,
) -> Result<Checked, Refused> {
    check_sizes(bytes)?;
    let message = read_public(&bytes.commit)?;
    if message.content_type() != ContentType::Commit {
        return Err(Refused::Malformed("expected a commit".into()));
    }
    group.check_place(&message)?;
    let (sender, tag) = (
        message.sender().clone(),
        message.confirmation_tag().cloned(),
    );
    let judgement = judge_public(&group.public, &group.crypto, message.into(), now_ms)?;
    let Judgement::Commit(judged) = judgement else {
        return Err(Refused::Malformed("expected a commit".into()));
    };
    let Judged {
        staged: Staged::Commit(staged),
        facts,
        next,
        ..
    } = *judged
    else {
        return Err(Refused::Malformed("expected a commit by a member".into()));
    };
    check_submitter(&facts, submitter)?;
    check_name(group, &next)?;
    let consumed = check_waiting(group, pending, &staged, &facts, now_ms)?;
    let tag =
        tag.ok_or_else(|| Refused::Malformed("a commit without a confirmation tag".into()))?;
    let tag = tag
        .tls_serialize_detached()
        .map_err(|e| Refused::Malformed(e.to_string()))?;
    check_group_info(group, &staged, &sender, &tag, &bytes.group_info)?;
    let welcomes = welcomes(group, &staged, &facts, bytes.welcome.as_deref())?;
    Ok(Checked {
        staged,
        facts,
        state: next.state,
        consumed,
        welcomes,
    })
}

fn check_sizes(bytes: &CommitBytes) -> Result<(), Refused> {
    let welcome = bytes.welcome.as_ref().map_or(0, bytes::Bytes::len);
    for (what, got) in [
        ("a commit", bytes.commit.len()),
        ("a GroupInfo", bytes.group_info.len()),
        ("a Welcome", welcome),
    ] {
        if got > MAX_HANDSHAKE {
            return Err(Refused::TooLarge {
                what,
                got,
                most: MAX_HANDSHAKE,
            });
        }
    }
    Ok(())
}

fn check_submitter(facts: &CommitFacts, submitter: Submitter) -> Result<(), Refused> {
    match facts.committer {
        Actor::Member { account, device } | Actor::Joiner { account, device }
            if (account, device) == (submitter.account, submitter.device) =>
        {
            Ok(())
        }
        _ => Err(Refused::NotSubmitter),
    }
}

/// A name that the commit changes must be in its one form. One that stands already is let be: what
/// the form is changes with Unicode.
fn check_name(group: &Group, next: &RoomView) -> Result<(), Refused> {
    let Some(name) = &next.state.listed else {
        return Ok(());
    };
    if group.state()?.listed.as_ref() == Some(name) {
        return Ok(());
    }
    match normal(name) {
        Ok(form) if form == *name => Ok(()),
        Ok(form) => Err(Refused::ListedName(format!(
            "the name is listed as {form:?}, not as {name:?}; write it so"
        ))),
        Err(error) => Err(Refused::ListedName(error.to_string())),
    }
}

/// A member's commit takes out every device the relay has proposed to remove: by its proposal, or
/// by the device's own SelfRemove, of which MLS allows only one of the two. An external commit can
/// do neither; it waits a moment for a member, and is not made by a device that is to go.
///
/// Returns the waiting proposals that the commit fulfils.
fn check_waiting(
    group: &Group,
    pending: &[PendingProposal],
    staged: &StagedCommit,
    facts: &CommitFacts,
    now_ms: Millis,
) -> Result<Vec<Hash>, Refused> {
    let gone: HashSet<_> = facts.removed().map(|(_, device)| device).collect();
    let held: HashSet<_> = staged
        .queued_proposals()
        .map(|queued| queued.proposal_reference_ref())
        .collect();
    let fulfilled = |waiting: &Waiting| {
        held.contains(&waiting.reference) || waiting.by_relay && gone.contains(&waiting.goes.device)
    };
    let consumed: Vec<_> = group
        .waiting
        .iter()
        .filter(|(_, waiting)| fulfilled(waiting))
        .map(|(hash, _)| *hash)
        .collect();
    let of_relay = || pending.iter().filter(|proposal| proposal.evicts.is_some());
    if let Actor::Joiner { device, .. } = facts.committer {
        if of_relay().any(|proposal| proposal.evicts == Some(device)) {
            return Err(Refused::Leaving { device });
        }
        let newest = of_relay().map(|proposal| proposal.accepted_ms).max();
        let passes_at = newest.map_or(0, |newest| newest.saturating_add(REMOVALS_FIRST_MS));
        match passes_at.saturating_sub(now_ms) {
            0 => Ok(consumed),
            after_ms => Err(Refused::RemovalsFirst { after_ms }),
        }
    } else if of_relay().all(|proposal| consumed.contains(&proposal.hash)) {
        Ok(consumed)
    } else {
        Err(Refused::CommitFirst {
            proposals: of_relay().map(|proposal| proposal.body.to_vec()).collect(),
        })
    }
}

fn check_group_info(
    group: &Group,
    staged: &StagedCommit,
    sender: &Sender,
    tag: &[u8],
    group_info: &[u8],
) -> Result<(), Refused> {
    let signer = match sender {
        Sender::Member(index) => *index,
        _ => group
            .public
            .ext_commit_sender_index(staged)
            .map_err(|e| Refused::Invalid(e.to_string()))?,
    };
    let leaf = staged
        .update_path_leaf_node()
        .or_else(|| group.public.leaf(signer));
    let leaf = leaf.ok_or_else(|| Refused::Invalid("the committer has no leaf".into()))?;
    let context = staged
        .group_context()
        .tls_serialize_detached()
        .map_err(|e| Refused::Broken(e.to_string()))?;
    let expected = Expected {
        context: &context,
        confirmation_tag: tag,
        signer: signer.u32(),
        leaf,
    };
    GroupInfoParts::parse(group_info)?.check(&group.crypto, &expected)
}

/// Each added device's own Welcome.
fn welcomes(
    group: &Group,
    staged: &StagedCommit,
    facts: &CommitFacts,
    welcome: Option<&[u8]>,
) -> Result<Vec<Welcome>, Refused> {
    // The facts translate the same proposals in the same order; a joiner's own leaf comes last.
    let members = facts.added().map(|device| Member {
        account: device.account,
        device: device.device,
    });
    let mut packages = Vec::new();
    for queued in staged.queued_proposals() {
        if let Proposal::Add(add) = queued.proposal() {
            let reference = add
                .key_package()
                .hash_ref(&group.crypto)
                .map_err(|e| Refused::Invalid(e.to_string()))?;
            packages.push(reference.as_slice().to_vec());
        }
    }
    if packages.len() > MAX_ADDS {
        return Err(Refused::TooManyAdds {
            got: packages.len(),
            most: MAX_ADDS,
        });
    }
    let split = match welcome {
        Some(welcome) if !packages.is_empty() => WelcomeParts::parse(welcome)?.split(&packages)?,
        Some(_) => return Err(Refused::Welcome("the commit adds nobody")),
        None if packages.is_empty() => Vec::new(),
        None => {
            return Err(Refused::Welcome(
                "the commit adds devices and none came with it",
            ));
        }
    };
    Ok(members
        .zip(split)
        .map(|(member, welcome)| Welcome {
            member,
            welcome: Hashed::new(welcome),
        })
        .collect())
}

/// Moves the group over a checked commit and puts together what the store needs.
pub(super) fn advance(
    mut group: Group,
    checked: Checked,
    submitter: Submitter,
    bytes: &CommitBytes,
    relay: &RelayKey,
    now_ms: Millis,
) -> Result<ValidCommit, Refused> {
    let Checked {
        staged,
        facts,
        state,
        consumed,
        welcomes,
    } = checked;
    let ((generation, epoch), room) = (group.at(), group.room());
    let waiting = std::mem::take(&mut group.waiting);
    group
        .public
        .merge_commit(&Discard, *staged)
        .map_err(|e| Refused::Broken(e.to_string()))?;
    let tree = Hashed::new(group.tree()?);
    let next = Group::new(group.public, group.crypto, tree.bytes().len())?;
    let stays = |member: &Member| facts.removed().all(|(_, device)| device != member.device);
    let still = |by_relay| {
        waiting
            .values()
            .filter(move |w| w.by_relay == by_relay)
            .map(|w| w.goes)
            .filter(stays)
            .collect::<Vec<_>>()
    };
    let external = facts.is_external();
    let reproposals = if external {
        propose(&next, relay, &still(true))?
    } else {
        Vec::new()
    };
    let still_leaving = still(false);
    let mut step = step_of(bytes, &tree, summary(&state));
    step.welcomes = welcomes;
    step.adds = facts
        .added()
        .map(|device| Member {
            account: device.account,
            device: device.device,
        })
        .collect();
    step.removes = facts
        .removed()
        .map(|(account, device)| Member { account, device })
        .collect();
    let command = Commit {
        now_ms,
        room,
        account: submitter.account,
        device: submitter.device,
        submit_id: bytes.submit_id,
        generation,
        epoch,
        external,
        consumed,
        reproposals,
        step,
    };
    Ok(ValidCommit {
        command,
        next: Next(next),
        still_leaving,
    })
}
