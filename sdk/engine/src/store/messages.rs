//! Timeline rows: messages as they are shown, with their reactions.

use super::{Db, int, uint};
use crate::content::MessageId;
use crate::error::Result;
use crate::event::LocalId;
use crate::timeline::{Item, ItemBody, PageKey, SendState};
use lacre_wire::ids::{AccountId, Millis, Seq};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// What a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text = 0,
    // 1 is a deleted message; rows become that, none is inserted as such.
    Unreadable = 2,
    Unsupported = 3,
    Gone = 4,
}

/// A row to insert.
pub(crate) struct NewMessage<'a> {
    pub(crate) room: i64,
    pub(crate) seq: Option<Seq>,
    pub(crate) message: MessageId,
    pub(crate) sender: AccountId,
    pub(crate) at_ms: Millis,
    pub(crate) kind: Kind,
    pub(crate) text: Option<&'a str>,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) state: SendState,
    /// The encoded content, kept for reports and forwards.
    pub(crate) content: Option<&'a [u8]>,
    /// The stamp and its opening, canonical CBOR of the entry without its body.
    pub(crate) stamp: Option<&'a [u8]>,
}

fn state_to_int(state: SendState) -> i64 {
    match state {
        SendState::Queued => 0,
        SendState::Sent => 1,
        SendState::Failed => 2,
    }
}

fn state_from_int(value: i64) -> SendState {
    match value {
        0 => SendState::Queued,
        1 => SendState::Sent,
        _ => SendState::Failed,
    }
}

fn body(kind: i64, text: Option<String>) -> ItemBody {
    let text = text.unwrap_or_default();
    match kind {
        0 => ItemBody::Text(text),
        1 => ItemBody::Deleted,
        2 => ItemBody::Unreadable(text),
        3 => ItemBody::Unsupported(text),
        _ => ItemBody::Gone,
    }
}

/// Stands for a stored id that cannot be read; no message has it.
const NO_MESSAGE: MessageId = MessageId::NONE;

const COLUMNS: &str = "m.id, m.message, m.seq, m.sender, p.handle, m.at_ms, m.kind, m.text, m.reply_to, m.edited, m.state";
const FROM: &str = "message m LEFT JOIN person p ON p.account = m.sender";

fn message_id(bytes: &[u8]) -> MessageId {
    MessageId::from_slice(bytes).unwrap_or(NO_MESSAGE)
}

fn read(row: &Row<'_>, me: AccountId) -> rusqlite::Result<Item> {
    let sender = AccountId(row.get(3)?);
    let handle: Option<String> = row.get(4)?;
    Ok(Item {
        id: row.get(0)?,
        message: message_id(row.get_ref(1)?.as_blob()?),
        seq: row.get::<_, Option<i64>>(2)?.map(uint),
        sender,
        sender_name: handle.unwrap_or_else(|| sender.to_string().chars().take(8).collect()),
        own: sender == me,
        at_ms: uint(row.get(5)?),
        body: body(row.get(6)?, row.get(7)?),
        reply_to: row.get_ref(8)?.as_blob_or_null()?.map(message_id),
        edited: row.get(9)?,
        reactions: Vec::new(),
        state: state_from_int(row.get(10)?),
    })
}

fn with_reactions(connection: &Connection, room: i64, mut item: Item) -> rusqlite::Result<Item> {
    let mut statement = connection.prepare_cached(
        "SELECT emoji, sender FROM reaction WHERE room = ?1 AND target = ?2 ORDER BY rowid",
    )?;
    let rows = statement.query_map(params![room, item.message.as_bytes()], |row| {
        Ok((row.get::<_, String>(0)?, AccountId(row.get(1)?)))
    })?;
    for row in rows {
        let (emoji, who) = row?;
        match item.reactions.iter_mut().find(|(known, _)| *known == emoji) {
            Some((_, people)) if people.contains(&who) => {}
            Some((_, people)) => people.push(who),
            None => item.reactions.push((emoji, vec![who])),
        }
    }
    Ok(item)
}

/// A page of a timeline, oldest first: the `limit` items before `before`, or the newest.
pub(crate) fn page(
    connection: &Connection,
    room: i64,
    me: AccountId,
    before: Option<PageKey>,
    limit: usize,
) -> rusqlite::Result<Vec<Item>> {
    let mut items: Vec<Item> = Vec::new();
    let limit = limit.min(1000);
    // Unsent items stand after everything that has a position.
    let unsent_before = match before {
        None => Some(i64::MAX),
        Some(PageKey { seq: None, id }) => Some(id),
        Some(PageKey { seq: Some(_), .. }) => None,
    };
    if let Some(id) = unsent_before {
        let sql = format!(
            "SELECT {COLUMNS} FROM {FROM} WHERE m.room = ?1 AND m.seq IS NULL AND m.id < ?2 ORDER BY m.id DESC LIMIT ?3"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        for item in
            statement.query_map(params![room, id, int(limit as u64)], |row| read(row, me))?
        {
            items.push(item?);
        }
    }
    let seq = match before {
        Some(PageKey { seq: Some(seq), .. }) => int(seq),
        _ => i64::MAX,
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE m.room = ?1 AND m.seq < ?2 ORDER BY m.seq DESC LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rest = limit.saturating_sub(items.len());
    for item in statement.query_map(params![room, seq, int(rest as u64)], |row| read(row, me))? {
        items.push(item?);
    }
    items.reverse();
    items
        .into_iter()
        .map(|item| with_reactions(connection, room, item))
        .collect()
}

/// The item of a message on any connection: the one by `sender`, or the first of that name.
pub(crate) fn item(
    connection: &Connection,
    room: i64,
    me: AccountId,
    message: MessageId,
) -> rusqlite::Result<Option<Item>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE m.room = ?1 AND m.message = ?2 ORDER BY m.id LIMIT 1"
    );
    let found = connection
        .prepare_cached(&sql)?
        .query_row(params![room, message.as_bytes()], |row| read(row, me))
        .optional()?;
    found
        .map(|item| with_reactions(connection, room, item))
        .transpose()
}

/// The item of a row on any connection.
pub(crate) fn item_at(
    connection: &Connection,
    room: i64,
    me: AccountId,
    id: LocalId,
) -> rusqlite::Result<Option<Item>> {
    let found = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM {FROM} WHERE m.id = ?1"))?
        .query_row([id], |row| read(row, me))
        .optional()?;
    found
        .map(|item| with_reactions(connection, room, item))
        .transpose()
}

impl Db {
    /// Inserts a row; `None` if this sender's message of that name is there already.
    pub(crate) fn add_message(&self, new: &NewMessage<'_>) -> Result<Option<LocalId>> {
        self.with(|c| {
            let rows = c
                .prepare_cached(
                    "INSERT OR IGNORE INTO message (room, seq, message, sender, at_ms, kind, text, reply_to, state, content, stamp)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                )?
                .execute(params![
                    new.room,
                    new.seq.map(int),
                    new.message.as_bytes(),
                    new.sender.0,
                    int(new.at_ms),
                    new.kind as i64,
                    new.text,
                    new.reply_to.as_ref().map(MessageId::as_bytes),
                    state_to_int(new.state),
                    new.content,
                    new.stamp
                ])?;
            Ok((rows == 1).then(|| c.last_insert_rowid()))
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

    /// A new version of a text, by its author; false if there is no such text.
    pub(crate) fn edit_message(
        &self,
        room: i64,
        message: MessageId,
        sender: AccountId,
        text: &str,
    ) -> Result<bool> {
        let rows = self.with(|c| {
            c.prepare_cached("UPDATE message SET text = ?4, edited = 1 WHERE room = ?1 AND message = ?2 AND sender = ?3 AND kind = 0")?
                .execute(params![room, message.as_bytes(), sender.0, text])
        })?;
        Ok(rows > 0)
    }

    /// Takes a message back, by its author: nothing of it stays but its place.
    pub(crate) fn delete_message(
        &self,
        room: i64,
        message: MessageId,
        sender: AccountId,
    ) -> Result<bool> {
        let rows = self.with(|c| {
            c.prepare_cached(
                "UPDATE message SET kind = 1, text = NULL, content = NULL, edited = 0 WHERE room = ?1 AND message = ?2 AND sender = ?3",
            )?
            .execute(params![room, message.as_bytes(), sender.0])
        })?;
        self.with(|c| {
            c.prepare_cached("DELETE FROM reaction WHERE room = ?1 AND target = ?2")?
                .execute(params![room, message.as_bytes()])
        })?;
        Ok(rows > 0)
    }

    /// Adds a reaction.
    pub(crate) fn add_reaction(
        &self,
        room: i64,
        message: MessageId,
        sender: AccountId,
        target: MessageId,
        emoji: &str,
    ) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("INSERT OR IGNORE INTO reaction (room, message, sender, target, emoji) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![room, message.as_bytes(), sender.0, target.as_bytes(), emoji])
        })?;
        Ok(())
    }

    /// Takes a reaction back, by its author; returns what it was on.
    pub(crate) fn remove_reaction(
        &self,
        room: i64,
        message: MessageId,
        sender: AccountId,
    ) -> Result<Option<MessageId>> {
        self.with(|c| {
            c.prepare_cached("DELETE FROM reaction WHERE room = ?1 AND message = ?2 AND sender = ?3 RETURNING target")?
                .query_row(params![room, message.as_bytes(), sender.0], |row| Ok(message_id(row.get_ref(0)?.as_blob()?)))
                .optional()
        })
    }

    /// The reaction of `sender` with `emoji` on `target`.
    pub(crate) fn reaction_of(
        &self,
        room: i64,
        target: MessageId,
        sender: AccountId,
        emoji: &str,
    ) -> Result<Option<MessageId>> {
        self.with(|c| {
            c.prepare_cached("SELECT message FROM reaction WHERE room = ?1 AND target = ?2 AND sender = ?3 AND emoji = ?4 LIMIT 1")?
                .query_row(params![room, target.as_bytes(), sender.0, emoji], |row| Ok(message_id(row.get_ref(0)?.as_blob()?)))
                .optional()
        })
    }

    /// The item of a message.
    pub(crate) fn item(
        &self,
        room: i64,
        me: AccountId,
        message: MessageId,
    ) -> Result<Option<Item>> {
        self.with(|c| item(c, room, me, message))
    }

    /// The item of a row.
    pub(crate) fn item_by_id(&self, room: i64, me: AccountId, id: LocalId) -> Result<Option<Item>> {
        self.with(|c| item_at(c, room, me, id))
    }

    /// What a reaction is on.
    pub(crate) fn reaction_target(
        &self,
        room: i64,
        reaction: MessageId,
    ) -> Result<Option<MessageId>> {
        self.with(|c| {
            c.prepare_cached(
                "SELECT target FROM reaction WHERE room = ?1 AND message = ?2 LIMIT 1",
            )?
            .query_row(params![room, reaction.as_bytes()], |row| {
                Ok(message_id(row.get_ref(0)?.as_blob()?))
            })
            .optional()
        })
    }
}
