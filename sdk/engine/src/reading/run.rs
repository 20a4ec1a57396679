//! The end of a run: what it brought is counted.

use crate::engine::Engine;
use crate::error::Result;
use crate::store::rooms::RoomRow;
use lacre_wire::ids::{Millis, RoomId, Seq};

impl Engine {
    /// Entries of a room were applied up to `upto`, in the transaction that is open.
    pub(crate) fn run_applied(&mut self, row: &RoomRow, upto: Seq, _now: Millis) -> Result<()> {
        let me = self.me()?.card.account;
        if let Some(newest) = self.db.count_run(row.r, me, upto)? {
            self.db.touch_room(row.r, newest)?;
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
