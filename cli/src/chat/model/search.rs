//! Looking for words: what was typed, and what was found.

use super::entry::TextLine;
use super::overlay::step;
use lacre::{LocalId, Millis, RoomId};

/// A message that was found. All texts are harmless to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) room: RoomId,
    pub(crate) id: LocalId,
    pub(crate) name: String,
    pub(crate) at: Millis,
    /// A piece of its text; what fits stands out.
    pub(crate) text: TextLine,
}

/// The box of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SearchBox {
    /// In this room; everywhere if `None`.
    pub(crate) room: Option<RoomId>,
    pub(crate) typed: String,
    pub(crate) hits: Vec<Found>,
    pub(crate) chosen: usize,
    /// The search that is waited for; answers to earlier ones are dropped.
    pub(crate) number: u64,
    /// The last answer was to what is typed now.
    pub(crate) answered: bool,
}

impl SearchBox {
    /// A box with nothing typed.
    pub(crate) fn new(room: Option<RoomId>) -> Self {
        Self {
            room,
            typed: String::new(),
            hits: Vec::new(),
            chosen: 0,
            number: 0,
            answered: false,
        }
    }

    /// Takes what was found, if it was found for what is typed now.
    pub(crate) fn take(&mut self, number: u64, hits: Vec<Found>) {
        if number == self.number {
            self.hits = hits;
            self.chosen = 0;
            self.answered = true;
        }
    }

    /// Moves the choice, around the ends.
    pub(crate) fn step(&mut self, forward: bool) {
        self.chosen = step(self.chosen, self.hits.len(), forward);
    }
}
