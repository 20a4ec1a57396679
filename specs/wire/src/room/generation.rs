//! How a room goes on in a new group, after one that cannot be followed any more.
//!
//! The generation is judged as if it were one change that its opener makes to the room: only an owner
//! opens it, who may do all of that by commits. So it gives nobody a right they had not, it does not
//! matter which epoch of the old group a member had reached, and who judges needs nothing but the
//! room as they followed it last.

use super::creation::{CreationFacts, CreationRefusal, begins};
use super::kind::RoomKind;
use super::role::Role;
use super::view::RoomView;
use crate::identity::Device;
use crate::ids::{AccountId, Generation, RoomId};

/// What is wrong with a new generation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GenerationRefusal {
    /// Only owners may do all that a generation does.
    #[error("only an owner of the room opens its next generation")]
    Opener,
    /// The room would become another one.
    #[error("the kind of a room does not change")]
    Kind,
    /// The pair of a direct room stays.
    #[error("a direct room stays between the same two people")]
    Pair,
    /// Who opens it answers for it.
    #[error("who opens a generation stays owner")]
    NotOwner,
    /// Nobody is in a room and banned from it.
    #[error("account {account} is banned from the room")]
    Banned {
        /// Who.
        account: AccountId,
    },
    /// The new group does not begin as groups do.
    #[error(transparent)]
    Beginning(#[from] CreationRefusal),
}

impl GenerationRefusal {
    /// The stable code of the rule.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Opener => "generation.opener",
            Self::Kind => "generation.kind",
            Self::Pair => "generation.pair",
            Self::NotOwner => "generation.not_owner",
            Self::Banned { .. } => "generation.banned",
            Self::Beginning(refusal) => refusal.code(),
        }
    }
}

/// Judges the group of a new generation at its epoch 0. `before` is the room as it was followed last.
///
/// # Errors
/// The first rule that is broken.
pub fn authorize_opening(
    room: &RoomId,
    generation: Generation,
    opener: &Device,
    before: &RoomView,
    facts: &CreationFacts,
) -> Result<(), GenerationRefusal> {
    begins(room, generation, opener, facts)?;
    let next = RoomView {
        state: facts.state.clone(),
        members: facts.leaves.iter().copied().collect(),
    };
    authorize_generation(opener.account, before, &next)
}

/// Judges a new generation by what it makes of the room.
///
/// # Errors
/// The first rule that is broken.
pub fn authorize_generation(
    opener: AccountId,
    before: &RoomView,
    next: &RoomView,
) -> Result<(), GenerationRefusal> {
    let is_owner = |view: &RoomView| {
        view.members.has_account(&opener) && view.state.role(&opener) == Role::Owner
    };
    let banned = next
        .members
        .accounts()
        .find(|account| next.state.bans.contains(account));
    if !is_owner(before) {
        Err(GenerationRefusal::Opener)
    } else if next.state.kind != before.state.kind {
        Err(GenerationRefusal::Kind)
    } else if next.state.kind == RoomKind::Direct && !same_pair(before, next) {
        Err(GenerationRefusal::Pair)
    } else if !is_owner(next) {
        Err(GenerationRefusal::NotOwner)
    } else if let Some(account) = banned {
        Err(GenerationRefusal::Banned { account: *account })
    } else {
        Ok(())
    }
}

fn same_pair(before: &RoomView, next: &RoomView) -> bool {
    before.state.roles == next.state.roles
        && next
            .members
            .accounts()
            .all(|account| before.state.roles.contains_key(account))
}
