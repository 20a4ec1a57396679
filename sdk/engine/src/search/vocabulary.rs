//! The words of the index that begin with some letters.
//!
//! For a beginning, FTS5 merges the messages of all words that fit before it returns the first: at a
//! million messages that takes a tenth of a second. Most beginnings fit a handful of words. Those
//! are found one by one, each by one descent in the index, and looked for as alternatives, which are
//! read from the end like any word.

use rusqlite::{Connection, OptionalExtension};

/// More words than this, and FTS5 is to merge them.
const MOST: usize = 64;

/// The words that begin with `beginning`, as the index has it; `None` if there are too many.
pub(super) fn words(
    connection: &Connection,
    beginning: &str,
) -> rusqlite::Result<Option<Vec<String>>> {
    let mut next = connection
        .prepare_cached("SELECT term FROM search_word WHERE term >= ?1 ORDER BY term LIMIT 1")?;
    let mut words: Vec<String> = Vec::new();
    let mut from = beginning.to_owned();
    loop {
        let found: Option<String> = next.query_row([&from], |row| row.get(0)).optional()?;
        let Some(word) = found.filter(|word| word.starts_with(beginning)) else {
            return Ok(Some(words));
        };
        if words.len() == MOST {
            return Ok(None);
        }
        // The next one is greater than this one followed by what no word holds.
        from.clone_from(&word);
        from.push(' ');
        words.push(word);
    }
}
