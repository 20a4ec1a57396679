//! Working out what a line shows, from what was first said and what was done to it since.

use super::messages::{self, Base, Kind};
use super::{Db, acts};
use crate::content::MessageId;
use crate::error::Result;
use crate::meaning::{Line, Meaning};
use crate::store::acts::ActKind;
use lacre_wire::ids::AccountId;
use rusqlite::params;

impl Db {
    /// Works a line out anew after something was done to it. Nothing happens while it is not here.
    ///
    /// A deletion wins over everything, before and after. Once it has its place in the log, nothing
    /// of the message stays but its own place; until then what was said is kept, as the relay may
    /// refuse the deletion.
    pub(crate) fn settle(&self, room: i64, me: AccountId, target: MessageId) -> Result<()> {
        let Some(base) = self.with(|c| messages::base(c, room, target))? else {
            return Ok(());
        };
        let versions = self.with(|c| acts::versions(c, room, target, base.sender))?;
        let deletions = || versions.iter().filter(|act| act.kind == ActKind::Delete);
        if deletions().any(|act| act.placed) {
            return self.wipe(room, me, &base, target);
        }
        if deletions().next().is_some() {
            return self.set_line(me, &base, &Line::new(Kind::Deleted, None), false);
        }
        let Some(line) = base.content.as_deref().and_then(Meaning::line) else {
            return Ok(());
        };
        let newest = versions
            .iter()
            .rev()
            .find_map(|act| line.edited(&act.value));
        let edited = newest.is_some();
        self.set_line(me, &base, &newest.unwrap_or(line), edited)
    }

    /// The content that a message shows now, encoded: its newest edit, or what was first said. `None`
    /// if nothing of it is shown.
    pub(crate) fn said(&self, room: i64, message: MessageId) -> Result<Option<Vec<u8>>> {
        let Some(base) = self.with(|c| messages::base(c, room, message))? else {
            return Ok(None);
        };
        let versions = self.with(|c| acts::versions(c, room, message, base.sender))?;
        if versions.iter().any(|act| act.kind == ActKind::Delete) {
            return Ok(None);
        }
        let line = base.content.as_deref().and_then(Meaning::line);
        let edited = |content: &[u8]| line.as_ref().and_then(|line| line.edited(content));
        let newest = versions.into_iter().rev().map(|act| act.value);
        let newest = newest.into_iter().find(|content| edited(content).is_some());
        Ok(newest.or(base.content))
    }

    fn set_line(&self, me: AccountId, base: &Base, line: &Line, edited: bool) -> Result<()> {
        let mentions = messages::mention_bytes(line);
        let mentions_me = line.mentions(me, base.sender);
        self.with(|c| {
            c.prepare_cached(
                "UPDATE message SET kind = ?2, text = ?3, edited = ?4, mentions = ?5, mentions_me = ?6,
                     forwarded = ?7, extra = ?8, options = ?9 WHERE id = ?1",
            )?
            .execute(params![base.id, line.kind as i64, line.text, edited, mentions, mentions_me, messages::forwarded_bytes(line), line.extra, messages::options(line)])
        })?;
        Ok(())
    }

    fn wipe(&self, room: i64, me: AccountId, base: &Base, target: MessageId) -> Result<()> {
        self.set_line(me, base, &Line::new(Kind::Deleted, None), false)?;
        self.with(|c| {
            c.prepare_cached("UPDATE message SET content = NULL WHERE id = ?1")?
                .execute([base.id])?;
            c.prepare_cached("DELETE FROM act WHERE room = ?1 AND target = ?2 AND kind <> 1")?
                .execute(params![room, target.as_bytes()])
        })?;
        Ok(())
    }
}
