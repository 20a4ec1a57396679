//! What a person has seen of the rooms, and what they want to be told.
//!
//! A room's log comes in runs, and so does everything here: whatever a run brought is counted
//! once, at its end and in its transaction. How much that is does not depend on what is unread.
//! See `specs/reading.md`.

mod run;
mod unread;

pub use unread::Unread;

use lacre_wire::ids::RoomId;
use std::collections::HashMap;

/// What is remembered between runs; none of it outlives the engine.
#[derive(Default)]
pub(crate) struct Reading {
    /// What was last told to be unread.
    told: HashMap<RoomId, Unread>,
}
