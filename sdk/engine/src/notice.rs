//! Notices: what happened to a room, told as lines among its messages.
//!
//! Nobody sends them. Every device makes them from the commit that it applies, at the commit's place
//! in the log, so all members who read that part of the log see the same.

use crate::text::safe_line;
use lacre_wire::ids::AccountId;
use lacre_wire::room::{JoinRule, Role};
use minicbor::{Decode, Encode};
use std::time::Duration;

/// Somebody, and what they are called as far as it is known here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Named {
    /// Who.
    pub account: AccountId,
    /// What they call themselves; their handle if they say nothing.
    pub name: String,
    /// Their handle, without `@`; the start of the account id while it is not known.
    pub handle: String,
}

/// Something that happened to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The room was created.
    Created {
        /// By whom.
        by: Option<Named>,
    },
    /// People came in.
    Joined {
        /// Who.
        people: Vec<Named>,
        /// Who added them; `None` if they came by themselves.
        by: Option<Named>,
    },
    /// Somebody left.
    Left {
        /// Who.
        who: Named,
    },
    /// Somebody was taken out.
    Removed {
        /// Who.
        who: Named,
        /// By whom; `None`: the relay.
        by: Option<Named>,
    },
    /// Somebody was taken out and may not come back.
    Banned {
        /// Who.
        who: Named,
        /// By whom; `None`: the relay.
        by: Option<Named>,
    },
    /// Somebody may come back.
    Unbanned {
        /// Who.
        who: Named,
        /// By whom.
        by: Option<Named>,
    },
    /// Somebody has another role.
    RoleChanged {
        /// Who.
        who: Named,
        /// Which.
        role: Role,
        /// By whom.
        by: Option<Named>,
    },
    /// The room has another name.
    Renamed {
        /// Which; `None` if it could not be opened when it was given.
        name: Option<String>,
        /// By whom.
        by: Option<Named>,
    },
    /// Others may come in.
    JoinRuleChanged {
        /// Who.
        rule: JoinRule,
        /// By whom.
        by: Option<Named>,
    },
    /// Messages stay for another time.
    DisappearingChanged {
        /// How long; `None` for ever.
        after: Option<Duration>,
        /// By whom.
        by: Option<Named>,
    },
    /// The room is listed at the relay for everybody to find, or no longer.
    Listed {
        /// Under which name.
        name: Option<String>,
        /// By whom.
        by: Option<Named>,
    },
    /// The room could not be followed, and goes on. What was said meanwhile may be missing.
    Repaired,
}

/// Stands for the relay, or nobody in the room, as who did something.
pub(crate) const NOBODY: AccountId = AccountId([0; 32]);

/// A notice as it is kept: without names, which change. Who did it is the row's sender.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Happened {
    #[n(0)]
    Created,
    #[n(1)]
    Joined(#[n(0)] Vec<AccountId>),
    #[n(2)]
    Left(#[n(0)] AccountId),
    #[n(3)]
    Removed(#[n(0)] AccountId),
    #[n(4)]
    Banned(#[n(0)] AccountId),
    #[n(5)]
    Unbanned(#[n(0)] AccountId),
    #[n(6)]
    RoleChanged(#[n(0)] AccountId, #[n(1)] Role),
    #[n(7)]
    Renamed(#[n(0)] Option<String>),
    #[n(8)]
    JoinRuleChanged(#[n(0)] JoinRule),
    /// Seconds; 0: for ever.
    #[n(9)]
    DisappearingChanged(#[n(0)] u32),
    #[n(10)]
    Listed(#[n(0)] Option<String>),
    #[n(11)]
    Repaired,
}

impl Happened {
    /// The notice, with names by `named`; `by` is who did it, if anybody in the room did.
    pub(crate) fn told<E>(
        self,
        by: Option<AccountId>,
        mut named: impl FnMut(AccountId) -> Result<Named, E>,
    ) -> Result<Notice, E> {
        let by = by.map(&mut named).transpose()?;
        Ok(match self {
            Self::Created => Notice::Created { by },
            Self::Joined(people) => Notice::Joined {
                people: people.into_iter().map(named).collect::<Result<_, E>>()?,
                by,
            },
            Self::Left(who) => Notice::Left { who: named(who)? },
            Self::Removed(who) => Notice::Removed {
                who: named(who)?,
                by,
            },
            Self::Banned(who) => Notice::Banned {
                who: named(who)?,
                by,
            },
            Self::Unbanned(who) => Notice::Unbanned {
                who: named(who)?,
                by,
            },
            Self::RoleChanged(who, role) => Notice::RoleChanged {
                who: named(who)?,
                role,
                by,
            },
            Self::Renamed(name) => Notice::Renamed {
                name: name.map(|name| safe_line(&name).into_owned()),
                by,
            },
            Self::JoinRuleChanged(rule) => Notice::JoinRuleChanged { rule, by },
            Self::DisappearingChanged(seconds) => Notice::DisappearingChanged {
                after: (seconds > 0).then(|| Duration::from_secs(seconds.into())),
                by,
            },
            Self::Listed(name) => Notice::Listed {
                name: name.map(|name| safe_line(&name).into_owned()),
                by,
            },
            Self::Repaired => Notice::Repaired,
        })
    }
}
