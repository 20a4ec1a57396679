//! What happens at a moment: messages that are sent later, messages that go, evidence that ends, and
//! files that are cleared of what went.
//!
//! The engine has no clock. It remembers the next moment of each, so that asking when a tick is
//! wanted costs nothing, and looks into the store only when one has come. A remembered moment may be
//! too early (a transaction was undone, something was taken back), never too late.
//!
//! **Evidence.** While a message is shown, its content and stamp stand in its row: it can be reported,
//! and forwarded. When it is deleted or goes, they move aside and stay for the room's evidence window,
//! so that deleting is no way out of being reported. In direct rooms, and of own messages, nothing
//! stays.
//!
//! **Clearing.** The store zeroes what it frees (`secure_delete`), but its write-ahead log holds
//! earlier states of pages. So the log is moved into the database and emptied soon after something was
//! dropped. That it has to be is noted in the store itself, with whatever was dropped: a crash in
//! between does not forget it.

use crate::engine::Engine;
use crate::error::Result;
use crate::expiry::Expiry;
use lacre_wire::ids::Millis;

/// How long what went can be reported, in rooms of more than two.
const EVIDENCE_MS: Millis = 24 * 3_600_000;
/// After a failure of the store, things that are due wait so long.
const PATIENCE_MS: Millis = 30_000;
/// After something went, so long others may join it before the files are cleared.
const GATHER_MS: Millis = 2_000;
/// The files are cleared at most so often.
const CLEAR_EVERY_MS: Millis = 60_000;
/// A reader held the write-ahead log open: so long until the next try.
const HELD_MS: Millis = 5_000;

/// The next moments.
#[derive(Debug, Default)]
pub(crate) struct Later {
    /// The latest time that was told.
    pub(crate) now: Millis,
    pub(crate) scheduled: Option<Millis>,
    pub(crate) expiry: Option<Millis>,
    /// When the message goes that is being sent, if its sender chose.
    pub(crate) chosen: Option<Expiry>,
    evidence: Option<Millis>,
    /// How many rows this connection had changed when it was looked whether something was dropped.
    looked: Option<u64>,
    clear: Option<Millis>,
    cleared: Millis,
}

impl Later {
    /// The earliest of all.
    pub(crate) fn next(&self) -> Option<Millis> {
        [self.scheduled, self.expiry, self.evidence, self.clear]
            .into_iter()
            .flatten()
            .min()
    }

    /// An item goes at `at`.
    pub(crate) fn expires(&mut self, at: Millis) {
        self.expiry = Some(self.expiry.map_or(at, |known| known.min(at)));
    }
}

fn is_due(at: Option<Millis>, now: Millis) -> bool {
    at.is_some_and(|at| at <= now)
}

impl Engine {
    /// The store was opened: what was to go meanwhile goes before anybody looks. Sending waits for the
    /// first tick.
    pub(crate) fn resume_later(&mut self, now: Millis) {
        (self.later.expiry, self.later.evidence) = (Some(now), Some(now));
        self.do_due(now);
        self.later.scheduled = Some(now);
    }

    /// Does what is due. A failure is told, and tried again later.
    pub(crate) fn do_due(&mut self, now: Millis) {
        self.later.now = now;
        if let Err(error) = self.try_due(now) {
            self.report(error);
            let again = now.saturating_add(PATIENCE_MS);
            let later = &mut self.later;
            for at in [
                &mut later.scheduled,
                &mut later.expiry,
                &mut later.evidence,
                &mut later.clear,
            ] {
                *at = at.map(|at| at.max(again));
            }
        }
    }

    fn try_due(&mut self, now: Millis) -> Result<()> {
        if is_due(self.later.expiry, now) {
            self.expire(now)?;
            self.later.expiry = self.db.next_expiry()?;
        }
        if is_due(self.later.evidence, now) {
            if self.db.drop_evidence(now)? {
                self.db.note_erased()?;
            }
            self.later.evidence = self.db.next_evidence()?;
        }
        if is_due(self.later.scheduled, now) {
            self.later.scheduled = self.send_scheduled(now)?;
        }
        self.note_dropped(now)?;
        if is_due(self.later.clear, now) {
            self.later.clear = match self.db.clear_log()? {
                true => {
                    self.db.forget_erased()?;
                    self.later.cleared = now;
                    None
                }
                false => Some(now.saturating_add(HELD_MS)),
            };
        }
        Ok(())
    }

    /// Looks whether something was dropped: evidence of it is dated, and the files are to be cleared.
    pub(crate) fn note_dropped(&mut self, now: Millis) -> Result<()> {
        let Some(me) = self.me.as_ref().map(|me| me.card.account) else {
            return Ok(());
        };
        // Where nothing was written since, nothing was dropped.
        let changes = self.db.changes_made()?;
        if self.later.looked == Some(changes) {
            return Ok(());
        }
        if !self.db.is_erased()? {
            self.later.looked = Some(changes);
            return Ok(());
        }
        self.db.date_evidence(me, now.saturating_add(EVIDENCE_MS))?;
        self.later.evidence = self.db.next_evidence()?;
        if self.later.clear.is_none() {
            let earliest = self.later.cleared.saturating_add(CLEAR_EVERY_MS);
            self.later.clear = Some(now.saturating_add(GATHER_MS).max(earliest));
        }
        self.later.looked = Some(changes);
        Ok(())
    }
}
