//! Reading timelines: rows with what was done to them.

use super::expiry::expiry;
use super::people::short_id;
use super::{Db, acts, int, marks, profiles, receipts, uint};
use crate::content::{Forwarded, MessageId, forward, mentions, poll};
use crate::error::Result;
use crate::event::LocalId;
use crate::notice::{Happened, NOBODY, Named};
use crate::text::safe_line;
use crate::timeline::{Item, ItemBody, PageKey, Poll, PollOption, SendState};
use lacre_wire::codec;
use lacre_wire::ids::AccountId;
use rusqlite::{Connection, OptionalExtension, Row, params};

fn state_from_int(value: i64) -> SendState {
    match value {
        0 => SendState::Queued,
        1 => SendState::Sent,
        _ => SendState::Failed,
    }
}

/// What a line says; marks are added later.
fn body(
    connection: &Connection,
    room: i64,
    row: &Row<'_>,
    by: AccountId,
) -> rusqlite::Result<ItemBody> {
    let text: String = row.get::<_, Option<String>>(9)?.unwrap_or_default();
    let extra: Option<Vec<u8>> = row.get(17)?;
    Ok(match row.get(8)? {
        0_i64 => ItemBody::Text(text),
        1 => ItemBody::Deleted,
        2 => ItemBody::Unreadable(text),
        3 => ItemBody::Unsupported(safe_line(&text).into_owned()),
        5 => notice(connection, room, extra, by)?,
        6 => poll(text, extra),
        _ => ItemBody::Gone,
    })
}

fn notice(
    connection: &Connection,
    room: i64,
    extra: Option<Vec<u8>>,
    by: AccountId,
) -> rusqlite::Result<ItemBody> {
    let happened = extra.and_then(|bytes| codec::from_slice::<Happened>(&bytes).ok());
    // One that a later version has left here.
    let Some(happened) = happened else {
        return Ok(ItemBody::Unsupported(String::new()));
    };
    let by = Some(by).filter(|by| *by != NOBODY);
    let named = |account| named(connection, room, account);
    happened.told(by, named).map(ItemBody::Notice)
}

fn poll(question: String, extra: Option<Vec<u8>>) -> ItemBody {
    let choice = extra.and_then(|value| poll::read_choice(&value));
    let Some(poll::Choice { options, multiple }) = choice else {
        return ItemBody::Text(question);
    };
    let options = options.iter().map(|text| PollOption {
        text: safe_line(text).into_owned(),
        votes: Vec::new(),
    });
    ItemBody::Poll(Poll {
        question,
        options: options.collect(),
        multiple,
        closed: false,
    })
}

fn named(connection: &Connection, room: i64, account: AccountId) -> rusqlite::Result<Named> {
    let found = profiles::named(connection, room, account)?;
    Ok(Named {
        account,
        name: safe_line(&found.name).into_owned(),
        handle: safe_line(&found.handle).into_owned(),
    })
}

/// Stands for a stored id that cannot be read; no message has it.
const NO_MESSAGE: MessageId = MessageId::NONE;

const COLUMNS: &str = "m.id, m.message, m.seq, m.sender, p.handle, q.name, q.folded, m.at_ms, m.kind, m.text, m.reply_to, m.edited, m.state, m.mentions, m.mentions_me, m.thread, m.forwarded, m.extra, e.due_ms, e.after_ms";
const FROM: &str = "message m LEFT JOIN person p ON p.account = m.sender LEFT JOIN profile q ON q.account = m.sender LEFT JOIN expiry e ON e.item = m.id";

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
    let handle = handle.unwrap_or_else(|| short_id(sender));
    let name = match (row.get(5)?, row.get(6)?) {
        (Some(name), Some(folded)) => {
            let called: (String, String) = (name, folded);
            profiles::told_apart(connection, room, sender, &handle, called)?
        }
        _ => handle.clone(),
    };
    let body = body(connection, room, row, sender)?;
    let mentions = match (&body, row.get_ref(13)?.as_blob_or_null()?) {
        (ItemBody::Text(text) | ItemBody::Poll(Poll { question: text, .. }), Some(value)) => {
            mentions::read(value, text)
        }
        _ => Vec::new(),
    };
    Ok(Item {
        id: row.get(0)?,
        message: message_id(row.get_ref(1)?.as_blob()?),
        seq: row.get::<_, Option<i64>>(2)?.map(uint),
        sender,
        sender_name: safe_line(&name).into_owned(),
        sender_handle: safe_line(&handle).into_owned(),
        own: sender == me,
        at_ms: uint(row.get(7)?),
        body,
        reply_to: row.get_ref(10)?.as_blob_or_null()?.map(message_id),
        mentions,
        mentions_me: row.get(14)?,
        edited: row.get(11)?,
        thread: row.get_ref(15)?.as_blob_or_null()?.map(message_id),
        replies_in_thread: 0,
        pinned: false,
        forwarded: forwarded(row.get_ref(16)?.as_blob_or_null()?),
        reactions: Vec::new(),
        state: state_from_int(row.get(12)?),
        receipt: None,
        expires: expiry(row.get(18)?, row.get(19)?),
    })
}

fn forwarded(value: Option<&[u8]>) -> Option<Forwarded> {
    let from = value.and_then(forward::read)?;
    let name = safe_line(&from.name).into_owned();
    Some(Forwarded { name, ..from })
}

/// The item with its marks; a deleted message has none but its thread.
fn with_marks(connection: &Connection, room: i64, mut item: Item) -> rusqlite::Result<Item> {
    item.replies_in_thread = connection
        .prepare_cached(
            "SELECT count(*) FROM message WHERE room = ?1 AND thread = ?2 AND kind <> 1",
        )?
        .query_row(params![room, item.message.as_bytes()], |row| row.get(0))?;
    if item.body == ItemBody::Deleted {
        return Ok(item);
    }
    let acts = acts::on(connection, room, item.message)?;
    let marks = marks::marks(&acts, Some(item.sender));
    if let ItemBody::Poll(poll) = &mut item.body {
        poll.closed = marks.closed;
        for (who, chosen) in &marks.votes {
            let counted = if poll.multiple { chosen.len() } else { 1 };
            for option in chosen.iter().take(counted) {
                if let Some(option) = poll.options.get_mut(usize::from(*option)) {
                    option.votes.push(*who);
                }
            }
        }
    }
    item.reactions = marks.reactions;
    item.pinned = marks.pinned;
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

/// The pinned messages of a room, in the order of the log.
pub(crate) fn pins(
    connection: &Connection,
    room: i64,
    me: AccountId,
) -> rusqlite::Result<Vec<Item>> {
    let mut pins = Vec::new();
    for message in acts::ever_pinned(connection, room)? {
        pins.extend(item(connection, room, me, message)?.filter(|item| item.pinned));
    }
    pins.sort_by_key(|item| (item.seq.unwrap_or(u64::MAX), item.id));
    Ok(pins)
}

/// A page of a timeline, oldest first: the `limit` items before `before`, or the newest. Of a thread
/// only, if one is named by the message it begins with.
pub(crate) fn page(
    connection: &Connection,
    room: i64,
    me: AccountId,
    thread: Option<MessageId>,
    before: Option<PageKey>,
    limit: usize,
) -> rusqlite::Result<Vec<Item>> {
    let mut items: Vec<Item> = Vec::new();
    let limit = limit.min(1000);
    let only = match thread {
        Some(_) => "AND (m.thread = ?2 OR m.message = ?2)",
        None => "AND ?2 IS NULL",
    };
    let thread = thread.as_ref().map(MessageId::as_bytes);
    // Unsent items stand after everything that has a position.
    let unsent_before = match before {
        None => Some(i64::MAX),
        Some(PageKey { seq: None, id }) => Some(id),
        Some(PageKey { seq: Some(_), .. }) => None,
    };
    if let Some(id) = unsent_before {
        let sql = format!(
            "SELECT {COLUMNS} FROM {FROM} WHERE m.room = ?1 AND m.seq IS NULL AND m.id < ?3 {only} ORDER BY m.id DESC LIMIT ?4"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        for item in statement.query_map(params![room, thread, id, int(limit as u64)], |row| {
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
        "SELECT {COLUMNS} FROM {FROM} WHERE m.room = ?1 AND (m.seq, m.id) < (?3, ?4) {only} ORDER BY m.seq DESC, m.id DESC LIMIT ?5"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rest = limit.saturating_sub(items.len());
    for item in statement.query_map(params![room, thread, seq, id, int(rest as u64)], |row| {
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
