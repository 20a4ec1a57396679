//! Finding messages on this device: what is asked, and what is found.
//!
//! The relay cannot search, so the device does: a full-text index (SQLite's FTS5) stands in the
//! encrypted store beside the messages it indexes, and is written in the same transaction as they
//! are ([`schema`]). It holds words and places, never a second copy of a text.
//!
//! Results come newest first, which here means: in the order in which this device came to have the
//! messages ([`LocalId`] descending). In one room that is the order of the timeline, but for own
//! messages that waited to be sent; between rooms it is about the order of time. There is no
//! ranking: the index is read from its end and left as soon as there are enough hits, so that a word
//! of a million messages costs no more than a rare one.

mod marks;
mod query;
pub(crate) mod schema;
mod vocabulary;
mod words;

pub use marks::{Snippet, snippet};
pub(crate) use query::search;

use crate::event::LocalId;
use crate::timeline::Item;
use lacre_wire::ids::{AccountId, Millis, RoomId};
use std::ops::Range;

/// How many hits there are where nothing else is asked for.
const HITS: usize = 50;

/// What to look for. Everything that is set must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Words as a person types them; all must be there, in any order, accents and capitals aside.
    /// "Quoted words" are looked for as they stand, one after the other. The last word may be the
    /// beginning of one, unless it is quoted or a space follows it. Empty: everything
    /// that the other fields allow.
    pub words: String,
    /// In this room only.
    pub room: Option<RoomId>,
    /// By this person only.
    pub from: Option<AccountId>,
    /// Of this kind only.
    pub kind: Option<SearchKind>,
    /// Accepted at this moment or later, in milliseconds since the Unix epoch.
    pub since: Option<Millis>,
    /// Accepted at this moment or earlier.
    pub until: Option<Millis>,
    /// How many hits at most, 1 to 1000.
    pub limit: usize,
    /// Hits older than this one only: the last one's [`Hit::id`] asks for the next page.
    pub before: Option<LocalId>,
}

/// A kind of message to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SearchKind {
    /// A text.
    Text,
    /// A text with an address (`https://…`) in it.
    Link,
    /// A poll: its question, and what can be chosen.
    Poll,
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its room.
    pub room: RoomId,
    /// The message.
    pub item: Item,
    /// The text that was searched: of a text message its Markdown, of a poll the question and its options,
    /// a line each.
    pub text: String,
    /// What fits in [`Hit::text`], as ranges of bytes, in order.
    pub matches: Vec<Range<usize>>,
}

impl Hit {
    /// Names the hit, to go on behind it.
    pub fn id(&self) -> LocalId {
        self.item.id
    }
}

impl Default for Search {
    fn default() -> Self {
        Self {
            words: String::new(),
            room: None,
            from: None,
            kind: None,
            since: None,
            until: None,
            limit: HITS,
            before: None,
        }
    }
}

impl Search {
    /// The 50 newest messages with these words.
    pub fn words(words: &str) -> Self {
        Self {
            words: words.to_owned(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests;
