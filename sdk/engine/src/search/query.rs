//! The query: what was typed and the filters as one expression of the index, read from its end.

use super::words::{self, Part};
use super::{Hit, Search, SearchKind, marks, schema, vocabulary};
use crate::store::items;
use crate::store::messages::Kind;
use crate::store::{int, rooms};
use lacre_wire::ids::AccountId;
use rusqlite::{Connection, OptionalExtension, params};

/// Hits of one answer.
const MOST: usize = 1000;

/// What one row of the index gives.
struct Found {
    id: i64,
    room: i64,
    text: String,
    marked: String,
}

/// Looks for messages, newest first.
pub(crate) fn search(
    connection: &Connection,
    me: AccountId,
    search: &Search,
) -> rusqlite::Result<Vec<Hit>> {
    let Some((expression, from, to)) = prepare(connection, search)? else {
        return Ok(Vec::new());
    };
    // CROSS: the index first, each message after it.
    let mut statement = connection.prepare_cached(&format!(
        "SELECT m.id, m.room, {text}, highlight(search, 0, ?2, ?3)
         FROM search CROSS JOIN message m ON m.id = search.rowid
         WHERE search MATCH ?1 AND search.rowid BETWEEN ?4 AND ?5
            AND m.at_ms BETWEEN ?6 AND ?7 AND (?8 IS NULL OR m.sender = ?8)
         ORDER BY search.rowid DESC LIMIT ?9",
        text = schema::text("m"),
    ))?;
    let parameters = params![
        expression,
        marks::BEGIN.to_string(),
        marks::END.to_string(),
        from,
        to,
        int(search.since.unwrap_or(0)),
        search.until.map_or(i64::MAX, int),
        search.from.map(|account| account.0),
        int(search.limit.clamp(1, MOST) as u64),
    ];
    let rows = statement.query_map(parameters, |row| {
        Ok(Found {
            id: row.get(0)?,
            room: row.get(1)?,
            text: row.get(2)?,
            marked: row.get(3)?,
        })
    })?;
    let mut hits = Vec::new();
    for found in rows {
        hits.extend(hit(connection, me, found?)?);
    }
    Ok(hits)
}

fn hit(connection: &Connection, me: AccountId, found: Found) -> rusqlite::Result<Option<Hit>> {
    let item = items::item_at(connection, found.room, me, found.id)?;
    let room = rooms::id_of(connection, found.room)?;
    Ok(item.zip(room).map(|(item, room)| Hit {
        room,
        item,
        matches: marks::read(&found.marked, &found.text),
        text: found.text,
    }))
}

/// The expression, and the ids between which hits can lie; `None` if there can be none.
fn prepare(
    connection: &Connection,
    search: &Search,
) -> rusqlite::Result<Option<(String, i64, i64)>> {
    let mut facts = Vec::new();
    if let Some(room) = search.room {
        match rooms::find(connection, room)? {
            Some(row) => facts.push(words::literal(&schema::room_fact(row.r))),
            None => return Ok(None),
        }
    }
    if let Some(account) = search.from {
        facts.push(words::literal(&schema::person_fact(&account.0)));
    }
    match search.kind {
        Some(SearchKind::Text) => facts.push(words::literal(&schema::kind_fact(Kind::Text))),
        Some(SearchKind::Poll) => facts.push(words::literal(&schema::kind_fact(Kind::Poll))),
        Some(SearchKind::Link) => facts.push(words::literal(&schema::link_fact())),
        None => {}
    }
    let parts = words::parts(&search.words);
    if parts.is_empty() {
        // Words were asked for, and none of them can be in the index.
        if search.words.chars().any(|letter| !letter.is_whitespace()) {
            return Ok(None);
        }
        if facts.is_empty() {
            let any: Vec<_> = schema::any_fact()
                .map(|fact| words::literal(&fact))
                .collect();
            facts.push(format!("({})", any.join(" OR ")));
        }
    }
    let mut expression = Vec::new();
    let mut said = Vec::new();
    for part in &parts {
        match alternatives(connection, part)? {
            Some(part) => said.push(part),
            None => return Ok(None),
        }
    }
    if !said.is_empty() {
        expression.push(format!("text : ({})", said.join(" AND ")));
    }
    if !facts.is_empty() {
        expression.push(format!("facts : ({})", facts.join(" AND ")));
    }
    let Some((from, to)) = bounds(connection, search)? else {
        return Ok(None);
    };
    Ok(Some((expression.join(" AND "), from, to)))
}

/// A part as the index is asked for it; `None` if no word fits.
fn alternatives(connection: &Connection, part: &Part) -> rusqlite::Result<Option<String>> {
    let words = match part {
        Part::Whole(words) => return Ok(Some(words::literal(words))),
        Part::Beginning(words) => words,
    };
    if let Some(beginning) = words::folded(words) {
        match vocabulary::words(connection, &beginning)? {
            Some(known) if known.is_empty() => return Ok(None),
            Some(known) => {
                let known: Vec<_> = known.iter().map(|word| words::literal(word)).collect();
                return Ok(Some(format!("({})", known.join(" OR "))));
            }
            // One letter begins too much to be worth it.
            None if beginning.len() == 1 => return Ok(Some(words::literal(words))),
            None => {}
        }
    }
    Ok(Some(format!("{} *", words::literal(words))))
}

/// Ids between which the times asked for lie, and the page; `None` if nothing does.
fn bounds(connection: &Connection, search: &Search) -> rusqlite::Result<Option<(i64, i64)>> {
    let block = |sql: &str, at: u64| -> rusqlite::Result<Option<i64>> {
        connection
            .prepare_cached(sql)?
            .query_row([int(schema::hour(at))], |row| row.get(0))
            .optional()
            .map(Option::flatten)
    };
    let mut from = 0;
    if let Some(since) = search.since {
        match block("SELECT min(block) FROM message_span WHERE hi >= ?1", since)? {
            Some(block) => from = block << schema::SPAN_SHIFT,
            None => return Ok(None),
        }
    }
    let mut to = search
        .before
        .map_or(i64::MAX, |before| before.saturating_sub(1));
    if let Some(until) = search.until {
        match block("SELECT max(block) FROM message_span WHERE lo <= ?1", until)? {
            Some(block) => to = to.min(((block + 1) << schema::SPAN_SHIFT) - 1),
            None => return Ok(None),
        }
    }
    Ok((from <= to).then_some((from, to)))
}
