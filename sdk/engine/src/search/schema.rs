//! Tables of the search index, and what keeps them true.
//!
//! `search` is an external-content table: FTS5 keeps the words and asks the view `searchable` for
//! the text when it marks a hit. Triggers write it, so that no statement that touches a message can
//! forget to. `secure-delete` takes the words of a message that goes out of the index itself,
//! instead of noting that they are void.
//!
//! Of a poll the question is searched and what can be chosen, a line each.
//!
//! Beside the text, each message has a few *facts* as words of a second column: its room, its
//! sender, its kind. A filter is then one more word to meet, and costs as little as one; walking
//! back through a common word until enough of its messages pass a filter would not. Facts begin with
//! a letter for private use, which no text is split at, and are only asked for in their own column.
//!
//! `message_span` tells where a time can lie: between ids that are multiples of 1024, the earliest
//! and the latest moment (by the hour, so that it rarely changes). It only ever grows.

use crate::store::messages::Kind;
use std::fmt::Write;

/// Begins every fact.
pub(super) const FACT: char = '\u{e000}';
/// Messages of one row of `message_span`, as a shift.
pub(super) const SPAN_SHIFT: u32 = 10;
/// Times in `message_span` are rounded out to this, in milliseconds.
const SPAN_STEP: u32 = 3_600_000;

/// Kinds that can be found.
const KINDS: [Kind; 2] = [Kind::Text, Kind::Poll];

/// The facts of the row `row`: its room, its sender (the start of its id is enough to
/// choose by; the row itself is compared too), its kind, and whether it has a link.
fn facts(row: &str) -> String {
    format!(
        "'{FACT}r' || {row}.room || ' {FACT}p' || hex(substr({row}.sender, 1, 6)) || ' {FACT}k' || {row}.kind \
         || iif({row}.text LIKE '%://%', ' {FACT}l', '')"
    )
}

/// Whether the row `row` can be found.
fn is_found(row: &str) -> String {
    let kinds: Vec<String> = KINDS
        .iter()
        .map(|kind| (*kind as i64).to_string())
        .collect();
    format!(
        "{row}.kind IN ({}) AND {row}.text IS NOT NULL",
        kinds.join(", ")
    )
}

/// The text of the row `row` that is searched.
pub(super) fn text(row: &str) -> String {
    format!("({row}.text || ifnull(char(10) || {row}.options, ''))")
}

/// The fact of a room.
pub(super) fn room_fact(room: i64) -> String {
    format!("{FACT}r{room}")
}

/// The fact of a sender.
pub(super) fn person_fact(account: &[u8; 32]) -> String {
    let mut fact = format!("{FACT}p");
    for byte in account.iter().take(6) {
        // A string takes everything.
        let _ = write!(fact, "{byte:02x}");
    }
    fact
}

/// The fact of a kind.
pub(super) fn kind_fact(kind: Kind) -> String {
    format!("{FACT}k{}", kind as i64)
}

/// The fact of a link.
pub(super) fn link_fact() -> String {
    format!("{FACT}l")
}

/// The facts one of which everything has that can be found.
pub(super) fn any_fact() -> impl Iterator<Item = String> {
    KINDS.iter().copied().map(kind_fact)
}

/// The statements that make it, for an empty store.
pub(crate) fn schema() -> String {
    let (found, old, new) = (is_found("m"), is_found("old"), is_found("new"));
    let (facts_of, facts_old, facts_new) = (facts("m"), facts("old"), facts("new"));
    let (text_of, text_old, text_new) = (text("m"), text("old"), text("new"));
    let insert = format!(
        "INSERT INTO search (rowid, text, facts) SELECT new.id, {text_new}, {facts_new} WHERE {new};"
    );
    let delete = format!(
        "INSERT INTO search (search, rowid, text, facts) SELECT 'delete', old.id, {text_old}, {facts_old} WHERE {old};"
    );
    let span = format!(
        "INSERT INTO message_span (block, lo, hi)
            SELECT new.id >> {SPAN_SHIFT}, new.at_ms / {SPAN_STEP}, new.at_ms / {SPAN_STEP}
            WHERE NOT EXISTS (SELECT 1 FROM message_span WHERE block = new.id >> {SPAN_SHIFT}
                AND new.at_ms / {SPAN_STEP} BETWEEN lo AND hi)
            ON CONFLICT (block) DO UPDATE SET lo = min(lo, excluded.lo), hi = max(hi, excluded.hi);"
    );
    format!(
        "CREATE VIEW searchable (id, text, facts) AS SELECT m.id, {text_of}, {facts_of} FROM message m WHERE {found};
        CREATE VIRTUAL TABLE search USING fts5(text, facts, content = 'searchable', content_rowid = 'id',
            columnsize = 0, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2');
        INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
        CREATE VIRTUAL TABLE search_word USING fts5vocab('search', 'instance');
        CREATE TABLE message_span (block INTEGER PRIMARY KEY, lo INTEGER NOT NULL, hi INTEGER NOT NULL) STRICT;
        CREATE TRIGGER message_comes AFTER INSERT ON message BEGIN {insert} {span} END;
        CREATE TRIGGER message_changes AFTER UPDATE OF text, kind, options ON message BEGIN {delete} {insert} END;
        CREATE TRIGGER message_moves AFTER UPDATE OF at_ms ON message BEGIN {span} END;
        CREATE TRIGGER message_goes AFTER DELETE ON message BEGIN {delete} END;
        "
    )
}

/// The hour of a moment, as `message_span` has it.
pub(super) fn hour(at: u64) -> u64 {
    at / u64::from(SPAN_STEP)
}
