//! What every part of a store shares.

use super::command::Command;
use super::decide::{Decision, Env, decide};
use super::effect::Effect;
use super::keys::StoreKeys;
use super::options::{Counters, StoreOptions};
use super::outcome::{Appended, AppendedBatch};
use super::reading::Opener;
use super::rows::{Blind, Rows};
use super::view::load;
use lacre_wire::ids::{Lineage, Millis};
use tokio::sync::broadcast;

/// Batches a slow watcher may be behind before it is told that it missed some.
const WATCH_BATCHES: usize = 1024;

pub(crate) struct Context {
    pub(crate) keys: StoreKeys,
    /// Every lineage this store has had; the last is the present one.
    pub(crate) lineages: Vec<Lineage>,
    pub(crate) retention_ms: Millis,
    pub(crate) counters: Counters,
    watch: broadcast::Sender<AppendedBatch>,
}

impl Context {
    pub(crate) fn new(keys: StoreKeys, lineages: Vec<Lineage>, options: &StoreOptions) -> Self {
        let (watch, _) = broadcast::channel(WATCH_BATCHES);
        Self {
            keys,
            lineages,
            retention_ms: options.retention_ms,
            counters: Counters::default(),
            watch,
        }
    }

    pub(crate) fn opener(&self) -> Opener<'_> {
        Opener {
            keys: &self.keys,
            lineages: &self.lineages,
        }
    }

    fn env(&self) -> Env<'_> {
        Env {
            keys: &self.keys,
            lineage: self.opener().lineage(),
            lineage_number: u32::try_from(self.lineages.len().saturating_sub(1))
                .unwrap_or(u32::MAX),
            retention_ms: self.retention_ms,
        }
    }

    /// The key of a command's submission.
    pub(crate) fn key(&self, command: &Command) -> Option<Blind> {
        command
            .submission()
            .map(|s| self.keys.submission(s.log, &s.device, &s.submit_id))
    }

    /// Looks up what a command needs and decides.
    pub(crate) fn judge<R: Rows>(
        &self,
        rows: &mut R,
        command: &Command,
        key: Option<Blind>,
    ) -> Result<Decision, R::Error> {
        let view = load(rows, command, key.as_ref(), &self.keys)?;
        Ok(decide(&view, command, key, &self.env()))
    }

    /// Notes what an effect appends, when somebody watches.
    pub(crate) fn note(&self, effect: &Effect, appended: &mut Vec<Appended>) {
        if let Effect::Append(log, row) = effect
            && self.watch.receiver_count() > 0
        {
            let entry = self.opener().entry(*log, (**row).clone());
            appended.push(Appended {
                log: *log,
                entry,
                chain: row.chain,
            });
        }
    }

    /// Tells watchers what has become durable, in order.
    pub(crate) fn publish(&self, appended: Vec<Appended>) {
        if !appended.is_empty() {
            // Nobody watching is no failure.
            let _watched = self.watch.send(appended.into());
        }
    }

    pub(crate) fn watch(&self) -> broadcast::Receiver<AppendedBatch> {
        self.watch.subscribe()
    }
}

/// A new lineage.
pub(crate) fn new_lineage(options: &StoreOptions) -> Result<Lineage, getrandom::Error> {
    if let Some(given) = options.lineage {
        return Ok(given);
    }
    let mut lineage = [0; 16];
    getrandom::fill(&mut lineage)?;
    Ok(Lineage(lineage))
}
