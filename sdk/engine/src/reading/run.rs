//! The end of a run: what it brought is counted, kept and told.

use crate::engine::Engine;
use crate::error::Result;
use crate::store::rooms::RoomRow;
use lacre_wire::ids::{Millis, RoomId, Seq};

impl Engine {
    /// Entries of a room were applied up to `upto`, in the transaction that is open.
    pub(crate) fn run_applied(&mut self, row: &RoomRow, upto: Seq, now: Millis) -> Result<()> {
        let me = self.me()?.card.account;
        let run = self.db.count_run(row.r, me, upto)?;
        if let Some(newest) = run.newest {
            self.db.touch_room(row.r, newest)?;
        }
        self.keep_receipts(row)?;
        self.notify(row, &run, now)?;
        if run.fresh > 0 || self.owes_profile(row)? {
            self.reading.owe(row.id, now);
        }
        Ok(())
    }

    /// The run's transaction is committed.
    pub(crate) fn run_committed(&mut self, room: RoomId) {
        let told = match self.db.room(room) {
            Ok(Some(row)) => self.tell_unread(&row),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = told {
            self.report(error);
        }
    }
}
