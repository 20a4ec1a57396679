//! Notices as rows: lines that no message made.

use super::messages::{Kind, NewMessage};
use super::rooms::RoomRow;
use super::{Db, int};
use crate::content::MessageId;
use crate::error::Result;
use crate::event::LocalId;
use crate::meaning::Line;
use crate::notice::Happened;
use crate::timeline::SendState;
use lacre_wire::codec;
use lacre_wire::ids::{AccountId, Millis, Seq};
use rusqlite::params;

/// Where a notice stands, and who caused it.
pub(crate) struct Cause {
    pub(crate) seq: Seq,
    /// Its number among those of the same entry.
    pub(crate) number: u32,
    pub(crate) at_ms: Millis,
    pub(crate) by: AccountId,
}

impl Db {
    /// Keeps a notice; `None` if it is there already.
    pub(crate) fn add_notice(
        &self,
        row: &RoomRow,
        cause: &Cause,
        happened: &Happened,
    ) -> Result<Option<LocalId>> {
        let line = Line {
            extra: Some(codec::to_vec(happened)),
            ..Line::new(Kind::Notice, None)
        };
        self.add_message(&NewMessage {
            room: row.r,
            seq: Some(cause.seq),
            message: MessageId::of_line(b"lacre/notice", &row.id.0, cause.seq, cause.number),
            sender: cause.by,
            at_ms: cause.at_ms,
            line: &line,
            me: cause.by,
            state: SendState::Sent,
            content: None,
            stamp: None,
        })
    }

    /// The entry that notices tell of was met: they have its time.
    pub(crate) fn time_notices(&self, r: i64, seq: Seq, at: Millis) -> Result<()> {
        self.with(|c| {
            c.prepare_cached(
                "UPDATE message SET at_ms = ?3 WHERE room = ?1 AND seq = ?2 AND kind = 5",
            )?
            .execute(params![r, int(seq), int(at)])
        })?;
        Ok(())
    }
}
