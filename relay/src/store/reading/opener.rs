//! Entries as they are delivered: senders opened, bodies inline or by hash.

use crate::store::keys::StoreKeys;
use crate::store::rows::{EntryRow, StoredBody};
use lacre_wire::ids::{Lineage, LogId};
use lacre_wire::log::{Body, Entry};

/// What opens senders: the keys, and the lineages they were sealed in.
#[derive(Clone, Copy)]
pub(crate) struct Opener<'a> {
    pub(crate) keys: &'a StoreKeys,
    pub(crate) lineages: &'a [Lineage],
}

impl Opener<'_> {
    /// The lineage of the store as it is now.
    pub(crate) fn lineage(&self) -> Lineage {
        self.lineages.last().copied().unwrap_or(Lineage([0; 16]))
    }

    /// An entry as it is delivered.
    pub(crate) fn entry(&self, log: LogId, row: EntryRow) -> Entry {
        let opened = || {
            let sender = row.sender?;
            let lineage = self.lineages.get(usize::try_from(sender.lineage).ok()?)?;
            Some(
                self.keys
                    .open_sender(lineage, &log.room()?, row.seq, &sender.sealed),
            )
        };
        let sender = row.opening.or_else(opened);
        let body = match row.body {
            StoredBody::Inline(bytes) => Body::Inline(Vec::from(bytes).into()),
            StoredBody::Object { hash, size } => Body::ByHash { hash, size },
            StoredBody::Gone { hash, reason } => Body::Gone { hash, reason },
        };
        Entry {
            seq: row.seq,
            kind: row.kind,
            generation: row.generation,
            epoch: row.epoch,
            accepted_ms: row.accepted_ms,
            body,
            stamp: row.stamp,
            sender,
        }
    }
}
