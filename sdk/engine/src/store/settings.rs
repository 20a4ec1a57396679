//! What a person set for a room on this device: what to be told, with what that may be, and what they
//! were writing.

use super::unread::Counted;
use super::{Db, int, uint};
use crate::error::Result;
use crate::reading::{Notable, NotifyRule, NotifySetting};
use lacre_wire::ids::{AccountId, Millis};
use rusqlite::{Connection, OptionalExtension, params};

const fn rule_to_int(rule: NotifyRule) -> i64 {
    match rule {
        NotifyRule::All => 0,
        NotifyRule::Mentions => 1,
        NotifyRule::Nothing => 2,
    }
}

const fn rule_from_int(value: i64) -> NotifyRule {
    match value {
        0 => NotifyRule::All,
        1 => NotifyRule::Mentions,
        _ => NotifyRule::Nothing,
    }
}

/// What to be told of a room, on any connection.
pub(crate) fn notify(connection: &Connection, room: i64) -> rusqlite::Result<NotifySetting> {
    let found = connection
        .prepare_cached("SELECT rule, for_now, until_ms FROM notify WHERE room = ?1")?
        .query_row([room], |row| {
            let for_now: Option<i64> = row.get(1)?;
            let until: Option<i64> = row.get(2)?;
            Ok(NotifySetting {
                always: rule_from_int(row.get(0)?),
                for_now: for_now.map(rule_from_int).zip(until.map(uint)),
            })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// What was being written in a room, on any connection.
pub(crate) fn draft(connection: &Connection, room: i64) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT text FROM draft WHERE room = ?1")?
        .query_row([room], |row| row.get(0))
        .optional()
}

impl Db {
    /// What to be told of a room.
    pub(crate) fn notify(&self, room: i64) -> Result<NotifySetting> {
        self.with(|c| notify(c, room))
    }

    /// Sets what to be told of a room, for good or until then.
    pub(crate) fn set_notify(
        &self,
        room: i64,
        rule: NotifyRule,
        until: Option<Millis>,
    ) -> Result<()> {
        let rule = rule_to_int(rule);
        self.with(|c| match until {
            None => c
                .prepare_cached("INSERT OR REPLACE INTO notify (room, rule) VALUES (?1, ?2)")?
                .execute(params![room, rule]),
            Some(until) => c
                .prepare_cached(
                    "INSERT INTO notify (room, rule, for_now, until_ms) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (room) DO UPDATE SET for_now = ?3, until_ms = ?4",
                )?
                .execute(params![
                    room,
                    rule_to_int(NotifyRule::default()),
                    rule,
                    int(until)
                ]),
        })?;
        Ok(())
    }

    /// The newest unread messages of a run that were accepted since then, newest first; with `special` only
    /// those that mention this account or answer it.
    pub(crate) fn notable(
        &self,
        room: i64,
        me: AccountId,
        run: &Counted,
        since: Millis,
        special: bool,
        limit: u32,
    ) -> Result<Vec<Notable>> {
        self.with(|c| {
            let mut statement = c.prepare_cached(
                "SELECT * FROM (SELECT m.id, m.seq, m.mentions_me, EXISTS (SELECT 1 FROM message o
                         WHERE o.room = m.room AND o.message = m.reply_to AND o.sender = ?2) AS answers
                     FROM message m WHERE m.room = ?1 AND m.seq > ?3 AND m.seq <= ?4
                         AND m.counts AND m.sender <> ?2 AND m.at_ms >= ?5)
                 WHERE NOT ?6 OR mentions_me OR answers ORDER BY seq DESC LIMIT ?7",
            )?;
            let range = (int(run.after), int(run.upto));
            let values = params![room, me.0, range.0, range.1, int(since), special, limit];
            statement
                .query_map(values, |row| {
                    Ok(Notable {
                        id: row.get(0)?,
                        seq: uint(row.get(1)?),
                        mentions: row.get(2)?,
                        answers: row.get(3)?,
                    })
                })?
                .collect()
        })
    }

    /// Keeps what is being written in a room; nothing, if it is empty.
    pub(crate) fn set_draft(&self, room: i64, text: &str) -> Result<()> {
        self.with(|c| match text {
            "" => c
                .prepare_cached("DELETE FROM draft WHERE room = ?1")?
                .execute([room]),
            text => c
                .prepare_cached("INSERT OR REPLACE INTO draft (room, text) VALUES (?1, ?2)")?
                .execute(params![room, text]),
        })?;
        Ok(())
    }
}
