//! Timeline rows: messages as they are shown. [`super::items`] reads them.

use super::{Db, int};
use crate::content::{MessageId, forward, mentions, poll};
use crate::error::Result;
use crate::event::LocalId;
use crate::meaning::Line;
use crate::timeline::SendState;
use lacre_wire::ids::{AccountId, Millis, Seq};
use rusqlite::{Connection, OptionalExtension, params};

/// What a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text = 0,
    Deleted = 1,
    Unreadable = 2,
    Unsupported = 3,
    Gone = 4,
    Notice = 5,
    Poll = 6,
}

/// A row to insert.
pub(crate) struct NewMessage<'a> {
    pub(crate) room: i64,
    pub(crate) seq: Option<Seq>,
    pub(crate) message: MessageId,
    pub(crate) sender: AccountId,
    pub(crate) at_ms: Millis,
    pub(crate) line: &'a Line,
    /// The account of this device.
    pub(crate) me: AccountId,
    pub(crate) state: SendState,
    /// The encoded content: what a line is worked out from, and what reports and forwards need.
    pub(crate) content: Option<&'a [u8]>,
    /// The stamp and its opening, canonical CBOR of the entry without its body.
    pub(crate) stamp: Option<&'a [u8]>,
}

/// What a line is worked out from.
pub(super) struct Base {
    pub(super) id: LocalId,
    pub(super) sender: AccountId,
    pub(super) content: Option<Vec<u8>>,
}

/// The first version of a message.
pub(super) fn base(
    connection: &Connection,
    room: i64,
    message: MessageId,
) -> rusqlite::Result<Option<Base>> {
    connection
        .prepare_cached("SELECT id, sender, content FROM message WHERE room = ?1 AND message = ?2")?
        .query_row(params![room, message.as_bytes()], |row| {
            Ok(Base {
                id: row.get(0)?,
                sender: AccountId(row.get(1)?),
                content: row.get(2)?,
            })
        })
        .optional()
}

fn state_to_int(state: SendState) -> i64 {
    match state {
        SendState::Queued => 0,
        SendState::Sent => 1,
        SendState::Failed => 2,
    }
}

/// Mentions as a row keeps them.
pub(super) fn mention_bytes(line: &Line) -> Option<Vec<u8>> {
    // Writing to memory does not fail; at worst nobody is mentioned.
    mentions::encode(&line.mentions).ok().flatten()
}

/// Where a message was forwarded from, as a row keeps it.
pub(super) fn forwarded_bytes(line: &Line) -> Option<Vec<u8>> {
    // Writing to memory does not fail; at worst it is not said.
    line.forwarded
        .as_ref()
        .and_then(|from| forward::encode(from).ok())
}

/// What can be chosen in a poll, a line each: a search finds it beside the question.
pub(super) fn options(line: &Line) -> Option<String> {
    let choice = match line.kind {
        Kind::Poll => poll::read_choice(line.extra.as_deref()?)?,
        _ => return None,
    };
    Some(choice.options.join("\n"))
}

impl Db {
    /// Inserts a row; `None` if this sender's message of that name is there already.
    pub(crate) fn add_message(&self, new: &NewMessage<'_>) -> Result<Option<LocalId>> {
        let mentions = mention_bytes(new.line);
        let mentions_me = new.line.mentions(new.me, new.sender);
        self.with(|c| {
            c.prepare_cached(
                    "INSERT OR IGNORE INTO message (room, seq, message, sender, at_ms, kind, text, reply_to, state,
                         content, stamp, mentions, mentions_me, thread, forwarded, extra, options)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) RETURNING id",
                )?
                .query_row(params![
                    new.room,
                    new.seq.map(int),
                    new.message.as_bytes(),
                    new.sender.0,
                    int(new.at_ms),
                    new.line.kind as i64,
                    new.line.text,
                    new.line.reply_to.as_ref().map(MessageId::as_bytes),
                    state_to_int(new.state),
                    new.content,
                    new.stamp,
                    mentions,
                    mentions_me,
                    new.line.thread.as_ref().map(MessageId::as_bytes),
                    forwarded_bytes(new.line),
                    new.line.extra,
                    options(new.line)
                ], |row| row.get(0))
                .optional()
        })
    }

    /// Gives an own row its place in the log.
    pub(crate) fn place_message(
        &self,
        id: LocalId,
        seq: Seq,
        at: Millis,
        stamp: Option<&[u8]>,
    ) -> Result<()> {
        self.with(|c| {
            c.prepare_cached(
                "UPDATE message SET seq = ?2, at_ms = ?3, state = 1, stamp = ?4 WHERE id = ?1",
            )?
            .execute(params![id, int(seq), int(at), stamp])
        })?;
        Ok(())
    }

    /// Sets how far an own row came.
    pub(crate) fn set_message_state(&self, id: LocalId, state: SendState) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("UPDATE message SET state = ?2 WHERE id = ?1")?
                .execute(params![id, state_to_int(state)])
        })?;
        Ok(())
    }
}
