//! Runs of entries: several are read at once, each of a log of its own.

use super::read::{PageLimit, Run};
use super::rows::{EntryRow, PageBound, Rows};
use lacre_wire::ids::{LogId, Seq};

/// A run as it is stored.
pub(crate) struct StoredRun {
    /// The log's head.
    pub(crate) head: Seq,
    /// First entry of the log that is kept.
    pub(crate) first: Seq,
    /// Nothing behind a gap.
    pub(crate) rows: Vec<EntryRow>,
}

/// One for each that was asked for; none of a log that is not there.
pub(crate) type Runs = Vec<Option<StoredRun>>;

/// Entries of one log, after one of them.
type Entries<R> = fn(&mut R, LogId, Seq, PageBound) -> Result<Vec<EntryRow>, <R as Rows>::Error>;

/// What [`Rows::runs`] gives, by one look-up after the other: for back ends in this process.
pub(crate) fn one_by_one<R: Rows>(
    rows: &mut R,
    asked: &[Run],
    limit: PageLimit,
    entries: Entries<R>,
) -> Result<Runs, R::Error> {
    let mut runs = Vec::with_capacity(asked.len());
    for run in asked {
        let Some(log) = rows.log(run.log)? else {
            runs.push(None);
            continue;
        };
        let bound = PageBound {
            until: run.until.unwrap_or(Seq::MAX),
            entries: limit.entries,
            bytes: limit.bytes,
        };
        let rows = match run.after.saturating_add(1) >= log.first && limit.entries > 0 {
            true => entries(rows, run.log, run.after, bound)?,
            false => Vec::new(),
        };
        runs.push(Some(StoredRun {
            head: log.head,
            first: log.first,
            rows,
        }));
    }
    Ok(runs)
}
