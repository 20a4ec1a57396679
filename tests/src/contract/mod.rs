//! The delivery contract, checked: the one judge of every story.
//!
//! What it asserts, over everything that happened since a world began:
//! - a message whose sending was reported durable reaches the relay, unless it was refused;
//! - a message reported sent stands in the relay's log, and in the timeline of every device that
//!   reads the log at that place;
//! - every device shows the messages of a room in the order of the log, each at the same place;
//! - no message is shown twice, no text is shown twice, and no message is told twice;
//! - the messages one device sends to a room stand in the order in which it sent them;
//! - the log has no gap, its time never goes back, and its chain follows from its entries;
//! - nothing is unreadable, unless the story damaged it.
//!
//! What it does not assert: an order between rooms (there is none), anything about a message whose
//! `send` never returned (the process was killed first: it may be there once, or not at all), and
//! that every message is told by an event (a reader that lags, or is killed between commit and
//! telling, finds it in the timeline).
//!
//! Evidence comes from both ends: the timelines that devices read from their own stores, what their
//! events told, and the relay's tables ([`crate::ledger`]), never from an answer of the relay.

mod check;
mod record;

pub use check::violations;
pub use record::{Evidence, Fate, Record, Sending, Shown};
