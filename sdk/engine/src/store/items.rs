//! Reading timelines: rows with what was done to them.

use super::{Db, acts, int, marks, profiles, receipts, uint};
use crate::content::{MessageId, mentions};
use crate::error::Result;
use crate::event::LocalId;
use crate::timeline::{Item, ItemBody, PageKey, SendState};
use lacre_wire::ids::AccountId;
use rusqlite::{Connection, OptionalExtension, Row, params};

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

const COLUMNS: &str = "m.id, m.message, m.seq, m.sender, p.handle, q.name, q.folded, m.at_ms, m.kind, m.text, m.reply_to, m.edited, m.state, m.mentions, m.mentions_me";
const FROM: &str = "message m LEFT JOIN person p ON p.account = m.sender LEFT JOIN profile q ON q.account = m.sender";

fn message_id(bytes: &[u8]) -> MessageId {
    MessageId::from_slice(bytes).unwrap_or(NO_MESSAGE)
}

fn read(
    connection: &Connection,
    room: i64,
    row: &Row<'_>,
    me: AccountId,
) -> rusqlite::Result<Item> {
    let sender = AccountId(row.get(3)?);
    let handle: Option<String> = row.get(4)?;
    let handle = handle.unwrap_or_else(|| sender.to_string().chars().take(8).collect());
    let name = match (row.get(5)?, row.get(6)?) {
        (Some(name), Some(folded)) => {
            let called: (String, String) = (name, folded);
            profiles::told_apart(connection, room, sender, &handle, called)?
        }
        _ => handle.clone(),
    };
    let body = body(row.get(8)?, row.get(9)?);
    let mentions = match (&body, row.get_ref(13)?.as_blob_or_null()?) {
        (ItemBody::Text(text), Some(value)) => mentions::read(value, text),
        _ => Vec::new(),
    };
    Ok(Item {
        id: row.get(0)?,
        message: message_id(row.get_ref(1)?.as_blob()?),
        seq: row.get::<_, Option<i64>>(2)?.map(uint),
        sender,
        sender_name: name,
        sender_handle: handle,
        own: sender == me,
        at_ms: uint(row.get(7)?),
        body,
        reply_to: row.get_ref(10)?.as_blob_or_null()?.map(message_id),
        mentions,
        mentions_me: row.get(14)?,
        edited: row.get(11)?,
        reactions: Vec::new(),
        state: state_from_int(row.get(12)?),
        receipt: None,
    })
}

/// The item with its marks; a deleted message has none.
fn with_marks(connection: &Connection, room: i64, mut item: Item) -> rusqlite::Result<Item> {
    if item.body != ItemBody::Deleted {
        let marks = marks::marks(&acts::on(connection, room, item.message)?);
        item.reactions = marks.reactions;
    }
    Ok(item)
}

/// An item with all that is shown of it.
fn whole(
    connection: &Connection,
    room: i64,
    me: AccountId,
    found: Option<Item>,
) -> rusqlite::Result<Option<Item>> {
    let Some(item) = found else { return Ok(None) };
    let mut item = with_marks(connection, room, item)?;
    receipts::fill(connection, room, me, std::slice::from_mut(&mut item))?;
    Ok(Some(item))
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
        for item in statement.query_map(params![room, id, int(limit as u64)], |row| {
            read(connection, room, row, me)
        })? {
            items.push(item?);
        }
    }
    let (seq, id) = match before {
        Some(PageKey { seq: Some(seq), id }) => (int(seq), id),
        _ => (i64::MAX, i64::MAX),
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE m.room = ?1 AND (m.seq, m.id) < (?2, ?3) ORDER BY m.seq DESC, m.id DESC LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rest = limit.saturating_sub(items.len());
    for item in statement.query_map(params![room, seq, id, int(rest as u64)], |row| {
        read(connection, room, row, me)
    })? {
        items.push(item?);
    }
    items.reverse();
    let mut items = items
        .into_iter()
        .map(|item| with_marks(connection, room, item))
        .collect::<rusqlite::Result<Vec<_>>>()?;
    receipts::fill(connection, room, me, &mut items)?;
    Ok(items)
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
        .query_row(params![room, message.as_bytes()], |row| {
            read(connection, room, row, me)
        })
        .optional()?;
    whole(connection, room, me, found)
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
        .query_row([id], |row| read(connection, room, row, me))
        .optional()?;
    whole(connection, room, me, found)
}

impl Db {
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
}
