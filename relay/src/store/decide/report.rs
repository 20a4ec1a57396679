//! Reports of commits that members cannot apply: enough of them freeze the group.

use super::{Decision, Verdicted, refuse};
use crate::store::command::ReportBadCommit;
use crate::store::effect::Effect;
use crate::store::outcome::{Outcome, Verdict};
use crate::store::rows::Report;
use crate::store::view::View;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::AccountId;
use lacre_wire::log::EntryKind;
use std::collections::BTreeSet;

pub(super) fn report(view: &View, c: &ReportBadCommit) -> Verdicted<Decision> {
    let Some(room) = &view.room else {
        return refuse(ErrorCode::NoSuchRoom, format!("no room {}", c.room));
    };
    // Whom the commit removes has no say in it, nor has who came after it.
    let reads =
        |from: u64, until: Option<u64>| from <= c.seq && until.is_none_or(|until| until > c.seq);
    if !view
        .member
        .as_ref()
        .is_some_and(|member| reads(member.from_seq, member.until_seq))
    {
        return refuse(
            ErrorCode::NotAReader,
            format!(
                "device {} did not read entry {} of this room",
                c.device, c.seq
            ),
        );
    }
    if c.generation != room.generation {
        // The generation went on; the report has no object any more.
        return Ok(Decision::of(Verdict::Reported {
            frozen: room.frozen,
        }));
    }
    let named = view.metas.first().is_some_and(|entry| {
        entry.seq == c.seq
            && entry.kind == EntryKind::Commit
            && (entry.generation, entry.epoch) == (c.generation, c.epoch)
            && entry.body == c.commit
    });
    if !named {
        return refuse(
            ErrorCode::WrongGroup,
            format!("entry {} is not the commit that the report names", c.seq),
        );
    }
    let report = Report {
        generation: c.generation,
        seq: c.seq,
        account: c.account,
        blames: room.blame.for_commit(c.seq, c.external_pub),
    };
    let said = |known: &Report| (known.seq, known.account) == (report.seq, report.account);
    if room.frozen || room.reports.iter().any(said) {
        return Ok(Decision::of(Verdict::Reported {
            frozen: room.frozen,
        }));
    }
    let mut row = room.clone();
    row.reports.push(report);
    let accounts: BTreeSet<_> = view
        .members
        .values()
        .filter(|m| reads(m.from_seq, m.until_seq))
        .map(|m| m.account)
        .collect();
    let against: Vec<_> = row.reports.iter().filter(|r| r.seq == c.seq).collect();
    let needed = if accounts.len() <= 2 { 1 } else { 2 };
    let frozen = against.len() >= needed;
    if frozen {
        row.blame.blamed = to_blame(&against, row.blame.for_commit(c.seq, None));
    }
    row.frozen = frozen;
    Ok(Decision {
        outcome: Outcome::quiet(Verdict::Reported { frozen }),
        effects: vec![Effect::Room(c.room, Box::new(row))],
    })
}

/// Whom they all blame; where they do not agree, whoever made the commit.
fn to_blame(reports: &[&Report], committer: Option<AccountId>) -> Option<AccountId> {
    let mut blamed = reports.iter().map(|report| report.blames);
    let first = blamed.next()?;
    match blamed.all(|other| other == first) {
        true => first,
        false => committer,
    }
}
