//! What to tell a person about, decided in one place.

use crate::content::limits::MAX_CONTENT;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::store::rooms::RoomRow;
use crate::store::unread::Counted;
use lacre_wire::ids::{Millis, RoomId, Seq};
use lacre_wire::room::RoomKind;

/// Messages older than this are history when they arrive: they are unread, and nobody is told.
const RECENT_MS: Millis = 24 * 60 * 60 * 1000;

/// Messages of one run that are told of, and beside them as many that mention this account or answer it. A
/// device that was away is not flooded; the counts say the rest.
const OF_A_RUN: u32 = 8;

/// What of a room a person wants to be told about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NotifyRule {
    /// Every message.
    #[default]
    All,
    /// Messages that mention this account, or answer a message of it.
    Mentions,
    /// Nothing.
    Nothing,
}

/// The rule of a room, and the one that stands in for it for a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NotifySetting {
    /// The rule.
    pub always: NotifyRule,
    /// The rule until then.
    pub for_now: Option<(NotifyRule, Millis)>,
}

impl NotifySetting {
    /// The rule in force, and when it ends.
    pub fn at(&self, now: Millis) -> (NotifyRule, Option<Millis>) {
        match self.for_now {
            Some((rule, until)) if now < until => (rule, Some(until)),
            _ => (self.always, None),
        }
    }
}

/// Why a person is told about a message; of several reasons the first here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotifyReason {
    /// It came in a direct room.
    Direct,
    /// It mentions this account.
    Mention,
    /// It answers a message of this account.
    Reply,
    /// It came in a room of which everything is told.
    Message,
}

/// A message that may have to be told of.
pub(crate) struct Notable {
    /// The row.
    pub(crate) id: i64,
    pub(crate) seq: Seq,
    pub(crate) mentions: bool,
    pub(crate) answers: bool,
}

impl Engine {
    /// Sets what to be told of a room: for good, or until a time, after which the rule set for good
    /// holds again. Durable when it returns.
    ///
    /// # Errors
    /// `NotFound` for a room that is not on this device.
    pub fn set_notify_rule(
        &mut self,
        room: RoomId,
        rule: NotifyRule,
        until: Option<Millis>,
        _now: Millis,
    ) -> Result<()> {
        let row = self.known_room(room)?;
        self.atomically(|e| e.db.set_notify(row.r, rule, until))?;
        self.tell(Event::RoomChanged(room));
        Ok(())
    }

    /// Keeps what is being written in a room; an empty text keeps nothing. Durable when it returns.
    ///
    /// # Errors
    /// `NotFound` for a room that is not on this device, `TooLarge` above 48 KiB.
    pub fn set_draft(&mut self, room: RoomId, text: &str, _now: Millis) -> Result<()> {
        if text.len() > MAX_CONTENT {
            return Err(Error::new(
                ErrorKind::TooLarge,
                "BadContent",
                format!(
                    "a draft has at most {MAX_CONTENT} bytes, this one has {}",
                    text.len()
                ),
            ));
        }
        let row = self.known_room(room)?;
        self.atomically(|e| e.db.set_draft(row.r, text))
    }

    /// Tells of what a run brought, as far as the person wants to know now.
    pub(super) fn notify(&mut self, row: &RoomRow, run: &Counted, now: Millis) -> Result<()> {
        if run.fresh == 0 || self.hints.focus == Some(row.id) {
            return Ok(());
        }
        let me = self.me()?.card.account;
        let (rule, _) = self.db.notify(row.r)?.at(now);
        let since = self.reading.relay_time(now).saturating_sub(RECENT_MS);
        let notable = |special| self.db.notable(row.r, me, run, since, special, OF_A_RUN);
        let mut told = match rule {
            NotifyRule::Nothing => return Ok(()),
            NotifyRule::Mentions => notable(true)?,
            NotifyRule::All => notable(false)?,
        };
        if rule == NotifyRule::All && run.fresh > u64::from(OF_A_RUN) {
            let oldest = told.last().map_or(0, |last| last.seq);
            told.extend(notable(true)?.into_iter().filter(|more| more.seq < oldest));
        }
        // The newest were chosen; they are told in their order.
        for Notable {
            id,
            mentions,
            answers,
            ..
        } in told.into_iter().rev()
        {
            let reason = match (row.kind, mentions, answers) {
                (RoomKind::Direct, ..) => NotifyReason::Direct,
                (_, true, _) => NotifyReason::Mention,
                (_, _, true) => NotifyReason::Reply,
                _ => NotifyReason::Message,
            };
            if let Some(item) = self.db.item_by_id(row.r, me, id)? {
                let room = row.id;
                self.tell(Event::Notify { room, item, reason });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_for_a_time_gives_way_to_the_one_before() {
        let setting = NotifySetting {
            always: NotifyRule::Mentions,
            for_now: Some((NotifyRule::Nothing, 100)),
        };
        assert_eq!(setting.at(99), (NotifyRule::Nothing, Some(100)));
        assert_eq!(setting.at(100), (NotifyRule::Mentions, None));
        assert_eq!(NotifySetting::default().at(0), (NotifyRule::All, None));
    }
}
