//! From a commit to the lines that tell of it.

use crate::engine::Engine;
use crate::error::Result;
use crate::event::Event;
use crate::notice::{Happened, NOBODY};
use crate::store::notices::Cause;
use crate::store::rooms::RoomRow;
use lacre_wire::ids::{AccountId, Millis, Seq};
use lacre_wire::log::Entry;
use lacre_wire::room::{Actor, Change, CommitFacts, JoinRule, Operation, Role, RoomKind, RoomView};
use std::collections::{BTreeMap, BTreeSet};

/// The first entry of a log: the commit that a room begins with.
const FIRST: Seq = 1;

/// A notice and who caused it.
type Told = (AccountId, Happened);

impl Engine {
    /// Tells what a commit did to the room. `name` is what the room is called after it.
    pub(crate) fn note_commit(
        &mut self,
        row: &RoomRow,
        facts: &CommitFacts,
        before: &BTreeSet<AccountId>,
        after: &RoomView,
        entry: &Entry,
    ) -> Result<()> {
        let name = self.db.room(row.id)?.and_then(|row| row.name);
        let told = told(facts, before, after, name, entry.seq == FIRST);
        self.note(row, entry.seq, entry.accepted_ms, told)
    }

    /// This device was let in by the commit at `seq`.
    pub(crate) fn note_welcome(
        &mut self,
        row: &RoomRow,
        by: Option<AccountId>,
        rule: JoinRule,
        seq: Seq,
        at: Millis,
    ) -> Result<()> {
        let me = self.me()?.card.account;
        if by == Some(me) {
            // Another device of this account: the person was in already.
            return Ok(());
        }
        let by = by.unwrap_or(NOBODY);
        let mut told = Vec::new();
        if seq == FIRST {
            told.push((by, Happened::Created));
        }
        if row.kind != RoomKind::Direct {
            let by = if rule == JoinRule::Open { NOBODY } else { by };
            told.push((by, Happened::Joined(vec![me])));
        }
        self.note(row, seq, at, told)
    }

    /// This device came in by its own commit at `seq`.
    pub(crate) fn note_own_entry(&mut self, row: &RoomRow, seq: Seq, at: Millis) -> Result<()> {
        let me = self.me()?.card.account;
        self.note(row, seq, at, vec![(NOBODY, Happened::Joined(vec![me]))])
    }

    /// The room goes on from the entry at `seq`, after it could not be followed.
    pub(crate) fn note_repair(&mut self, row: &RoomRow, seq: Seq, at: Millis) -> Result<()> {
        self.note(row, seq, at, vec![(NOBODY, Happened::Repaired)])
    }

    fn note(&mut self, row: &RoomRow, seq: Seq, at: Millis, told: Vec<Told>) -> Result<()> {
        let me = self.me()?.card.account;
        for (number, (by, happened)) in told.into_iter().enumerate() {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let cause = Cause {
                seq,
                number,
                at_ms: at,
                by,
            };
            let added = self.db.add_notice(row, &cause, &happened)?;
            if let Some(id) = added
                && let Some(item) = self.db.item_by_id(row.r, me, id)?
            {
                self.tell(Event::Item { room: row.id, item });
            }
        }
        Ok(())
    }
}

/// What a commit did, in the order in which people tell it.
fn told(
    facts: &CommitFacts,
    before: &BTreeSet<AccountId>,
    after: &RoomView,
    name: Option<String>,
    is_first: bool,
) -> Vec<Told> {
    let committer = account(facts.committer);
    let mut told = Vec::new();
    if is_first {
        told.push((committer, Happened::Created));
    }
    let is_in = |account: &AccountId| after.members.has_account(account);
    let is_banned = |who: &AccountId| {
        facts
            .operations()
            .any(|operation| matches!(operation, Operation::Ban { account } if account == who))
    };
    told.extend(joined(facts, before, after));
    told.extend(gone(facts, before).filter(|(_, happened)| match happened {
        Happened::Left(who) | Happened::Removed(who) => !is_in(who) && !is_banned(who),
        _ => true,
    }));
    for proposed in &facts.proposals {
        let Change::Operations(operations) = &proposed.change else {
            continue;
        };
        let by = account(proposed.actor);
        told.extend(operations.iter().filter_map(|operation| {
            Some((
                by,
                match operation {
                    Operation::SetProfile(_) if is_first => return None,
                    Operation::SetProfile(_) => Happened::Renamed(name.clone()),
                    // Who comes in with a role, or goes, has been told of.
                    Operation::SetRole { account, .. } if !before.contains(account) => return None,
                    Operation::SetRole { account, role } => Happened::RoleChanged(*account, *role),
                    Operation::ClearRole { account } if !is_in(account) => return None,
                    Operation::ClearRole { account } => {
                        Happened::RoleChanged(*account, Role::Member)
                    }
                    Operation::SetJoinRule(rule) => Happened::JoinRuleChanged(*rule),
                    Operation::Ban { account } => Happened::Banned(*account),
                    Operation::Unban { account } => Happened::Unbanned(*account),
                    Operation::SetDisappearing { seconds } => {
                        Happened::DisappearingChanged(*seconds)
                    }
                    Operation::SetListed { name } => Happened::Listed(name.clone()),
                },
            ))
        }));
    }
    told
}

/// Who came in, by who added them. In an open room a member lets in whoever asks; that is no addition.
fn joined(
    facts: &CommitFacts,
    before: &BTreeSet<AccountId>,
    after: &RoomView,
) -> impl Iterator<Item = Told> {
    let mut seen = before.clone();
    let mut by_whom: BTreeMap<AccountId, Vec<AccountId>> = BTreeMap::new();
    let adds = facts.proposals.iter().filter_map(|proposed| {
        let Change::Add(device) = proposed.change else {
            return None;
        };
        Some((account(proposed.actor), device.account))
    });
    let joiner = facts.path.filter(|_| facts.is_external());
    let joiner = joiner.map(|device| (NOBODY, device.account));
    for (by, who) in adds.chain(joiner) {
        if seen.insert(who) {
            let by = match after.state.join_rule {
                JoinRule::Open => NOBODY,
                JoinRule::Closed => by,
            };
            by_whom.entry(by).or_default().push(who);
        }
    }
    let is_direct = after.state.kind == RoomKind::Direct;
    by_whom
        .into_iter()
        .filter(move |_| !is_direct)
        .map(|(by, people)| (by, Happened::Joined(people)))
}

/// Who went, once each: by themselves if one of their devices did, else by who proposed it.
fn gone<'a>(
    facts: &'a CommitFacts,
    before: &'a BTreeSet<AccountId>,
) -> impl Iterator<Item = Told> + 'a {
    let mut gone: BTreeMap<AccountId, AccountId> = BTreeMap::new();
    for proposed in &facts.proposals {
        let by = account(proposed.actor);
        match &proposed.change {
            Change::SelfRemove => drop(gone.insert(by, by)),
            Change::Remove { account, .. } if by == *account => drop(gone.insert(by, by)),
            Change::Remove { account, .. } => drop(gone.entry(*account).or_insert(by)),
            _ => {}
        }
    }
    gone.into_iter()
        .filter(|(who, _)| before.contains(who))
        .map(|(who, by)| match by == who {
            true => (who, Happened::Left(who)),
            false => (by, Happened::Removed(who)),
        })
}

fn account(actor: Actor) -> AccountId {
    match actor {
        Actor::Member { account, .. } | Actor::Joiner { account, .. } => account,
        Actor::Relay => NOBODY,
    }
}
