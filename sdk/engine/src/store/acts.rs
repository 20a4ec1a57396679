//! Acts: messages that change how another message is shown.
//!
//! An act is kept as it came, whether or not it has its place in the log yet, and whether or not the
//! message it is about is here. What a line shows is always worked out from all of its acts in the
//! order of the log ([`super::settle`], [`super::marks`]); own acts without a place stand behind all
//! that have one, in the order they were made. So every device ends up with the same, whatever was
//! shown in between, and an own act that was refused leaves no trace.

use super::{Db, int};
use crate::content::MessageId;
use crate::error::Result;
use lacre_wire::ids::{AccountId, Seq};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// What an act does, and what its value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActKind {
    /// A new version, by the author; the whole encoded content.
    Edit = 0,
    /// Takes the message back, by the author; nothing.
    Delete = 1,
    /// A reaction; the emoji.
    React = 2,
    /// Takes reactions back; nothing. Its target is the reaction.
    Unreact = 3,
    /// Puts the message up, or takes it down; 1 or 0 in one byte.
    Pin = 4,
    /// A vote in the poll; the options, a byte each.
    Vote = 5,
    /// Closes the poll, by its author; nothing.
    Close = 6,
}

impl ActKind {
    fn from_int(value: i64) -> Option<Self> {
        Some(match value {
            0 => Self::Edit,
            1 => Self::Delete,
            2 => Self::React,
            3 => Self::Unreact,
            4 => Self::Pin,
            5 => Self::Vote,
            6 => Self::Close,
            _ => return None,
        })
    }
}

/// An act to keep.
pub(crate) struct NewAct<'a> {
    pub(crate) room: i64,
    pub(crate) seq: Option<Seq>,
    pub(crate) message: MessageId,
    pub(crate) sender: AccountId,
    pub(crate) target: MessageId,
    pub(crate) kind: ActKind,
    pub(crate) value: &'a [u8],
    pub(crate) stamp: Option<&'a [u8]>,
}

/// A kept act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActRow {
    pub(crate) message: MessageId,
    pub(crate) sender: AccountId,
    pub(crate) target: MessageId,
    pub(crate) kind: ActKind,
    pub(crate) value: Vec<u8>,
    /// Whether it has its place in the log.
    pub(crate) placed: bool,
}

fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<MessageId> {
    Ok(MessageId::from_slice(row.get_ref(column)?.as_blob()?).unwrap_or(MessageId::NONE))
}

/// `None` for what a later version has left here.
fn read(row: &Row<'_>) -> rusqlite::Result<Option<ActRow>> {
    let Some(kind) = ActKind::from_int(row.get(3)?) else {
        return Ok(None);
    };
    Ok(Some(ActRow {
        message: id(row, 0)?,
        sender: AccountId(row.get(1)?),
        target: id(row, 2)?,
        kind,
        value: row.get(4)?,
        placed: row.get::<_, Option<i64>>(5)?.is_some(),
    }))
}

/// The edits and deletions of a message by its author, in the order of the log.
pub(super) fn versions(
    connection: &Connection,
    room: i64,
    target: MessageId,
    author: AccountId,
) -> rusqlite::Result<Vec<ActRow>> {
    let rows = connection
        .prepare_cached(
            "SELECT message, sender, target, kind, value, seq FROM act
             WHERE room = ?1 AND target = ?2 AND sender = ?3 AND kind < 2 ORDER BY seq IS NULL, seq, id",
        )?
        .query_map(params![room, target.as_bytes(), author.0], read)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows.into_iter().flatten().collect())
}

/// Everything else that was done to a message, by anybody, in the order of the log.
///
/// `CROSS JOIN` keeps the planner from beginning with all acts of the room.
pub(super) fn on(
    connection: &Connection,
    room: i64,
    target: MessageId,
) -> rusqlite::Result<Vec<ActRow>> {
    let rows = connection
        .prepare_cached(
            "SELECT message, sender, target, kind, value, seq FROM (
                 SELECT * FROM act WHERE room = ?1 AND target = ?2 AND kind >= 2
                 UNION ALL
                 SELECT back.* FROM act done CROSS JOIN act back
                     ON back.room = done.room AND back.target = done.message
                     AND back.sender = done.sender AND back.kind = 3
                 WHERE done.room = ?1 AND done.target = ?2 AND done.kind = 2)
             ORDER BY seq IS NULL, seq, id",
        )?
        .query_map(params![room, target.as_bytes()], read)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows.into_iter().flatten().collect())
}

/// The messages that somebody pinned once.
pub(super) fn ever_pinned(connection: &Connection, room: i64) -> rusqlite::Result<Vec<MessageId>> {
    connection
        .prepare_cached("SELECT DISTINCT target FROM act WHERE room = ?1 AND kind = 4")?
        .query_map([room], |row| id(row, 0))?
        .collect()
}

impl Db {
    /// Keeps an act; `None` if this sender's message of that name is there already.
    pub(crate) fn add_act(&self, new: &NewAct<'_>) -> Result<Option<i64>> {
        self.with(|c| {
            let rows = c
                .prepare_cached(
                    "INSERT OR IGNORE INTO act (room, seq, message, sender, target, kind, value, stamp)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    new.room,
                    new.seq.map(int),
                    new.message.as_bytes(),
                    new.sender.0,
                    new.target.as_bytes(),
                    new.kind as i64,
                    new.value,
                    new.stamp
                ])?;
            Ok((rows == 1).then(|| c.last_insert_rowid()))
        })
    }

    /// Gives an own act its place in the log; returns the message it shows on. `None` if it was
    /// wiped with a message that was deleted.
    pub(crate) fn place_act(
        &self,
        act: i64,
        seq: Seq,
        stamp: Option<&[u8]>,
    ) -> Result<Option<MessageId>> {
        let found = self.with(|c| {
            c.prepare_cached(
                "UPDATE act SET seq = ?2, stamp = ?3 WHERE id = ?1 RETURNING room, kind, target",
            )?
            .query_row(params![act, int(seq), stamp], |row| {
                Ok((row.get(0)?, row.get(1)?, id(row, 2)?))
            })
            .optional()
        })?;
        self.shows_on_row(found)
    }

    /// Forgets an own act that was refused; returns the message it showed on.
    pub(crate) fn drop_act(&self, act: i64) -> Result<Option<MessageId>> {
        let found = self.with(|c| {
            c.prepare_cached("DELETE FROM act WHERE id = ?1 RETURNING room, kind, target")?
                .query_row([act], |row| Ok((row.get(0)?, row.get(1)?, id(row, 2)?)))
                .optional()
        })?;
        self.shows_on_row(found)
    }

    /// Whether a message was edited or deleted, by anybody.
    pub(super) fn has_versions(&self, room: i64, target: MessageId) -> Result<bool> {
        self.with(|c| {
            c.prepare_cached("SELECT 1 FROM act WHERE room = ?1 AND target = ?2 AND kind < 2")?
                .exists(params![room, target.as_bytes()])
        })
    }

    fn shows_on_row(&self, found: Option<(i64, i64, MessageId)>) -> Result<Option<MessageId>> {
        match found {
            Some((room, kind, target)) if kind == ActKind::Unreact as i64 => {
                self.shows_on(room, ActKind::Unreact, target)
            }
            Some((_, _, target)) => Ok(Some(target)),
            None => Ok(None),
        }
    }

    /// The message on which an act with this target shows; `None` if that is not known here.
    pub(crate) fn shows_on(
        &self,
        room: i64,
        kind: ActKind,
        target: MessageId,
    ) -> Result<Option<MessageId>> {
        if kind != ActKind::Unreact {
            return Ok(Some(target));
        }
        self.with(|c| {
            c.prepare_cached(
                "SELECT target FROM act WHERE room = ?1 AND message = ?2 AND kind = 2 LIMIT 1",
            )?
            .query_row(params![room, target.as_bytes()], |row| id(row, 0))
            .optional()
        })
    }

    /// The newest reaction of `sender` with `emoji` on `target`, unless it was taken back.
    pub(crate) fn reaction_of(
        &self,
        room: i64,
        target: MessageId,
        sender: AccountId,
        emoji: &str,
    ) -> Result<Option<MessageId>> {
        let acts = self.with(|c| on(c, room, target))?;
        let shown = super::marks::marks(&acts, None).reactions;
        let is_on = shown
            .iter()
            .any(|(known, people)| known == emoji && people.contains(&sender));
        let newest = acts.iter().rev().find(|act| {
            act.kind == ActKind::React
                && act.sender == sender
                && super::marks::emoji(act).as_deref() == Some(emoji)
        });
        Ok(newest.filter(|_| is_on).map(|act| act.message))
    }
}
